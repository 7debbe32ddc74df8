"""Outage pages: the list, and the technician's page for a phone with its three buttons."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.model import Uplink
from request_tracker.cases import Case, Event, Note, Possible, history, possible, read_case
from request_tracker.errors import Refused
from request_tracker.outages.follow import estimated_recovery
from request_tracker.outages.found_cause import CAUSES, say_cause
from request_tracker.outages.silenced import silence_of
from request_tracker.outages.tickets import acknowledge, open_tickets, technical_clocks, ticket
from request_tracker.people.contacts import people_of
from request_tracker.people.privacy import masked, note_access
from request_tracker.people.roles import may
from request_tracker.store.database import Row
from request_tracker.store.drafts import drafts_of
from request_tracker.web.network import runbooks
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_LINE, when
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

pages = PageGroup("outages", __name__)
WHO = Both("ISP dan petugas yang dihubungi", "ISP and the person called")


@dataclass(frozen=True, kw_only=True)
class OutageView:
    """An outage as its technician sees it on a phone; ``events`` is the history, the newest first.

    ``uplink`` and its ``isp_people`` only where the root is an uplink; ``drafts`` are the viewer's, by step.
    """

    ticket: Row
    case: Case
    acts: list[Possible]
    events: list[Event]
    uplink: Uplink | None
    isp_people: list[Row]
    at: datetime
    clocks: Mapping[str, float | None]
    estimate: datetime | None
    drafts: Mapping[str, Mapping[str, str]]
    planned_seconds: float
    silence: Mapping[str, str] | None
    causes: Mapping[str, Both]


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
    """What is down, since when, who is behind it, whom to call."""
    desk, at = office().desk, now()
    row = ticket(desk, number)
    if row is None:
        abort(404)
    case = read_case(desk, number)
    uplink = next((u for u in desk.city.uplinks if u.name == row["root"]), None)
    view = OutageView(
        ticket=_with_offices([row])[0],
        case=case,
        acts=possible(desk, case, me().who),
        events=list(reversed(history(desk, number))),
        uplink=uplink,
        isp_people=_isp_people(number, row) if uplink else [],
        at=at,
        clocks=technical_clocks(row),
        estimate=estimated_recovery(desk, number),
        drafts=drafts_of(desk.store, number, me().named()),
        silence=silence_of(row, at),
        causes=CAUSES,
        planned_seconds=sum(end - begin for begin, end in json.loads(row["planned"] or "[]")),
    )
    return render_template("outage.html", view=view)


@pages.post("/gangguan/<path:number>/tangani")
@needs("acknowledge")
def take(number: str) -> Response:
    """The first button: I am on it."""
    acknowledge(office().desk, number, me().who, now())
    return redirect(url_for("outages.page", number=number))


@pages.post("/gangguan/<path:number>/isp")
@needs("isp_contact")
def isp(number: str) -> Response:
    """The third button: the ISP was called; its ticket and its estimate (PKL-G-08a)."""
    typed = {key: request.form.get(key, "").strip()[:MAX_LINE] for key in ("isp", "isp_ticket", "answer", "estimate")}
    if not typed["isp"]:
        raise Refused("missing_field", fields=WHO, step="PKL-G-08")
    estimate, next_call, page = when("estimate"), when("next_call"), url_for("outages.page", number=number)
    again = {"next_call": next_call.isoformat()} if next_call else {}
    also = (Note("recovery_estimate", {"estimate": estimate.isoformat()}),) if estimate else ()
    act_on(number, Note("isp_contact", {**typed, **again}), SentForm(leads_to=page, also=also))
    return redirect(page)


@pages.post("/gangguan/<path:number>/penyebab")
@needs("name_cause")
def cause(number: str) -> Response:
    """What it was, as a word of the list: reports count it."""
    said = (request.form.get("cause", ""), request.form.get("cause_text", "").strip()[:MAX_LINE])
    say_cause(office().desk, number, said, me().who, now())
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
