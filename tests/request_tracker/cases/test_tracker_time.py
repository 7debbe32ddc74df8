"""A case's clocks: gross and net, pauses by reason, lateness, paper entered later, decrees that move holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracker_office import (
    CALENDAR,
    CONTACT,
    DIVISION,
    HEAD,
    LETTER,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    WANTED,
    applied,
    request,
    to_technician,
    walk_to,
)

from request_tracker.cases import (
    Cancel,
    Desk,
    OpenCase,
    Pause,
    Reopen,
    Resume,
    Sign,
    history,
    on_request,
    open_case,
    other_open_cases,
    read_case,
    recompute_deadlines,
    run,
    running,
)
from request_tracker.cases.clocks import Running
from request_tracker.cases.events import ChainPlace, chain
from request_tracker.cases.model import Draft, Event
from request_tracker.errors import Refused
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.sop.register import by_hash, in_force

HOUR = timedelta(hours=1)


def clocks(desk: Desk, number: str, now: datetime) -> Running:
    sop = by_hash(desk.store, read_case(desk, number).sop_hash)
    return running(history(desk, number), sop, desk.calendar, now)


def batam_paused(desk: Desk) -> str:
    number = request(desk, "BTM-BW")
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    walk_to(desk, number, [*acts, (TECHNICIAN, Sign("BTM-05"))])
    run(desk, number, Pause("BTM-05", "menunggu_pemohon"), TECHNICIAN, MONDAY + HOUR)
    return number


def test_BTM_05_a_pause_is_left_out_of_the_net_time_and_counted_in_the_gross(desk: Desk) -> None:
    number = batam_paused(desk)
    run(desk, number, Resume(), TECHNICIAN, MONDAY + 3 * HOUR)
    step = clocks(desk, number, MONDAY + 4 * HOUR).steps[-1]
    assert step.step == "BTM-05"
    assert step.clock.gross - step.clock.net == step.clock.paused["menunggu_pemohon"] == 2 * HOUR


def test_BTM_05_the_deadline_moves_by_the_pause_and_says_so(desk: Desk) -> None:
    number = batam_paused(desk)
    before = read_case(desk, number).main_step
    run(desk, number, Resume(), TECHNICIAN, MONDAY + 2 * HOUR)
    after = read_case(desk, number).main_step
    assert before and after and before.due_at and after.due_at
    assert CALENDAR.worked(before.due_at, after.due_at) == HOUR
    assert history(desk, number)[-1].kind == "deadline_recomputed"
    assert clocks(desk, number, MONDAY + 2 * HOUR).steps[-1].clock.due_at == after.due_at


def test_PKL_B_SUM_a_step_is_late_after_its_hour_and_the_service_after_its_day(desk: Desk) -> None:
    number = request(desk)
    early, late = (clocks(desk, number, MONDAY + hours * HOUR) for hours in (0.5, 30))
    assert not early.steps[-1].clock.late and not early.service.late
    assert late.steps[-1].clock.late and late.service.late
    assert early.steps[-1].clock.left == HOUR / 2


def test_BTM_CT1_an_act_on_paper_keeps_both_times(desk: Desk) -> None:
    number = request(desk)
    entered = MONDAY + 6 * HOUR
    run(desk, number, Sign("PKL-B-02", occurred_at=MONDAY + HOUR), HEAD, entered)
    signed = [event for event in history(desk, number) if event.kind == "signed"][-1]
    assert (signed.occurred_at, signed.recorded_at) == (MONDAY + HOUR, entered)
    step = read_case(desk, number).main_step
    assert step and step.entered_at == MONDAY + HOUR


@pytest.mark.parametrize("hours", [-1, 7])
def test_BTM_CT1_no_act_from_before_its_step_or_from_the_future(desk: Desk, hours: int) -> None:
    number = request(desk)
    with pytest.raises(Refused) as found:
        run(desk, number, Sign("PKL-B-02", occurred_at=MONDAY + hours * HOUR), HEAD, MONDAY + 6 * HOUR)
    assert found.value.code == "bad_moment"


def test_a_decree_of_a_new_holiday_moves_the_deadlines_of_open_steps_only(desk: Desk) -> None:
    closed, open_ = request(desk), request(desk, "BTM-BW")
    run(desk, closed, Cancel("batal"), REQUESTER, MONDAY)
    decree = replace(desk.calendar, closed={**desk.calendar.closed, date(2026, 11, 24): "Pilkada"}, version="2")
    later = replace(desk, calendar=decree)
    assert recompute_deadlines(later, "Keppres libur", MONDAY + HOUR) == [open_]
    assert recompute_deadlines(later, "Keppres libur", MONDAY + HOUR) == []
    step = read_case(desk, open_).main_step
    assert step and step.due_at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_a_case_can_be_opened_again_within_seven_days(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Cancel("batal"), REQUESTER, MONDAY)
    with pytest.raises(Refused, match="tujuh hari"):
        run(desk, number, Reopen("PKL-B-02", "jadi"), HEAD, MONDAY + timedelta(days=8))
    case = run(desk, number, Reopen("PKL-B-02", "jadi"), HEAD, MONDAY + timedelta(days=2))
    assert (case.ending, case.round, [step.id for step in case.open_steps]) == (None, 2, ["PKL-B-02"])


def test_a_clock_that_stands_before_the_opening_has_run_nowhere(desk: Desk) -> None:
    found = clocks(desk, request(desk), MONDAY - 5 * HOUR)
    assert found.service.net == timedelta() and not found.service.late


def test_PKL_B_06_a_case_opened_again_after_its_allocation_ends_again(desk: Desk) -> None:
    """The allocation stays in force and proven; opened again at its step, it is applied and proven anew."""
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04", MONDAY + HOUR)
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05")), (TECHNICIAN, Sign("PKL-B-06"))], MONDAY + HOUR)
    assert read_case(desk, number).ending == "selesai"
    run(desk, number, Reopen("PKL-B-05", "laporan keliru"), HEAD, MONDAY + 2 * HOUR)
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05")), (TECHNICIAN, Sign("PKL-B-06"))], MONDAY + 2 * HOUR)
    assert read_case(desk, number).ending == "selesai"
    run(desk, number, Reopen("PKL-B-03", "petugas keliru"), HEAD, MONDAY + 3 * HOUR)
    assert (read_case(desk, number).applied, read_case(desk, number).verified) == (None, None)
    with pytest.raises(Refused) as found:
        run(desk, number, Cancel("batal"), REQUESTER, MONDAY + 3 * HOUR)
    assert found.value.code == "too_late"


def test_PKL_S_03_a_start_within_a_day_is_told_yet_accepted(desk: Desk) -> None:
    sop = in_force(desk.store, "PKL-BW", date(2026, 11, 23))
    near, far = ({**WANTED, "starts_on": day} for day in ("2026-11-23", "2026-11-25"))
    assert [advice.code for advice in on_request(sop, near, MONDAY, CALENDAR)] == ["short_notice"]
    assert on_request(sop, far, MONDAY, CALENDAR) == []
    assert on_request(sop, {**near, "urgency_reason": "bencana"}, MONDAY, CALENDAR) == []
    command = OpenCase("PKL-BW", "x", opd="dinkes", form=near, contact=CONTACT, documents={"surat": LETTER})
    assert open_case(desk, command, REQUESTER, MONDAY).number


def test_BTM_03_an_open_case_of_the_same_office_is_flagged(desk: Desk) -> None:
    first, second = request(desk), request(desk)
    request(desk, opd="disdik")
    assert [row["number"] for row in other_open_cases(desk, read_case(desk, second))] == [first]


BTM = next(sop for sop in shipped_sops() if sop.code == "BTM-BW")
GAPS = st.lists(st.integers(0, 5000), min_size=4, max_size=4)


@settings(max_examples=60, deadline=None)
@given(GAPS, st.integers(0, 5000))
def test_gross_is_net_and_pauses_for_any_history(gaps: list[int], more: int) -> None:
    data = {"due_at": None, "afterwards": False, "calendar": "1"}
    drafts = [
        Draft("opened", "x"),
        Draft("step_entered", "x", data, step="BTM-05"),
        Draft("paused", "x", {"reason": "menunggu_pemohon"}, step="BTM-05"),
        Draft("resumed", "x", step="BTM-05"),
    ]
    events: list[Event] = []
    at = MONDAY
    for seq, (draft, gap) in enumerate(zip(drafts, gaps, strict=True), start=1):
        at += timedelta(minutes=gap)
        events.append(chain(draft, ChainPlace(number="X", seq=seq, round=1, previous_hash="0"), at))
    clock = running(events, BTM, CALENDAR, at + timedelta(minutes=more)).steps[0].clock
    assert clock.gross == clock.net + sum(clock.paused.values(), timedelta())
    assert clock.net >= timedelta()
