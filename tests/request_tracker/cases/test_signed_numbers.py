"""The number of an allocation at its edges: to whom it goes back, the last moment of its hours, what it stands on."""

from dataclasses import replace
from datetime import date, time

import pytest
from case_refusals import DAY, refused
from case_walks import batam_until_analysis, kaltim_until_decision
from tracker_office import (
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    MBIT,
    MONDAY,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    WANTED,
    numbered,
    request,
    walk_to,
)

from inventory.weekly_hours import WeeklyHours
from request_tracker.cases import Allocation, AllocationProposal, Desk, SendBack, Sign, Who, history, read_case, run
from request_tracker.cases.proposing import proposed_at
from request_tracker.ledger import allocations
from request_tracker.letters.sop_files import SHIPPED, parse_sop

THIRTY = Allocation(6 * MBIT, 30 * MBIT, 4 * MBIT, 20 * MBIT)
TODAY = date(2026, 11, 23)


def in_hours(begin: time, end: time, days: tuple[int, ...], until: date) -> Sign:
    """Fifty in these hours until the end of that day, signed at nine on Monday."""
    hours = WeeklyHours(days, begin, end, "Asia/Jakarta")
    return Sign("PKL-B-02", proposal=AllocationProposal(FIFTY, until=until, hours=hours), reason="sekolah")


def test_PKL_B_04_a_number_goes_back_to_whoever_changed_it_last_and_not_to_who_set_it_first(desk: Desk) -> None:
    number = request(desk)
    changed = numbered(Sign("PKL-B-03"), THIRTY, reason="uplink hampir penuh")
    last = Sign("PKL-B-03", assignee=TECHNICIAN)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02")), (DIVISION, changed), (SECTION, last)])
    case = run(desk, number, SendBack("PKL-B-04", "port rusak"), TECHNICIAN, MONDAY)
    assert [step.id for step in case.open_steps] == ["PKL-B-03"]


def test_hours_that_have_begun_count_though_they_end_after_the_last_day(desk: Desk) -> None:
    """From eight until two at night: the next boundary is past the last day, yet the hours hold now."""
    number = request(desk)
    run(desk, number, in_hours(time(8), time(2), (0,), TODAY), HEAD, MONDAY)
    assert read_case(desk, number).proposal is not None


def test_hours_that_begin_when_the_last_day_is_over_never_come(desk: Desk) -> None:
    error = refused(desk, request(desk), in_hours(time(0), time(6), (1,), TODAY), HEAD)
    assert error.code == "wrong_fields" and "jam tertentu" in error.text("id")


def sentences(desk: Desk, number: str, act: Sign, who: Who, days: float = 0) -> tuple[str, str]:
    error = refused(desk, number, act, who, days)
    return error.text("id"), error.text("en")


def test_each_refusal_of_a_number_is_a_whole_sentence_in_both_languages(desk: Desk) -> None:
    number = request(desk)
    assert sentences(desk, number, numbered(Sign("PKL-B-02"), THIRTY, reason=" "), HEAD) == (
        "Langkah PKL-B-02: tuliskan alasan angka ini; ia berbeda dari usulan atau kurang dari yang diminta.",
        "Step PKL-B-02: give the reason for this number; it differs from the proposal or is less than was asked for.",
    )
    backwards = AllocationProposal(FIFTY, date(2027, 1, 2), date(2027, 1, 1))
    assert sentences(desk, number, replace(Sign("PKL-B-02"), proposal=backwards), HEAD) == (
        "Yang perlu diperbaiki: “berlaku sampai”: lebih awal daripada hari mulainya.",
        "What needs to be corrected: “valid until”: is before the day it begins.",
    )
    over = numbered(Sign("PKL-B-02"), FIFTY, TODAY)
    assert sentences(desk, number, over, HEAD, days=5) == (
        "Yang perlu diperbaiki: “berlaku sampai”: sudah lewat; kosongkan bila tetap.",
        "What needs to be corrected: “valid until”: has passed; leave it empty if permanent.",
    )
    assert sentences(desk, number, in_hours(time(0), time(6), (1,), TODAY), HEAD) == (
        "Yang perlu diperbaiki: “jam tertentu”: tidak pernah tiba dalam masa berlakunya.",
        "What needs to be corrected: “hours of the week”: never come within its time.",
    )
    assert sentences(desk, request(desk, opd=None), numbered(Sign("PKL-B-02")), HEAD) == (
        "Kasus PKL-BW/2026/000002 tidak menyebut OPD.",
        "Case PKL-BW/2026/000002 names no OPD.",
    )


