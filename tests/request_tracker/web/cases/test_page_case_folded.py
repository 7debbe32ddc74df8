"""A case's page in one column: what matters now is open, the rest is folded with its count, the chart can be read."""

import re

import pytest
from browser_hands import PHONE, Hall
from browser_office import Tracker
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import OpenCase, Supplied, open_case

# Of the same case it was 7,527 px before the page had one column (29 November 2026), half of them empty or seldom read.
MOST_HEIGHT = 4_600
# Pixels of a letter that is read on a screen without a glass; the chart is drawn for paper, at 8.5.
LEAST_LETTER = 11


def parts(page: str) -> dict[str, bool]:
    """The folded parts of a page by their id, and whether each stands open."""
    return {name: bool(mark) for name, mark in re.findall(r'<details class="part" id="([^"]+)"( open)?', page)}


def test_for_who_acts_the_form_comes_first_and_the_rest_is_folded(site: Site) -> None:
    number = site.request().number
    site.enter("head_of_office")
    page = site.get(f"/kasus/{number}")
    assert page.index('id="sekarang"') < page.index("Tandatangani dan teruskan") < page.index('id="bagian-surat"')
    assert set(parts(page)) >= {"bagian-surat", "bagian-waktu", "bagian-terkait", "bagian-riwayat", "bagan"}
    assert not any(parts(page).values()) and "<aside" not in page
    assert re.search(r'id="bagian-riwayat"><summary>Riwayat\s+<span class="muted">\(\d+\)', page)
    assert "(2 dari 6)" in page


def test_for_who_only_looks_the_chart_answers_first_where_the_case_stands(site: Site) -> None:
    number = site.request().number
    site.enter("auditor")
    page = site.get(f"/kasus/{number}")
    assert parts(page)["bagan"] and page.index('id="bagan"') < page.index('id="isian"')
    assert "di tangan Kepala Dinas Kominfo" in page and "tidak ada yang perlu Anda lakukan" in page


def test_a_complaint_that_is_open_has_its_answers_open(site: Site) -> None:
    number = open_case(site.desk, OpenCase("PKL-PG", "Pengaduan", None, {"description": "lambat"}), PUBLIC, NOW).number
    site.enter("technician")
    assert parts(site.get(f"/kasus/{number}"))["bagian-komentar"]


@pytest.mark.browser
def test_on_a_phone_the_page_is_short_and_the_chart_s_letters_can_be_read(hall: Hall, tracker: Tracker) -> None:
    asked = {"wanted_receive": "50 Mbit/s", "purpose": "uji"}
    papers = {"surat": Supplied(note="surat menyusul")}
    wanted = OpenCase("PKL-BW", "Penambahan bandwidth", opd="dinkes", form=asked, documents=papers)
    number = open_case(tracker.desk, wanted, PUBLIC, NOW).number
    head = hall.staff("kadis", "tinggi")
    head.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a ViewportSize
    head.open(f"/kasus/{number}")
    assert head.page.evaluate("document.documentElement.scrollHeight") <= MOST_HEIGHT
    head.page.locator("#bagan > summary").click()
    letter = "document.querySelector('#bagan svg text').getBoundingClientRect().height"
    assert head.page.evaluate(letter) >= LEAST_LETTER
    head.look()
