"""Hours of the week through a case: signed, applied, proven in those hours only, and on every page that tells them."""

from datetime import date, time, timedelta

import pytest
from case_refusals import refused
from tracker_office import (
    CALENDAR,
    DIVISION,
    HEAD,
    MBIT,
    MONDAY,
    SECTION,
    TECHNICIAN,
    request,
    walk_to,
)

from inventory.ledger_page import in_force
from inventory.weekly_hours import WeeklyHours
from request_tracker.cases import Allocation, AllocationProposal, ApplyAllocation, Desk, Sign, read_case, run
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.web.cases.proposal_form import field_values, sent_proposal

NIGHTS = WeeklyHours((0, 1, 2, 3, 4), time(21), time(5), "Asia/Jakarta")
LITTLE = Allocation(MBIT, 2 * MBIT, MBIT, 2 * MBIT)
TONIGHT = MONDAY + timedelta(hours=13)
FORM = {
    "receive_ceiling": "2",
    "receive_guaranteed": "1",
    "transmit_ceiling": "2",
    "transmit_guaranteed": "1",
    **{f"hours_day_{day}": "1" for day in range(5)},
    "hours_begin": "21:00",
    "hours_end": "05:00",
}


def at_night(desk: Desk) -> str:
    number = request(desk)
    head = Sign("PKL-B-02", proposal=AllocationProposal(LITTLE, hours=NIGHTS), reason="sekolah kosong malam hari")
    last = Sign("PKL-B-03", assignee=TECHNICIAN)
    walk_to(desk, number, [(HEAD, head), (DIVISION, Sign("PKL-B-03")), (SECTION, last)])
    run(desk, number, ApplyAllocation("PKL-B-04"), TECHNICIAN, MONDAY)
    return number


def proof(desk: Desk, at: float, **changed: object) -> dict[str, object]:
    """What an agent posts that follows the page to that moment."""
    now = in_force(allocations.current_allocations(desk.store, MONDAY), at)
    back = [{"opd": row["opd"], "direction": way, **row[way]} for row in now.rows for way in ("receive", "transmit")]
    told = {"revision": now.revision, "hash": now.hash, "agent": "core", "driver": "linux", "ok": True}
    return {**told, "as_of": at, "applied_at": at, "read_at": at, "readback": back, **changed}


def test_a_plan_of_the_night_is_proven_at_night_and_not_by_a_reading_of_the_day(desk: Desk) -> None:
    number = at_night(desk)
    case = read_case(desk, number)
    assert case.begins == MONDAY + timedelta(hours=12) and case.proposal is not None
    assert case.proposal.covered()["hours"] == NIGHTS.data()
    by_day = record_proof(desk, proof(desk, MONDAY.timestamp()), MONDAY)
    assert by_day.matches and read_case(desk, number).verified is None
    night = record_proof(desk, proof(desk, TONIGHT.timestamp()), TONIGHT)
    assert night.matches and read_case(desk, number).verified == case.applied


def test_who_still_has_the_rates_of_the_day_at_night_is_no_proof(desk: Desk) -> None:
    number = at_night(desk)
    day = proof(desk, MONDAY.timestamp())
    found = record_proof(desk, proof(desk, TONIGHT.timestamp(), readback=day["readback"]), TONIGHT)
    assert not found.matches and read_case(desk, number).verified is None


def test_the_form_says_the_hours_and_says_them_again(desk: Desk) -> None:
    found = sent_proposal(FORM, CALENDAR.zone)
    assert found is not None and found.hours == NIGHTS
    assert sent_proposal(field_values(found), CALENDAR.zone) == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours_begin": ""},
        {"hours_end": "25:00"},
        {f"hours_day_{day}": "" for day in range(5)},
    ],
)
def test_half_a_plan_is_refused_by_its_name(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused) as found:
        sent_proposal({**FORM, **wrong}, CALENDAR.zone)
    assert found.value.code == "wrong_fields" and "Jam " in found.value.text("id")


def test_without_days_and_clocks_it_holds_at_all_hours() -> None:
    rates = {key: value for key, value in FORM.items() if not key.startswith("hours")}
    found = sent_proposal(rates, CALENDAR.zone)
    assert found is not None and found.hours is None


def test_hours_that_never_come_within_its_days_are_refused(desk: Desk) -> None:
    """The plan is for the weekend, and holds from Tuesday until Thursday."""
    weekend = WeeklyHours((5, 6), time(0), time(0), "Asia/Jakarta")
    wanted = AllocationProposal(LITTLE, date(2026, 11, 24), date(2026, 11, 26), weekend)
    error = refused(desk, request(desk), Sign("PKL-B-02", proposal=wanted, reason="x"), HEAD)
    assert error.code == "wrong_fields" and "“jam tertentu”: tidak pernah tiba" in error.text("id")
