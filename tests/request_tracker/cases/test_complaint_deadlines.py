"""A complaint's deadlines, which its SOP does not print: three working days to answer, then five, fourteen or sixty."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tracker_office import AUDITOR, DIVISION, MONDAY, REQUESTER, SECTION, TECHNICIAN
from tracker_site import Site

from request_tracker.cases import Desk, Note, OpenCase, Sign, Who, history, open_case, read_case, run, running
from request_tracker.errors import Refused
from request_tracker.sop.register import by_hash


def complaint(desk: Desk, **form: str) -> str:
    command = OpenCase("PKL-PG", "Pengaduan", form={"description": "lambat", **form}, contact={"name": "Pengadu"})
    return open_case(desk, command, REQUESTER, MONDAY).number


def wib(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def due(desk: Desk, number: str) -> datetime | None:
    (step,) = read_case(desk, number).open_steps
    return step.due_at


@pytest.mark.parametrize(
    ("form", "solved"),
    [
        ({}, "2026-12-11T16:30"),
        ({"category": "permintaan_informasi"}, "2026-11-30T16:00"),
        ({"category": "tanpa_pemeriksaan"}, "2026-12-11T16:30"),
    ],
)
def test_PKL_P_01_02_03_the_kind_of_a_complaint_sets_when_it_must_be_solved(
    desk: Desk, form: dict[str, str], solved: str
) -> None:
    """Monday 23 November 2026, 09.00; working days, closing at 16.00, on Fridays at 16.30."""
    number = complaint(desk, **form)
    assert read_case(desk, number).service_due_at == wib(solved)
    assert due(desk, number) == wib("2026-11-26T16:00"), "three working days to answer"


def test_PKL_P_01_02_03_sixty_days_with_an_inspection_go_over_the_holidays(desk: Desk) -> None:
    solved = read_case(desk, complaint(desk, category="dengan_pemeriksaan")).service_due_at
    assert solved is not None and solved > MONDAY + timedelta(days=60 * 7 / 5)
    assert solved.date() == desk.calendar.close_of_day(MONDAY, 60).date()


def test_PKL_P_02_the_first_answer_moves_the_deadline_to_the_solutions_and_is_told(desk: Desk) -> None:
    number = complaint(desk)
    run(desk, number, Note("public_comment", {"text": "masih lambat"}), REQUESTER, MONDAY)
    assert due(desk, number) == wib("2026-11-26T16:00"), "the person's own words answer nothing"
    run(desk, number, Note("public_comment", {"text": "kami periksa"}), TECHNICIAN, MONDAY + timedelta(hours=1))
    assert due(desk, number) == read_case(desk, number).service_due_at
    told = desk.store.rows("SELECT recipient FROM outbox WHERE payload LIKE '%answered%'")
    assert [row["recipient"] for row in told] == [read_case(desk, number).contact]
    run(desk, number, Note("public_comment", {"text": "lagi"}), TECHNICIAN, MONDAY + timedelta(hours=2))
    moved = [event for event in history(desk, number) if event.kind == "deadline_recomputed"]
    assert len(moved) == 1


def test_PKL_P_03_the_official_has_what_is_left_until_the_solution(desk: Desk) -> None:
    number = complaint(desk)
    later = MONDAY + timedelta(days=2)
    run(desk, number, Sign("PKL-P-02", note="di luar wewenang", decision="tidak_dapat"), TECHNICIAN, later)
    case = read_case(desk, number)
    assert due(desk, number) == case.service_due_at == wib("2026-12-11T16:30")
    sop = by_hash(desk.store, case.sop_hash)
    late = wib("2026-12-14T09:00")
    assert running(history(desk, number), sop, desk.calendar, late).service.late
    run(desk, number, Sign("PKL-P-03", note="tuntas"), SECTION, later)
    assert read_case(desk, number).ending == "selesai"


@pytest.mark.parametrize("who", [AUDITOR, Who("contact:99", frozenset({"requester"}))])
def test_PKL_P_02_who_only_reads_or_is_a_stranger_answers_nothing(desk: Desk, who: Who) -> None:
    number = complaint(desk)
    with pytest.raises(Refused):
        run(desk, number, Note("public_comment", {"text": "x"}), who, MONDAY)
    run(desk, number, Note("internal_note", {"text": "y"}), DIVISION, MONDAY)
    assert not read_case(desk, number).answered


def test_PKL_P_02_staff_answers_on_the_case_and_the_person_reads_it_by_the_link(site: Site) -> None:
    given = {"description": "sambungan lambat", "category": "permintaan_informasi"}
    page = site.post("/pengaduan", **given).text
    token = re.findall(r"/lacak/([\w-]{20,})", page)[0]
    (number,) = site.accept_all()
    site.enter("technician")
    assert "Tanggapi pengadu" in site.get(f"/kasus/{number}")
    assert site.post(f"/kasus/{number}/tanggapan", f"/kasus/{number}", text=" ").status_code == 422
    site.post(f"/kasus/{number}/tanggapan", f"/kasus/{number}", text="sedang <b>kami</b> periksa")
    site.client.delete_cookie("session")
    assert "sedang &lt;b&gt;kami&lt;/b&gt; periksa" in site.get(f"/lacak/{token}")
