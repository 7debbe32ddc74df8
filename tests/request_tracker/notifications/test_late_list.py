"""The supervisor's weekly list: told once, on the first working day, and a list is all it is."""

import json
from datetime import UTC, datetime

import pytest
from tracker_office import DIVISION, MONDAY, request

from request_tracker.cases import Desk, Note, Sign, read_case, run
from request_tracker.errors import Refused
from request_tracker.notifications.late_list import RECIPIENT, tell_late


def local(desk: Desk, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=desk.calendar.zone).astimezone(UTC)


def test_PKL_S_09_what_is_late_is_told_once_on_the_first_working_day_of_the_week(desk: Desk) -> None:
    """Opened on Monday 23 November at 09.00, the head's hour was over at 10.00."""
    number = request(desk)
    assert tell_late(desk, local(desk, "2026-11-23T09:30")) == 0, "nothing is late yet"
    for other in ("2026-11-24T09:00", "2026-11-29T09:00", "2026-11-30T07:00"):
        assert tell_late(desk, local(desk, other)) == 0, other
    assert tell_late(desk, local(desk, "2026-11-30T07:31")) == 1
    assert tell_late(desk, local(desk, "2026-11-30T08:00")) == 0
    row = desk.store.rows("SELECT * FROM outbox ORDER BY id")[-1]
    told = json.loads(row["payload"])
    assert row["recipient"] == RECIPIENT and told["title"] == "1 langkah terlambat"
    assert f"{number} PKL-B-02 sejak 23-11 10.00" in told["subject"]


def test_PKL_S_09_the_supervisor_comments_and_cannot_do_anothers_step(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Note("internal_note", {"text": "mohon dipercepat"}), DIVISION, MONDAY)
    with pytest.raises(Refused, match="peran Anda tidak termasuk"):
        run(desk, number, Sign("PKL-B-02"), DIVISION, MONDAY)
    assert read_case(desk, number).open_step("PKL-B-02")
