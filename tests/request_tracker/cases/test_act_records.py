"""What an act writes into the history: by whom, for whom, at which step, why; and what it had to wait for."""

from dataclasses import replace
from datetime import timedelta

from case_refusals import at_technician, refused
from case_walks import batam_until_analysis
from tracker_office import (
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    LETTER,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    request,
    walk_to,
)

from request_tracker.cases import (
    AddDocument,
    Desk,
    Note,
    OpenCase,
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


def test_a_note_stands_at_the_step_that_is_open(desk: Desk) -> None:
    number = at_technician(desk)
    run(desk, number, Note("internal_note", {"text": "kabel"}), TECHNICIAN, MONDAY)
    event = history(desk, number)[-1]
    assert (event.kind, event.step, event.actor, event.data["text"]) == (
        "internal_note", "PKL-B-04", TECHNICIAN.person, "kabel",
    )  # fmt: skip


def test_a_signature_says_what_it_said_in_whose_lane_and_for_whom(desk: Desk) -> None:
    number = request(desk)
    deputy = Who("user:2", frozenset({"head_of_division"}), {"head_of_office": "user:1"})
    signature = {"kind": "scan"}
    run(desk, number, Sign("PKL-B-02", note="proses", signature=signature), deputy, MONDAY)
    event = next(event for event in reversed(history(desk, number)) if event.kind == "signed")
    assert (event.actor, event.on_behalf_of, event.lane, event.step) == ("user:2", "user:1", "kadis", "PKL-B-02")
    proposal = read_case(desk, number).proposal
    assert proposal is not None and proposal.proposal.allocation == FIFTY
    number_signed = {"allocation": proposal.covered()}
    assert dict(event.data) == {"note": "proses", "form": {}, "signature": signature, **number_signed}


def test_a_deadline_is_set_anew_by_whom_and_why_where_the_calendar_moved_it(desk: Desk) -> None:
    number = at_technician(desk)
    assert recompute_deadlines(desk, "libur baru", MONDAY) == []
    closed = replace(desk.calendar, closed={**desk.calendar.closed, MONDAY.date(): "libur baru"})
    assert recompute_deadlines(replace(desk, calendar=closed), "libur baru", MONDAY) == [number]
    moved = [event for event in history(desk, number) if event.kind == "deadline_recomputed"]
    assert moved and all(event.data["reason"] == "libur baru" for event in moved)


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
    run(desk, number, SendBack("BTM-11", "lengkapi foto"), deputy, MONDAY + timedelta(hours=1))
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
