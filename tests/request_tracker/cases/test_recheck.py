"""The re-check of an allocation (KTM-08): a fresh reading of the shaper, pass or fail, frozen into the case."""

from datetime import UTC, datetime, timedelta

import pytest
from test_tracker_changes import ready
from tracker_office import FIFTY, MBIT, MONDAY, SECTION, TECHNICIAN, applied, read_again, true_proof
from tracker_site import Site

from request_tracker.cases import Allocation, ApplyAllocation, Case, Desk, Sign, history, run
from request_tracker.cases.proofs import record_proof
from request_tracker.cases.readback import read_back_after
from request_tracker.errors import Refused

HOUR = timedelta(hours=1)


def until_recheck(desk: Desk, now: datetime = MONDAY) -> str:
    """KTM walked until KTM-08 is open, by the proof that ended KTM-07 and no newer one."""
    number = ready(desk, now - HOUR)
    run(desk, number, ApplyAllocation("KTM-07", FIFTY), TECHNICIAN, now)
    record_proof(desk, true_proof(desk, now), now + timedelta(seconds=15))
    return number


def signed(desk: Desk, number: str, now: datetime) -> Case:
    return run(desk, number, Sign("KTM-08"), SECTION, now)


def open_steps(case: Case) -> list[str]:
    return [step.id for step in case.open_steps]


def test_KTM_08_a_reading_newer_than_the_apply_that_equals_the_ledger_passes_and_is_frozen(desk: Desk) -> None:
    number = until_recheck(desk)
    read_again(desk, MONDAY + HOUR)
    case = signed(desk, number, MONDAY + HOUR + timedelta(minutes=1))
    assert open_steps(case) == ["KTM-09"]
    kept = case.latest("mon")
    assert kept is not None and kept.content is not None and kept.step == "KTM-08"
    found = kept.content["recheck"]
    assert found["passed"] and found["problems"] == [] and found["read_at"] == (MONDAY + HOUR).timestamp()
    assert {one["direction"]: one["ceiling"] for one in found["read"]} == {
        "receive": FIFTY.receive_ceiling,
        "transmit": FIFTY.transmit_ceiling,
    }


def test_KTM_08_a_reading_that_differs_fails_and_the_case_goes_back_with_the_evidence(desk: Desk) -> None:
    number = until_recheck(desk)
    other = [
        {"opd": "dinkes", "direction": way, "guaranteed": 2 * MBIT, "ceiling": 10 * MBIT}
        for way in ("receive", "transmit")
    ]
    read_again(desk, MONDAY + HOUR, readback=other, ok=False)
    case = signed(desk, number, MONDAY + 2 * HOUR)
    assert (open_steps(case), case.round, case.verified) == (["KTM-07"], 2, None)
    kept = case.latest("mon")
    assert kept is not None and kept.content is not None and not kept.content["recheck"]["passed"]
    told = next(event for event in history(desk, number) if event.kind == "returned").data["note"]
    assert "terbaca jaminan 2 Mbit/s, batas 10 Mbit/s, buku mencatat jaminan 10 Mbit/s, batas 50 Mbit/s" in told


def test_KTM_08_a_stale_reading_waits_first_and_then_fails(desk: Desk) -> None:
    number = until_recheck(desk)
    with pytest.raises(Refused) as early:
        signed(desk, number, MONDAY + timedelta(minutes=5))
    assert early.value.code == "probe_pending" and "lebih lama" in early.value.text()
    case = signed(desk, number, MONDAY + timedelta(minutes=30))
    assert open_steps(case) == ["KTM-07"] and case.verified is None


def test_KTM_08_a_proof_read_before_the_apply_is_stale_whenever_it_arrives(desk: Desk) -> None:
    number = until_recheck(desk)
    record_proof(desk, true_proof(desk, MONDAY - HOUR, **newest(desk)), MONDAY + HOUR)
    assert open_steps(signed(desk, number, MONDAY + HOUR)) == ["KTM-07"]


def newest(desk: Desk) -> dict[str, object]:
    """The reading of today with yesterday's clock: only ``read_at`` tells."""
    proof = true_proof(desk, MONDAY + HOUR)
    return {key: proof[key] for key in ("revision", "hash", "readback")}


def test_KTM_08_a_silent_agent_is_told_after_two_hours(desk: Desk) -> None:
    number = until_recheck(desk)
    read_again(desk, MONDAY + timedelta(minutes=1))
    assert open_steps(signed(desk, number, MONDAY + 3 * HOUR)) == ["KTM-07"]
    assert "tidak menjawab lagi" in history(desk, number)[-2].data["note"]


def test_KTM_08_nobody_can_hand_in_a_probe_of_his_own(desk: Desk) -> None:
    number = until_recheck(desk)
    forged = Sign("KTM-08", probe={"passed": True, "pending": False, "problems": ()})
    case = run(desk, number, forged, SECTION, MONDAY + HOUR)
    assert open_steps(case) == ["KTM-07"]


def test_KTM_08_an_allocation_that_another_case_has_replaced_fails(desk: Desk) -> None:
    number, later = until_recheck(desk), MONDAY + HOUR
    less = Allocation(5 * MBIT, 30 * MBIT, 5 * MBIT, 20 * MBIT)
    applied(desk, ready(desk, allocation=less), "KTM-07", later, less)
    assert open_steps(signed(desk, number, later + timedelta(minutes=1))) == ["KTM-07"]


def test_KTM_08_an_open_recheck_asks_the_agent_to_read_again_and_only_then_a_repetition_is_kept(desk: Desk) -> None:
    assert read_back_after(desk, MONDAY) is None
    number = until_recheck(desk)
    entered = MONDAY + timedelta(seconds=15)
    assert read_back_after(desk, MONDAY + timedelta(minutes=2)) == entered
    assert read_back_after(desk, MONDAY + timedelta(minutes=65)) == MONDAY + HOUR
    news = [
        record_proof(desk, true_proof(desk, at, applied_at=MONDAY.timestamp()), at).new
        for at in (MONDAY + timedelta(minutes=minute) for minute in (1, 2, 61, 62))
    ]
    assert news == [True, False, True, False]
    signed(desk, number, MONDAY + timedelta(minutes=63))
    assert read_back_after(desk, MONDAY + timedelta(minutes=64)) is None


def test_KTM_08_the_section_head_sees_what_the_probe_says_before_signing_and_what_it_said(site: Site) -> None:
    site.enter("head_of_section")
    past = datetime.now(UTC) - timedelta(minutes=5)
    number = until_recheck(site.desk, past)
    assert "menunggu pembacaan baru" in site.get(f"/kasus/{number}")
    read_again(site.desk, past + timedelta(minutes=1))
    page = site.get(f"/kasus/{number}")
    assert 'class="notice good" id="periksa-ulang"' in page and "batas 50 Mbit/s" in page
    signed(site.desk, number, datetime.now(UTC))
    assert "Pemeriksaan ulang, putaran 1: lulus" in site.get(f"/kasus/{number}")