def test_a_step_that_sets_no_number_or_lacks_one_is_named_in_both_languages(desk: Desk) -> None:
    number = request(desk, "KTM-BW")
    assert sentences(desk, number, numbered(Sign("KTM-02")), SECRETARIAT) == (
        "Pada langkah KTM-02 angka alokasi tidak dapat ditetapkan.",
        "The number of an allocation cannot be set at step KTM-02.",
    )
    number = request(desk, form={}, channel="letter")
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02")), (DIVISION, Sign("PKL-B-03"))])
    assert sentences(desk, number, Sign("PKL-B-03", assignee=TECHNICIAN), SECTION) == (
        "Langkah PKL-B-03: tetapkan dahulu angka alokasinya;"
        " tanpa angka yang ditandatangani tidak ada yang diterapkan.",
        "Step PKL-B-03: set the number of the allocation first; without a signed number nothing is applied.",
    )


@pytest.mark.parametrize(
    ("allocation", "part", "indonesian", "english"),
    [
        (THIRTY, False, "dikabulkan sebagian", "granted in part"),
        (FIFTY, True, "dikabulkan seluruhnya", "granted in full"),
    ],
)
def test_BTM_06_what_the_number_means_is_said_where_the_decision_says_otherwise(
    desk: Desk, allocation: Allocation, part: bool, indonesian: str, english: str
) -> None:
    number = batam_until_analysis(desk)
    sign = Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}, part=part)
    assert sentences(desk, number, numbered(sign, allocation), TECHNICIAN) == (
        f"Langkah BTM-06: angka yang tercatat berarti {indonesian}; sesuaikan putusan atau angkanya.",
        f"Step BTM-06: the number that stands means {english}; change the decision or the number.",
    )


def newcomer(desk: Desk) -> Desk:
    """The same desk with an office that has no allocation yet."""
    added = desk.city.opds[0].model_copy(update={"code": "baru"})
    return replace(desk, city=desk.city.model_copy(update={"opds": (*desk.city.opds, added)}))


def test_hours_need_an_allocation_for_the_other_hours(desk: Desk) -> None:
    desk = newcomer(desk)
    hours = WeeklyHours((0,), time(21), time(5), "Asia/Jakarta")
    act = replace(Sign("PKL-B-02"), proposal=AllocationProposal(FIFTY, hours=hours), reason="sekolah")
    assert sentences(desk, request(desk, opd="baru"), act, HEAD) == (
        "Yang perlu diperbaiki: “jam tertentu”: belum ada alokasi untuk jam lainnya.",
        "What needs to be corrected: “hours of the week”: there is no allocation for the other hours.",
    )


def test_what_a_new_office_wants_for_some_days_sets_no_number_by_itself(desk: Desk) -> None:
    """There is nothing to go back to: signed all the same, its number is somebody's to say."""
    desk = newcomer(desk)
    for_days = {**WANTED, "wanted_receive": "2 Mbit/s", "wanted_transmit": "2 Mbit/s", "ends_on": "2026-12-01"}
    assert run(desk, request(desk, opd="baru", form=for_days), Sign("PKL-B-02"), HEAD, MONDAY).proposal is None
    for_good = {key: value for key, value in for_days.items() if key != "ends_on"}
    number = request(desk, opd="baru", form=for_good)
    assert run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY).proposal is not None


def test_a_number_for_one_day_alone_is_one(desk: Desk) -> None:
    one_day = AllocationProposal(FIFTY, TODAY, TODAY)
    case = run(desk, request(desk), replace(Sign("PKL-B-02"), proposal=one_day), HEAD, MONDAY)
    assert case.proposal is not None and case.proposal.proposal == one_day


