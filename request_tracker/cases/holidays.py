"""The office's own list of days: closed days the packages do not know, and worked days they call closed."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlite_utils import Database

from request_tracker.calendar.ramadan import Month, laid_over
from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.context import Desk
from request_tracker.errors import BadForm
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store

# Characters of a day's name: one line of the table of days.
MAX_NAME = 100
# Among the settings, whose every change is recorded: a handful of dates, read whole.
_RAMADAN = "ramadan"


def office_days(store: Store) -> list[Row]:
    """The list, in order of days."""
    return store.rows("SELECT * FROM office_days ORDER BY day")


def put_day(store: Store, day: date, name: str, worked: bool) -> None:
    """Write a day into the list, or change it."""
    with store.transaction() as db:
        put_day_inside(db, day, name, worked)


def put_day_inside(db: Database, day: date, name: str, worked: bool) -> None:
    """The same inside the transaction that sets the deadlines anew."""
    db.table("office_days").upsert(day_row(day, name, worked), pk="day")


def day_row(day: date, name: str, worked: bool) -> Row:
    """A day as it will stand in the list. Raises BadForm where a closed day has no name."""
    if not worked and not name.strip():
        raise BadForm("no_day_name")
    return {"day": day.isoformat(), "name": name.strip()[:MAX_NAME], "worked": int(worked)}


def drop_day(store: Store, day: date) -> None:
    """Take a day off the list."""
    with store.transaction() as db:
        drop_day_inside(db, day)


def drop_day_inside(db: Database, day: date) -> None:
    """The same inside the transaction that sets the deadlines anew."""
    db.execute("DELETE FROM office_days WHERE day = ?", [day.isoformat()])


def with_office_days(calendar: Calendar, rows: list[Row]) -> Calendar:
    """The calendar as the list changes it; give it the calendar of the configuration, not an earlier result."""
    closed = dict(calendar.closed)
    for row in rows:
        day = date.fromisoformat(row["day"])
        if row["worked"]:
            # A day that the list calls worked is open even where the national calendar closes it (a joint leave that
            # this city does not take).
            closed.pop(day, None)
        else:
            closed[day] = row["name"]
    return replace(calendar, closed=closed)


def own_ramadan(store: Store) -> tuple[Month, ...]:
    """The months that the office has confirmed on its page, in order."""
    value = store.value("SELECT value FROM settings WHERE key = ?", [_RAMADAN])
    return tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in json.loads(value or "[]"))


def put_ramadan_inside(db: Database, months: Iterable[Month], now: datetime) -> None:
    """Write them, inside the transaction that sets the deadlines anew."""
    value = json.dumps([[first.isoformat(), last.isoformat()] for first, last in sorted(months)])
    db.table("settings").upsert({"key": _RAMADAN, "value": value, "changed_at": stamp(now)}, pk="key")


def with_ramadan(calendar: Calendar, months: Iterable[Month]) -> Calendar:
    """The calendar with the months that the office has confirmed; give it the calendar of the configuration."""
    return replace(calendar, ramadan=laid_over(calendar.ramadan, months))


def with_own_days(desk: Desk) -> Desk:
    """The desk as its own list changes the calendar; give it the desk of the configuration, not an earlier result."""
    return replace(
        desk, calendar=with_ramadan(with_office_days(desk.calendar, office_days(desk.store)), own_ramadan(desk.store))
    )


def is_working_day(desk: Desk, now: datetime) -> bool:
    """True on a day on which the office works, in its zone and by its own list; a desk as for ``with_own_days``."""
    calendar = with_own_days(desk).calendar
    return bool(calendar.spans(calendar.local(now).date()))
