"""The requester's page as one value: a case and what its link opens in, what the page shows out. Pure, no Flask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from request_tracker.capacity.waiting_list import listed_since
from request_tracker.cases import Case, Event, Possible
from request_tracker.cases.model import OpenStep, Record
from request_tracker.cases.proposal import ProposalRecord
from request_tracker.cases.proposing import proposes
from request_tracker.cases.signing import formal
from request_tracker.cases.signing_order import turn
from request_tracker.letters.keeping import SIGNED
from request_tracker.letters.requester_papers import RequesterPaper, requester_papers
from request_tracker.sop.model import Document, Sop, Step
from request_tracker.web.cases.changes import NetworkChange, network_changes
from request_tracker.web.cases.comment_list import comments
from request_tracker.web.cases.open_acts import RefusedAct, refused_page
from request_tracker.web.public.requester_forms import FORMS, own_fields
from request_tracker.web.shell.form_values import FormPage

REQUESTER = "requester"


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
    ``at``: the moment it was read at.
    """

    token: str
    case: Case
    sop: Sop
    events: list[Event]
    own: Own
    why: str
    reopens: bool
    at: datetime


@dataclass(frozen=True)
class StepPlace:
    """Who has an open step now (lanes by their printed names; ``his``: the requester), since when, until when.

    ``late``: the step's time is over.
    """

    step: Step
    holder: str
    his: bool
    since: datetime
    due: datetime | None
    late: bool


@dataclass(frozen=True)
class InForce:
    """What was put in force, and the reading that proves it; ``proven_at`` None while that is awaited."""

    change: NetworkChange
    began: bool


@dataclass(frozen=True, kw_only=True)
class RequesterView:
    """What the page shows. ``steps`` stand with ``done``, ``here`` or ``ahead``; ``refused``: which form was.

    ``now_at``: the open steps by id; ``done_at``: when a step was done last; ``in_force``: the change that stands.
    """

    record: RequesterRecord
    steps: list[tuple[Step, str]]
    signing: frozenset[str]
    signed: list[Record]
    papers: tuple[RequesterPaper, ...]
    comments: list[Event]
    listed: datetime | None
    sent_back: Event | None
    refused: RefusedAct | None
    granted: ProposalRecord | None
    now_at: Mapping[str, StepPlace]
    done_at: Mapping[str, datetime]
    in_force: InForce | None

    def form(self, name: str) -> FormPage:
        """A form by its name, with what was typed and what is wrong where it was refused."""
        return refused_page(FORMS[name].fields, self._refused(name))

    def act_form(self, act: Possible) -> FormPage:
        """The form of a step that waits for him."""
        return refused_page(own_fields(act, act.step.id in self.signing), self._refused(act.step.id))

    def _refused(self, step: str) -> RefusedAct | None:
        return self.refused if self.refused is not None and self.refused.step == step else None


def requester_view(record: RequesterRecord, refused: RefusedAct | None = None) -> RequesterView:
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
        refused=refused,
        granted=_granted(case, sop),
        now_at={step.id: _place(record, step) for step in case.open_steps},
        done_at={str(event.step): event.occurred_at for event in record.events if event.kind == "step_completed"},
        in_force=_in_force(record),
    )


def _place(record: RequesterRecord, open_step: OpenStep) -> StepPlace:
    """Where an open step is. A pause moves no due time here: what waits is told with its reason instead."""
    sop, step = record.sop, record.sop.step(open_step.id)
    lanes = turn(record.case, sop, step, open_step) or step.lanes
    his = any(sop.role(lane) == REQUESTER for lane in lanes)
    due = None if record.case.paused else open_step.due_at
    late = due is not None and due < record.at
    return StepPlace(step, sop.lane_names(lanes), his, open_step.entered_at, due, late)


def _in_force(record: RequesterRecord) -> InForce | None:
    """The newest change of the case; one that begins on a later day is told with that day."""
    changes = network_changes(record.events)
    if not changes:
        return None
    return InForce(changes[-1], record.case.begins is None or record.case.begins <= record.at)


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
