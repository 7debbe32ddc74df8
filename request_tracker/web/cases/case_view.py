"""A case's page as one value: the case with what was read beside it in, what every panel shows out. Pure, no Flask.

Nothing is read here: what store and monitoring say is in ``CaseFigures``, read before (``case_reading``). One class for
each panel that shows more than one thing; one template for each panel (``case_*.html`` and its neighbours).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from request_tracker.calendar.working_time import Calendar
from request_tracker.capacity.known_ceilings import ceiling_notes
from request_tracker.capacity.signed_effects import SignedEffects
from request_tracker.capacity.waiting_list import listed_since, unmet
from request_tracker.cases import Allocation, Case, Event, Possible, Who, running
from request_tracker.cases.clocks import Running
from request_tracker.cases.early_end import may_end
from request_tracker.cases.endings import EARLY
from request_tracker.cases.possible import announced
from request_tracker.cases.readback import Recheck
from request_tracker.cases.relations import related_numbers
from request_tracker.cases.signing import unsigned
from request_tracker.chart import CHARTS, Mark
from request_tracker.chart.course import marks
from request_tracker.evidence.connected import ConnectionProposal
from request_tracker.evidence.limit import ScrapedLimits
from request_tracker.evidence.usage import Evidence
from request_tracker.letters.making import Offer, offers
from request_tracker.people.roles import may
from request_tracker.reports.workload import Workload
from request_tracker.sop.fields import Field
from request_tracker.sop.model import Document, Sop, Step
from request_tracker.store.database import Row
from request_tracker.web.cases.changes import NetworkChange, network_changes
from request_tracker.web.cases.comment_list import comments
from request_tracker.web.cases.event_text import Filled, FormLine, Speech, detail, filled_forms, form_lines
from request_tracker.web.cases.official_forms import OFFICIAL
from request_tracker.web.cases.official_rules import assigns, priorities, reasons, resumable, steps_to_reopen
from request_tracker.web.cases.open_acts import OpenAct, PaperSheet, RefusedAct, open_act, paper_sheet, refused_page
from request_tracker.web.cases.paper_dispositions import FIELDS, sheets
from request_tracker.web.cases.signed_evidence import SignedEvidence
from request_tracker.web.shell.form_values import FormPage
from request_tracker.words.bilingual import Both


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks at the page, when, in which language, and by which calendar hours count."""

    who: Who
    at: datetime
    language: str
    calendar: Calendar


@dataclass(frozen=True, kw_only=True)
class CaseRecord:
    """A case as the store has it: its SOP, its events oldest first, the acts open to the viewer."""

    case: Case
    sop: Sop
    events: list[Event]
    acts: list[Possible]


@dataclass(frozen=True, kw_only=True)
class CaseFigures:
    """What store and monitoring say beside the case, read before the page is made; None where it was not asked.

    ``technicians`` stand with their work; ``newer`` is the SOP's revision in force where the viewer may move the case
    to it, ``consenting`` who may agree to that; ``heads`` are those who may have signed a sheet of paper.
    ``effects_shown`` is the hash of ``what_if``.
    """

    contact: Row | None = None
    related: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)
    wanted: Allocation | None = None
    evidence: Evidence | None = None
    longer: Evidence | None = None
    what_if: Mapping[str, Any] | None = None
    effects_shown: str = ""
    signed_effects: SignedEffects | None = None
    signed: SignedEvidence | None = None
    scraped: ScrapedLimits | None = None
    recheck: Recheck | None = None
    verdict: ConnectionProposal | None = None
    board: str | None = None
    drafts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    technicians: list[Workload] = field(default_factory=list)
    heads: list[Row] = field(default_factory=list)
    newer: Sop | None = None
    consenting: list[Row] = field(default_factory=list)
    merged: Mapping[str, list[Event]] = field(default_factory=dict)

    def ceiling_notes(self, way: Mapping[str, Any]) -> tuple[Both, ...]:
        """What is not known of the ceilings that one direction of an answer is counted by."""
        return ceiling_notes(way)

    @property
    def head_names(self) -> dict[str, str]:
        """What the form of a sheet offers for who signed it."""
        return {str(row["id"]): row["name"] for row in self.heads}


