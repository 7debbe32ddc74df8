"""Requests from letter to end in a real browser, by keyboard at 360 px; axe-core reads every page on the way."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_hands import Hall
from browser_office import Tracker
from efforts import Record, tell
from playwright.sync_api import Page, ViewportSize
from tracker_papers import PDF
from tracker_site import NOW, PASSWORD

from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile

# A4 without its margins of 18 mm, in CSS pixels.
A4_INSIDE: ViewportSize = {"width": 658, "height": 986}
pytestmark = pytest.mark.browser
SIGN = "Tandatangani dan teruskan"
REASON = "Alasan (angka lain, sebagian, atau melebihi kapasitas)"


def signed(hall: Hall, story: str, number: str, *logins: str) -> None:
    """Each opens the case and signs what waits for him."""
    for login in logins:
        person = hall.staff(login, story)
        person.open(f"/kasus/{number}")
        if person.page.locator("#assignee").count():
            person.choose("Petugas yang ditunjuk", "Teknisi")
        person.press(SIGN)


def accepted(hall: Hall, story: str, receipt: str) -> str:
    """The secretariat takes it in; the number that it gets."""
    secretary = hall.staff("kasubag", story)
    secretary.open("/kotak-masuk")
    secretary.press(receipt)
    secretary.press("Terima dan beri nomor")
    return secretary.page.url.rpartition("/kasus/")[2]


def test_PKL_B_01_to_06_a_request_walks_from_letter_to_end(
    hall: Hall, tracker: Tracker, record_property: Record
) -> None:
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
    receipt = office.page.locator("#tanda-terima").inner_text()
    office.press("/lacak/")
    assert "Menunggu diperiksa petugas" in office.text()
    number = accepted(hall, story, receipt)
    office.page.reload()
    office.look()
    assert "sedang berjalan" in office.text()
    signed(hall, story, number, "kadis")
    head = hall.staff("kadis", story)
    assert "melebihi kapasitas" in head.text() and tracker.case(number).proposal is None
    head.write(REASON, "kapasitas ditambah bulan depan")
    head.press(SIGN)
    signed(hall, story, number, "kabid", "kasi")
    technician = hall.staff("teknisi", story)
    technician.open(f"/kasus/{number}")
    assert (
        "Angka yang ditandatangani" in technician.text()
        and technician.page.locator("[name=receive_ceiling]").count() == 0
    )
    technician.press("Terapkan alokasi")
    tracker.shaped()
    for _ in range(2):
        technician.open(f"/kasus/{number}")
        technician.press(SIGN)
    assert tracker.case(number).ending == "selesai"
    office.page.reload()
    office.look()
    assert "Terlaksana" in office.text()
    tell(story, hall.efforts(story), record_property)


def test_BTM_01_to_14_a_letter_by_fax_walks_to_its_end_through_the_pages(
    hall: Hall, tracker: Tracker, record_property: Record
) -> None:
    story = "btm"
    secretary = hall.staff("kasubag", story)
    secretary.open("/kasus")
    secretary.press("Catat permohonan atau laporan")
    secretary.press("Permohonan Kenaikan Bandwidth")
    secretary.choose("Diterima lewat", "Faks")
    secretary.choose("OPD pemohon", "Dinas Sosial")
    secretary.write("Nama narahubung", "Operator Contoh")
    secretary.write("Telepon narahubung", "0285 000 000")
    secretary.write("Kecepatan unduh yang diminta", "25")
    secretary.write("Peruntukan", "Data terpadu kesejahteraan")
    secretary.attach("Surat Masuk", PDF)
    secretary.press("Catat dan mulai kasus")
    number = secretary.page.locator("#nomor").inner_text()
    link = str(secretary.page.locator("#tautan").get_attribute("href"))
    signed(hall, story, number, "kadis")
    division = hall.staff("kabid", story)
    division.open(f"/kasus/{number}")
    for question in ("lengkap?", "benar?", "duplikat"):
        division.answer(question, "Ya")
    division.press(SIGN)
    signed(hall, story, number, "kasi", "teknisi")
    office = hall.comer(story)
    office.open(link)
    office.write("Spesifikasi permohonan", "25 Mbit/s")
    office.write("Peruntukan", "Data terpadu")
    office.write("Jumlah pengguna", "40")
    office.press("Tandatangani dan kirim")
    technician = hall.staff("teknisi", story)
    technician.open(f"/kasus/{number}")
    technician.decide("Tersedia: dikabulkan seluruhnya")
    technician.write(REASON, "kapasitas ditambah bulan depan")
    technician.press(SIGN)
    technician.press("Terapkan alokasi")
    tracker.shaped()
    chief = hall.staff("kasi", story)
    chief.open(f"/kasus/{number}")
    assert "Pemantauan belum memakai batas baru" in chief.text()
    chief.write("Alasan melanjutkan tanpa pemantauan", "Prometheus sedang dipindah")
    chief.press("Lanjutkan dengan alasan ini")
    office.open(link)
    office.write("Nama penanda tangan", "Penerima Contoh")
    office.write("Jabatan penanda tangan", "Sekretaris Dinas")
    office.press("Tandatangani dan kirim")
    technician.open(f"/kasus/{number}")
    technician.write("Sandi Anda", PASSWORD)
    technician.press(SIGN)
    technician.open(f"/kasus/{number}")
    technician.press(SIGN)
    signed(hall, story, number, "kasi", "kabid", "kadis")
    assert tracker.case(number).ending == "selesai"
    office.open(link)
    assert "Terlaksana" in office.text()
    tell(story, hall.efforts(story), record_property)


def test_KTM_01_to_10_a_letter_at_the_counter_walks_to_the_report(
    hall: Hall, tracker: Tracker, record_property: Record
) -> None:
    story = "ktm"
    secretary = hall.staff("kasubag", story)
    secretary.open("/kasus/baru?sop=KTM-BW")
    secretary.choose("Diterima lewat", "Loket")
    secretary.choose("OPD pemohon", "Dinas Perhubungan")
    secretary.write("Nama narahubung", "Operator Contoh")
    secretary.write("Telepon narahubung", "0285 000 000")
    secretary.write("Kecepatan unduh yang diminta", "30")
    secretary.write("Peruntukan", "Kamera lalu lintas")
    secretary.attach("Surat Permohonan Penggunaan Jaringan", PDF)
    secretary.press("Catat dan mulai kasus")
    number = secretary.page.locator("#nomor").inner_text()
    signed(hall, story, number, "kasubag", "kadis", "kabid", "kasi")
    chief, technician = hall.staff("kasi", story), hall.staff("teknisi", story)
    chief.open(f"/kasus/{number}")
    chief.write("Catatan", "periksa sisa kapasitas")
    chief.press(SIGN)
    technician.open(f"/kasus/{number}")
    technician.write(REASON, "kapasitas ditambah bulan depan")
    technician.press(SIGN)
    technician.decide("Tersedia: dikabulkan seluruhnya")
    technician.press(SIGN)
    technician.press("Terapkan alokasi")
    for _ in range(2):
        tracker.shaped()
    signed(hall, story, number, "kasi", "kabid", "teknisi")
    assert tracker.case(number).ending == "selesai"
    tell(story, hall.efforts(story), record_property)


def test_PKL_G_01_to_10_an_outage_that_an_office_reports_walks_to_its_end(
    hall: Hall, tracker: Tracker, record_property: Record
) -> None:
    story = "pkl-g"
    office = hall.comer(story)
    office.open("/lapor")
    office.choose("OPD", "Dinas Pendidikan")
    office.write("Nama pelapor", "Operator Contoh")
    office.write("Telepon pelapor", "0285 000 000")
    office.write("Apa yang terjadi", "Tidak ada internet sejak pagi")
    office.press("Kirim laporan")
    number = office.page.locator("#nomor").inner_text()
    office.open("/status")
    assert "Tautan OPD Dinas Pendidikan" in office.text()
    signed(hall, story, number, "kadis", "kabid", "kasi")
    technician = hall.staff("teknisi", story)
    technician.open(f"/gangguan/{number}")
    technician.open(f"/kasus/{number}")
    technician.write("Perangkat yang diperiksa", "dist-utara")
    technician.choose("Catu daya", "baik")
    technician.choose("Lampu indikator", "mati")
    technician.write("Temuan", "kabel tergigit tikus, diganti")
    technician.press(SIGN)
    technician.press(SIGN)
    for login in ("kasi", "kabid"):
        reader = hall.staff(login, story)
        reader.open(f"/kasus/{number}")
        reader.press("Buka laporan untuk dibaca")
        reader.press("Sudah saya baca")
    technician.open(f"/kasus/{number}")
    technician.write("Nama ISP dan petugas yang dihubungi", "tidak perlu, tautan sendiri")
    technician.decide("Terhubung")
    technician.write("Catatan", "sudah dicoba dari kantor")
    technician.press(SIGN)
    technician.press(SIGN)
    technician.press("Buka laporan untuk dibaca")
    technician.press("Sudah saya baca")
    assert tracker.case(number).ending == "selesai"
    office.open("/status")
    assert "Tautan OPD Dinas Pendidikan" not in office.text()
    tell(story, hall.efforts(story), record_property)


def test_PKL_P_01_to_03_a_complaint_that_staff_cannot_solve_walks_to_the_official(hall: Hall, tracker: Tracker) -> None:
    story = "pkl-p"
    person = hall.comer(story)
    person.open("/pengaduan")
    person.write("Pengaduan", "Permohonan kami belum dijawab")
    person.press("Kirim pengaduan")
    assert "Pengaduan diterima" in person.text()
    receipt = person.page.locator("#tanda-terima").inner_text()
    link = str(person.page.locator("#tautan").get_attribute("href"))
    number = accepted(hall, story, receipt)
    technician = hall.staff("teknisi", story)
    technician.open(f"/kasus/{number}")
    technician.write("Tulisan", "Suratnya sedang kami cari")
    technician.press("Tanggapi pengadu")
    technician.decide("Tidak dapat diselesaikan")
    technician.write("Catatan", "surat tidak ditemukan")
    technician.press(SIGN)
    person.open(link)
    assert "Suratnya sedang kami cari" in person.text() and tracker.case(number).open_steps[0].id == "PKL-P-03"
    official = hall.staff("kasi", story)
    official.open(f"/kasus/{number}")
    official.write("Catatan", "surat dibuat ulang dan dijawab hari ini")
    official.press(SIGN)
    assert tracker.case(number).ending == "selesai"
    person.open(link)
    assert "Terlaksana" in person.text()


def pale(page: Page) -> list[str]:
    """Texts of a page without the contrast of WCAG AA."""
    found = Axe().run(page, options={"runOnly": ["color-contrast"], "resultTypes": ["violations"]}).response
    return [node["html"][:160] for fault in found["violations"] for node in fault["nodes"]]


def test_X_PRN_on_paper_no_page_has_controls_pale_text_or_a_table_cut_off(hall: Hall, tracker: Tracker) -> None:
    told = OutageRecord("utara-disdik", "opd", "silent", ("disdik",), NOW.timestamp() - 900, None, "watch")
    reconcile(tracker.desk, [told], NOW)
    page = hall.staff("auditor", "cetak").page
    page.set_viewport_size(A4_INSIDE)
    for path in ("/wall", "/noc", "/audit", "/kasus", "/agenda/kosong", "/layanan", "/sop/PKL-BW", "/permohonan"):
        page.emulate_media(media="screen")
        page.goto(hall.url + path)
        dark = pale(page) if path in ("/wall", "/noc") else []
        page.emulate_media(media="print")
        assert not dark + pale(page), path
        assert not page.locator("header, footer, button, .button, nav").filter(visible=True).count(), path
        assert page.evaluate("document.documentElement.scrollWidth") <= A4_INSIDE["width"], path


def test_PKL_B_01_a_refused_file_keeps_the_form_and_a_good_one_is_not_chosen_again(
    hall: Hall, tracker: Tracker
) -> None:
    office = hall.comer("berkas")
    office.open("/permohonan")
    office.choose("OPD pemohon", "Dinas Sosial")
    office.write("Nama narahubung", "Operator Contoh")
    office.write("Telepon narahubung", "0285 000 000")
    office.write("Kecepatan unduh yang diminta", "50")
    office.write("Peruntukan", "Pelayanan rekam medis elektronik")
    office.attach("Surat permohonan", b"MZ bukan PDF")
    office.press("Kirim permohonan")
    assert "bukan berkas PDF, foto, pindaian atau dokumen yang utuh" in office.text()
    assert office.page.get_by_label("Peruntukan").input_value() == "Pelayanan rekam medis elektronik"
    office.attach("Surat permohonan", PDF)
    office.page.get_by_text("Keterangan tambahan").click()
    # Today or tomorrow in the office, whose day begins before UTC's: too near, and not over.
    office.page.get_by_label("Mulai digunakan").fill((NOW.date() + timedelta(days=1)).isoformat())
    office.press("Kirim permohonan")
    assert "Belum terkirim" in office.text() and "surat.pdf sudah kami terima" in office.text()
    office.press("Kirim permohonan")
    letter = tracker.case(accepted(hall, "berkas", office.page.locator("#tanda-terima").inner_text())).latest("surat")
    assert letter is not None and letter.name == "surat.pdf"
