"""Warnings of the service's promise: told when a quarter of its working time is left, and when it is broken. Each once.

Open cases and a moment in, outbox rows out: to whose turn it is and to the head of the section. In the office's hours;
a paused case rests, its promise moves.
"""

from datetime import datetime, timedelta

from request_tracker.cases import Desk, read_case
from request_tracker.cases.messages import person_of
from request_tracker.notifications.reminders import LEFT_AT_WARNING
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

SECTION = "role:head_of_section"
# Outages have calls of their own; a promise that was broken a week ago is in the weekly list.
LOOK_BACK = timedelta(days=7)
_OPEN = (
    "SELECT number, opened_at, service_due_at FROM cases WHERE ending IS NULL AND paused IS NULL AND kind <> 'outage'"
    " AND service_due_at IS NOT NULL AND service_due_at > ? ORDER BY service_due_at, number"
)


def remind_promises(desk: Desk, now: datetime) -> list[tuple[str, str]]:
    """Tell of each promise that is near its end or over; (case, template) of what was told now."""
    if desk.calendar.worked(now, now + timedelta(minutes=1)) == timedelta():
        return []
    return each_row(desk.store.rows(_OPEN, [stamp(now - LOOK_BACK)]), lambda row: _remind(desk, row, now))


def _remind(desk: Desk, row: Row, now: datetime) -> list[tuple[str, str]]:
    template = _template(desk, row, now)
    # With the date in the key: a promise that a pause has moved is warned of anew.
    key = f"promise:{row['number']}:{row['service_due_at']}:{template}"
    if template is None or desk.store.row("SELECT 1 FROM outbox WHERE key = ?", [f"{key}:{SECTION}"]):
        return []
    with desk.store.transaction() as db:
        case = read_case(desk, row["number"])
        if case.ending or case.paused or case.service_due_at is None:
            return []
        until = desk.calendar.local(case.service_due_at)
        waiting = desk.store.rows(
            "SELECT DISTINCT w.role FROM waiting w JOIN cases c ON c.id = w.case_id WHERE c.number = ?", [case.number]
        )
        staff = (person_of(case, line["role"]) for line in waiting if line["role"] != "requester")
        for recipient in dict.fromkeys((*staff, SECTION)):
            payload = Notice(
                template=template,
                number=case.number,
                sop=case.sop,
                title=f"Janji layanan: {until:%d-%m-%Y %H.%M %Z}",
                subject=case.subject,
                opd=case.opd,
            )
            put(db, Outgoing(f"{key}:{recipient}", recipient, payload), now)
    return [(row["number"], template)]


def _template(desk: Desk, row: Row, now: datetime) -> str | None:
    opened, due = (datetime.fromisoformat(row[key]) for key in ("opened_at", "service_due_at"))
    if now > due:
        return "promise_over"
    # In working time, because only in it can anybody still keep the promise.
    left, allowed = desk.calendar.worked(now, due), desk.calendar.worked(opened, due)
    return "promise_near" if left <= allowed * LEFT_AT_WARNING else None
