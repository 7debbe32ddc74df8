"""Ramadan on the page of days: an office confirms or corrects the month that was reckoned; open deadlines follow."""

from dataclasses import replace
from datetime import timedelta

from flask import current_app, redirect, request, url_for
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
from request_tracker.errors import BadForm
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.written import day_of

pages = PageGroup("ramadan", __name__)
# A month of the moon has 29 or 30 days; an office that begins with the earlier reckoning has one more.
SHORTEST, LONGEST = timedelta(days=28), timedelta(days=30)
REASON = "hari kerja Ramadan"


@pages.post("/hari-libur/ramadan")
@needs("edit_days")
def change() -> Response:
    """Confirm a month, or take back what was confirmed: then it is reckoned again."""
    here, month = office(), _month()
    bare: Desk = current_app.extensions["bare_desk"]
    confirmed = own_ramadan(bare.store)
    dropped = request.form.get("act") == "drop"
    months = tuple(other for other in confirmed if other != month) if dropped else laid_over(confirmed, [month])
    current_app.extensions["office"] = replace(here, desk=_with(bare, months))
    return redirect(url_for("people.days"))


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
    try:
        first, last = (day_of(request.form.get(key, "")) for key in ("first", "last"))
    except ValueError as error:
        raise BadForm("no_day_name") from error
    if not SHORTEST <= last - first <= LONGEST:
        raise BadForm("no_month")
    return first, last
