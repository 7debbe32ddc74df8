"""The golden vectors of the clock, and what must hold for any start and any time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracker_office import CALENDAR, WIB

from request_tracker.calendar.working_time import NORMAL, RAMADAN, Hours
from request_tracker.sop.clocks import due
from request_tracker.sop.model import Duration, Unit

HOURS = Unit.WORKING_HOURS
GOLDEN = [
    ("2026-11-20T15:30", 1, HOURS, "2026-11-20T16:30"),
    ("2026-11-20T16:00", 1, HOURS, "2026-11-23T08:00"),
    ("2026-11-20T12:15", 6, HOURS, "2026-11-23T10:00"),
    ("2026-11-21T09:00", 15, Unit.MINUTES, "2026-11-23T07:45"),
    ("2026-12-23T15:00", 2, HOURS, "2026-12-28T08:30"),
    ("2026-03-17T14:00", 2, HOURS, "2026-03-25T08:30"),
    ("2026-11-20T10:00", 1, Unit.DAYS, "2026-11-23T16:00"),
    ("2026-12-23T10:00", 1, Unit.DAYS, "2026-12-28T16:00"),
    ("2026-03-17T10:00", 4, Unit.DAYS, "2026-03-30T16:00"),
    ("2026-11-20T10:00", 12, Unit.DAYS, "2026-12-08T16:00"),
]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


@pytest.mark.parametrize(("start", "amount", "unit", "expected"), GOLDEN)
def test_PKL_B_SUM_BTM_SUM_KTM_E_golden_vectors_of_the_clock(
    start: str, amount: int, unit: Unit, expected: str
) -> None:
    assert due(local(start), Duration(amount, unit), "kerja", CALENDAR) == local(expected)


def test_PKL_S_03_the_service_clock_runs_round_the_clock() -> None:
    start = local("2026-11-21T09:00")
    assert due(start, Duration(24, Unit.HOURS), "24x7", CALENDAR) == start + timedelta(hours=24)


def week(hours: Hours) -> timedelta:
    days = [*[hours.weekday] * 4, hours.friday]
    anchor = datetime(2026, 1, 5, tzinfo=UTC)
    return sum(
        (datetime.combine(anchor, end) - datetime.combine(anchor, begin) for spans in days for begin, end in spans),
        timedelta(),
    )


def test_a_week_has_37_and_a_half_hours_and_32_and_a_half_in_ramadan() -> None:
    assert week(NORMAL) == timedelta(hours=37, minutes=30)
    assert week(RAMADAN) == timedelta(hours=32, minutes=30)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(0, 40 * 60))
def test_the_working_time_between_a_start_and_its_deadline_is_the_time_given(start: datetime, minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert CALENDAR.worked(start, CALENDAR.after(start, length)) == length


@given(MOMENTS, st.integers(1, 30))
def test_a_deadline_in_days_is_a_close_of_business_after_the_start(start: datetime, days: int) -> None:
    end = CALENDAR.close_of_day(start, days)
    assert end > start
    assert CALENDAR.local(end).time() in (time(16), time(16, 30), time(15), time(15, 30))
    assert CALENDAR.spans(CALENDAR.local(end).date())
