"""Applying an allocation: what it refuses, and what the events and the ledger say of one that was taken."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from case_refusals import DAY, at_technician, refused
from tracker_office import (
    FIFTY,
    HEAD,
    LETTER,
    MBIT,
    MONDAY,
    REQUESTER,
    TECHNICIAN,
    applied,
    numbered,
    request,
    to_technician,
    walk_to,
)

from request_tracker.cases import (
    Allocation,
    ApplyAllocation,
    Desk,
    OpenCase,
    Sign,
    Supplied,
    history,
    open_case,
    read_case,
    run,
)
from request_tracker.ledger import allocations
from request_tracker.store.chain import stamp


def test_papers_of_an_act_are_of_its_step_and_an_empty_one_is_none(desk: Desk) -> None:
    number = at_technician(desk)
    papers = {"surat": LETTER, "hasil": Supplied()}
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY, documents=papers), TECHNICIAN, MONDAY)
    (record,) = [record for record in read_case(desk, number).records if record.step == "PKL-B-04"]
    event = history(desk, number)[record.seq - 1]
    assert (record.document, record.sha256, event.actor) == ("surat", LETTER.sha256, TECHNICIAN.person)


def test_KTM_AL1_what_is_applied_says_why_until_when_and_what_had_to_follow(desk: Desk) -> None:
    number, last, until = request(desk), date(2026, 12, 22), datetime(2026, 12, 22, 17, tzinfo=UTC)
    to_technician(desk, number, until=last, allocation=FIFTY, reason="acara")
    before = allocations.allocation_of(desk.store, "dinkes", MONDAY)
    act = ApplyAllocation(
        "PKL-B-04", FIFTY, note="sesuai surat", reason="acara", until=until, firewall="aturan 7 disesuaikan"
    )
    run(desk, number, act, TECHNICIAN, MONDAY + timedelta(hours=1))
    signed, written = history(desk, number)[-2:]
    assert (signed.kind, signed.actor, signed.step, signed.lane) == ("signed", TECHNICIAN.person, "PKL-B-04", "tim")
    proposed = next(event for event in history(desk, number) if event.kind == "allocation_proposed")
    number_signed = {**allocations.as_data(FIFTY), "since": None, "until": "2026-12-22", "part": False}
    assert dict(signed.data) == {
        "note": "sesuai surat",
        "reason": "acara",
        "allocation": {**number_signed, "proposed": proposed.hash},
    }
    assert (written.kind, written.actor, written.step) == ("allocation_applied", TECHNICIAN.person, "PKL-B-04")
    assert before is not None and dict(written.data) == {
        "revision": 2,
        "before": allocations.as_data(before),
        "after": allocations.as_data(FIFTY),
        "reason": "acara",
        "firewall": "aturan 7 disesuaikan",
        "until": stamp(until),
    }
    assert allocations.allocation_of(desk.store, "dinkes", until) == before
    (row,) = [r for r in allocations.rows_in_force(desk.store, MONDAY + timedelta(hours=1)) if r["opd"] == "dinkes"]
    assert (row["actor"], row["case_number"], row["reason"]) == (TECHNICIAN.person, number, "acara")


def test_KTM_AL1_without_a_reason_the_ledger_has_the_note_and_the_event_no_firewall(desk: Desk) -> None:
    number = at_technician(desk)
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY, note="sesuai surat"), TECHNICIAN, MONDAY)
    written = history(desk, number)[-1]
    assert "firewall" not in written.data and written.data["until"] is None
    (row,) = [r for r in allocations.rows_in_force(desk.store, MONDAY + timedelta(hours=1)) if r["opd"] == "dinkes"]
    assert row["reason"] == "sesuai surat"


@pytest.mark.parametrize("ago", [timedelta(0), DAY])
@pytest.mark.parametrize("signed", [False, True])
def test_a_temporary_allocation_ends_later_than_now(desk: Desk, ago: timedelta, signed: bool) -> None:
    """Neither signed nor applied, once its last day is over in the office's zone."""
    last, over = date(2026, 11, 24), datetime(2026, 11, 24, 17, tzinfo=UTC)
    number = request(desk)
    if signed:
        to_technician(desk, number, FIFTY, last)
    act = ApplyAllocation("PKL-B-04", FIFTY) if signed else numbered(Sign("PKL-B-02"), FIFTY, last)
    error = refused(desk, number, act, TECHNICIAN if signed else HEAD, (over + ago - MONDAY) / DAY)
    # Whoever sets the number has its field before him; whoever applies it has not.
    assert error.code == ("bad_field" if signed else "wrong_fields") and "berlaku sampai" in str(error)
    assert " sudah lewat; kosongkan bila tetap" in error.text("id")
    assert " has passed; leave it empty if permanent" in error.text("en")


def test_a_temporary_allocation_needs_one_to_go_back_to(desk: Desk) -> None:
    """A new office has no allocation yet."""
    newcomer = desk.city.opds[0].model_copy(update={"code": "baru"})
    desk = replace(desk, city=desk.city.model_copy(update={"opds": (*desk.city.opds, newcomer)}))
    number = request(desk, opd="baru")
    low = Allocation(MBIT, MBIT, MBIT, MBIT)
    error = refused(desk, number, numbered(Sign("PKL-B-02"), low, (MONDAY + DAY).date()), HEAD)
    assert error.code == "wrong_fields" and "berlaku sampai" in str(error)
    assert " belum ada alokasi yang dapat dikembalikan sesudahnya" in error.text("id")
    assert " there is no allocation to go back to" in error.text("en")
    to_technician(desk, number, low)
    run(desk, number, ApplyAllocation("PKL-B-04", low), TECHNICIAN, MONDAY)
    assert history(desk, number)[-1].data["before"] is None


def test_rates_need_an_office_to_be_for(desk: Desk) -> None:
    given = {"form": {"wanted_receive": "50 Mbit/s", "purpose": "x"}, "documents": {"surat": LETTER}}
    number = open_case(desk, OpenCase("PKL-BW", "tanpa OPD", **given), REQUESTER, MONDAY).number  # type: ignore[arg-type]  # a form of any keys
    to_technician(desk, number)
    error = refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN)
    assert error.code == "no_opd" and number in str(error)


def test_what_was_applied_is_not_applied_by_a_second_click(desk: Desk) -> None:
    number = at_technician(desk)
    applied(desk, number, "PKL-B-04")
    assert refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN).code == "not_open_step"
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05"))])
