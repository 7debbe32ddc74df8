"""Deadlines: a start, a printed time and the calendar in, a moment out. Pure.

``jam``, ``menit`` and ``jam_kerja`` are working time on a working calendar; on a 24x7 one all but ``jam_kerja`` pass
round the clock. ``hari`` on a working calendar is the close of the n-th working day after the day of entry.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from request_tracker.calendar.working_time import Calendar
from request_tracker.sop.model import Duration, Step, Unit

# Perpres 21/2023: 37 h 30 min a week on five days.
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
        # The day of entry counts for nothing, and the last day is whole.
        return calendar.close_of_day(start, duration.amount)
    return calendar.after(start, length)


def deadline(
    start: datetime, duration: Duration, kind: str, calendar: Calendar, pauses: Iterable[tuple[datetime, datetime]]
) -> datetime:
    """The deadline moved on by what each pause took of the time that counts."""
    end = due(start, duration, kind, calendar)
    # A pause counts on the time's own calendar: one that lasts over a weekend moves a working deadline by nothing.
    counting = counts_by(duration, kind)
    for begin, finish in pauses:
        pause_time = passed(begin, finish, counting, calendar)
        end = calendar.after(end, pause_time) if counting == "kerja" else end + pause_time
    return end


def counts_by(duration: Duration | None, kind: str) -> str:
    """The calendar a time is counted on: working hours are working hours even under a round-the-clock promise."""
    return "kerja" if duration and duration.unit in (Unit.WORKING_HOURS, Unit.DAYS_LENGTH) else kind


def step_counts_by(step: Step, kind: str) -> str:
    """The calendar a step's time is counted on."""
    return counts_by(step.time.maximum if step.time else None, kind)


def passed(start: datetime, end: datetime, counting: str, calendar: Calendar) -> timedelta:
    """The time between two moments on that calendar; zero where the end is not later."""
    if counting == "kerja":
        return calendar.worked(start, end)
    return max(timedelta(), end - start)
