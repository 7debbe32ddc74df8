"""The time between a case's end and its reopening is nobody's: no clock counts it and the promise moves by it."""

from datetime import timedelta

import pytest
from tracker_office import HEAD, MONDAY, REQUESTER, SECTION, request

from request_tracker.cases import (
    Desk,
    EndEarly,
    OpenCase,
    Pause,
    Reopen,
    Sign,
    history,
    open_case,
    read_case,
    run,
    running,
)
from request_tracker.cases.clocks import CLOSED
from request_tracker.sop.register import by_hash

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def closed_for(desk: Desk, number: str, ended: timedelta, reopened: timedelta, step: str) -> None:
    run(desk, number, EndEarly("uji_coba", "salah tekan"), SECTION, MONDAY + ended)
    run(desk, number, Reopen(step, "ternyata sungguhan"), SECTION, MONDAY + reopened)


def test_a_promise_round_the_clock_moves_by_the_closed_days(desk: Desk) -> None:
    number = request(desk)
    before = read_case(desk, number)
    assert before.service_due_at is not None
    closed_for(desk, number, HOUR, 3 * DAY + HOUR, "PKL-B-02")
    after = read_case(desk, number)
    assert after.service_due_at == before.service_due_at + 3 * DAY
    assert desk.store.value("SELECT service_due_at FROM cases") == desk.store.value(
        "SELECT json_extract(data, '$.due_at') FROM events WHERE kind = 'deadline_recomputed' AND step IS NULL"
    )
    sop = by_hash(desk.store, after.sop_hash)
    clocks = running(history(desk, number), sop, desk.calendar, MONDAY + 3 * DAY + 2 * HOUR)
    assert (clocks.service.net, clocks.service.paused[CLOSED]) == (2 * HOUR, 3 * DAY)
    assert clocks.service.due_at == after.service_due_at and not clocks.service.late
    first, second = (step for step in clocks.steps if step.step == "PKL-B-02")
    assert first.ended_at == MONDAY + HOUR and second.ended_at is None and second.round == 2


def test_a_promise_in_working_time_moves_by_the_working_time_closed(desk: Desk) -> None:
    form = {"description": "lambat", "category": "permintaan_informasi"}
    number = open_case(desk, OpenCase("PKL-PG", "Pengaduan", form=form), REQUESTER, MONDAY).number
    before = read_case(desk, number).service_due_at
    closed_for(desk, number, HOUR, HOUR + DAY, "PKL-P-02")
    after = read_case(desk, number).service_due_at
    assert before is not None and after is not None
    assert desk.calendar.worked(before, after) == desk.calendar.worked(MONDAY + HOUR, MONDAY + HOUR + DAY)


@pytest.mark.parametrize("again", [1, 2])
def test_closed_twice_counts_twice_and_a_pause_ends_with_its_case(desk: Desk, again: int) -> None:
    number = request(desk)
    due = read_case(desk, number).service_due_at
    assert due is not None
    for turn in range(again):
        closed_for(desk, number, (turn + 1) * DAY, (turn + 1) * DAY + 2 * HOUR, "PKL-B-02")
    assert read_case(desk, number).service_due_at == due + again * 2 * HOUR


def test_what_ends_in_a_pause_goes_on_without_it(desk: Desk) -> None:
    number = request(desk)
    due = read_case(desk, number).service_due_at
    run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY + HOUR)
    sop = by_hash(desk.store, read_case(desk, number).sop_hash)
    step = read_case(desk, number).open_steps[0].id
    reasons = sop.step(step).pauses
    if reasons:
        run(desk, number, Pause(step, next(iter(reasons)), until=MONDAY + 9 * DAY), SECTION, MONDAY + 2 * HOUR)
    closed_for(desk, number, 5 * HOUR, 9 * HOUR, "PKL-B-02")
    case = read_case(desk, number)
    assert case.paused is None and case.paused_at is None and due is not None
    assert case.service_due_at == due + (7 if reasons else 4) * HOUR
