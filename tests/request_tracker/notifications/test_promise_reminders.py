"""The one promise: its end in step with the steps' times, the same date everywhere, warned of in time and once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tracker_office import MONDAY, SECTION, request, to_technician

from request_tracker.cases import Desk, Pause, Resume, history, read_case, run, running
from request_tracker.notifications.promise_reminders import remind_promises
from request_tracker.sop.register import by_hash

WIB = ZoneInfo("Asia/Jakarta")
HOUR = timedelta(hours=1)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        ("2026-11-23T09:00", "2026-11-24T09:00"),
        ("2026-11-21T19:00", "2026-11-23T14:30"),
        ("2026-11-20T16:00", "2026-11-23T14:00"),
        ("2026-12-23T15:30", "2026-12-28T14:00"),
    ],
)
def test_PKL_S_03_the_promise_is_the_printed_24_hours_and_never_over_before_the_steps_can_be_done(
    desk: Desk, asked: str, promised: str
) -> None:
    number = request(desk, now=wib(asked))
    case = read_case(desk, number)
    assert case.service_due_at == wib(promised)
    assert case.main_step is not None and case.main_step.due_at is not None
    assert case.main_step.due_at < case.service_due_at
    clock = running(history(desk, number), by_hash(desk.store, case.sop_hash), desk.calendar, wib(asked) + HOUR)
    assert clock.service.due_at == case.service_due_at, "one date, wherever it is shown"


def told(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.store.rows(
        "SELECT recipient, json_extract(payload, '$.template') AS template FROM outbox WHERE key LIKE 'promise:%'"
    )
    return [(row["recipient"], row["template"]) for row in rows]


def test_it_is_warned_of_when_a_quarter_of_its_working_time_is_left_and_told_once_when_it_is_broken(desk: Desk) -> None:
    number = request(desk)
    due = read_case(desk, number).service_due_at
    assert due == MONDAY + 24 * HOUR and remind_promises(desk, MONDAY + 4 * HOUR) == []
    for _ in range(2):
        remind_promises(desk, MONDAY + 6 * HOUR + timedelta(minutes=40))
    assert told(desk) == [("role:head_of_office", "promise_near"), ("role:head_of_section", "promise_near")]
    assert remind_promises(desk, MONDAY + 15 * HOUR) == [], "not at night"
    assert remind_promises(desk, due + HOUR) == [(number, "promise_over")] and remind_promises(desk, due + HOUR) == []


def test_a_paused_case_is_not_warned_of_and_its_promise_moves(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    sop = by_hash(desk.store, read_case(desk, number).sop_hash)
    (step,) = read_case(desk, number).open_steps
    due = read_case(desk, number).service_due_at
    assert due is not None
    for reason in sop.step(step.id).pauses:
        run(desk, number, Pause(step.id, reason), SECTION, MONDAY + HOUR)
        assert remind_promises(desk, MONDAY + 6 * HOUR) == []
        run(desk, number, Resume(), SECTION, MONDAY + 6 * HOUR)
        assert read_case(desk, number).service_due_at == due + 5 * HOUR
