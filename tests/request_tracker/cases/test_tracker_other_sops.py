"""Batam, Kalimantan Timur, the outage SOP and complaints, each walked to every end."""

import pytest
from case_walks import FILLED, batam_until_analysis, kaltim_until_decision
from tracker_office import (
    CONTACT,
    DIVISION,
    EVIDENCE,
    HEAD,
    LETTER,
    MONDAY,
    PHOTO,
    REQUESTER,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    request,
    walk_to,
)

from request_tracker.cases import (
    AddDocument,
    Cancel,
    Desk,
    Note,
    OpenCase,
    Pause,
    Resume,
    SendBack,
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
from request_tracker.errors import Refused

CHECKED = {"perangkat": "core", "daya": "baik", "lampu": "merah", "temuan": "serat putus"}
ALARM = Who("api:alertmanager", frozenset({"alert"}))


def refused(desk: Desk, number: str, act: Command, who: Who) -> str:
    with pytest.raises(Refused) as found:
        run(desk, number, act, who, MONDAY)
    return found.value.code


def at(desk: Desk, number: str) -> list[str]:
    return [step.id for step in read_case(desk, number).open_steps]


def test_BTM_01_to_14_the_approval_path_ends_at_the_requester(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    walk_to(
        desk,
        number,
        [
            (REQUESTER, Sign("BTM-09")),
            (TECHNICIAN, Sign("BTM-09")),
            (TECHNICIAN, Sign("BTM-10")),
            (SECTION, Sign("BTM-11")),
            (DIVISION, Sign("BTM-12")),
            (HEAD, Sign("BTM-13")),
        ],
    )
    case = read_case(desk, number)
    assert case.ending == "selesai"
    assert case.visited[-1] == "BTM-14"


def test_BTM_04_an_assignee_is_required(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    walk_to(desk, number, [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED)])
    assert refused(desk, number, Sign("BTM-04"), SECTION) == "assignee_needed"


def test_BTM_05_the_office_fills_the_form_after_the_team_has_asked_and_the_clock_may_pause(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    walk_to(
        desk,
        number,
        [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))],
    )
    assert refused(desk, number, Sign("BTM-05", form=FILLED), REQUESTER) == "not_your_turn"
    run(desk, number, Sign("BTM-05"), TECHNICIAN, MONDAY)
    assert refused(desk, number, Sign("BTM-05"), REQUESTER) == "missing_here"
    run(desk, number, Pause("BTM-05", "menunggu_pemohon"), TECHNICIAN, MONDAY)
    assert refused(desk, number, Sign("BTM-05", form=FILLED), REQUESTER) == "paused"
    run(desk, number, Resume(), TECHNICIAN, MONDAY)
    run(desk, number, Sign("BTM-05", form=FILLED), REQUESTER, MONDAY)
    assert at(desk, number) == ["BTM-06"]


def test_BTM_06_no_decision_without_the_frozen_analysis(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    assert refused(desk, number, Sign("BTM-06", decision="tersedia"), TECHNICIAN) == "missing_document"
    found = Sign("BTM-06", documents={"analisa": EVIDENCE})
    assert refused(desk, number, found, TECHNICIAN) == "decision_needed"


def test_BTM_07_the_refusal_letter_rises_to_the_head_and_the_case_ends_refused(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    refusal = Sign("BTM-06", decision="tidak_tersedia", documents={"analisa": EVIDENCE})
    run(desk, number, refusal, TECHNICIAN, MONDAY)
    assert refused(desk, number, Sign("BTM-07"), HEAD) == "not_your_turn"
    walk_to(desk, number, [(who, Sign("BTM-07")) for who in (TECHNICIAN, SECTION, DIVISION, HEAD)])
    case = read_case(desk, number)
    assert (case.ending, case.applied) == ("ditolak", None)
    told = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ?", [case.contact])
    assert any('"ditolak"' in row["payload"] for row in told)


def test_BTM_09_the_record_needs_both_signatures_in_any_order(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    run(desk, number, Sign("BTM-09"), REQUESTER, MONDAY)
    assert at(desk, number) == ["BTM-09"]
    assert not read_case(desk, number).has("ba")
    run(desk, number, Sign("BTM-09"), TECHNICIAN, MONDAY)
    assert at(desk, number) == ["BTM-10"]


def test_BTM_11_the_section_head_sends_the_report_back_and_the_round_rises(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    walk_to(desk, number, [(REQUESTER, Sign("BTM-09")), (TECHNICIAN, Sign("BTM-09")), (TECHNICIAN, Sign("BTM-10"))])
    assert refused(desk, number, SendBack("BTM-11", " "), SECTION) == "missing_field"
    run(desk, number, SendBack("BTM-11", "lengkapi foto"), SECTION, MONDAY)
    case = read_case(desk, number)
    assert (case.round, at(desk, number)) == (2, ["BTM-10"])
    assert case.applied is not None and case.verified == case.applied
    assert refused(desk, number, Cancel("batal"), REQUESTER) == "too_late"
    run(desk, number, Sign("BTM-10"), TECHNICIAN, MONDAY)
    assert read_case(desk, number).has("laporan", 2)


def test_BTM_PR1_a_case_cannot_close_while_a_record_is_missing(desk: Desk) -> None:
    number = request(desk, "BTM-BW", documents={"surat": LETTER})
    for step in ("BTM-13", "BTM-14"):
        assert refused(desk, number, Sign(step), HEAD) == "not_open_step"


def test_KTM_01_to_10_the_path_of_an_available_bandwidth(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    run(desk, number, Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "KTM-07")
    walk_to(desk, number, [(SECTION, Sign("KTM-08")), (DIVISION, Sign("KTM-09")), (TECHNICIAN, Sign("KTM-10"))])
    case = read_case(desk, number)
    assert case.ending == "selesai"
    direction = case.latest("arahan")
    assert direction is not None
    assert direction.content == {"catatan": "periksa sisa kapasitas"}


def test_KTM_02_the_secretariat_records_but_does_not_decide(desk: Desk) -> None:
    number = request(desk, "KTM-BW")
    assert refused(desk, number, Sign("KTM-02"), HEAD) == "not_your_turn"
    run(desk, number, Sign("KTM-02"), SECRETARIAT, MONDAY)
    assert refused(desk, number, Sign("KTM-02"), SECRETARIAT) == "not_your_turn"


def test_KTM_03_the_two_officials_keep_their_order(desk: Desk) -> None:
    number = request(desk, "KTM-BW")
    walk_to(desk, number, [(SECRETARIAT, Sign("KTM-02")), (HEAD, Sign("KTM-02"))])
    assert refused(desk, number, Sign("KTM-03"), SECTION) == "not_your_turn"


def test_KTM_06_not_available_tells_the_user_and_ends(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    refusal = Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE})
    run(desk, number, refusal, TECHNICIAN, MONDAY)
    case = read_case(desk, number)
    assert case.ending == "tidak_tersedia"
    told = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ?", [case.contact])
    assert any("case_ended" in row["payload"] for row in told)


def test_KTM_08_a_failed_check_goes_back_and_the_retry_needs_a_fresh_proof(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    run(desk, number, Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "KTM-07")
    run(desk, number, SendBack("KTM-08", "belum terpasang"), SECTION, MONDAY)
    case = read_case(desk, number)
    assert (case.round, case.verified, at(desk, number)) == (2, None, ["KTM-07"])
    applied(desk, number, "KTM-07")
    assert read_case(desk, number).has("mon", 2)


def test_KTM_08_the_check_is_done_by_another_person_than_the_work(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    run(desk, number, Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "KTM-07")
    same = Who(TECHNICIAN.person, frozenset({"head_of_section"}))
    assert refused(desk, number, Sign("KTM-08"), same) == "same_person"


def outage(desk: Desk, emergency: bool) -> str:
    said = Supplied(content={"alert": "core-agg"}) if emergency else LETTER
    form = {"description": "putus"}
    command = OpenCase(
        "PKL-GG", "Jaringan utama putus", form=form, documents={"surat": said}, contact=CONTACT, emergency=emergency
    )
    return open_case(desk, command, ALARM if emergency else REQUESTER, MONDAY).number


def test_PKL_G_02_03_dispositions_are_filed_afterwards_only_when_an_alert_opened_the_case(desk: Desk) -> None:
    assert at(desk, outage(desk, emergency=False)) == ["PKL-G-02"]
    number = outage(desk, emergency=True)
    assert at(desk, number) == ["PKL-G-02", "PKL-G-03", "PKL-G-04"]
    assert [row["number"] for row in waiting_for(desk, ["technician"])] == [number]
    run(desk, number, Sign("PKL-G-04", form=CHECKED), TECHNICIAN, MONDAY)
    assert refused(desk, number, Sign("PKL-G-03"), DIVISION) == "not_your_turn"


def round_of_outage(decision: str) -> list[tuple[Who, Sign]]:
    found = {"isp": "ISP Contoh", "estimasi_pulih": "2026-11-24T10:00"}
    return [
        (TECHNICIAN, Sign("PKL-G-04", form=CHECKED)),
        (TECHNICIAN, Sign("PKL-G-05", documents={"mon": EVIDENCE})),
        (SECTION, Sign("PKL-G-06", note="sudah saya baca")),
        (DIVISION, Sign("PKL-G-07", note="sudah saya baca")),
        (TECHNICIAN, Sign("PKL-G-08", form=found, decision=decision)),
    ]


def test_PKL_G_08c_two_rounds_of_checking_keep_each_rounds_evidence(desk: Desk) -> None:
    number = outage(desk, emergency=True)
    for decision in ("tidak_terhubung", "tidak_terhubung", "terhubung"):
        walk_to(desk, number, round_of_outage(decision))
    case = read_case(desk, number)
    assert case.round == 3
    assert {record.round for record in case.records if record.document == "cek"} == {1, 2, 3}
    assert {record.round for record in case.records if record.document == "mon"} == {1, 2, 3}


def test_PKL_G_08c_an_old_report_does_not_serve_a_new_round(desk: Desk) -> None:
    number = outage(desk, emergency=True)
    walk_to(desk, number, round_of_outage("tidak_terhubung"))
    run(desk, number, Sign("PKL-G-04", form=CHECKED), TECHNICIAN, MONDAY)
    assert refused(desk, number, Sign("PKL-G-05"), TECHNICIAN) == "missing_document"


def test_PKL_G_CT_the_case_closes_only_after_the_dispositions_are_filed(desk: Desk) -> None:
    number = outage(desk, emergency=True)
    walk_to(desk, number, [*round_of_outage("terhubung"), (TECHNICIAN, Sign("PKL-G-09"))])
    assert refused(desk, number, Sign("PKL-G-10"), TECHNICIAN) == "filed_afterwards_open"
    walk_to(desk, number, [(HEAD, Sign("PKL-G-02")), (DIVISION, Sign("PKL-G-03")), (SECTION, Sign("PKL-G-03"))])
    run(desk, number, Sign("PKL-G-10"), TECHNICIAN, MONDAY)
    case = read_case(desk, number)
    assert case.ending == "selesai"
    assert all(case.has(document) for document in ("surat", "cek", "mon", "tutup"))


def test_PKL_G_08a_the_contact_with_the_isp_is_recorded(desk: Desk) -> None:
    number = outage(desk, emergency=True)
    said = {"provider": "ISP Contoh", "ticket": "T-1", "estimate": "2026-11-24T10:00", "next_call": "2026-11-23T14:00"}
    run(desk, number, Note("isp_contact", said), TECHNICIAN, MONDAY)
    assert history(desk, number)[-1].data == said


def test_PKL_P_01_to_03_a_complaint_is_solved_or_rises(desk: Desk) -> None:
    def complaint() -> str:
        form = {"description": "lambat"}
        return open_case(desk, OpenCase("PKL-PG", "Pengaduan", form=form), REQUESTER, MONDAY).number

    solved, risen = complaint(), complaint()
    run(desk, solved, Sign("PKL-P-02", note="kabel diganti", decision="selesai"), TECHNICIAN, MONDAY)
    assert read_case(desk, solved).ending == "selesai"
    run(desk, risen, Sign("PKL-P-02", note="di luar wewenang", decision="tidak_dapat"), TECHNICIAN, MONDAY)
    assert refused(desk, risen, Sign("PKL-P-03", note="x"), TECHNICIAN) == "not_your_lane"
    run(desk, risen, Sign("PKL-P-03", note="selesai tuntas"), SECTION, MONDAY)
    assert read_case(desk, risen).ending == "selesai"


def test_PKL_S_01_a_letter_that_follows_is_added_to_the_case(desk: Desk) -> None:
    number = request(desk, documents={"surat": Supplied(note="telepon")}, channel="phone")
    run(desk, number, AddDocument("surat", LETTER), SECRETARIAT, MONDAY)
    record = read_case(desk, number).latest("surat")
    assert record and record.sha256 == LETTER.sha256


def test_BTM_08a_a_photo_documents_the_work(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    run(desk, number, AddDocument("dok", PHOTO), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    photo = read_case(desk, number).latest("dok")
    assert photo is not None
    assert photo.sha256 == PHOTO.sha256
