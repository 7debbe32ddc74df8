"""The Pekalongan flow, PKL-B-01 to PKL-B-06, from letter to proof."""

from datetime import timedelta

import pytest
from tracker_office import (
    CONTACT,
    DIVISION,
    FIFTY,
    HEAD,
    LETTER,
    MONDAY,
    NOC,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    WANTED,
    applied,
    numbered,
    request,
    to_technician,
    true_proof,
    walk_to,
)

from request_tracker.cases import (
    Allocation,
    ApplyAllocation,
    Desk,
    OpenCase,
    Sign,
    Supplied,
    Who,
    history,
    open_case,
    read_case,
    run,
    waiting_for,
)
from request_tracker.cases.acts import Command
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import Conflict, Refused
from request_tracker.ledger import allocations


def refused(desk: Desk, number: str, act: Command, who: Who) -> str:
    with pytest.raises(Refused) as found:
        run(desk, number, act, who, MONDAY)
    return found.value.code


def messages(desk: Desk, recipient: str) -> list[str]:
    rows = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ? ORDER BY id", [recipient])
    return [row["payload"] for row in rows]


def test_PKL_B_01_to_06_a_letter_becomes_a_proven_rate(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04")
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05")), (TECHNICIAN, Sign("PKL-B-06"))])
    case = read_case(desk, number)
    assert (case.ending, case.verified) == ("selesai", case.applied)
    assert [row for row in messages(desk, str(case.contact)) if "case_ended" in row]
    assert allocations.allocation_of(desk.store, "dinkes", MONDAY) == FIFTY


def test_PKL_B_01_a_request_without_login_gets_a_number_and_a_token(desk: Desk) -> None:
    command = OpenCase("PKL-BW", "x", opd="dinkes", form=WANTED, documents={"surat": LETTER}, idempotency_key="k1")
    first, second = (open_case(desk, command, REQUESTER, MONDAY) for _ in range(2))
    assert first.number == "PKL-BW/2026/000001"
    assert first.token and not first.again
    assert (second.number, second.again) == (first.number, True)


def test_PKL_B_01_a_request_without_its_fields_is_refused_and_takes_no_number(desk: Desk) -> None:
    with pytest.raises(Refused, match="Peruntukan"):
        request(desk, form={"wanted_receive": "50 Mbit/s"})
    assert request(desk) == "PKL-BW/2026/000001"


def test_PKL_S_01_a_phone_call_opens_a_case_and_the_letter_may_follow(desk: Desk) -> None:
    said = Supplied(note="permintaan melalui telepon")
    command = OpenCase("PKL-BW", "x", opd="dinkes", contact=CONTACT, documents={"surat": said}, channel="phone")
    number = open_case(desk, command, NOC, MONDAY).number
    case = read_case(desk, number)
    assert case.main_step and case.main_step.id == "PKL-B-02"
    assert next(e for e in history(desk, number) if e.kind == "signed").on_behalf_of == case.contact


def test_PKL_S_01_without_letter_or_notice_nothing_is_opened(desk: Desk) -> None:
    with pytest.raises(Refused, match="Surat permohonan"):
        request(desk, documents={})


def test_PKL_B_02_a_deputy_disposes_and_both_names_are_recorded(desk: Desk) -> None:
    number = request(desk)
    deputy = Who("user:2", frozenset({"head_of_division"}), {"head_of_office": "user:1"})
    run(desk, number, Sign("PKL-B-02", note="proses"), deputy, MONDAY)
    event = [e for e in history(desk, number) if e.kind == "signed"][-1]
    assert (event.actor, event.on_behalf_of) == ("user:2", "user:1")


def test_PKL_B_03_section_head_cannot_act_before_division_head(desk: Desk) -> None:
    number = request(desk)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02"))])
    assert refused(desk, number, Sign("PKL-B-03", assignee=TECHNICIAN), SECTION) == "not_your_turn"


def test_PKL_B_03_the_step_is_done_when_a_technician_is_named_and_told(desk: Desk) -> None:
    number = request(desk)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02")), (DIVISION, Sign("PKL-B-03"))])
    assert refused(desk, number, Sign("PKL-B-03"), SECTION) == "assignee_needed"
    run(desk, number, Sign("PKL-B-03", assignee=TECHNICIAN), SECTION, MONDAY)
    assert any('"assigned"' in row for row in messages(desk, "user:4"))


def test_PKL_B_KQ_only_a_technician_can_be_named(desk: Desk) -> None:
    number = request(desk)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02")), (DIVISION, Sign("PKL-B-03"))])
    assert refused(desk, number, Sign("PKL-B-03", assignee=HEAD), SECTION) == "assignee_role"


def test_PKL_B_04_the_step_waits_for_a_proof_that_equals_the_ledger(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, MONDAY)
    wrong = true_proof(desk, MONDAY)
    wrong["readback"] = [{**row, "ceiling": 1} for row in wrong["readback"]]
    assert record_proof(desk, wrong, MONDAY).finished == ()
    assert read_case(desk, number).awaiting is not None
    assert record_proof(desk, true_proof(desk, MONDAY), MONDAY).finished == (number,)
    assert [s.id for s in read_case(desk, number).open_steps] == ["PKL-B-05"]


def test_PKL_B_04_an_old_proof_or_a_strange_hash_finishes_nothing(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    old = true_proof(desk, MONDAY)
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, MONDAY)
    assert record_proof(desk, old, MONDAY).finished == ()
    assert record_proof(desk, true_proof(desk, MONDAY, hash="0" * 64), MONDAY).finished == ()
    assert read_case(desk, number).verified is None


def test_PKL_B_04_a_repeated_proof_is_accepted_and_changes_nothing(desk: Desk) -> None:
    proof = true_proof(desk, MONDAY)
    assert record_proof(desk, proof, MONDAY).new
    assert not record_proof(desk, {**proof, "read_at": 1.0}, MONDAY).new
    assert desk.store.value("SELECT count(*) FROM proofs") == 1


def test_PKL_B_04_nobody_but_the_technician_applies_and_only_there(desk: Desk) -> None:
    number = request(desk)
    assert refused(desk, number, ApplyAllocation("PKL-B-02", FIFTY), HEAD) == "no_allocation_step"
    to_technician(desk, number)
    assert refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), HEAD) == "not_your_lane"
    assert refused(desk, number, Sign("PKL-B-04"), TECHNICIAN) == "use_apply"


