"""The desk in a real browser, by keyboard at 360 px: spam and a question in the inbox, a withdrawal, a double."""

import pytest
from browser_hands import Hall
from browser_office import Tracker

pytestmark = pytest.mark.browser


def complained(hall: Hall, story: str, text: str) -> tuple[str, str]:
    """Somebody complains; his receipt and his link."""
    person = hall.comer(story)
    person.open("/pengaduan")
    person.write("Pengaduan", text)
    person.press("Kirim pengaduan")
    link = str(person.page.locator("#tautan").get_attribute("href"))
    return person.page.locator("#tanda-terima").inner_text(), link


def test_a_form_that_is_refused_puts_the_reader_at_its_faults_and_each_leads_to_its_field(hall: Hall) -> None:
    person = hall.comer("salah")
    person.open("/permohonan")
    person.choose("OPD pemohon", "dinkes")
    person.write("Nama narahubung", "Operator Contoh")
    person.write("Telepon narahubung", "abc")
    person.write("Kecepatan unduh yang diminta", "999.999")
    person.write("Peruntukan", "rapat")
    person.press("Kirim permohonan")
    at = "document.activeElement.id"
    assert person.page.evaluate(at) == "kesalahan"
    faults = person.page.locator("#kesalahan a")
    fields = [str(faults.nth(place).get_attribute("href")) for place in range(faults.count())]
    assert "#wanted_receive" in fields and len(fields) == 2
    person.at(faults.first)
    person.page.keyboard.press("Enter")
    assert person.page.evaluate(at) == fields[0].removeprefix("#")
    assert person.page.get_by_label("Telepon narahubung").input_value() == "abc"


def test_spam_ends_in_the_inbox_without_a_number_and_its_sender_reads_why(hall: Hall, tracker: Tracker) -> None:
    story = "spam"
    receipt, link = complained(hall, story, "Pinjaman murah")
    secretary = hall.staff("kasubag", story)
    secretary.open("/kotak-masuk")
    secretary.press(receipt)
    secretary.at(secretary.page.get_by_text("Akhiri tanpa kasus"))
    secretary.page.keyboard.press("Enter")
    secretary.choose("Karena", "spam")
    secretary.write("Alasan, dibaca pengirim", "iklan, bukan pengaduan")
    secretary.press("Akhiri")
    assert f"{receipt} · Pengaduan layanan" in secretary.text()
    person = hall.comer(story)
    person.open(link)
    assert "iklan, bukan pengaduan" in person.text()


def test_a_question_is_answered_behind_the_link_and_the_sender_takes_it_back(hall: Hall, tracker: Tracker) -> None:
    story = "tarik"
    receipt, link = complained(hall, story, "Lambat")
    secretary = hall.staff("kasubag", story)
    secretary.open(f"/kotak-masuk/{receipt.removeprefix('TT-')}")
    secretary.at(secretary.page.get_by_text("Tanyakan kembali"))
    secretary.page.keyboard.press("Enter")
    secretary.write("Pertanyaan kepada pengirim", "Di kantor mana?")
    secretary.press("Kirim pertanyaan")
    person = hall.comer(story)
    person.open(link)
    person.write("Jawaban Anda", "Dinas Kesehatan")
    person.press("Kirim jawaban")
    person.at(person.page.get_by_text("Tarik kembali kiriman ini"))
    person.page.keyboard.press("Enter")
    person.write("Alasan", "sudah lancar")
    person.press("Tarik kembali")
    assert "Ditarik oleh pengirim" in person.text() and "sudah lancar" in person.text()


def test_a_double_ends_on_its_page_and_stands_with_its_history_on_the_other(hall: Hall, tracker: Tracker) -> None:
    story, numbers = "rangkap", []
    secretary = hall.staff("kasubag", story)
    for text in ("Lambat sejak pagi", "Lambat, sekali lagi"):
        receipt, _ = complained(hall, story, text)
        secretary.open(f"/kotak-masuk/{receipt.removeprefix('TT-')}")
        secretary.press("Terima dan beri nomor")
        numbers.append(secretary.page.url.rpartition("/kasus/")[2])
    secretary.open(f"/kasus/{numbers[1]}")
    for part in ("Tindakan lain", "Akhiri lebih awal"):
        secretary.at(secretary.page.get_by_text(part))
        secretary.page.keyboard.press("Enter")
    secretary.choose("Karena", "rangkap dengan kasus lain")
    secretary.write("Nomor kasus yang sama", numbers[0])
    secretary.write("Alasan, dibaca pemohon", "dikirim dua kali")
    secretary.press("Akhiri kasus")
    assert tracker.case(numbers[1]).ending == "rangkap" and tracker.case(numbers[0]).ending is None
    secretary.open(f"/kasus/{numbers[0]}")
    assert "Riwayat rangkap" in secretary.text() and "dikirim dua kali" in secretary.text()
