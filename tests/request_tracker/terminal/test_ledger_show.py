"""``ledger show``: what is in force, in which hours something else, and what was decided to come."""

from datetime import time, timedelta

import pytest
from tracker_office import FIFTY, MONDAY

from inventory.weekly_hours import WeeklyHours
from request_tracker.cases import Desk
from request_tracker.cli import main
from request_tracker.ledger import allocations
from request_tracker.ledger.standing import Change, Validity, batches_of

NIGHTS = WeeklyHours((0, 4), time(21), time(5), "Asia/Jakarta")


def test_hours_of_the_week_and_what_is_to_come_stand_below_what_is_in_force(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    later = Validity(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    with desk.store.transaction() as db:
        for hours, validity in ((NIGHTS, Validity()), (None, later)):
            change = Change("dinkes", FIFTY, "user:4", "PKL-BW/2026/000001", "uji", hours)
            now = allocations.standing(desk.store, MONDAY)
            allocations.append(desk.store, db, batches_of(now, [change], validity), MONDAY)
    monkeypatch.setattr("request_tracker.terminal.ledger.ready_desk", lambda _: desk)
    monkeypatch.setattr("request_tracker.terminal.ledger.now", lambda: MONDAY)
    assert main(["ledger", "show", "--config", "tracker.yaml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (night,) = [line for line in lines if "21.00" in line]
    assert night.startswith("dinkes") and night.endswith("Monday, Friday from 21.00 to 05.00 on the next day")
    begin, end = (lines.index(f"from {day}-11-2026 09.00 WIB on:") for day in (24, 25))
    assert "50 Mbit/s" in lines[begin + 1] and "10 Mbit/s" in lines[end + 1]
