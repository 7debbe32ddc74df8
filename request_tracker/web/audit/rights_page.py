"""The auditor's page of the rights journal: what changed in who may do what, between two dates. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import g, render_template

from request_tracker.people.rights_report import (
    CHANGES,
    EVERYTHING,
    FieldChange,
    RightsFilter,
    count_rights,
    field_changes,
    rights_rows,
)
from request_tracker.sop.fields import Field
from request_tracker.store.database import Row
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, FieldValues, asked_again, asked_status, read_values
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both
from request_tracker.words.rights_words import RIGHTS_DOORS, RIGHTS_KINDS

pages = PageGroup("rights", __name__)
# Newest lines on the page; the export has all of the filter.
ROWS = 200
# Where no date is chosen: a quarter, the time between two evaluations.
SHOWN_DAYS = 90
_BUT_LOGINS, _ALL = Both("semua kecuali masuk dan keluar", "all but log-ins"), Both("semua", "all")
SPAN = pages.declare(
    DeclaredForm(
        name="rights_span",
        address="/audit/wewenang",
        title=Both("Saring jejak wewenang", "Filter the rights journal"),
        fields=(
            Field("dari", "Dari", "From", "date", required=False),
            Field("sampai", "Sampai", "To", "date", required=False, after="dari"),
            Field("siapa", "Orang", "Person", "pick", required=False),
            Field("jenis", "Jenis", "Kind", "pick", required=False),
        ),
        in_address=True,
    )
)


@dataclass(frozen=True)
class RightsLine:
    """A line as the page shows it: the row, and what it says beside its kind."""

    row: Row
    changes: tuple[FieldChange, ...]


@pages.get("/audit/wewenang")
@pages.menu(MenuGroup.INSPECTION, 25, ("Jejak wewenang", "Rights journal"), "audit")
@needs("audit")
def view() -> tuple[str, int]:
    """The lines of a span, the newest first, filtered by person and kind."""
    store, query = office().desk.store, read_span(_usual())
    wanted = rights_filter(query)
    lines = [RightsLine(row, field_changes(row)) for row in rights_rows(store, wanted, newest=ROWS)]
    return render_template(
        "rights.html",
        lines=lines,
        count=count_rights(store, wanted),
        most=ROWS,
        form=asked_again(query),
        chosen=query.clean,
        kinds=RIGHTS_KINDS,
        doors=RIGHTS_DOORS,
    ), asked_status(query)


def read_span(usual: Mapping[str, str] | None = None) -> FieldValues:
    """What the address asks for, of the people and the kinds that there are; ``usual`` where it says nothing."""
    rows = office().desk.store.rows("SELECT id, name, login FROM users ORDER BY name")
    people = {f"user:{row['id']}": f"{row['name']} ({row['login']})" for row in rows}
    every = {CHANGES: _BUT_LOGINS, EVERYTHING: _ALL, **RIGHTS_KINDS}
    kinds = {key: name.said(g.language) for key, name in every.items()}
    return read_values(SPAN.offering({"siapa": people, "jenis": kinds}), usual)


def rights_filter(query: FieldValues) -> RightsFilter:
    """What the page's form asks for; both days are the office's, the last one included."""
    since, until = query.day("dari"), query.day("sampai")
    return RightsFilter(
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        person=query.text("siapa"),
        kind=query.text("jenis") or EVERYTHING,
    )


def _usual() -> dict[str, str]:
    """What is shown where nothing was chosen: the last quarter without log-ins."""
    today = office().desk.calendar.local(now()).date()
    return {"dari": (today - timedelta(days=SHOWN_DAYS)).isoformat(), "sampai": today.isoformat(), "jenis": CHANGES}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=office().desk.calendar.zone)
