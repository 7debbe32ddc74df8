"""Deadlines: a start, a printed time and the calendar in, a moment out. Pure.

``jam``, ``menit`` and ``jam_kerja`` are working time on a working calendar; on a 24x7 one all but ``jam_kerja`` pass
round the clock. ``hari`` on a working calendar is the close of the n-th working day after the day of entry.
"""

from datetime import datetime, timedelta

from request_tracker.calendar import Calendar
from request_tracker.sop.model import Duration, Unit

WORKING_DAY = timedelta(hours=7, minutes=30)
_LENGTH = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.WORKING_HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.DAYS_LENGTH: WORKING_DAY,
}


def due(start: datetime, duration: Duration, kind: str, calendar: Calendar) -> datetime:
    """When a time that began at ``start`` is over; ``kind`` is the SOP's calendar, ``kerja`` or ``24x7``."""
    length = _LENGTH[duration.unit] * duration.amount
    if duration.unit in (Unit.WORKING_HOURS, Unit.DAYS_LENGTH):
        return calendar.after(start, length)
    if kind == "24x7":
        return start + length
    if duration.unit is Unit.DAYS:
        return calendar.close_of_day(start, duration.amount)
    return calendar.after(start, length)
