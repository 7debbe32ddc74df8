"""How urgent an outage is, from its page: an official's act outside the SOP's steps (PKL-G-PR1)."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Case, SetPriority, Who
from request_tracker.cases.model import FIRST
from request_tracker.cases.priority import LOWERS, PRIORITIES, SETS
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("priority", __name__)
# Characters, as the field on the page says.
MAX_REASON = 1000


def priorities(case: Case, who: Who) -> dict[int, str]:
    """The priorities this person may give the outage now; empty where he may not change it."""
    if case.ending or case.priority is None or not who.acting_roles & SETS:
        return {}
    stays = case.priority == FIRST and not who.holds(LOWERS)
    return {level: name for level, name in PRIORITIES.items() if level == FIRST or not stays}


@pages.post("/kasus/<path:number>/prioritas")
@needs("see_cases")
def prioritise(number: str) -> Response:
    """Say how urgent the outage is; its first priority is lowered by the head of the section alone (PKL-G-PR1)."""
    level, version = form_number("priority") or 0, form_number("version")
    command = SetPriority(level, request.form.get("reason", "")[:MAX_REASON])
    page = url_for("cases.case", number=number)
    act_on(number, command, SentForm(version, leads_to=page))
    return redirect(page)
