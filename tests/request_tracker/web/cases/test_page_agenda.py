"""The secretariat: letters in and out with agenda numbers, and paper days entered afterwards."""

from datetime import timedelta

import pytest
from tracker_site import NOW, Site

from request_tracker.cases import find_cases, read_case
from request_tracker.cases.queries import CaseFilter
from request_tracker.config import Office
from request_tracker.custody.upkeep import rebuild
from request_tracker.errors import Refused
from request_tracker.letters.agenda import letters, number_of
from request_tracker.letters.disposition.paper import disposition
from request_tracker.letters.making import facts_of
from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.reply.paper import reply
from request_tracker.sop import register

GIVEN = {"letter_number": "005/12", "party": "Dinas Contoh", "subject": "Tambahan bandwidth", "direction": "masuk"}


def local(site: Site, minutes: float) -> str:
    return (site.desk.calendar.local(NOW) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")


def test_X_SRT_letters_have_agenda_numbers_per_direction_and_the_e_offices_reference(site: Site) -> None:
    site.enter("secretariat")
    number = site.request().number
    eoffice = {"eoffice_number": "SRI-77", "eoffice_link": "https://eoffice.invalid/77"}
    for direction in ("masuk", "masuk", "keluar"):
        site.post("/agenda", **{**GIVEN, **eoffice, "direction": direction, "case_number": number})
    assert [row["agenda"] for row in letters(site.desk.store, "masuk")] == [2, 1]
    assert [row["agenda"] for row in letters(site.desk.store, "keluar")] == [1]
    page = site.get("/agenda?q=SRI-77")
    assert "https://eoffice.invalid/77" in page and f"/kasus/{number}" in page


EOFFICE = {"eoffice_number": "SRI-77", "eoffice_link": "https://eoffice.invalid/77"}


@pytest.mark.parametrize("text", ["005/12", "agenda masuk 1/", "SRI-77"])
def test_PKL_B_KT1_a_registered_letter_is_found_by_its_number_the_agendas_and_the_e_offices(
    site: Site, text: str
) -> None:
    site.enter("secretariat")
    site.request()
    number = site.request().number
    site.post("/agenda", **GIVEN, **EOFFICE, letter_date="2026-11-02", case_number=number)
    assert [row["number"] for row in find_cases(site.desk, CaseFilter(text=text))] == [number]
    rebuild(site.desk)
    assert [row["number"] for row in find_cases(site.desk, CaseFilter(text=text))] == [number]
    assert number in site.get(f"/kasus?q={text}")


def test_X_SRT_a_registered_letter_stands_on_the_case_the_sheet_and_the_reply(site: Site) -> None:
    site.enter("secretariat")
    number = site.request().number
    assert f"case_number={number}" in site.get(f"/kasus/{number}")
    site.post("/agenda", **GIVEN, **EOFFICE, letter_date="2026-11-02", case_number=number)
    page = site.get(f"/kasus/{number}")
    assert "https://eoffice.invalid/77" in page and "005/12" in page
    case = read_case(site.desk, number)
    facts = facts_of(site.desk, Office(), case, register.by_hash(site.desk.store, case.sop_hash), NOW)
    sheet = dict(disposition(facts).pairs)
    assert (sheet["Nomor agenda"], sheet["Nomor surat"]) == (f"1/{NOW.year} (SRIKANDI SRI-77)", "005/12")
    assert sheet["Tanggal surat"] == "2 November 2026"
    assert "surat Saudara nomor 005/12 tanggal 2 November 2026" in reply(facts).opening[0]


def test_X_SRT_a_letter_out_gets_its_number_by_the_offices_pattern_and_only_its_paper_carries_it(site: Site) -> None:
    site.enter("secretariat")
    number = site.request().number
    out = {**GIVEN, "letter_number": "", "direction": "keluar", "case_number": number, "paper": "surat"}
    assert site.post("/agenda", **out).status_code == 302
    assert site.post("/agenda", **{**out, "paper": "lain"}).status_code == 422
    case = read_case(site.desk, number)
    facts = facts_of(site.desk, Office(), case, register.by_hash(site.desk.store, case.sop_hash), NOW)
    assert reply(facts).number == f"555/1/KOMINFO/{NOW.year}"
    assert course_report(facts).number == "" and case.letter_number is None
    assert number_of(Office(letter_number="{sequence}-{year}"), 7, 2026) == "7-2026"
    with pytest.raises(Refused, match="hanya boleh memuat"):
        number_of(Office(letter_number="{nomor}"), 7, 2026)


def test_PKL_B_KT1_a_letter_names_a_case_that_exists(site: Site) -> None:
    site.enter("secretariat")
    answer = site.post("/agenda", **GIVEN, case_number="PKL-BW/2026/999999")
    assert answer.status_code == 422 and letters(site.desk.store, "masuk") == []
    assert site.post("/agenda", **{**GIVEN, "eoffice_link": "javascript:alert(1)"}).status_code == 422


def test_BTM_CT1_a_blank_register_prints_and_a_later_entry_keeps_both_times(site: Site) -> None:
    site.enter("secretariat")
    assert 'class="grid"' in site.get("/agenda/kosong")
    site.post("/agenda", **GIVEN, occurred_at=local(site, 300))
    (row,) = letters(site.desk.store, "masuk")
    assert row["later"] and row["occurred_at"] < row["recorded_at"]
    assert "dicatat susulan" in site.get("/agenda")


def test_BTM_CT1_a_signature_from_paper_keeps_the_time_it_was_given(site: Site) -> None:
    site.enter("head_of_office")
    case = f"/kasus/{site.request().number}"
    site.post(f"{case}/langkah/PKL-B-02", case, act="sign", note="proses", occurred_at=local(site, 30))
    assert "dicatat susulan" in site.get(case)


def test_KTM_02_who_only_reads_cannot_register(site: Site) -> None:
    site.enter("technician")
    assert site.post("/agenda", "/piket", **GIVEN).status_code == 403
