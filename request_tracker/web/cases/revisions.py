"""Moving a running case to the revision of its SOP in force: the administrator's form and what it asks. One command."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Case, MoveRevision, read_case
from request_tracker.errors import Refused
from request_tracker.people.accounts import name_of
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

pages = PageGroup("revisions", __name__)


def newer(case: Case) -> Sop | None:
    """The revision in force today, where the running case has another one and this person may move it."""
    if case.ending or not me().who.holds("admin"):
        return None
    revision = register.in_force(office().desk.store, case.sop, office().desk.calendar.local(now()).date())
    return revision if revision.hash != case.sop_hash else None


@pages.post("/kasus/<path:number>/revisi")
@needs("manage_users")
def move(number: str) -> Response:
    """Move it, with the reason and the section head who agreed."""
    desk = office().desk
    sop = newer(read_case(desk, number))
    if sop is None:
        hint = Both("kasus sudah pada revisi yang berlaku", "the case is at the revision in force")
        raise Refused("cannot_move", revision="–", reason=hint)
    head = form_number("consent")
    consent = name_of(desk.store, f"user:{head}") if head else ""
    command = MoveRevision(sop, request.form.get("reason", "")[:MAX_REASON], consent)
    page = url_for("cases.case", number=number)
    act_on(number, command, SentForm(form_number("version"), leads_to=page))
    return redirect(page)
