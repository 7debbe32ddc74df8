"""What a case refuses, by whom and when; a refusal writes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from case_walks import batam_until_analysis
from tracker_office import (
    AUDITOR,
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    LETTER,
    MBIT,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    request,
    to_technician,
    walk_to,
)

from request_tracker.cases import (
    AddDocument,
    Allocation,
    ApplyAllocation,
    Assign,
    Cancel,
    Desk,
    Note,
    OpenCase,
    Pause,
    Reopen,
    SendBack,
    Sign,
    Supplied,
    Who,
    history,
    open_case,
    read_case,
    recompute_deadlines,
    run,
)
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.store.chain import stamp

DAY = timedelta(days=1)
STRANGER = Who("contact:99", frozenset({"requester"}))
ADMIN = Who("user:8", frozenset({"admin"}))


def refused(desk: Desk, number: str, act: object, who: Who, days: float = 0) -> Refused:
    """The refusal; nothing of the act stands in the case's history."""
    before = history(desk, number)
    with pytest.raises(Refused) as found:
        run(desk, number, act, who, MONDAY + days * DAY)  # type: ignore[arg-type]  # wrong acts on purpose
    assert history(desk, number) == before
    return found.value


def at_technician(desk: Desk) -> str:
    number = request(desk)
    to_technician(desk, number)
    return number


def ended(desk: Desk) -> str:
    number = request(desk)
    run(desk, number, Cancel("tidak jadi"), owner(desk, number), MONDAY)
    return number


def owner(desk: Desk, number: str) -> Who:
    return Who(str(read_case(desk, number).contact), frozenset({"requester"}))


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


def test_a_note_stands_at_the_step_that_is_open(desk: Desk) -> None:
    number = at_technician(desk)
    run(desk, number, Note("internal_note", {"text": "kabel"}), TECHNICIAN, MONDAY)
    event = history(desk, number)[-1]
    assert (event.kind, event.step, event.actor, event.data["text"]) == (
        "internal_note", "PKL-B-04", TECHNICIAN.person, "kabel",
    )  # fmt: skip


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


def test_papers_of_an_act_are_of_its_step_and_an_empty_one_is_none(desk: Desk) -> None:
    number = at_technician(desk)
    papers = {"surat": LETTER, "hasil": Supplied()}
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY, documents=papers), TECHNICIAN, MONDAY)
    (record,) = [record for record in read_case(desk, number).records if record.step == "PKL-B-04"]
    event = history(desk, number)[record.seq - 1]
    assert (record.document, record.sha256, event.actor) == ("surat", LETTER.sha256, TECHNICIAN.person)


def test_KTM_AL1_what_is_applied_says_why_until_when_and_what_had_to_follow(desk: Desk) -> None:
    number, until = at_technician(desk), MONDAY + 30 * DAY
    before = allocations.allocation_of(desk.store, "dinkes", MONDAY)
    act = ApplyAllocation(
        "PKL-B-04", FIFTY, note="sesuai surat", reason="acara", until=until, firewall="aturan 7 disesuaikan"
    )
    run(desk, number, act, TECHNICIAN, MONDAY)
    signed, written = history(desk, number)[-2:]
    assert (signed.kind, signed.actor, signed.step, signed.lane) == ("signed", TECHNICIAN.person, "PKL-B-04", "tim")
    assert dict(signed.data) == {"note": "sesuai surat", "reason": "acara"}
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
    (row,) = [row for row in allocations.rows_in_force(desk.store, MONDAY) if row["opd"] == "dinkes"]
    assert (row["actor"], row["case_number"], row["reason"]) == (TECHNICIAN.person, number, "acara")


def test_KTM_AL1_without_a_reason_the_ledger_has_the_note_and_the_event_no_firewall(desk: Desk) -> None:
    number = at_technician(desk)
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY, note="sesuai surat"), TECHNICIAN, MONDAY)
    written = history(desk, number)[-1]
    assert "firewall" not in written.data and written.data["until"] is None
    (row,) = [row for row in allocations.rows_in_force(desk.store, MONDAY) if row["opd"] == "dinkes"]
    assert row["reason"] == "sesuai surat"


@pytest.mark.parametrize("ago", [timedelta(0), DAY])
def test_a_temporary_allocation_ends_later_than_now(desk: Desk, ago: timedelta) -> None:
    number = at_technician(desk)
    error = refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY, until=MONDAY - ago), TECHNICIAN)
    assert error.code == "bad_field" and "berlaku sampai" in str(error)
    assert " sudah lewat; kosongkan bila tetap" in error.text("id")
    assert " has passed; leave it empty if permanent" in error.text("en")


