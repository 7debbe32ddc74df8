"""Pausing a case and letting it go on, from its page: a form in, one command out."""

from flask import url_for

from request_tracker.cases import Pause, Resume, read_case
from request_tracker.errors import Refused, WrongFields
from request_tracker.sop import register
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.official_forms import PAUSE
from request_tracker.web.cases.official_rules import reasons, resumable
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.declared_forms import read_values
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase

pages = PageGroup("pauses", __name__)
pages.declare(PAUSE)


@pages.post("/kasus/<path:number>/jeda")
@needs("see_cases")
def change(number: str) -> Answer:
    """Pause, until a moment if one is given; or go on."""
    return on_the_case(number, PAUSE, lambda: _change(number))


def _change(number: str) -> None:
    desk = office().desk
    case = read_case(desk, number)
    offered = reasons(case, register.by_hash(desk.store, case.sop_hash), me().who)
    if not offered and not resumable(case, me().who):
        raise Refused("may_not")
    sent = read_values(PAUSE.offering({"reason": {key: phrase(key).indonesian for key in offered}})).sound()
    if not case.paused and not sent.text("reason"):
        raise WrongFields({"reason": Both("belum dipilih", "is not chosen")}, PAUSE.names)
    step, note = case.main_step.id if case.main_step else "", sent.text("note")
    command = Resume(note) if case.paused else Pause(step, sent.text("reason"), note, sent.moment("until"))
    act_on(number, command, SentForm(form_number("version"), leads_to=url_for("cases.case", number=number)))