@dataclass(frozen=True, kw_only=True)
class CaseNotices:
    """What stands above everything else; ``late`` is told with the SOP's warnings."""

    late: bool
    announced: tuple[Document, ...]
    unsigned: tuple[str, ...]
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class CasePosition:
    """Where the case stands in its SOP, in time and on the flow chart."""

    here: frozenset[str]
    visited: frozenset[str]
    clocks: Running
    chart: Markup


@dataclass(frozen=True, kw_only=True)
class OfficialActs:
    """What officials may do outside the SOP's steps; empty or False where this viewer may not."""

    priorities: Mapping[int, str]
    assigns: bool
    reopens: tuple[Step, ...]
    pauses: tuple[str, ...]
    resumes: bool
    ends_early: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """Everything the page shows; ``events`` is the history, the newest first."""

    case: Case
    sop: Sop
    figures: CaseFigures
    language: str
    notices: CaseNotices
    acts: tuple[OpenAct, ...]
    sheets: tuple[PaperSheet, ...]
    lines: tuple[FormLine, ...]
    filled: tuple[Filled, ...]
    comments: list[Event]
    changes: list[NetworkChange]
    unmet: bool
    listed: datetime | None
    position: CasePosition
    official: OfficialActs
    papers: tuple[Offer, ...]
    linked: tuple[str, ...]
    events: tuple[Event, ...]
    sheet_fields: tuple[Field, ...] = FIELDS
    refused: RefusedAct | None = None

    def form(self, name: str) -> FormPage:
        """A form outside the SOP's steps by its name, with what was typed and what is wrong where it was refused."""
        return refused_page(OFFICIAL[name].fields, self.refused if self.refused and self.refused.step == name else None)

    def about(self, event: Event, moment: Callable[[str], str], name: Callable[[str | None], str]) -> str:
        """What an event was about, in the viewer's language; ``moment`` and ``name`` write moments and people."""
        return detail(event, self.sop, Speech(self.language, moment, name))


def case_view(record: CaseRecord, figures: CaseFigures, viewer: Viewer, refused: RefusedAct | None = None) -> CaseView:
    """The page of a case for one viewer; where an act was refused, with the reason and what had been filled in."""
    case, sop = record.case, record.sop
    return CaseView(
        case=case,
        sop=sop,
        figures=figures,
        language=viewer.language,
        notices=_notices(case, sop, viewer, refused),
        acts=tuple(open_act(act, case, sop, figures, refused) for act in record.acts),
        sheets=tuple(paper_sheet(step, case, sop, figures, refused) for step in sheets(case, sop, viewer.who)),
        lines=form_lines(case, sop),
        filled=filled_forms(case, sop),
        comments=comments(record.events, internal=may(viewer.who.acting_roles, "read_notes")),
        changes=network_changes(record.events),
        unmet=unmet(case),
        listed=listed_since(record.events),
        position=_position(record, viewer),
        official=_official_acts(case, sop, viewer),
        papers=tuple(offer for offer in offers(sop) if offer.readable(viewer.who.acting_roles)),
        linked=related_numbers(record.events),
        events=tuple(reversed(record.events)),
        refused=refused,
    )


def _notices(case: Case, sop: Sop, viewer: Viewer, refused: RefusedAct | None) -> CaseNotices:
    return CaseNotices(
        late=Mark.LATE in marks(case, viewer.at).values(),
        announced=() if case.ending else announced(case, sop),
        unsigned=unsigned(case, sop),
        problem=refused.problem if refused else None,
    )


def _position(record: CaseRecord, viewer: Viewer) -> CasePosition:
    case, sop = record.case, record.sop
    return CasePosition(
        here=frozenset(step.id for step in case.open_steps),
        visited=frozenset(case.visited),
        clocks=running(record.events, sop, viewer.calendar, viewer.at),
        chart=Markup(CHARTS.of(sop, marks(case, viewer.at))),
    )


def _official_acts(case: Case, sop: Sop, viewer: Viewer) -> OfficialActs:
    who = viewer.who
    return OfficialActs(
        priorities=priorities(case, who),
        assigns=assigns(case, who),
        reopens=steps_to_reopen(case, sop, who, viewer.at),
        pauses=reasons(case, sop, who),
        resumes=resumable(case, who),
        ends_early=EARLY if may_end(case, who) else (),
    )
