"""The secretariat: letters in and out with agenda numbers, and paper days entered afterwards."""

from datetime import timedelta

from tracker_site import NOW, Site

from request_tracker.agenda import letters

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


def test_PKL_B_KT1_a_letter_names_a_case_that_exists(site: Site) -> None:
    site.enter("secretariat")
    answer = site.post("/agenda", **GIVEN, case_number="PKL-BW/2026/999999")
    assert answer.status_code == 409 and letters(site.desk.store, "masuk") == []
    assert site.post("/agenda", **{**GIVEN, "eoffice_link": "javascript:alert(1)"}).status_code == 409


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