def test_PKL_B_04_the_report_holds_the_proof(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04")
    record = read_case(desk, number).latest("hasil")
    assert record and record.content and record.content["proof"]["agent"] == "core"


def test_PKL_B_GAP1_rates_above_the_uplink_are_refused_and_overcommitment_needs_a_reason(desk: Desk) -> None:
    mbit = 125_000
    number = request(desk, form={"wanted_receive": "150 Mbit/s", "purpose": "uji"})
    too_much = Allocation(180 * mbit, 190 * mbit, mbit, 10 * mbit)
    sign = Sign("PKL-B-02")
    assert refused(desk, number, numbered(sign, too_much), HEAD) == "admission"
    many = Allocation(10 * mbit, 150 * mbit, mbit, 10 * mbit)
    assert refused(desk, number, numbered(sign, many, reason=" "), HEAD) == "reason_needed"
    to_technician(desk, number, many, reason="jam sibuk berbeda")
    run(desk, number, ApplyAllocation("PKL-B-04", many), TECHNICIAN, MONDAY)
    event = next(e for e in history(desk, number) if e.kind == "allocation_applied")
    assert event.data["reason"] == "jam sibuk berbeda"


def test_PKL_B_GAP1_room_that_went_between_signing_and_applying_is_refused_and_needs_a_reason(desk: Desk) -> None:
    number, mbit = request(desk), 125_000
    to_technician(desk, number)
    for guaranteed, code in ((185, "admission"), (50, "reason_needed")):
        others = Allocation(guaranteed * mbit, 190 * mbit, mbit, 2 * mbit)
        with desk.store.transaction() as db:
            change = allocations.Change("rsud", others, "system", None, "uji")
            allocations.write(desk.store, db, [change], MONDAY)
        assert refused(desk, number, ApplyAllocation("PKL-B-04"), TECHNICIAN) == code
    run(desk, number, ApplyAllocation("PKL-B-04", reason="jam sibuk berbeda"), TECHNICIAN, MONDAY)
    event = next(e for e in history(desk, number) if e.kind == "allocation_applied")
    assert event.data["reason"] == "jam sibuk berbeda"


def test_PKL_B_05_heads_get_a_copy_of_the_report(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04")
    run(desk, number, Sign("PKL-B-05"), TECHNICIAN, MONDAY)
    for role in ("head_of_section", "head_of_division", "head_of_office"):
        assert any('"step_copy"' in row for row in messages(desk, f"role:{role}"))


def test_PKL_B_06_the_requester_is_told(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04")
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05")), (TECHNICIAN, Sign("PKL-B-06"))])
    contact = str(read_case(desk, number).contact)
    assert any('"step_copy"' in row for row in messages(desk, contact))


def test_PKL_B_SUM_step_and_service_deadlines_are_both_set(desk: Desk) -> None:
    case = read_case(desk, request(desk))
    assert case.main_step and case.main_step.due_at == MONDAY + timedelta(hours=1)
    assert case.service_due_at == MONDAY + timedelta(hours=24)


def test_PKL_S_10_one_person_with_every_role_can_finish_a_case(desk: Desk) -> None:
    everyone = Who("user:9", frozenset({"head_of_office", "head_of_division", "head_of_section", "technician"}))
    number = request(desk)
    acts = [Sign("PKL-B-02"), Sign("PKL-B-03"), Sign("PKL-B-03", assignee=everyone)]
    walk_to(desk, number, [(everyone, act) for act in acts])
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), everyone, MONDAY)
    record_proof(desk, true_proof(desk, MONDAY), MONDAY)
    walk_to(desk, number, [(everyone, Sign("PKL-B-05")), (everyone, Sign("PKL-B-06"))])
    assert read_case(desk, number).ending == "selesai"


def test_two_people_on_one_step_one_wins_and_the_other_is_told(desk: Desk) -> None:
    number = request(desk)
    seen = read_case(desk, number).version
    run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY, version=seen)
    with pytest.raises(Conflict):
        run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY, version=seen)


def test_the_list_of_who_must_act_follows_the_case(desk: Desk) -> None:
    number = request(desk)
    assert [row["number"] for row in waiting_for(desk, ["head_of_office"])] == [number]
    run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY)
    assert waiting_for(desk, ["head_of_office"]) == []
    assert waiting_for(desk, ["head_of_division"])[0]["lane"] == "kabid"
