"""Pausing a case and letting it go on, from its page: a form in, one command out."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Case, Pause, Resume, Who, read_case
from request_tracker.cases.pauses import PAUSES
from request_tracker.errors import Refused
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.form_values import MAX_REASON, when
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("pauses", __name__)


def reasons(case: Case, sop: Sop, who: Who) -> tuple[str, ...]:
    """For what this person may pause the case now; empty where nothing may be paused."""
    if case.ending or case.paused or case.main_step is None or not _may(who):
        return ()
    return tuple(sop.step(case.main_step.id).pauses)


def resumable(case: Case, who: Who) -> bool:
    """Whether this person may end a pause that lasts."""
    return case.paused is not None and _may(who)


@pages.post("/kasus/<path:number>/jeda")
@needs("see_cases")
def change(number: str) -> Response:
    """Pause, until a moment if one is given; or go on."""
    desk = office().desk
    case = read_case(desk, number)
    sop = register.by_hash(desk.store, case.sop_hash)
    if not reasons(case, sop, me().who) and not resumable(case, me().who):
        raise Refused("may_not")
    note, version = request.form.get("note", "")[:MAX_REASON], form_number("version")
    step = case.main_step.id if case.main_step else ""
    command = Resume(note) if case.paused else Pause(step, request.form.get("reason", ""), note, when("until"))
    page = url_for("cases.case", number=number)
    act_on(number, command, SentForm(version, leads_to=page))
    return redirect(page)


def _may(who: Who) -> bool:
    return any(who.holds(role) for role in PAUSES)
