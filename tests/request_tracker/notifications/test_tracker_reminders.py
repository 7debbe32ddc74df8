"""Reminders of a step's time, by a clock that is moved: three quarters, the end, each further day; each once."""

import json
from datetime import datetime, timedelta

from tracker_office import (
    DIVISION,
    HEAD,
    MONDAY,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    request,
    to_technician,
    walk_to,
)

from request_tracker.cases import Desk, Pause, Resume, Sign, read_case, run
from request_tracker.notifications.reminders import remind
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def due(desk: Desk, number: str) -> datetime:
    step = read_case(desk, number).main_step
    assert step and step.due_at
    return step.due_at


def test_PKL_B_02_who_must_act_is_told_once_at_three_quarters_of_the_hour(desk: Desk) -> None:
    number = request(desk)
    assert due(desk, number) == MONDAY + HOUR
    assert remind(desk, MONDAY + 44 * MINUTE) == []
    assert remind(desk, MONDAY + 45 * MINUTE) == [(number, "near", "role:head_of_office")]
    assert remind(desk, MONDAY + 46 * MINUTE) == []
    told = json.loads(desk.store.value("SELECT payload FROM outbox WHERE key LIKE 'clock:%'"))
    assert (told["title"], told["template"]) == ("Hampir jatuh tempo: 23-11-2026 10.00 WIB", "step_near")


def test_PKL_B_04_lateness_is_told_to_the_superior_too_and_again_each_working_day(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    end = due(desk, number)
    both = ["user:4", "role:head_of_section"]
    assert [to for _, _, to in remind(desk, end + MINUTE)] == both
    assert remind(desk, end + HOUR) == []
    next_days = {level: to for day in (1, 2) for _, level, to in remind(desk, end + day * timedelta(days=1) + MINUTE)}
    assert list(next_days) == ["late:1", "late:2"]


def test_nobody_is_reminded_at_night_or_on_a_closed_day_of_what_is_no_outage(desk: Desk) -> None:
    request(desk)
    assert remind(desk, MONDAY + 10 * HOUR) == []
    assert remind(desk, MONDAY - timedelta(days=2)) == []
    assert [level for _, level, _ in remind(desk, MONDAY + timedelta(days=1))] == ["late:1"]


def test_PKL_G_02_an_outage_is_reminded_of_at_any_hour(desk: Desk) -> None:
    night = MONDAY + 12 * HOUR
    number = reconcile(
        desk, [OutageRecord("agg-timur", "link", "link_down", ("rsud",), night.timestamp(), None, "watch")], night
    )[0]
    assert {case for case, _, _ in remind(desk, night + timedelta(days=2))} == {number}


def test_BTM_05_a_pause_rests_and_its_time_does_not_count_towards_the_three_quarters(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    walk_to(desk, number, [*acts, (TECHNICIAN, Sign("BTM-05"))])
    run(desk, number, Pause("BTM-05", "menunggu_pemohon"), TECHNICIAN, MONDAY + HOUR)
    before = due(desk, number)
    assert remind(desk, before + timedelta(days=1)) == []
    run(desk, number, Resume(), TECHNICIAN, MONDAY + timedelta(days=1))
    after = due(desk, number)
    given = desk.calendar.worked(MONDAY + 4 * MINUTE, before)
    day_before = [after - timedelta(days=1) + count * MINUTE for count in range(24 * 60)]
    early = next(moment for moment in day_before if desk.calendar.worked(moment, after) <= given / 4)
    assert remind(desk, early - 2 * MINUTE) == []
    assert [(case, level) for case, level, _ in remind(desk, early)] == [(number, "near")]
    assert desk.store.value("SELECT recipient FROM outbox WHERE key LIKE 'clock:%'") == "contact:1"


def test_what_is_done_in_time_is_reminded_of_no_more(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY + 10 * MINUTE)
    assert {level for _, level, _ in remind(desk, MONDAY + 46 * MINUTE)} == set()
