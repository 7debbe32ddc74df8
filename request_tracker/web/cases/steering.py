"""Naming another technician and opening an ended case again, from its page: officials' acts outside the SOP's steps.

Only the requester takes a request back, by the secret link; for staff there is no such form.
"""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Assign, Case, Reopen, SetPriority, Who, read_case, run
from request_tracker.cases.decide import ASSIGNS, REOPEN_WITHIN, REOPENS
from request_tracker.cases.model import FIRST
from request_tracker.cases.priority import LOWERS, PRIORITIES, SETS
from request_tracker.errors import Refused
from request_tracker.people.accounts import person
from request_tracker.sop.model import Sop, Step
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("steering", __name__)


def assigns(case: Case) -> bool:
    """Whether this person may name the technician of the case now."""
    return not case.ending and bool(me().who.held & ASSIGNS)


def steps_to_reopen(case: Case, sop: Sop) -> tuple[Step, ...]:
    """The steps at which this person may open the ended case again, the last one first; empty where he may not."""
    held = me().who.held & (REOPENS - {"requester"})
    return reopenable(case, sop) if held else ()


def reopenable(case: Case, sop: Sop) -> tuple[Step, ...]:
    """The steps of a case that ended less than seven days ago, the last one first."""
    if case.ended_at is None or now() - case.ended_at > REOPEN_WITHIN:
        return ()
    return tuple(sop.step(name) for name in reversed(dict.fromkeys(case.visited)) if name in sop.steps)


def technician(user: int | None) -> Who | None:
    """The person of an account's number as one acts; None where there is no such active account."""
    found = person(office().desk.store, user, now()) if user else None
    return found.who if found else None


def priorities(case: Case) -> dict[int, str]:
    """The priorities this person may give the outage now; empty where he may not change it."""
    if case.ending or case.priority is None or not me().who.held & SETS:
        return {}
    stays = case.priority == FIRST and not me().who.holds(LOWERS)
    return {level: name for level, name in PRIORITIES.items() if level == FIRST or not stays}


@pages.post("/kasus/<path:number>/prioritas")
@needs("see_cases")
def prioritise(number: str) -> Response:
    """Say how urgent the outage is; its first priority is lowered by the head of the section alone (PKL-G-PR1)."""
    level, version = request.form.get("priority", 0, int), request.form.get("version", type=int)
    command = SetPriority(level, request.form.get("reason", "")[:1000])
    run(office().desk, number, command, me().who, now(), version=version)
    return redirect(url_for("cases.case", number=number))


@pages.post("/kasus/<path:number>/petugas")
@needs("see_cases")
def assign(number: str) -> Response:
    """Name the technician, or another one; the new one is told."""
    desk = office().desk
    chosen = technician(request.form.get("technician", type=int))
    if chosen is None:
        told = Both("pilih salah satu teknisi", "choose one of the technicians")
        raise Refused("bad_field", field=Both("Petugas", "Technician"), reason=told)
    if not me().who.held & ASSIGNS:
        raise Refused("may_not_assign")
    if read_case(desk, number).assignee != chosen.person:
        version = request.form.get("version", type=int)
        run(desk, number, Assign(chosen), me().who, now(), version=version)
    return redirect(url_for("cases.case", number=number))


@pages.post("/kasus/<path:number>/buka")
@needs("see_cases")
def reopen(number: str) -> Response:
    """Open an ended case again at one of its steps, with the reason."""
    command = Reopen(request.form.get("step", "")[:40], request.form.get("note", "").strip()[:1000])
    run(office().desk, number, command, me().who, now(), version=request.form.get("version", type=int))
    return redirect(url_for("cases.case", number=number))
