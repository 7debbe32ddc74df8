"""Ramadan on the page of days: an office confirms or corrects the month that was reckoned; open deadlines follow."""

from dataclasses import replace
from datetime import date, timedelta

from flask import current_app, redirect, url_for
from werkzeug.wrappers import Response

from request_tracker.calendar.ramadan import Month, laid_over
from request_tracker.cases.context import Desk
from request_tracker.cases.deadlines import foresee_deadlines, move_deadlines
from request_tracker.cases.holidays import (
    office_days,
    own_ramadan,
    put_ramadan_inside,
    with_office_days,
    with_own_days,
    with_ramadan,
)
from request_tracker.errors import BadForm, Refused
from request_tracker.web.accounts.office_days import days_page
from request_tracker.web.accounts.people_forms import MONTH
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, read_values
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("ramadan", __name__)
pages.declare(MONTH)
# A month of the moon has 29 or 30 days; an office that begins with the earlier reckoning has one more.
SHORTEST, LONGEST = timedelta(days=28), timedelta(days=30)
REASON = "hari kerja Ramadan"


@pages.post("/hari-libur/ramadan")
@needs("edit_days")
def change() -> Response | tuple[str, int]:
    """Confirm a month, or take back what was confirmed: then it is reckoned again."""
    here = office()
    try:
        month = _month()
    except Refused as error:
        return days_page(month=error), error.form_status
    bare: Desk = current_app.extensions["bare_desk"]
    confirmed = own_ramadan(bare.store)
    dropped = chosen_act() == "drop"
    months = tuple(other for other in confirmed if other != month) if dropped else laid_over(confirmed, [month])
    current_app.extensions["office"] = replace(here, desk=_with(bare, months))
    return redirect(url_for("office_days.days"))


def _with(bare: Desk, months: tuple[Month, ...]) -> Desk:
    """The desk after it, with every deadline that it moves, in one transaction."""
    at, wanted = now(), with_ramadan(with_office_days(bare.calendar, office_days(bare.store)), months)
    foreseen = foresee_deadlines(replace(bare, calendar=wanted), REASON, at)
    with bare.store.transaction() as db:
        put_ramadan_inside(db, months, at)
        changed = with_own_days(bare)
        # A day was changed meanwhile: what was foreseen is by a calendar that never was.
        move_deadlines(changed, db, foreseen if changed.calendar == wanted else {}, REASON, at)
    return changed


def _month() -> Month:
    """The month of the form. Raises Refused where a day is wrong, or it is too short or too long for a month."""
    sent = read_values(MONTH).sound()
    first, last = (date.fromisoformat(sent.clean[key]) for key in ("first", "last"))
    if not SHORTEST <= last - first <= LONGEST:
        raise BadForm("no_month")
    return first, last
