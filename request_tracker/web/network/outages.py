"""Outage pages: the list, and the technician's page for a phone: where to go, what to look at, the next act."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from inventory.model import Uplink
from request_tracker.capacity.fallback import FallbackInForce, fallbacks_in_force
from request_tracker.cases import Case, Event, Possible, history, possible, read_case
from request_tracker.cases.model import SYSTEM
from request_tracker.errors import NotStored, Refused
from request_tracker.evidence.connected import ConnectionProposal
from request_tracker.outages.course import ALERT
from request_tracker.outages.follow import estimated_recovery
from request_tracker.outages.found_cause import CAUSES
from request_tracker.outages.likely_cause import LikelyCause, likely_cause
from request_tracker.outages.silenced import silence_of
from request_tracker.outages.tickets import acknowledge, open_tickets, technical_clocks, ticket
from request_tracker.people.contacts import people_of
from request_tracker.people.privacy import masked, note_access
from request_tracker.people.roles import may
from request_tracker.sop.model import Sop
from request_tracker.sop.register import by_hash
from request_tracker.store.database import Row
from request_tracker.store.drafts import drafts_of
from request_tracker.web.cases.act_form import act_fields
from request_tracker.web.cases.case_pages import answered, refused_form
from request_tracker.web.cases.contact import reaches
from request_tracker.web.cases.evidence import verdict_now
from request_tracker.web.cases.open_acts import RefusedAct, refused_page
from request_tracker.web.network import runbooks
from request_tracker.web.network.ticket_forms import FOUND_CAUSE, ISP_CONTACT, note_cause, note_isp
from request_tracker.web.network.ticket_place import TicketPlace, first_looks, place_of
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.boards import LINK_BOARD, board_address
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import FormPage
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import Conduct, PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("outages", __name__, Conduct(papers=True))
pages.declare(ISP_CONTACT)
pages.declare(FOUND_CAUSE)


# What the tracker notes by itself: folded below what people did.
TECHNICAL = frozenset({"step_entered", "step_completed", "document_added", "deadline_recomputed", "alert_linked"})
# What happened to the line itself, whoever noted it.
TOLD_TO_ALL = frozenset({"opened", "connected", "interrupted_again", "escalated"})
TAKE = "take"
# What a line did before it fell says why: its errors, its power, its load.
AROUND = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class OutageView:
    """An outage as its technician sees it on a phone; ``events`` is what people did, ``notes`` the tracker's lines.

    ``uplink`` and its ``isp_people`` only where the root is an uplink; ``drafts`` are the viewer's, by step.
    ``first`` is the viewer's next act: TAKE, a step's id, or '' where there is none for him; ``takes``: he may take it
    on, also where that is not the first. ``board`` is the line's in Grafana over the outage.
    """

    ticket: Row
    case: Case
    sop: Sop
    acts: list[Possible]
    first: str
    takes: bool
    where: TicketPlace
    looks: tuple[Both, ...]
    events: list[Event]
    notes: list[Event]
    uplink: Uplink | None
    isp_people: list[Row]
    office_people: Mapping[str, list[Row]]
    at: datetime
    clocks: Mapping[str, float | None]
    estimate: datetime | None
    drafts: Mapping[str, Mapping[str, str]]
    planned_seconds: float
    silence: Mapping[str, str] | None
    likely: LikelyCause | None
    causes: Mapping[str, Both]
    verdict: ConnectionProposal | None
    board: str | None
    fallbacks: list[FallbackInForce]
    refused: RefusedAct | None

    def typed(self, step: str) -> Mapping[str, str]:
        """What stands in a form of this page: what was refused, else the draft."""
        if self.refused is not None and self.refused.step == step:
            return self.refused.typed
        return self.drafts.get(step, {})

    def form(self, step: str) -> FormPage:
        """A form of this page with what is wrong with it: of a step, or of an act by the name of its form."""
        refused = self.refused if self.refused is not None and self.refused.step == step else None
        own = next((form.fields for form in (ISP_CONTACT, FOUND_CAUSE) if form.name == step), None)
        return refused_page(own or next(act_fields(act) for act in self.acts if act.step.id == step), refused)


@pages.get("/gangguan")
@pages.menu(MenuGroup.WORK, 20, ("Gangguan", "Outages"))
@needs("see_cases")
def listing() -> str:
    """Open tickets, those that last first, and what else is warned of."""
    warnings = office().desk.store.rows(
        "SELECT * FROM warnings WHERE resolved_at IS NULL AND severity <> 'info' AND alertname <> 'LebarpitaWatchdog'"
        " ORDER BY seen_at DESC LIMIT 50"
    )
    return render_template(
        "outages.html",
        tickets=_with_offices(open_tickets(office().desk)),
        warnings=warnings,
        runbooks=runbooks.names(),
        at=now(),
    )


@pages.get("/gangguan/<path:number>")
@needs("see_cases")
def page(number: str) -> str:
    """What is down, where, who is behind it, what to look at first and what to do next."""
    return _page(number)


def _page(number: str, refused: RefusedAct | None = None) -> str:
    desk, at = office().desk, now()
    row = ticket(desk, number)
    if row is None:
        abort(404)
    case = read_case(desk, number)
    acts, events = possible(desk, case, me().who), list(reversed(history(desk, number)))
    uplink = next((u for u in desk.city.uplinks if u.name == row["root"]), None)
    here = _with_offices([row])[0]
    view = OutageView(
        ticket=here,
        case=case,
        sop=by_hash(desk.store, case.sop_hash),
        acts=acts,
        first=next_act(row, acts),
        takes=waits_for_somebody(row),
        where=place_of(desk.city, row["root"]),
        looks=first_looks(row["kind"], row["cause"], uplink is not None),
        events=[event for event in events if not of_the_tracker(event)],
        notes=[event for event in events if of_the_tracker(event)],
        uplink=uplink,
        isp_people=_isp_people(number, row) if uplink else [],
        office_people=_office_people(case, here["offices"]),
        at=at,
        clocks=technical_clocks(row),
        estimate=estimated_recovery(desk, number),
        drafts=drafts_of(desk.store, number, me().named()),
        silence=silence_of(row, at),
        likely=likely_cause(desk, row),
        causes=CAUSES,
        planned_seconds=sum(end - begin for begin, end in json.loads(row["planned"] or "[]")),
        verdict=verdict_now(case) if any(act.judges for act in acts) else None,
        fallbacks=[plan for plan in fallbacks_in_force(desk.store, desk.city) if plan.loss == row["root"]],
        board=_board(row, at),
        refused=refused,
    )
    return render_template("outage.html", view=view)


def _board(row: Row, at: datetime) -> str | None:
    """The line's board from before it fell until after it was back; a device has no board of its own."""
    if row["kind"] == "device":
        return None
    began = datetime.fromtimestamp(row["started_at"], UTC)
    ended = at if row["ended_at"] is None else datetime.fromtimestamp(row["ended_at"], UTC) + AROUND
    return board_address(LINK_BOARD, "link", row["root"], (began - AROUND, ended))


