"""Naming the technician of a case, or another one, from its page: an official's act outside the SOP's steps."""

from flask import url_for

from request_tracker.cases import Assign, read_case
from request_tracker.cases.decide import ASSIGNS
from request_tracker.errors import Refused, WrongFields
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.case_reading import technician
from request_tracker.web.cases.official_forms import ASSIGN
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

pages = PageGroup("reassign", __name__)
pages.declare(ASSIGN)


@pages.post("/kasus/<path:number>/petugas")
@needs("see_cases")
def assign(number: str) -> Answer:
    """Name the technician, or another one; the new one is told."""
    return on_the_case(number, ASSIGN, lambda: _assign(number))


def _assign(number: str) -> None:
    # An account that is none, or is switched off, is nobody to choose: what the page offers is whom it finds active.
    chosen = technician(form_number("technician"))
    if chosen is None:
        raise WrongFields(
            {"technician": Both("pilih salah satu teknisi", "choose one of the technicians")}, ASSIGN.names
        )
    if not me().who.acting_roles & ASSIGNS:
        raise Refused("may_not_assign")
    if read_case(office().desk, number).assignee != chosen.person:
        form = SentForm(form_number("version"), leads_to=url_for("cases.case", number=number))
        act_on(number, Assign(chosen), form)
