"""A newcomer looks at the wall, a ticket and the request form, on a screen and on a phone; every picture is kept."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from office import messages, quiet, rows, tickets, until
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tracker_office import CALENDAR

from dashboards import building
from dashboards.contract import unanswered
from lab.client import Lab
from lab.letter import bring_letter

pytestmark = [pytest.mark.lab, pytest.mark.browser, pytest.mark.timeout(1200)]
PICTURES = Path("artifacts/pictures")
WAITING = (
    "SELECT 1 FROM outbox WHERE recipient = 'role:head_of_office' AND channel = 'calm' AND sent_at IS NULL"
    " AND json_extract(payload, '$.number') = ?"
)
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield chromium
        chromium.close()


def look(page: Page, address: str, name: str) -> None:
    """Open, photograph, and let axe-core find no serious fault; nothing may be wider than the window."""
    page.goto(address)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        f"{name} is wider than its window"
    )
    faults = [f for f in Axe().run(page).response["violations"] if f["impact"] in ("serious", "critical")]
    assert not faults, f"{name}: {[(fault['id'], fault['nodes'][0]['html'][:120]) for fault in faults]}"


def test_the_pages_of_an_outage_are_readable_on_a_wall_and_on_a_phone(city_lab: Lab, browser: Browser) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.cut("agg-timur")
    number = until("a ticket", lambda: tickets(city_lab, "agg-timur", begun))[0]["number"]
    inbox = city_lab.url("inbox")
    until("the technician is called in the inbox", lambda: messages(city_lab, number, "teknisi"))
    for width in (360, 1600):
        page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
        for path, name in (("/", "mulai"), ("/wall", "dinding"), ("/status", "status"), ("/permohonan", "permohonan")):
            look(page, city_lab.url("tracker", path), f"{name}-{width}")
        look(page, inbox, f"kotak-pesan-{width}")
        expect(page.locator("article", has_text=number).filter(has_text="teknisi").first).to_be_visible()
        page.goto(city_lab.url("tracker", "/wall"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Router distribusi timur")
        page.goto(city_lab.url("tracker", "/masuk"))
        page.get_by_label("Nama pengguna").fill("teknisi")
        page.get_by_label("Sandi").fill((city_lab.paths.secrets / "password-teknisi").read_text().strip())
        page.get_by_role("button", name="Masuk", exact=True).click()
        expect(page.get_by_role("heading", name=re.compile("Menunggu saya"))).to_be_visible()
        for path, name in (("/kasus", "kasus"), ("/gangguan", "gangguan"), (f"/gangguan/{number}", "tiket")):
            look(page, city_lab.url("tracker", path), f"{name}-{width}")
        if width == 360:
            page.get_by_role("button", name="Saya tangani").click()
            expect(page.locator("main")).to_contain_text("Teknisi Jaringan")
        page.close()
    assert tickets(city_lab, "agg-timur", begun)[0]["acknowledged_by"]
    city_lab.heal("agg-timur")


def test_every_query_of_the_city_board_answers_from_the_demo(city_lab: Lab) -> None:
    quiet(city_lab)
    targets = requests.get(city_lab.url("prometheus", "/api/v1/targets"), timeout=60).json()["data"]["activeTargets"]
    down = [target["scrapePool"] for target in targets if target["health"] == "down"]
    assert not down, f"targets that do not answer: {down}"
    city = [board for board in building.committed() if board["uid"] == "lebarpita-city"]
    until("every query answers", lambda: not unanswered(city_lab.url("prometheus", ""), city), 60, 2)


def test_the_demos_letter_waits_for_the_head_of_the_office(city_lab: Lab) -> None:
    path = bring_letter(city_lab, "rsud")
    number = path.removeprefix("/kasus/")
    until("the head is told, or will be when the office opens", lambda: told(city_lab, number))
    case = rows(city_lab, "SELECT step FROM cases WHERE number = ?", number)
    assert case == [{"step": "PKL-B-02"}]


def told(lab: Lab, number: str) -> bool:
    """The head has his message in the inbox; while the office is closed it waits in the queue, as what is calm does."""
    if messages(lab, number, "kadis"):
        return True
    now = datetime.now(UTC)
    works = CALENDAR.worked(now, now + timedelta(minutes=1)) > timedelta()
    return not works and bool(rows(lab, WAITING, number))
