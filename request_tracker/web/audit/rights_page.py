"""The auditor's page of the rights journal: what changed in who may do what, between two dates. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request

from request_tracker.people.rights_report import (
    CHANGES,
    EVERYTHING,
    FieldChange,
    RightsFilter,
    count_rights,
    field_changes,
    rights_rows,
)
from request_tracker.store.database import Row
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.rights_words import RIGHTS_DOORS, RIGHTS_KINDS
from request_tracker.words.written import day_of

pages = PageGroup("rights", __name__)
# Newest lines on the page; the export has all of the filter.
ROWS = 200
# Where no date is chosen: a quarter, the time between two evaluations.
SHOWN_DAYS = 90
FIELDS = ("dari", "sampai", "siapa", "jenis")


@dataclass(frozen=True)
class RightsLine:
    """A line as the page shows it: the row, and what it says beside its kind."""

    row: Row
    changes: tuple[FieldChange, ...]


@pages.get("/audit/wewenang")
@pages.menu(MenuGroup.INSPECTION, 25, ("Jejak wewenang", "Rights journal"), "audit")
@needs("audit")
def view() -> str:
    """The lines of a span, the newest first, filtered by person and kind."""
    store, chosen = office().desk.store, _chosen(request.args)
    wanted = rights_filter(chosen)
    lines = [RightsLine(row, field_changes(row)) for row in rights_rows(store, wanted, newest=ROWS)]
    people = store.rows("SELECT id, name, login FROM users ORDER BY name")
    return render_template(
        "rights.html",
        lines=lines,
        count=count_rights(store, wanted),
        most=ROWS,
        chosen=chosen,
        people=people,
        kinds=RIGHTS_KINDS,
        doors=RIGHTS_DOORS,
    )


def rights_filter(chosen: Mapping[str, str]) -> RightsFilter:
    """What the page's form asks for; both days are the office's, the last one included."""
    since, until = _day(chosen.get("dari")), _day(chosen.get("sampai"))
    return RightsFilter(
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        person=chosen.get("siapa", ""),
        kind=chosen.get("jenis") or EVERYTHING,
    )


def _chosen(query: Mapping[str, str]) -> dict[str, str]:
    """The form as it is shown: what was chosen, else the last quarter without log-ins."""
    today = office().desk.calendar.local(now()).date()
    usual = {"dari": (today - timedelta(days=SHOWN_DAYS)).isoformat(), "sampai": today.isoformat(), "jenis": CHANGES}
    return usual | {key: query[key][:40] for key in FIELDS if key in query}


def _day(text: str | None) -> date | None:
    """A day within what a clock can show; anything else is no limit."""
    try:
        return day_of(text or "")
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=office().desk.calendar.zone)
