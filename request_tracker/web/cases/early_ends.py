"""Ending a case that should never have begun, from its page: outside the SOP's steps, with a reason."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import EndEarly
from request_tracker.cases.early_end import DOUBLE
from request_tracker.errors import Refused
from request_tracker.web.cases.case_pages import case_page
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("early_ends", __name__)
# Characters of a case's number, and of a word for an ending, as a form sends them.
MAX_NUMBER, MAX_WORD = 40, 40


@pages.post("/kasus/<path:number>/akhiri")
@needs("end_early")
def end(number: str) -> Response | tuple[str, int]:
    """End it; a refusal stands on the page."""
    ending = request.form.get("ending", "")[:MAX_WORD]
    same = request.form.get("same_as", "").strip().upper()[:MAX_NUMBER] if ending == DOUBLE else None
    command = EndEarly(ending, request.form.get("reason", "").strip()[:MAX_REASON], same or None)
    page = url_for("cases.case", number=number)
    try:
        act_on(number, command, SentForm(form_number("version"), leads_to=page))
    except Refused as error:
        return case_page(number, error=error), 409
    return redirect(page)