def next_act(row: Row, acts: list[Possible]) -> str:
    """The one thing the page asks for first: to take the outage while it lasts, then the viewer's first open step."""
    if row["ended_at"] is None and waits_for_somebody(row):
        return TAKE
    return acts[0].step.id if acts else ""


def waits_for_somebody(row: Row) -> bool:
    """Whether nobody has taken it on and the viewer may; also what is over, as long as its case is open."""
    return row["acknowledged_at"] is None and row["ending"] is None and may(me().who.roles, "acknowledge")


def of_the_tracker(event: Event) -> bool:
    """Whether a line of the history is the tracker's own, and no person's doing."""
    by_itself = event.actor in (SYSTEM.person, ALERT.person)
    return event.kind in TECHNICAL or (by_itself and event.kind not in TOLD_TO_ALL)


@pages.post("/gangguan/<path:number>/langkah/<step>")
@needs("see_cases")
def act(number: str, step: str) -> Response | tuple[str, int]:
    """Do one's part of a step without leaving the ticket; a refused form stays where it was."""
    page = url_for("outages.page", number=number)

    def again(error: Refused) -> str:
        return _page(number, refused_form(step, error))

    return answered(number, step, page, again)


@pages.post("/gangguan/<path:number>/tangani")
@needs("acknowledge")
def take(number: str) -> Response:
    """The first button: I am on it."""
    acknowledge(office().desk, number, me().who, now())
    return redirect(url_for("outages.page", number=number))


@pages.post("/gangguan/<path:number>/isp")
@needs("isp_contact")
def isp(number: str) -> Response | tuple[str, int]:
    """The ISP was called; its ticket and its estimate (PKL-G-08a)."""
    page = url_for("outages.page", number=number)
    try:
        note_isp(number, page)
    except NotStored:
        raise
    except Refused as error:
        return _page(number, refused_form(ISP_CONTACT.name, error)), error.form_status
    return redirect(page)


def _office_people(case: Case, codes: list[str]) -> dict[str, list[Row]]:
    """Whom to call at the offices cut off, from the book; in the clear for who needs it, and that is logged (6.6)."""
    people = {code: people_of(office().desk.store, f"opd:{code}") for code in codes}
    if not reaches(case, me().who):
        return {code: [masked(person) for person in rows] for code, rows in people.items()}
    if any(people.values()):
        note_access(office().desk.store, me().named(), "office contacts", case.number, now())
    return people


@pages.post("/gangguan/<path:number>/penyebab")
@needs("name_cause")
def cause(number: str) -> Response | tuple[str, int]:
    """What it was, as a word of the list: reports count it."""
    try:
        note_cause(number)
    except NotStored:
        raise
    except Refused as error:
        return _page(number, refused_form(FOUND_CAUSE.name, error)), error.form_status
    return redirect(url_for("outages.page", number=number))


def _isp_people(number: str, row: Row) -> list[Row]:
    """Whom to call at the uplink's ISP; in the clear while it is out, for who calls, and that is logged (6.6)."""
    people = people_of(office().desk.store, f"uplink:{row['root']}")
    if row["ended_at"] is not None or not may(me().who.roles, "isp_contact"):
        return [masked(person) for person in people]
    if people:
        note_access(office().desk.store, me().named(), "isp contact", number, now())
    return people


def _with_offices(rows: list[Row]) -> list[Row]:
    at = now()
    return [{**row, "offices": json.loads(row["offices"]), "silence": silence_of(row, at)} for row in rows]
