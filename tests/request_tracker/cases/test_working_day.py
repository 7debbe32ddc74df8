"""Whether today is a working day: the office's zone and its own list decide, for the rules as for the deadlines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.cases.holidays import is_working_day, put_day
from request_tracker.metrics import TrackerFigures


def test_a_day_begins_at_the_office_s_midnight(desk: Desk) -> None:
    monday = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=desk.calendar.zone)
    assert is_working_day(desk, monday.astimezone(UTC))
    assert not is_working_day(desk, monday.astimezone(UTC) - timedelta(seconds=1)), "it is Sunday here"
    eastern = replace(desk, calendar=replace(desk.calendar, zone=ZoneInfo("Asia/Jayapura")))
    assert is_working_day(eastern, monday - timedelta(hours=2)), "and Monday already there"


def test_the_office_s_own_list_closes_a_day_and_opens_it_again(desk: Desk) -> None:
    day = desk.calendar.local(MONDAY).date()
    put_day(desk.store, day, "Hari jadi kota", worked=False)
    assert not is_working_day(desk, MONDAY)
    put_day(desk.store, day, "", worked=True)
    assert is_working_day(desk, MONDAY)


def test_the_rules_read_it_as_a_metric(desk: Desk) -> None:
    values = {s.value for f in TrackerFigures(desk).collect() for s in f.samples if s.name.endswith("working_day")}
    assert values in ({0.0}, {1.0})
