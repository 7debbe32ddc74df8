"""Requests from letter to end in a real browser, by keyboard at 360 px; axe-core reads every page on the way."""

import pytest
from browser_hands import Hall
from browser_office import Tracker

pytestmark = pytest.mark.browser
SIGN = "Tandatangani dan teruskan"


def signed(hall: Hall, story: str, number: str, *logins: str) -> None:
    """Each opens the case and signs what waits for him."""
    for login in logins:
        person = hall.staff(login, story)
        person.open(f"/kasus/{number}")
        person.press(SIGN)


def test_PKL_B_01_to_06_a_request_walks_from_letter_to_end(hall: Hall, tracker: Tracker) -> None:
    story = "pkl-b"
    office = hall.comer(story)
    office.open("/")
    office.press("Minta tambahan bandwidth")
    office.choose("OPD pemohon", "Dinas Kesehatan")
    office.write("Nama narahubung", "Operator Contoh")
    office.write("Telepon narahubung", "0285 000 000")
    office.write("Kecepatan unduh yang diminta", "50")
    office.write("Peruntukan", "Pelayanan rekam medis elektronik")
    office.press("Kirim permohonan")
    number = office.page.locator("#nomor").inner_text()
    office.press("/lacak/")
    assert "sedang berjalan" in office.text()
    signed(hall, story, number, "kadis", "kabid", "kasi")
    technician = hall.staff("teknisi", story)
    technician.open(f"/kasus/{number}")
    technician.press("Terapkan alokasi")
    assert "melebihi kapasitas" in technician.text() and tracker.case(number).applied is None
    technician.write("Alasan bila melebihi kapasitas", "kapasitas ditambah bulan depan")
    technician.press("Terapkan alokasi")
    tracker.shaped()
    for _ in range(2):
        technician.open(f"/kasus/{number}")
        technician.press(SIGN)
    assert tracker.case(number).ending == "selesai"
    office.page.reload()
    office.look()
    assert "Terlaksana" in office.text()
