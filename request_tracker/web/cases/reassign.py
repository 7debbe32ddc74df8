"""Naming the technician of a case, or another one, from its page: an official's act outside the SOP's steps."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Assign, Case, Who, read_case
from request_tracker.cases.decide import ASSIGNS
from request_tracker.errors import Refused
from request_tracker.people.accounts import person
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

pages = PageGroup("reassign", __name__)


def assigns(case: Case, who: Who) -> bool:
    """Whether this person may name the technician of the case now."""
    return not case.ending and bool(who.acting_roles & ASSIGNS)


def technician(user: int | None) -> Who | None:
    """The person of an account's number as one acts; None where there is no such active account."""
    account = person(office().desk.store, user, now()) if user else None
    return account.who if account else None


@pages.post("/kasus/<path:number>/petugas")
@needs("see_cases")
def assign(number: str) -> Response:
    """Name the technician, or another one; the new one is told."""
    desk, page = office().desk, url_for("cases.case", number=number)
    chosen = technician(form_number("technician"))
    if chosen is None:
        hint = Both("pilih salah satu teknisi", "choose one of the technicians")
        raise Refused("bad_field", field=Both("Petugas", "Technician"), reason=hint)
    if not me().who.acting_roles & ASSIGNS:
        raise Refused("may_not_assign")
    if read_case(desk, number).assignee != chosen.person:
        act_on(number, Assign(chosen), SentForm(form_number("version"), leads_to=page))
    return redirect(page)