def test_a_temporary_allocation_needs_one_to_go_back_to(desk: Desk) -> None:
    """A new office has no allocation yet."""
    newcomer = desk.city.opds[0].model_copy(update={"code": "baru"})
    desk = replace(desk, city=desk.city.model_copy(update={"opds": (*desk.city.opds, newcomer)}))
    number = request(desk, opd="baru")
    to_technician(desk, number)
    low = Allocation(MBIT, MBIT, MBIT, MBIT)
    error = refused(desk, number, ApplyAllocation("PKL-B-04", low, until=MONDAY + DAY), TECHNICIAN)
    assert error.code == "bad_field" and "berlaku sampai" in str(error)
    assert " belum ada alokasi yang dapat dikembalikan sesudahnya" in error.text("id")
    assert " there is no allocation to go back to" in error.text("en")
    run(desk, number, ApplyAllocation("PKL-B-04", low), TECHNICIAN, MONDAY)
    assert history(desk, number)[-1].data["before"] is None


def test_rates_need_an_office_to_be_for(desk: Desk) -> None:
    given = {"form": {"wanted_receive": "50 Mbit/s", "purpose": "x"}, "documents": {"surat": LETTER}}
    number = open_case(desk, OpenCase("PKL-BW", "tanpa OPD", **given), REQUESTER, MONDAY).number  # type: ignore[arg-type]  # a form of any keys
    to_technician(desk, number)
    error = refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN)
    assert error.code == "no_opd" and number in str(error)


def test_an_act_on_paper_is_not_of_the_future_nor_before_its_step(desk: Desk) -> None:
    number = request(desk)
    for moment in (MONDAY + DAY, MONDAY - timedelta(seconds=1)):
        assert refused(desk, number, Sign("PKL-B-02", occurred_at=moment), HEAD, days=0.5).code == "bad_moment"
    run(desk, number, Sign("PKL-B-02", note="proses", occurred_at=MONDAY), HEAD, MONDAY + DAY)
    case = read_case(desk, number)
    assert case.main_step is not None and case.main_step.entered_at == MONDAY


def test_a_signature_says_what_it_said_in_whose_lane_and_for_whom(desk: Desk) -> None:
    number = request(desk)
    deputy = Who("user:2", frozenset({"head_of_division"}), {"head_of_office": "user:1"})
    signature = {"kind": "scan"}
    run(desk, number, Sign("PKL-B-02", note="proses", signature=signature), deputy, MONDAY)
    event = next(event for event in reversed(history(desk, number)) if event.kind == "signed")
    assert (event.actor, event.on_behalf_of, event.lane, event.step) == ("user:2", "user:1", "kadis", "PKL-B-02")
    assert dict(event.data) == {"note": "proses", "form": {}, "signature": signature}


def test_what_was_applied_is_not_applied_by_a_second_click(desk: Desk) -> None:
    number = at_technician(desk)
    applied(desk, number, "PKL-B-04")
    assert refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN).code == "not_open_step"
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05"))])


def test_a_deadline_is_set_anew_by_whom_and_why_where_the_calendar_moved_it(desk: Desk) -> None:
    number = at_technician(desk)
    assert recompute_deadlines(desk, "libur baru", MONDAY) == []
    closed = replace(desk.calendar, closed={**desk.calendar.closed, MONDAY.date(): "libur baru"})
    assert recompute_deadlines(replace(desk, calendar=closed), "libur baru", MONDAY) == [number]
    moved = [event for event in history(desk, number) if event.kind == "deadline_recomputed"]
    assert moved and all(event.data["reason"] == "libur baru" for event in moved)


