"""Opening an ended case again, from its page: an official's act outside the SOP's steps.

Only the requester takes a request back, by the secret link; for staff there is no such form.
"""

from flask import url_for

from request_tracker.cases import Reopen, read_case
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.official_forms import REOPEN
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.declared_forms import read_values
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("reopen", __name__)
pages.declare(REOPEN)


@pages.post("/kasus/<path:number>/buka")
@needs("see_cases")
def reopen(number: str) -> Answer:
    """Open an ended case again at one of its steps, with the reason."""
    return on_the_case(number, REOPEN, lambda: _reopen(number))


def _reopen(number: str) -> None:
    visited = read_case(office().desk, number).visited
    sent = read_values(REOPEN.offering({"step": {step: step for step in visited}})).sound()
    command = Reopen(sent.text("step"), sent.text("note"))
    act_on(number, command, SentForm(form_number("version"), leads_to=url_for("cases.case", number=number)))
