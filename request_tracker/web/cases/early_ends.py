"""Ending a case that should never have begun, from its page: outside the SOP's steps, with a reason."""

from flask import url_for

from request_tracker.cases import EndEarly
from request_tracker.cases.early_end import DOUBLE
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.official_forms import EARLY_END
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.declared_forms import read_values
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("early_ends", __name__)
pages.declare(EARLY_END)


@pages.post("/kasus/<path:number>/akhiri")
@needs("end_early")
def end(number: str) -> Answer:
    """End it; a refusal stands on the page."""
    return on_the_case(number, EARLY_END, lambda: _end(number))


def _end(number: str) -> None:
    sent = read_values(EARLY_END).sound()
    same = sent.text("same_as").upper() if sent.text("ending") == DOUBLE else None
    command = EndEarly(sent.text("ending"), sent.text("reason"), same)
    act_on(number, command, SentForm(form_number("version"), leads_to=url_for("cases.case", number=number)))
