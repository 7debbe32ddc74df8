"""How urgent an outage is, from its page: an official's act outside the SOP's steps (PKL-G-PR1)."""

from flask import url_for

from request_tracker.cases import SetPriority
from request_tracker.cases.priority import PRIORITIES
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.official_forms import PRIORITY
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.declared_forms import read_values
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("priority", __name__)
pages.declare(PRIORITY)


@pages.post("/kasus/<path:number>/prioritas")
@needs("see_cases")
def prioritise(number: str) -> Answer:
    """Say how urgent the outage is; its first priority is lowered by the head of the section alone (PKL-G-PR1)."""
    return on_the_case(number, PRIORITY, lambda: _prioritise(number))


def _prioritise(number: str) -> None:
    sent = read_values(
        PRIORITY.offering({"priority": {str(level): name for level, name in PRIORITIES.items()}})
    ).sound()
    command = SetPriority(sent.number("priority"), sent.text("reason"))
    act_on(number, command, SentForm(form_number("version"), leads_to=url_for("cases.case", number=number)))
