"""The requester's page as one value: a case and what its link opens in, what the page shows out. Pure, no Flask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from request_tracker.capacity.waiting_list import listed_since
from request_tracker.cases import Case, Event, Possible
from request_tracker.cases.model import Record
from request_tracker.cases.proposal import ProposalRecord
from request_tracker.cases.proposing import proposes
from request_tracker.cases.signing import formal
from request_tracker.letters.keeping import SIGNED
from request_tracker.letters.requester_papers import RequesterPaper, requester_papers
from request_tracker.sop.model import Document, Sop, Step
from request_tracker.web.cases.comments import comments


@dataclass(frozen=True)
class Own:
    """What the requester may do now. ``late``: papers that were promised and have not come; ``cancels``: withdraw."""

    acts: list[Possible]
    late: tuple[Document, ...]
    cancels: bool
    drafts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RequesterRecord:
    """What was read: the case, its SOP, its events oldest first, what is open to the requester by this link.

    ``why``: why the request was refused, empty where it was not; ``reopens``: the ended case may be opened again.
    """

    token: str
    case: Case
    sop: Sop
    events: list[Event]
    own: Own
    why: str
    reopens: bool


@dataclass(frozen=True, kw_only=True)
class RequesterView:
    """What the page shows. ``steps`` stand with ``done``, ``here`` or ``ahead``; ``values`` is what was typed."""

    record: RequesterRecord
    steps: list[tuple[Step, str]]
    signing: frozenset[str]
    signed: list[Record]
    papers: tuple[RequesterPaper, ...]
    comments: list[Event]
    listed: datetime | None
    sent_back: Event | None
    problem: str | None
    values: Mapping[str, str]
    granted: ProposalRecord | None


def requester_view(record: RequesterRecord, problem: str | None, typed: Mapping[str, str]) -> RequesterView:
    """The page behind a secret link; where an act was refused, with the reason and what had been filled in."""
    case, sop, acts = record.case, record.sop, record.own.acts
    here = {step.id for step in case.open_steps}
    back = [event for event in record.events if event.kind == "returned" and event.data["to"] in here]
    return RequesterView(
        record=record,
        steps=_steps(record, here),
        signing=frozenset(act.step.id for act in acts if formal(sop, act.step, act.lane)),
        signed=[paper for paper in case.records if paper.source == SIGNED],
        papers=requester_papers(case, sop, record.events),
        comments=comments(record.events, internal=False),
        listed=listed_since(record.events),
        sent_back=back[-1] if back and acts else None,
        problem=problem,
        values=typed if problem else {},
        granted=_granted(case, sop),
    )


def _granted(case: Case, sop: Sop) -> ProposalRecord | None:
    """The number that stands, once nobody before its application can change it any more."""
    open_to_change = any(proposes(sop, sop.step(step.id)) for step in case.open_steps)
    return None if open_to_change else case.proposal


def _steps(record: RequesterRecord, here: set[str]) -> list[tuple[Step, str]]:
    """Every step of the SOP with where the case stands; a step that is open again is not done."""
    done = {event.step for event in record.events if event.kind == "step_completed"}
    return [
        (step, "here" if step.id in here else "done" if step.id in done else "ahead")
        for step in record.sop.steps.values()
    ]