def test_a_step_that_waits_for_a_pause_takes_no_act(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    walk_to(
        desk, number, [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    )
    run(desk, number, Sign("BTM-05"), TECHNICIAN, MONDAY)
    run(desk, number, Pause("BTM-05", "menunggu_pemohon"), TECHNICIAN, MONDAY)
    error = refused(desk, number, Sign("BTM-05"), REQUESTER)
    assert error.code == "paused" and number in str(error)


def test_BTM_03_a_no_needs_its_reason_and_answers_are_an_act_of_their_own(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    run(desk, number, Sign("BTM-02"), HEAD, MONDAY)
    answers = {**VERIFIED.form, "opd_benar": "tidak"}
    error = refused(desk, number, Sign("BTM-03", form=answers), DIVISION)
    assert error.code == "note_needed"
    run(desk, number, Sign("BTM-03", note="alamat lama", form=answers), DIVISION, MONDAY)
    event = next(event for event in history(desk, number) if event.kind == "verification")
    assert dict(event.data) == {"answers": answers, "note": "alamat lama"}
    assert (event.actor, event.step) == (DIVISION.person, "BTM-03")


def test_a_name_under_a_paper_is_kept_by_reference(desk: Desk) -> None:
    number = request(desk)
    signatory = {"name": "Penerima Uji", "position": "Sekretaris"}
    run(desk, number, Sign("PKL-B-02", signatory=signatory), HEAD, MONDAY)
    event = next(event for event in reversed(history(desk, number)) if event.kind == "signed")
    assert str(event.data["signatory"]).startswith("contact:") and "Penerima Uji" not in str(event.data)


def test_BTM_PR1_a_closing_waits_for_the_paper_that_was_only_announced(desk: Desk) -> None:
    number = batam_until_analysis(desk, documents={"surat": Supplied(note="menyusul")}, channel="phone")
    refusal = Sign("BTM-06", decision="tidak_tersedia", documents={"analisa": EVIDENCE})
    run(desk, number, refusal, TECHNICIAN, MONDAY)
    walk_to(desk, number, [(who, Sign("BTM-07")) for who in (TECHNICIAN, SECTION, DIVISION)])
    error = refused(desk, number, Sign("BTM-07"), HEAD)
    assert error.code == "paper_not_come" and "Surat Masuk" in str(error)
    run(desk, number, AddDocument("surat", LETTER), TECHNICIAN, MONDAY)
    run(desk, number, Sign("BTM-07"), HEAD, MONDAY)
    assert read_case(desk, number).ending == "ditolak"


def test_KTM_KQ2_another_file_of_a_paper_names_the_one_it_replaces_and_the_same_one_none(desk: Desk) -> None:
    number = request(desk)
    first = read_case(desk, number).latest("surat")
    for digest in ("a", "b"):
        run(desk, number, AddDocument("surat", Supplied(sha256=digest * 64, name="surat.pdf")), TECHNICIAN, MONDAY)
    again, other = history(desk, number)[-2:]
    assert first is not None and "replaces" not in again.data and other.data["replaces"] == first.seq


def test_what_is_sent_back_says_by_whom_for_whom_where_to_and_why(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    walk_to(desk, number, [(REQUESTER, Sign("BTM-09")), (TECHNICIAN, Sign("BTM-09")), (TECHNICIAN, Sign("BTM-10"))])
    error = refused(desk, number, SendBack("BTM-11", " "), SECTION)
    assert error.code == "missing_field" and "catatan" in error.text("id") and "BTM-11" in error.text("id")
    deputy = Who("user:2", frozenset({"head_of_division"}), {"head_of_section": "user:3"})
    run(desk, number, SendBack("BTM-11", "lengkapi foto"), deputy, MONDAY)
    event = next(event for event in reversed(history(desk, number)) if event.kind == "returned")
    assert (event.actor, event.on_behalf_of, event.step) == ("user:2", "user:3", "BTM-11")
    assert event.lane is not None and dict(event.data) == {"note": "lengkapi foto", "to": "BTM-10"}


def test_PKL_P_02_only_the_first_answer_to_a_complaint_moves_its_deadline(desk: Desk) -> None:
    command = OpenCase("PKL-PG", "Pengaduan", form={"description": "lambat"}, contact={"name": "Pengadu"})
    numbers = (open_case(desk, command, REQUESTER, MONDAY).number, request(desk))
    for number in numbers:
        for text in ("kami periksa", "masih kami periksa"):
            run(desk, number, Note("public_comment", {"text": text}), TECHNICIAN, MONDAY + timedelta(hours=1))
    moved = [[e for e in history(desk, number) if e.kind == "deadline_recomputed"] for number in numbers]
    ((event,), none) = moved
    assert none == [] and (event.actor, event.data["reason"]) == (TECHNICIAN.person, "tanggapan pertama")


def test_a_paper_says_where_it_came_from(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, AddDocument("surat", LETTER, "srikandi"), TECHNICIAN, MONDAY)
    assert history(desk, number)[-1].data["source"] == "srikandi"
    assert history(desk, number)[2].data["source"] == "supplied"


def test_a_refusal_names_the_step_and_whose_lane_it_is(desk: Desk) -> None:
    number = request(desk)
    assert "PKL-B-02" in str(refused(desk, number, ApplyAllocation("PKL-B-02", FIFTY), HEAD))
    assert "PKL-B-02" in str(refused(desk, number, SendBack("PKL-B-02", "x"), HEAD))
    to_technician(desk, number)
    error = refused(desk, number, ApplyAllocation("PKL-B-04", FIFTY), HEAD)
    assert "PKL-B-04" in str(error) and "Tim Teknis" in str(error)