@pytest.mark.parametrize(("since", "fits"), [(None, False), (date(2026, 11, 26), True)])
def test_a_number_is_admitted_by_the_room_of_its_own_days(desk: Desk, since: date | None, fits: bool) -> None:
    """Another office has nearly all of the line, and gives it back on Wednesday."""
    much, little = (Allocation(rate, 190 * MBIT, MBIT, 2 * MBIT) for rate in (175 * MBIT, MBIT))
    with desk.store.transaction() as db:
        for rates, moment in ((much, MONDAY), (little, MONDAY + 2 * DAY)):
            allocations.write(desk.store, db, [allocations.Change("rsud", rates, "system", None, "uji")], moment)
    number = request(desk)
    act = replace(Sign("PKL-B-02"), proposal=AllocationProposal(FIFTY, since), reason="acara")
    if fits:
        assert run(desk, number, act, HEAD, MONDAY).proposal is not None
    else:
        assert refused(desk, number, act, HEAD).code == "admission"


def test_a_request_without_an_office_goes_on_without_a_number(desk: Desk) -> None:
    number = request(desk, opd=None)
    last = Sign("PKL-B-03", assignee=TECHNICIAN)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02")), (DIVISION, Sign("PKL-B-03")), (SECTION, last)])
    case = read_case(desk, number)
    assert case.proposal is None and [step.id for step in case.open_steps] == ["PKL-B-04"]


def test_KTM_06_a_number_names_the_newest_of_several_measurements(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    grant = Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE})
    case = run(desk, number, numbered(grant, THIRTY, reason="dibagi"), TECHNICIAN, MONDAY + DAY / 24)
    first, last = (event for event in history(desk, number) if event.kind == "allocation_proposed")
    check, watch = case.latest("cek"), case.latest("mon")
    assert check is not None and watch is not None
    assert (first.data["evidence"], last.data["evidence"]) == (check.seq, watch.seq)


def test_what_is_asked_for_is_admitted_by_the_room_of_the_days_it_is_asked_for(desk: Desk) -> None:
    much, little = Allocation(185 * MBIT, 190 * MBIT, MBIT, 2 * MBIT), Allocation(MBIT, 2 * MBIT, MBIT, 2 * MBIT)
    with desk.store.transaction() as db:
        for rates, moment in ((much, MONDAY), (little, MONDAY + 2 * DAY)):
            allocations.write(desk.store, db, [allocations.Change("rsud", rates, "system", None, "uji")], moment)
    low = {**WANTED, "wanted_receive": "12 Mbit/s", "wanted_transmit": "12 Mbit/s"}
    for days, number_stands in (({}, False), ({"starts_on": "2026-11-26"}, True)):
        number = request(desk, form={**low, **days})
        assert (run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY).proposal is not None) is number_stands, days


def test_what_is_asked_for_and_needs_a_reason_sets_no_number_by_itself(desk: Desk) -> None:
    """Ceilings of all above the capacity are somebody's to reason."""
    number = request(desk, form={**WANTED, "wanted_receive": "190 Mbit/s"})
    assert run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY).proposal is None
    much = Allocation(10 * MBIT, 190 * MBIT, 4 * MBIT, 20 * MBIT)
    case = run(desk, number, numbered(Sign("PKL-B-03"), much), DIVISION, MONDAY)
    assert case.proposal is not None


def test_a_number_for_some_hours_is_admitted_by_the_room_of_those_hours(desk: Desk) -> None:
    """Another office has nearly all of the line at night."""
    much, nights = (
        Allocation(185 * MBIT, 190 * MBIT, MBIT, 2 * MBIT),
        WeeklyHours((0,), time(21), time(5), "Asia/Jakarta"),
    )
    change = allocations.Change("rsud", much, "system", None, "uji", nights)
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, [change], MONDAY)
    number = request(desk)
    error = refused(desk, number, in_hours(time(20), time(23), (0,), date(2026, 12, 6)), HEAD)
    assert error.code == "admission"
    case = run(desk, number, in_hours(time(8), time(16), (0,), date(2026, 12, 6)), HEAD, MONDAY)
    assert case.proposal is not None


def test_where_no_step_analyses_the_first_official_proposes_and_not_who_works_before_him() -> None:
    """The shipped SOP, with its first disposition given to the technicians."""
    text = (SHIPPED / "pkl-bw.r0.yaml").read_text(encoding="utf-8")
    assert proposed_at(parse_sop(text)) == "PKL-B-02"
    first = next(line for line in text.splitlines() if "{id: PKL-B-02" in line)
    technicians = text.replace(first, first.replace("pelaksana: [kadis]", "pelaksana: [tim]"))
    assert proposed_at(parse_sop(technicians)) == "PKL-B-03"
