"""What a case refuses, by whom and when; a refusal writes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from case_refusals import DAY, at_technician, ended, owner, refused
from tracker_office import (
    AUDITOR,
    DIVISION,
    FIFTY,
    HEAD,
    LETTER,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    request,
    to_technician,
    walk_to,
)

from request_tracker.cases import (
    AddDocument,
    ApplyAllocation,
    Assign,
    Cancel,
    Desk,
    Note,
    Pause,
    Reopen,
    SendBack,
    Sign,
    Who,
    history,
    read_case,
    run,
)

STRANGER = Who("contact:99", frozenset({"requester"}))
ADMIN = Who("user:8", frozenset({"admin"}))


def test_an_ended_case_takes_notes_and_papers_and_no_act(desk: Desk) -> None:
    number = ended(desk)
    error = refused(desk, number, Sign("PKL-B-02"), HEAD)
    assert error.code == "ended" and number in str(error) and "dibatalkan" in str(error).lower()
    for act in (Cancel("lagi"), SendBack("PKL-B-05", "x"), ApplyAllocation("PKL-B-04", FIFTY), Assign(TECHNICIAN)):
        assert refused(desk, number, act, SECTION).code == "ended"
    run(desk, number, Note("internal_note", {"text": "arsip"}), TECHNICIAN, MONDAY)
    run(desk, number, AddDocument("surat", LETTER), TECHNICIAN, MONDAY)


def test_another_requester_may_do_nothing_on_the_case_and_its_own_may(desk: Desk) -> None:
    number = request(desk)
    assert refused(desk, number, Cancel("bukan milik saya"), STRANGER).code == "may_not"
    assert refused(desk, number, Note("public_comment", {"text": "x"}), STRANGER).code == "may_not"
    run(desk, number, Note("public_comment", {"text": "x"}), owner(desk, number), MONDAY)


def test_a_request_is_withdrawn_by_its_requester_alone_and_before_it_is_applied(desk: Desk) -> None:
    number = at_technician(desk)
    assert refused(desk, number, Cancel("x"), TECHNICIAN).code == "may_not_cancel"
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, MONDAY)
    error = refused(desk, number, Cancel("x"), owner(desk, number))
    assert error.code == "too_late" and " alokasi sudah diterapkan" in error.text("id")
    assert " the allocation is applied already" in error.text("en")


def test_what_ended_by_withdrawal_says_why_and_who(desk: Desk) -> None:
    number = ended(desk)
    event = history(desk, number)[-1]
    assert (event.kind, event.actor) == ("ended", owner(desk, number).person)
    assert dict(event.data) == {"ending": "dibatalkan", "reason": "tidak jadi", "actions": []}


@pytest.mark.parametrize("who", [AUDITOR, ADMIN, Who("user:8", frozenset({"admin", "auditor"}))])
def test_who_only_reads_writes_neither_notes_nor_papers(desk: Desk, who: Who) -> None:
    number = request(desk)
    assert refused(desk, number, Note("internal_note", {"text": "x"}), who).code == "may_not"
    assert refused(desk, number, AddDocument("surat", LETTER), who).code == "may_not"


def test_who_reads_and_stands_in_for_an_official_may_write(desk: Desk) -> None:
    number, deputy = request(desk), replace(AUDITOR, delegated={"head_of_section": "user:3"})
    run(desk, number, Note("internal_note", {"text": "x"}), deputy, MONDAY)
    run(desk, number, AddDocument("surat", LETTER), deputy, MONDAY)
    assert [event.actor for event in history(desk, number)[-2:]] == [AUDITOR.person] * 2


def test_a_requester_comments_in_public_and_never_inside_the_office(desk: Desk) -> None:
    number = request(desk)
    assert refused(desk, number, Note("internal_note", {"text": "x"}), owner(desk, number)).code == "may_not"
    run(desk, number, Note("further_report", {"opd": "dinkes"}), owner(desk, number), MONDAY)
    colleague = Who("user:3", REQUESTER.roles | SECTION.roles)
    run(desk, number, Note("internal_note", {"text": "x"}), colleague, MONDAY)


def test_a_note_of_no_kind_is_the_programs_own_fault(desk: Desk) -> None:
    number = request(desk)
    with pytest.raises(ValueError, match=r"'gossip' is not a note; the kinds are .*internal_note, .*public_comment"):
        run(desk, number, Note("gossip"), TECHNICIAN, MONDAY)


def test_heads_of_section_and_division_name_the_technician_and_nobody_else_does(desk: Desk) -> None:
    number = at_technician(desk)
    other = Who("user:44", frozenset({"technician"}))
    for who in (HEAD, TECHNICIAN, REQUESTER):
        assert refused(desk, number, Assign(other), replace(who, person="user:77")).code == "may_not_assign"
    for who in (SECTION, DIVISION):
        run(desk, number, Assign(other), who, MONDAY)
        event = history(desk, number)[-1]
        assert (event.kind, event.actor, event.step) == ("assigned", who.person, "PKL-B-04")
    assert read_case(desk, number).assignee == "user:44"
    error = refused(desk, number, Assign(HEAD), SECTION)
    assert error.code == "assignee_role" and "Tim Teknis" in str(error)


def test_a_case_opens_again_within_seven_days_at_a_step_it_was_at(desk: Desk) -> None:
    number = ended(desk)
    assert refused(desk, number, Reopen("PKL-B-02", "ternyata perlu"), TECHNICIAN).code == "may_not_reopen"
    assert refused(desk, number, Reopen("PKL-B-04", "belum pernah"), SECTION).code == "not_open_step"
    error = refused(desk, number, Reopen("PKL-B-02", "x"), SECTION, days=7.01)
    assert error.code == "too_late" and " kasus selesai lebih dari tujuh hari yang lalu" in error.text("id")
    assert " the case ended more than seven days ago" in error.text("en")
    error = refused(desk, number, Reopen("PKL-B-02", "  "), SECTION)
    assert error.code == "missing_field" and "catatan" in error.text("id") and "PKL-B-02" in error.text("id")
    run(desk, number, Reopen("PKL-B-02", "ternyata perlu"), SECTION, MONDAY + 7 * DAY)
    event = next(event for event in history(desk, number) if event.kind == "reopened")
    assert (event.actor, dict(event.data)) == (SECTION.person, {"note": "ternyata perlu", "to": "PKL-B-02"})
    case = read_case(desk, number)
    assert (case.ending, [step.id for step in case.open_steps], case.round) == (None, ["PKL-B-02"], 2)


def test_an_open_case_is_not_opened_again(desk: Desk) -> None:
    number = at_technician(desk)
    assert refused(desk, number, Reopen("PKL-B-02", "x"), SECTION).code == "not_open_step"


def test_a_step_without_a_way_back_goes_only_on(desk: Desk) -> None:
    number = request(desk)
    assert refused(desk, number, SendBack("PKL-B-02", "salah alamat"), HEAD).code == "no_way_back"
    assert refused(desk, number, SendBack("PKL-B-02", "salah alamat"), SECTION).code == "not_your_lane"


def test_a_paper_that_the_sop_does_not_know_is_refused_by_its_name(desk: Desk) -> None:
    number = at_technician(desk)
    for act in (
        AddDocument("surat_cinta", LETTER),
        ApplyAllocation("PKL-B-04", FIFTY, documents={"surat_cinta": LETTER}),
    ):
        error = refused(desk, number, act, TECHNICIAN)
        assert error.code == "bad_field"
        assert "surat_cinta" in str(error) and "tidak ada dalam SOP" in str(error)


def test_an_act_on_paper_is_not_of_the_future_nor_before_its_step(desk: Desk) -> None:
    number = request(desk)
    for moment in (MONDAY + DAY, MONDAY - timedelta(seconds=1)):
        assert refused(desk, number, Sign("PKL-B-02", occurred_at=moment), HEAD, days=0.5).code == "bad_moment"
    run(desk, number, Sign("PKL-B-02", note="proses", occurred_at=MONDAY), HEAD, MONDAY + DAY)
    case = read_case(desk, number)
    assert case.main_step is not None and case.main_step.entered_at == MONDAY


def test_a_step_that_waits_for_a_pause_takes_no_act(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    walk_to(
        desk, number, [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    )
    run(desk, number, Sign("BTM-05"), TECHNICIAN, MONDAY)
    run(desk, number, Pause("BTM-05", "menunggu_pemohon"), TECHNICIAN, MONDAY)
    error = refused(desk, number, Sign("BTM-05"), REQUESTER)
    assert error.code == "paused" and number in str(error)


def test_a_refusal_names_the_step_and_whose_lane_it_is(desk: Desk) -> None:
    number = request(desk)
    assert "PKL-B-02" in str(refused(desk, number, ApplyAllocation("PKL-B-02", FIFTY), HEAD))
    assert "PKL-B-02" in str(refused(desk, number, SendBack("PKL-B-02", "x"), HEAD))
    to_technician(desk, number)
    error = refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), HEAD)
    assert "PKL-B-04" in str(error) and "Tim Teknis" in str(error)
