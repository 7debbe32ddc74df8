"""What a signature holds beyond the walks: its moment, its lane, for whom; and its refusals, word for word."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from case_refusals import DAY, at_technician, ended, owner, refused
from case_walks import batam_until_analysis
from tracker_office import (
    CONTACT,
    DIVISION,
    EVIDENCE,
    HEAD,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    request,
    walk_to,
)

from request_tracker.cases import (
    ApplyAllocation,
    Assign,
    Desk,
    Event,
    Note,
    OpenCase,
    Reopen,
    SendBack,
    Sign,
    Supplied,
    Who,
    history,
    open_case,
    read_case,
    run,
)

HOUR = timedelta(hours=1)
ALARM = Who("api:alertmanager", frozenset({"alert"}))
CHECKED = {"perangkat": "core", "daya": "baik", "lampu": "merah", "temuan": "serat putus"}


def sentences(desk: Desk, number: str, act: object, who: Who, days: float = 0) -> tuple[str, str]:
    error = refused(desk, number, act, who, days)
    return error.text("id"), error.text("en")


def last(desk: Desk, number: str, kind: str) -> Event:
    return next(event for event in reversed(history(desk, number)) if event.kind == kind)


def outage(desk: Desk, report: Supplied = EVIDENCE) -> str:
    """An outage that an alert opened, checked on the spot, with its report."""
    alert = {"surat": Supplied(content={"alert": "core-agg"})}
    command = OpenCase(
        "PKL-GG", "Putus", form={"description": "putus"}, documents=alert, contact=CONTACT, emergency=True
    )
    number = open_case(desk, command, ALARM, MONDAY).number
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-G-04", form=CHECKED))])
    run(desk, number, Sign("PKL-G-05", documents={"mon": report}), TECHNICIAN, MONDAY + HOUR)
    return number


def test_BTM_03_what_was_signed_on_paper_is_of_its_moment_with_all_that_follows(desk: Desk) -> None:
    """The answers, the signature, the end of the step and the next one's begin and deadline."""
    numbers = [request(desk, "BTM-BW") for _ in range(2)]
    walk_to(desk, numbers[0], [(HEAD, Sign("BTM-02"))])
    walk_to(desk, numbers[1], [(HEAD, Sign("BTM-02"))])
    then = MONDAY + HOUR
    run(desk, numbers[0], replace(VERIFIED, occurred_at=then), DIVISION, MONDAY + 3 * HOUR)
    run(desk, numbers[1], VERIFIED, DIVISION, then)
    kinds = ("verification", "signed", "step_completed", "step_entered")
    later, at_once = ([last(desk, number, kind) for kind in kinds] for number in numbers)
    assert [event.occurred_at for event in later] == [then] * 4
    assert [event.data for event in later] == [event.data for event in at_once], "the deadline runs from that moment"


