"""The worker beside the pages: it sees what they changed."""

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from tracker_office import CALENDAR, MONDAY, new_desk

from request_tracker import worker
from request_tracker.calendar.working_time import Calendar
from request_tracker.cases import Desk
from request_tracker.cases.holidays import drop_day, put_day, with_own_days
from request_tracker.config import TrackerConfig
from request_tracker.worker import Duty, Worker


def config(folder: Path) -> TrackerConfig:
    return TrackerConfig(inventory=folder / "city.yaml", database=folder / "tracker.db", files=folder)


def test_the_worker_sees_a_holiday_edited_by_page_at_its_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(tmp_path)
    seen: list[Calendar] = []
    day = date(2028, 7, 5)
    twice = threading.Event()

    def look(given: Desk, *_: object) -> None:
        seen.append(given.calendar)
        if len(seen) == 1:
            put_day(given.store, day, "Hari jadi kota", worked=False)
            at_work.hurry()
        else:
            twice.set()

    monkeypatch.setattr(worker, "DUTIES", (Duty("look", look, ""),))
    at_work = Worker(desk, config(tmp_path))
    at_work.start()
    assert twice.wait(120)
    at_work.stop()
    assert day not in seen[0].closed
    assert seen[1].closed[day] == "Hari jadi kota"


def test_the_office_s_own_days_change_the_calendar_and_leave_it_when_dropped(desk: Desk) -> None:
    put_day(desk.store, MONDAY.date(), "Pelantikan", worked=False)
    assert with_own_days(desk).calendar.close_of_day(MONDAY - timedelta(days=3), 1) > MONDAY + timedelta(hours=24)
    drop_day(desk.store, MONDAY.date())
    assert with_own_days(desk).calendar == CALENDAR
