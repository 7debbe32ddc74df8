"""What an official decides on is one sheet of A4: the page as the browser prints it, before and after a signature."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pytest
from browser_hands import PATIENCE_MS
from playwright.sync_api import Browser, Page, Route
from tracker_site import PASSWORD

from docs.faces.made_up_office import MOMENT, MadeUpOffice, made_up_office
from docs.faces.serving import month_in_prometheus, serving
from docs.faces.standing_still import PastPrometheus, stopped_clock
from request_tracker.capacity.replayer import ReplaySource, replay_due

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
# In points of 1/72 inch; a browser rounds.
A4 = (595, 842)
UPLOAD = (("transmit_ceiling", "20"), ("transmit_guaranteed", "2"))


@dataclass(frozen=True)
class MeasuredOffice:
    """Its address, what its pages are called, and where its month is replayed from."""

    url: str
    made: MadeUpOffice
    source: ReplaySource

    @property
    def case(self) -> str:
        """The address of a request that waits for the head."""
        return f"{self.url}/kasus/{self.made.places.request}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeasuredOffice]:
    """An office whose month was measured and replayed, and its address."""
    home = tmp_path_factory.mktemp("cetak")
    with stopped_clock():
        made = made_up_office(home, PASSWORD)
        with month_in_prometheus(home, made) as prometheus, serving(made, prometheus) as url:
            source = ReplaySource(made.desk, PastPrometheus(prometheus), made.config.evidence)
            replay_due(source, MOMENT)
            yield MeasuredOffice(url, made, source)
        made.desk.store.close()


def window(chromium: Browser, url: str, login: str) -> Page:
    """Without scripts: a browser's own clock is not the office's."""
    page = chromium.new_context(java_script_enabled=False, locale="id-ID").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{url}/masuk")
    page.get_by_label("Nama pengguna").fill(login)
    page.get_by_label("Sandi").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Masuk").click()
    return page


def sheets(page: Page, address: str) -> list[tuple[int, int]]:
    """The sheets of a page as it is printed: width and height of each."""
    page.goto(address)
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
        return [(round(float(sheet.mediabox[2])), round(float(sheet.mediabox[3]))) for sheet in paper.pages]


def test_the_mark_of_made_up_data_stands_on_that_sheet_and_on_none_of_its_own(
    chromium: Browser, office: MeasuredOffice
) -> None:
    mark = '<p class="made-up">Data karangan (demo): angka sebelum Rabu, 25 November 2026 pukul 09.00 WIB dikarang.</p>'
    page = window(chromium, office.url, "kadis")

    def marked(route: Route) -> None:
        told = route.fetch()
        route.fulfill(response=told, body=told.text().replace("<main", f"{mark}<main", 1))

    page.route(office.case, marked)
    assert sheets(page, office.case) == [A4]
    page.emulate_media(media="print")
    assert page.locator(".made-up").is_visible()


def test_what_an_official_decides_on_is_one_sheet_of_a4_also_where_a_number_is_signed_and_frozen(
    chromium: Browser, office: MeasuredOffice
) -> None:
    url, address = office.url, office.case
    head = window(chromium, url, "kadis")
    assert sheets(head, address) == [A4]
    head.emulate_media(media="print")
    for part in ("#bukti", "#grafik .graph", "#bagaimana-bila", "#isian"):
        assert head.locator(part).is_visible(), part
    # Links to other pages are none on paper; what is folded is opened by whoever wants it there.
    assert not head.get_by_text("Lihat 90 hari").is_visible() and not head.locator("#bagian-riwayat").is_visible()
    head.emulate_media(media="screen")
    for key, rate in (("receive_ceiling", "35"), ("receive_guaranteed", "4"), *UPLOAD):
        head.locator(f"#{key}").fill(rate)
    head.get_by_label("Alasan (angka lain").fill("rekam medis tidak dapat menunggu")
    with head.expect_navigation():
        head.get_by_role("button", name="Tandatangani dan teruskan").click()
    # Another number than was asked for is worked out anew: what was signed stands beside today's figures.
    assert office.made.places.request in replay_due(office.source, MOMENT)
    division = window(chromium, url, "kabid")
    assert sheets(division, address) == [A4]
    assert division.locator("#angka").is_visible() and division.locator("#pengaruh-ditandatangani").is_visible()
    assert division.get_by_text("Angka hari ini").is_visible()


def test_whoever_has_nothing_to_decide_prints_the_whole_case(chromium: Browser, office: MeasuredOffice) -> None:
    auditor = window(chromium, office.url, "auditor")
    assert len(sheets(auditor, office.case)) > 1


def test_the_quarter_is_printed_on_a4_with_all_its_tables_inside_the_sheet(
    chromium: Browser, office: MeasuredOffice
) -> None:
    head = window(chromium, office.url, "kadis")
    paper = sheets(head, f"{office.url}/evaluasi/2026-Q4")
    assert set(paper) == {A4} and len(paper) <= 3
