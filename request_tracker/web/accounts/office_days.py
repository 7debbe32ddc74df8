"""The office's days: holidays added or worked, and Ramadan as it stands. Each act is a form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.calendar.ramadan import Month, unconfirmed
from request_tracker.cases.context import Desk
from request_tracker.cases.deadlines import foresee_deadlines, move_deadlines
from request_tracker.cases.holidays import (
    day_row,
    drop_day_inside,
    office_days,
    own_ramadan,
    put_day_inside,
    with_office_days,
    with_own_days,
    with_ramadan,
)
from request_tracker.errors import NotStored, Refused
from request_tracker.store.database import Row
from request_tracker.web.accounts.people_forms import MONTH, OFFICE_DAY
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, read_values, shown
from request_tracker.web.shell.form_values import FormPage
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("office_days", __name__)
pages.declare(OFFICE_DAY)


@dataclass(frozen=True, kw_only=True)
class DaysView:
    """What the page shows: the office's own days, those of the packages, Ramadan, what is lacking, and both forms."""

    rows: list[Row]
    closed: list[tuple[date, str]]
    months: list[tuple[Month, bool]]
    own: Sequence[Month]
    lacking: Any
    day: FormPage
    month: FormPage


@pages.get("/hari-libur")
@pages.menu(MenuGroup.MANAGE, 50, ("Hari libur", "Holidays"), "edit_days")
@needs("see_people")
def days() -> str:
    """Holidays the office added, and those of the packages for this year and the next."""
    return days_page()


def days_page(day: Refused | None = None, month: Refused | None = None) -> str:
    """The page, with why its form of a day or of Ramadan was refused."""
    desk = office().desk
    year = desk.calendar.local(now()).year
    own = own_ramadan(desk.store)
    confirmed = (*own, *office().config.calendar.ramadan)
    view = DaysView(
        rows=office_days(desk.store),
        closed=sorted((day, name) for day, name in desk.calendar.closed.items() if day.year in (year, year + 1)),
        months=[(month, month in confirmed) for month in desk.calendar.ramadan if month[1].year >= year],
        own=own,
        lacking=unconfirmed(desk.calendar.closed, confirmed, desk.calendar.local(now()).date()),
        day=shown(OFFICE_DAY, day),
        month=shown(MONTH, month),
    )
    return render_template("holidays.html", view=view)


@pages.post("/hari-libur")
@needs("edit_days")
def change_day() -> Response | tuple[str, int]:
    """Add or drop a day; deadlines of open steps follow, with an event in each case that moved."""
    here = office()
    try:
        sent = read_values(OFFICE_DAY).sound()
        day = date.fromisoformat(sent.clean["day"])
        row = None if chosen_act() == "drop" else day_row(day, sent.text("name"), bool(sent.clean.get("worked")))
        changed = _with_day(day, row)
    except NotStored:
        raise
    except Refused as error:
        return days_page(day=error), error.form_status
    current_app.extensions["office"] = replace(here, desk=changed)
    return redirect(url_for("office_days.days"))


def _with_day(day: date, row: Row | None) -> Desk:
    """The desk after a day was put into the list, or taken off it, with every deadline that it moves."""
    bare: Desk = current_app.extensions["bare_desk"]
    reason, at = f"hari libur {day.isoformat()}", now()
    others = [other for other in office_days(bare.store) if other["day"] != day.isoformat()]
    days = with_office_days(bare.calendar, [*others, row] if row else others)
    wanted = with_ramadan(days, own_ramadan(bare.store))
    foreseen = foresee_deadlines(replace(bare, calendar=wanted), reason, at)
    with bare.store.transaction() as db:
        if row is None:
            drop_day_inside(db, day)
        else:
            put_day_inside(db, day, row["name"], bool(row["worked"]))
        changed = with_own_days(bare)
        # Somebody else has changed another day meanwhile: then what was foreseen is by a calendar that never was.
        move_deadlines(changed, db, foreseen if changed.calendar == wanted else {}, reason, at)
    return changed
