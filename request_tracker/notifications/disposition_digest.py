"""Dispositions that an outage lets be filed afterwards (PKL-G-02/03): told once a working day, never once an alert.

A desk and a moment in, at most one outbox row a day and role out. Told are those whose turn it is, in office hours;
a case that needs no disposition any more is not told of.
"""

from datetime import datetime, timedelta
from functools import partial

from request_tracker.cases import Desk
from request_tracker.cases.queries import AFTERWARDS
from request_tracker.store.database import Row
from request_tracker.store.each_row import rows_of_a_job
from request_tracker.store.outbox import Notice, Outgoing, put

SHOWN = 20  # A message on a telephone stays readable; the page has the whole list.
_WAITING = (
    "SELECT c.number, c.subject, w.step, w.role FROM waiting w JOIN cases c ON c.id = w.case_id"
    f" WHERE c.ending IS NULL AND c.emergency = 1 AND {AFTERWARDS} ORDER BY c.id, w.step"
)


def tell_dispositions(desk: Desk, now: datetime) -> list[str]:
    """Tell whoever has dispositions to file; the roles that were told now."""
    if desk.calendar.worked(now, now + timedelta(minutes=1)) == timedelta():
        return []
    day = desk.calendar.local(now).date()
    run = rows_of_a_job()
    for role, rows in _by_role(desk.store.rows(_WAITING)).items():
        # The outbox keeps a key for ever, so the day in it is what allows one a day.
        run.do(role, partial(_tell_role, desk, (f"dispositions:{day}:{role}", role), rows, now))
    return run.over()


def _tell_role(desk: Desk, message: tuple[str, str], rows: list[Row], now: datetime) -> list[str]:
    """Tell a role once; ``message`` is its key and the role."""
    key, role = message
    if desk.store.row("SELECT 1 FROM outbox WHERE key = ?", [key]):
        return []
    with desk.store.transaction() as db:
        put(db, Outgoing(key, f"role:{role}", _payload(rows), calm=True), now)
    return [role]


def _by_role(rows: list[Row]) -> dict[str, list[Row]]:
    """The first open disposition of each case, by who must file it: the SOP's order holds afterwards too."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["number"], row)
    by_role: dict[str, list[Row]] = {}
    for row in first.values():
        by_role.setdefault(row["role"], []).append(row)
    return by_role


def _payload(rows: list[Row]) -> Notice:
    more = f"; dan {len(rows) - SHOWN} lainnya" if len(rows) > SHOWN else ""
    return Notice(
        template="dispositions_waiting",
        number="Disposisi susulan",
        title=f"{len(rows)} kasus gangguan",
        subject="; ".join(f"{row['number']} {row['step']} ({row['subject']})" for row in rows[:SHOWN]) + more,
    )