def test_BTM_03_a_deputy_answers_and_signs_for_whom_he_stands_in_under_his_own_name(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    walk_to(desk, number, [(HEAD, Sign("BTM-02"))])
    deputy = Who("user:9", frozenset({"technician"}), {"head_of_division": "user:2"}, "Wakil Uji", "Plh.")
    run(desk, number, VERIFIED, deputy, MONDAY + HOUR)
    for kind in ("verification", "signed"):
        event = last(desk, number, kind)
        assert (event.actor, event.on_behalf_of, event.lane, event.step) == ("user:9", "user:2", "kabid", "BTM-03")
    signer = {"name": "Wakil Uji", "position": "Plh.", "role": "head_of_division"}
    assert last(desk, number, "signed").data["signed_by"] == signer


def test_PKL_B_03_who_holds_two_roles_signs_in_the_lane_that_he_names(desk: Desk) -> None:
    """The lanes of PKL-B-03 have an order: in another's turn even its own lane waits."""
    number = request(desk)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02"))])
    both = Who("user:9", DIVISION.roles | SECTION.roles)
    assert refused(desk, number, Sign("PKL-B-03", lane="kasi", assignee=TECHNICIAN), both).code == "not_your_turn"
    run(desk, number, Sign("PKL-B-03", lane="kabid"), both, MONDAY)
    assert last(desk, number, "signed").lane == "kabid"


def test_PKL_G_06_a_report_is_opened_by_the_very_person_who_signs_that_he_read_it(desk: Desk) -> None:
    number = outage(desk, Supplied(content={"kind": "outage", "measured": "30 of 30 days"}))
    report = read_case(desk, number).latest("mon")
    assert report is not None
    unread = (
        "Langkah PKL-G-06: buka dan baca dahulu laporan monitoringnya.",
        "Step PKL-G-06: open and read its monitoring report first.",
    )
    assert sentences(desk, number, Sign("PKL-G-06"), SECTION) == unread
    run(desk, number, Note("report_read", {"event": report.seq}), DIVISION, MONDAY + HOUR)
    assert sentences(desk, number, Sign("PKL-G-06"), SECTION) == unread
    run(desk, number, Note("report_read", {"event": report.seq}), SECTION, MONDAY + HOUR)
    run(desk, number, Sign("PKL-G-06"), SECTION, MONDAY + HOUR)
    assert [step.id for step in read_case(desk, number).open_steps][-1] == "PKL-G-07"


@pytest.mark.parametrize(("minutes", "fits"), [(-60, False), (0, False), (1, True)])
def test_PKL_G_08_an_estimate_is_of_what_is_to_come_when_it_is_signed(desk: Desk, minutes: int, fits: bool) -> None:
    number = outage(desk)
    walk_to(desk, number, [(SECTION, Sign("PKL-G-06")), (DIVISION, Sign("PKL-G-07"))], MONDAY + HOUR)
    now = MONDAY + 2 * HOUR
    at: datetime = desk.calendar.local(now) + timedelta(minutes=minutes)
    form = {"isp": "ISP Contoh", "estimasi_pulih": f"{at:%Y-%m-%dT%H:%M}"}
    act = Sign("PKL-G-08", form=form, decision="tidak_terhubung")
    if fits:
        run(desk, number, act, TECHNICIAN, now)
        assert last(desk, number, "signed").data["form"]["isp"] == "ISP Contoh"
        return
    assert sentences(desk, number, act, TECHNICIAN, 2 * HOUR / DAY) == (
        "Isian “Estimasi pulih”: sudah lewat; sekarang 23-11-2026 11.00.",
        "Field “Estimated recovery”: is over; it is 2026-11-23 11:00.",
    )


def test_PKL_G_08_an_estimate_on_paper_is_held_against_the_moment_of_its_signature(desk: Desk) -> None:
    number = outage(desk)
    walk_to(desk, number, [(SECTION, Sign("PKL-G-06")), (DIVISION, Sign("PKL-G-07"))], MONDAY + HOUR)
    form = {"isp": "ISP Contoh", "estimasi_pulih": "2026-11-23T12:00"}
    signed = MONDAY + 2 * HOUR
    act = Sign("PKL-G-08", form=form, decision="tidak_terhubung", occurred_at=signed)
    run(desk, number, act, TECHNICIAN, MONDAY + 5 * HOUR)
    assert last(desk, number, "decided").data == {"label": "tidak_terhubung"}


def test_each_refusal_of_a_signature_is_a_whole_sentence_in_both_languages(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    walk_to(desk, number, [(HEAD, Sign("BTM-02"))])
    half = Sign("BTM-03", form={key: value for key, value in VERIFIED.form.items() if key != "opd_benar"})
    assert sentences(desk, number, half, DIVISION) == (
        "Isian “OPD pemohon dan penanda tangannya benar?” belum diisi.",
        "Fill in “Is it the right office and signatory?”.",
    )
    denied = Sign("BTM-03", form={**VERIFIED.form, "opd_benar": "tidak", "bukan_duplikat": "tidak"})
    right, twice = "“OPD pemohon dan penanda tangannya benar?”", "“Bukan duplikat permohonan lain?”"
    assert sentences(desk, number, denied, DIVISION) == (
        f"Langkah BTM-03: dijawab tidak pada {right}, {twice}; tuliskan alasannya pada catatan, atau kembalikan.",
        "Step BTM-03: answered no to “Is it the right office and signatory?”, “Is it no duplicate of another request?”;"
        " give the reason as a note, or send it back.",
    )
    walk_to(desk, number, [(DIVISION, VERIFIED)])
    assert sentences(desk, number, Sign("BTM-04"), SECTION) == (
        "Tunjuk petugas untuk langkah BTM-04.",
        "Name the technician for step BTM-04.",
    )


@pytest.mark.parametrize("decision", [None, "entah"])
def test_BTM_06_a_decision_is_one_of_those_that_are_named(desk: Desk, decision: str | None) -> None:
    number = batam_until_analysis(desk)
    sign = Sign("BTM-06", decision=decision, documents={"analisa": EVIDENCE})
    assert sentences(desk, number, sign, TECHNICIAN) == (
        "Pilih putusan: tersedia, tidak tersedia.",
        "Choose a decision: available, not available.",
    )


def test_each_refusal_of_another_act_is_a_whole_sentence_in_both_languages(desk: Desk) -> None:
    number = at_technician(desk)
    assert sentences(desk, number, Reopen("PKL-B-02", "x"), SECTION) == (
        "Langkah PKL-B-02 belum atau tidak lagi terbuka.",
        "Step PKL-B-02 is not open.",
    )
    assert sentences(desk, number, Assign(HEAD), SECTION) == (
        "Petugas yang ditunjuk tidak memegang peran Tim Teknis.",
        "The person named does not hold the role technician.",
    )
    assert sentences(desk, number, SendBack("PKL-B-04", " "), TECHNICIAN) == (
        "Isian catatan pada langkah PKL-B-04 belum diisi.",
        "Step PKL-B-04: fill in a note.",
    )
    number = ended(desk)
    assert sentences(desk, number, Reopen("PKL-B-04", "x"), SECTION) == (
        "Langkah PKL-B-04 belum atau tidak lagi terbuka.",
        "Step PKL-B-04 is not open.",
    )
    assert sentences(desk, number, Sign("PKL-B-02"), HEAD) == (
        f"Kasus {number} sudah selesai (dibatalkan).",
        f"Case {number} has ended (cancelled).",
    )


def test_what_is_opened_again_says_that_its_promise_moved_by_whom_and_why(desk: Desk) -> None:
    number = ended(desk)
    promised = read_case(desk, number).service_due_at
    assert promised is not None
    run(desk, number, Reopen("PKL-B-02", "ternyata perlu"), owner(desk, number), MONDAY + DAY)
    event = last(desk, number, "deadline_recomputed")
    assert (event.actor, event.step, event.data["reason"]) == (owner(desk, number).person, None, "dibuka kembali")
    assert read_case(desk, number).service_due_at == promised + DAY


def test_a_note_on_an_ended_case_stands_at_no_step(desk: Desk) -> None:
    number = ended(desk)
    run(desk, number, Note("internal_note", {"text": "arsip"}), TECHNICIAN, MONDAY)
    assert history(desk, number)[-1].step is None


def test_PKL_B_04_who_applies_a_number_is_named_with_his_position_and_the_role_he_acts_in(desk: Desk) -> None:
    number = at_technician(desk)
    run(desk, number, ApplyAllocation("PKL-B-04"), replace(TECHNICIAN, name="Teknisi Uji", position="Staf"), MONDAY)
    signer = {"name": "Teknisi Uji", "position": "Staf", "role": "technician"}
    assert last(desk, number, "signed").data["signed_by"] == signer


def test_PKL_P_02_no_note_but_the_first_answer_sets_deadlines_anew_though_the_calendar_changed(desk: Desk) -> None:
    complaint = OpenCase("PKL-PG", "Pengaduan", form={"description": "lambat"}, contact=CONTACT)
    answered = open_case(desk, complaint, REQUESTER, MONDAY).number
    run(desk, answered, Note("public_comment", {"text": "kami periksa"}), TECHNICIAN, MONDAY)
    letter, before = request(desk), len(history(desk, answered))
    tuesday = (MONDAY + DAY).date()
    later = replace(desk, calendar=replace(desk.calendar, closed={**desk.calendar.closed, tuesday: "libur"}))
    for number in (answered, letter):
        run(later, number, Note("internal_note", {"text": "arsip"}), TECHNICIAN, MONDAY)
        assert history(desk, number)[-1].kind == "internal_note"
    assert len(history(desk, answered)) == before + 1
