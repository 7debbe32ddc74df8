"""The supervisor's weekly list of what is late (PKL-S-09): a desk and a moment in, at most one outbox row a week out.

It is told in the office's hours of the week's first working day. A week in which nothing is late is not told of.
"""

from datetime import datetime, timedelta

from request_tracker.cases import Desk
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.outbox import Notice, Outgoing, put

RECIPIENT = "role:head_of_division"
SHOWN = 20  # A message on a telephone stays readable; the page has the whole list.
_LATE = (
    "SELECT c.number, c.subject, w.step, w.due_at FROM waiting w JOIN cases c ON c.id = w.case_id"
    " WHERE c.ending IS NULL AND c.paused IS NULL AND w.due_at < ? ORDER BY w.due_at, w.step"
)


def tell_late(desk: Desk, now: datetime) -> int:
    """Tell the supervisor; the number of late steps that were told of now."""
    if not _first_hours_of_the_week(desk, now):
        return 0
    # The ISO year: the last days of December may belong to week 1 of the next one.
    year, week, _ = desk.calendar.local(now).isocalendar()
    name = f"{year}-W{week:02d}"
    key, late = f"late:{name}:{RECIPIENT}", desk.store.rows(_LATE, [stamp(now)])
    if not late or desk.store.row("SELECT 1 FROM outbox WHERE key = ?", [key]):
        return 0
    more = f"; dan {len(late) - SHOWN} lainnya" if len(late) > SHOWN else ""
    payload = Notice(
        template="late_this_week",
        number=f"Terlambat {name}",
        title=f"{len(late)} langkah terlambat",
        subject="; ".join(_line(desk, row) for row in late[:SHOWN]) + more,
    )
    with desk.store.transaction() as db:
        put(db, Outgoing(key, RECIPIENT, payload), now)
    return len(late)


def _line(desk: Desk, row: Row) -> str:
    due = desk.calendar.local(datetime.fromisoformat(row["due_at"]))
    return f"{row['number']} {row['step']} sejak {due:%d-%m %H.%M} ({row['subject']})"


def _first_hours_of_the_week(desk: Desk, now: datetime) -> bool:
    """True in working time of the first day of the week on which the office works."""
    today = desk.calendar.local(now).date()
    before = (today - timedelta(days=back) for back in range(1, today.weekday() + 1))
    working = desk.calendar.worked(now, now + timedelta(minutes=1)) > timedelta()
    return working and not any(desk.calendar.spans(day) for day in before)
