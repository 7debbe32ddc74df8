"""The official decides the number: who sets it, what is signed, and that nothing else is ever applied."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from case_refusals import at_technician, refused
from case_walks import batam_until_analysis, kaltim_until_decision
from tracker_office import (
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    LETTER,
    MBIT,
    MONDAY,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    numbered,
    request,
    to_technician,
    walk_to,
)

from request_tracker.cases import (
    Allocation,
    AllocationProposal,
    ApplyAllocation,
    Case,
    Desk,
    RecordPaper,
    Reopen,
    SendBack,
    Sign,
    Who,
    history,
    read_case,
    run,
)
from request_tracker.ledger import allocations

THIRTY = Allocation(6 * MBIT, 30 * MBIT, 4 * MBIT, 20 * MBIT)
FOUND = {"analisa": EVIDENCE}


def number_of(case: Case) -> Allocation:
    assert case.proposal is not None
    return case.proposal.proposal.allocation


def signatures(desk: Desk, number: str) -> list[object]:
    return [event.data.get("allocation") for event in history(desk, number) if event.kind == "signed"]


def test_PKL_B_02_a_disposition_without_another_number_signs_what_was_asked_for(desk: Desk) -> None:
    number = request(desk)
    case = run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY)
    assert number_of(case) == FIFTY and case.proposal is not None
    assert (case.proposal.signer, case.proposal.step, case.proposal.part) == (HEAD.person, "PKL-B-02", False)
    assert case.proposal.before == allocations.allocation_of(desk.store, "dinkes", MONDAY)


def test_an_upload_that_nobody_asked_for_stays_what_it_is(desk: Desk) -> None:
    number = request(desk, form={"wanted_receive": "50 Mbit/s", "purpose": "uji"})
    assert number_of(run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY)).transmit_ceiling == 10 * MBIT


def test_every_signature_from_there_on_names_the_number_and_its_hash_covers_it(desk: Desk) -> None:
    number = at_technician(desk)
    applied(desk, number, "PKL-B-04")
    case = run(desk, number, Sign("PKL-B-05"), TECHNICIAN, MONDAY)
    first, *later = signatures(desk, number)
    assert case.proposal is not None and first is None
    assert later == [case.proposal.covered()] * 5
    assert {**allocations.as_data(FIFTY), "proposed": case.proposal.hash}.items() <= case.proposal.covered().items()


def test_another_number_needs_a_reason_and_is_the_one_that_stands(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY)
    assert refused(desk, number, numbered(Sign("PKL-B-03"), THIRTY, reason=" "), DIVISION).code == "proposal_reason"
    case = run(desk, number, numbered(Sign("PKL-B-03"), THIRTY, reason="uplink hampir penuh"), DIVISION, MONDAY)
    assert number_of(case) == THIRTY and case.proposal is not None
    assert (case.proposal.signer, case.proposal.reason) == (DIVISION.person, "uplink hampir penuh")
    case = run(desk, number, numbered(Sign("PKL-B-03", assignee=TECHNICIAN), THIRTY, reason=""), SECTION, MONDAY)
    assert case.proposal is not None and case.proposal.signer == DIVISION.person, "the same number sets nothing anew"


def test_PKL_B_02_less_than_was_asked_for_is_a_part_and_needs_a_reason_that_the_applicant_is_told(desk: Desk) -> None:
    number = request(desk)
    assert refused(desk, number, numbered(Sign("PKL-B-02"), THIRTY, reason=""), HEAD).code == "proposal_reason"
    less_up = replace(FIFTY, transmit_ceiling=10 * MBIT)
    assert refused(desk, number, numbered(Sign("PKL-B-02"), less_up, reason=""), HEAD).code == "proposal_reason"
    to_technician(desk, number, THIRTY, reason="dibagi dengan OPD lain")
    case = read_case(desk, number)
    assert case.proposal is not None and case.proposal.part
    told = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ?", [case.contact])
    assert [row["payload"] for row in told if "granted_in_part" in row["payload"]]


def test_an_applicant_who_gets_all_is_told_of_no_part(desk: Desk) -> None:
    number = at_technician(desk)
    told = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ?", [read_case(desk, number).contact])
    assert told and not [row["payload"] for row in told if "granted_in_part" in row["payload"]]


@pytest.mark.parametrize(
    "other",
    [
        ApplyAllocation("PKL-B-04", THIRTY),
        ApplyAllocation("PKL-B-04", replace(FIFTY, receive_guaranteed=20 * MBIT)),
        ApplyAllocation("PKL-B-04", replace(FIFTY, transmit_ceiling=50 * MBIT)),
        ApplyAllocation("PKL-B-04", FIFTY, until=MONDAY + timedelta(days=9)),
    ],
)
def test_PKL_B_04_only_the_signed_number_is_applied(desk: Desk, other: ApplyAllocation) -> None:
    number = at_technician(desk)
    error = refused(desk, number, other, TECHNICIAN)
    assert error.code == "not_as_signed" and "PKL-B-02" in str(error)
    run(desk, number, ApplyAllocation("PKL-B-04"), TECHNICIAN, MONDAY)
    assert allocations.allocation_of(desk.store, "dinkes", MONDAY) == FIFTY


def test_PKL_B_04_a_number_that_cannot_be_applied_goes_back_to_whoever_set_it(desk: Desk) -> None:
    number = at_technician(desk)
    case = run(desk, number, SendBack("PKL-B-04", "port hanya 30 Mbit/s"), TECHNICIAN, MONDAY)
    assert [step.id for step in case.open_steps] == ["PKL-B-02"] and number_of(case) == FIFTY
    to_technician(desk, number, THIRTY, reason="port hanya 30 Mbit/s")
    run(desk, number, ApplyAllocation("PKL-B-04"), TECHNICIAN, MONDAY)
    assert allocations.allocation_of(desk.store, "dinkes", MONDAY) == THIRTY


def test_a_case_from_before_numbers_were_signed_goes_back_to_be_signed(desk: Desk) -> None:
    """A request without a rate, passed on while nobody had to say one."""
    number = at_technician(desk)
    with desk.store.transaction() as db:
        # As an older version left it: its signatures named no number.
        db.execute("DROP TRIGGER IF EXISTS events_no_update")
        db.execute("UPDATE events SET kind = 'internal_note' WHERE kind = 'allocation_proposed'")
    error = refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN)
    assert error.code == "not_signed" and "PKL-B-02" in str(error)
    case = run(desk, number, SendBack("PKL-B-04", "belum ada angka"), TECHNICIAN, MONDAY)
    assert [step.id for step in case.open_steps] == ["PKL-B-02"]


def test_nobody_passes_a_request_on_to_be_applied_before_its_number_is_set(desk: Desk) -> None:
    """A letter that names no rate: the head may pass it on, the last official may not."""
    number = request(desk, form={}, channel="letter")
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02")), (DIVISION, Sign("PKL-B-03"))])
    last = Sign("PKL-B-03", assignee=TECHNICIAN)
    assert refused(desk, number, last, SECTION).code == "proposal_needed"
    assert number_of(run(desk, number, numbered(last), SECTION, MONDAY)) == FIFTY


def test_what_cannot_be_kept_is_refused_where_it_is_signed(desk: Desk) -> None:
    number = request(desk)
    too_much = Allocation(180 * MBIT, 190 * MBIT, 4 * MBIT, 20 * MBIT)
    assert refused(desk, number, numbered(Sign("PKL-B-02"), too_much), HEAD).code == "admission"
    backwards = replace(Sign("PKL-B-02"), proposal=AllocationProposal(FIFTY, date(2027, 1, 2), date(2027, 1, 1)))
    assert refused(desk, number, backwards, HEAD).code == "wrong_fields"


def test_a_number_from_a_day_on_is_applied_before_it_and_begins_by_itself(desk: Desk) -> None:
    number, begin = request(desk), datetime(2026, 11, 24, 17, tzinfo=UTC)
    later = Sign("PKL-B-02", proposal=AllocationProposal(FIFTY, since=date(2026, 11, 25)))
    last = Sign("PKL-B-03", assignee=TECHNICIAN)
    walk_to(desk, number, [(HEAD, later), (DIVISION, Sign("PKL-B-03")), (SECTION, last)])
    case = run(desk, number, ApplyAllocation("PKL-B-04"), TECHNICIAN, MONDAY)
    assert case.awaiting is not None and case.begins == begin
    assert allocations.allocation_of(desk.store, "dinkes", begin - timedelta(microseconds=1)) != FIFTY
    assert allocations.allocation_of(desk.store, "dinkes", begin) == FIFTY


@pytest.mark.parametrize("step", ["BTM-06", "KTM-06"])
@pytest.mark.parametrize(
    ("decision", "allocation", "part", "outcome"),
    [
        ("tersedia", FIFTY, False, "dikabulkan"),
        ("tersedia", THIRTY, True, "dikabulkan_sebagian"),
        ("tersedia", THIRTY, None, "dikabulkan_sebagian"),
        ("tidak_tersedia", None, None, "ditolak"),
    ],
)
def test_BTM_06_KTM_06_granted_in_part_and_refused_are_decisions(  # One row of the table above.
    desk: Desk, step: str, decision: str, allocation: Allocation | None, part: bool | None, outcome: str
) -> None:
    batam = step == "BTM-06"
    number = batam_until_analysis(desk) if batam else kaltim_until_decision(desk)
    sign = Sign(step, decision=decision, documents=FOUND if batam else {"mon": EVIDENCE}, part=part)
    act = numbered(sign, allocation) if allocation else sign
    case = run(desk, number, act, TECHNICIAN, MONDAY + timedelta(hours=1))
    decided = next(event for event in history(desk, number) if event.kind == "decided")
    assert dict(decided.data) == {"label": decision, "outcome": outcome}
    assert (case.proposal is None) == (outcome == "ditolak")


@pytest.mark.parametrize(("allocation", "part"), [(THIRTY, False), (FIFTY, True)])
def test_BTM_06_a_decision_that_says_otherwise_than_its_number_is_refused(
    desk: Desk, allocation: Allocation, part: bool
) -> None:
    number = batam_until_analysis(desk)
    sign = numbered(Sign("BTM-06", decision="tersedia", documents=FOUND, part=part), allocation)
    assert refused(desk, number, sign, TECHNICIAN).code == "extent_differs"


def test_BTM_06_the_number_names_the_evidence_it_was_set_on(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, numbered(Sign("BTM-06", decision="tersedia", documents=FOUND)), TECHNICIAN, MONDAY)
    proposed = next(event for event in history(desk, number) if event.kind == "allocation_proposed")
    evidence = read_case(desk, number).latest("analisa")
    assert evidence is not None and proposed.data["evidence"] == evidence.seq


def test_BTM_02_an_official_may_set_the_number_before_the_analysis_which_changes_it_with_a_reason_only(
    desk: Desk,
) -> None:
    number = request(desk, "BTM-BW")
    case = run(desk, number, numbered(Sign("BTM-02"), THIRTY, reason="paling banyak 30"), HEAD, MONDAY)
    assert number_of(case) == THIRTY
    other = replace(VERIFIED, proposal=AllocationProposal(FIFTY))
    assert refused(desk, number, other, DIVISION).code == "proposal_reason"


def test_BTM_06_nobody_has_to_set_the_number_before_the_analysis(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    assert read_case(desk, number).proposal is None
    case = run(desk, number, Sign("BTM-06", decision="tersedia", documents=FOUND), TECHNICIAN, MONDAY)
    assert number_of(case) == FIFTY


def test_nobody_sets_a_number_where_the_step_has_none_to_set(desk: Desk) -> None:
    number = request(desk, "KTM-BW")
    assert refused(desk, number, numbered(Sign("KTM-02")), SECRETARIAT).code == "no_proposal_step"
    number = at_technician(desk)
    applied(desk, number, "PKL-B-04")
    assert refused(desk, number, numbered(Sign("PKL-B-05")), TECHNICIAN).code == "no_proposal_step"


def test_KTM_02_a_disposition_on_paper_carries_the_number_of_whoever_decided(desk: Desk) -> None:
    number = request(desk, "KTM-BW")
    run(desk, number, Sign("KTM-02"), SECRETARIAT, MONDAY)
    sheet = {"sifat": "segera", "diteruskan_kepada": "Kepala Bidang", "isi_disposisi": "paling banyak 30"}
    number_on_it = AllocationProposal(THIRTY)
    paper = RecordPaper("KTM-02", HEAD, LETTER, "2026-11-23", MONDAY, sheet, number_on_it, "dibagi")
    case = run(desk, number, paper, SECRETARIAT, MONDAY)
    assert case.proposal is not None and case.proposal.signer == HEAD.person and number_of(case) == THIRTY
    assert signatures(desk, number)[-1] == case.proposal.covered()


def test_a_deputy_sets_the_number_in_his_own_name(desk: Desk) -> None:
    number = request(desk)
    deputy = Who("user:2", frozenset({"head_of_division"}), {"head_of_office": "user:1"})
    case = run(desk, number, numbered(Sign("PKL-B-02")), deputy, MONDAY)
    proposed = next(event for event in history(desk, number) if event.kind == "allocation_proposed")
    assert case.proposal is not None and case.proposal.signer == "user:2" and proposed.on_behalf_of == "user:1"


def test_a_refused_request_that_is_opened_again_gets_another_number(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    run(desk, number, Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
    assert read_case(desk, number).proposal is None
    run(desk, number, Reopen("KTM-05", "kapasitas bertambah"), SECTION, MONDAY)
    run(desk, number, Sign("KTM-05", documents={"cek": EVIDENCE}), TECHNICIAN, MONDAY)
    assert number_of(read_case(desk, number)) == FIFTY


def test_KTM_06_a_wish_that_the_line_cannot_keep_sets_no_number_by_itself(desk: Desk) -> None:
    """The check is signed all the same; granting then needs a number, refusing none."""
    others = Allocation(185 * MBIT, 190 * MBIT, MBIT, 2 * MBIT)
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, [allocations.Change("rsud", others, "system", None, "uji")], MONDAY)
    number = kaltim_until_decision(desk)
    assert read_case(desk, number).proposal is None
    grant = Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE})
    assert refused(desk, number, grant, TECHNICIAN).code == "proposal_needed"
    case = run(desk, number, replace(grant, decision="tidak_tersedia"), TECHNICIAN, MONDAY)
    assert case.ending == "tidak_tersedia"


def test_a_number_needs_an_office_to_be_for(desk: Desk) -> None:
    number = request(desk, opd=None)
    assert refused(desk, number, numbered(Sign("PKL-B-02")), HEAD).code == "no_opd"
