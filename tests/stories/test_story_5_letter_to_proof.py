"""From letter to proof in a real browser: a request for 20 -> 50 Mbit/s walks PKL-B, and iperf3 measures it."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from office import keep_table, prometheus, quiet, rows, until
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tracker_papers import PDF

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.browser, pytest.mark.timeout(1200)]
OPD, ADDRESS, SERVER = "dinkes", "10.10.1.2", "198.51.100.1"
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PICTURES = Path("artifacts/pictures")


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield chromium
        chromium.close()


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def logged_in(lab: Lab, browser: Browser, name: str, width: int = 1280) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(lab.url("tracker", "/masuk"))
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Sandi").fill((lab.paths.secrets / f"password-{name}").read_text().strip())
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("Menunggu saya"))).to_be_visible()
    return page


def sign(lab: Lab, browser: Browser, name: str, number: str, width: int = 1280) -> None:
    """Log in, open the case, sign what waits for me."""
    page = logged_in(lab, browser, name, width)
    page.goto(lab.url("tracker", f"/kasus/{number}"))
    picture(page, f"kasus-{name}-{width}")
    if page.locator("#assignee").count():
        page.locator("#assignee").select_option(index=1)
    page.get_by_role("button", name="Tandatangani dan teruskan").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.close()


def measured(lab: Lab, series: str, wanted: float) -> Callable[[], bool]:
    return lambda: prometheus(lab, series) == wanted


def goodput(lab: Lab, ceiling: float) -> float:
    """What goes through a ceiling, in Mbit/s: never more, and of five transfers one within 7 % of it.

    A transfer beside other tests may be short of the processor for a moment; that is not the shaper's doing.
    """
    for _ in range(5):
        rate = megabits(lab)
        assert rate < ceiling
        if rate > 0.93 * ceiling:
            break
    return rate


def megabits(lab: Lab, seconds: int = 6) -> float:
    """What iperf3 receives, in Mbit/s of TCP goodput."""
    done = lab.run(
        OPD, "iperf3", "-c", SERVER, "-p", "5602", "-B", ADDRESS, "-R", "-t", str(seconds), "-O", "2", "-J", timeout=60
    )
    return float(json.loads(done.stdout)["end"]["sum_received"]["bits_per_second"]) / 1e6


def test_a_request_walks_from_letter_to_proof(city_lab: Lab, browser: Browser) -> None:
    quiet(city_lab)
    applied = f'lebarpita_shaping_applied_bytes_per_second{{direction="receive",opd="{OPD}"}}'
    until("the opening rate is in force", measured(city_lab, applied, 2_500_000))
    server = city_lab.running("isp", "iperf3", "-s", "-p", "5602", "-B", SERVER)
    with server:
        time.sleep(0.5)
        before = goodput(city_lab, 20)
        number, progress = asked(city_lab, browser)
        for name, width in (("kadis", 360), ("kabid", 1280), ("kasi", 1280)):
            sign(city_lab, browser, name, number, width)
        lost = applied_under_traffic(city_lab, browser, number)
        after = goodput(city_lab, 50)
    sign(city_lab, browser, "teknisi", number)
    sign(city_lab, browser, "teknisi", number)
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(progress)
    expect(page.locator("#hasil")).to_contain_text("Terlaksana")
    picture(page, "lacak-360")
    ledger = rows(city_lab, "SELECT receive_ceiling FROM ledger WHERE opd = ? ORDER BY id DESC LIMIT 1", OPD)
    assert ledger[0]["receive_ceiling"] == 6_250_000
    for metric in ("opd_allocation_receive_bytes_per_second", 'shaping_applied_bytes_per_second{direction="receive"'):
        name, _, label = metric.partition("{")
        series = f'lebarpita_{name}{{{label}{"," if label else ""}opd="{OPD}"}}'
        until(series, measured(city_lab, series, 6_250_000))
    waiting = "SELECT count(*) AS n FROM outbox WHERE payload LIKE ? AND recipient LIKE 'contact:%' AND sent_at IS NULL"
    until("the requester is told", lambda: rows(city_lab, waiting, f"%{number}%")[0]["n"] == 0)
    lines = [
        f"before {before:.2f}  after {after:.2f} Mbit/s of TCP goodput (95.6 % of layer 2)",
        f"packets lost: {lost}",
    ]
    keep_table("letter-to-proof", lines)
    assert 0.93 * 20 < before < 20
    assert 0.93 * 50 < after < 50
    assert lost == 0


def asked(lab: Lab, browser: Browser) -> tuple[str, str]:
    """The office's form, without an account; the number and the secret link."""
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(lab.url("tracker", "/permohonan"))
    picture(page, "permohonan-360")
    page.get_by_label("OPD pemohon").select_option(OPD)
    page.get_by_label("Nama narahubung").fill("Operator Contoh")
    page.get_by_label("Telepon narahubung").fill("0285 000 000")
    page.get_by_label("Kecepatan unduh yang diminta").fill("50")
    page.get_by_label("Peruntukan").fill("Pelayanan rekam medis elektronik")
    page.get_by_text("Keterangan tambahan").click()
    page.get_by_label("Kabari lewat").select_option("page")
    letter = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("Surat permohonan").set_input_files(letter)  # type: ignore[arg-type]  # a FilePayload
    page.get_by_role("button", name="Kirim permohonan").click()
    receipt = page.locator("#tanda-terima").inner_text()
    link = str(page.locator("#tautan").get_attribute("href"))
    picture(page, "tanda-terima-360")
    page.close()
    return accepted(lab, browser, receipt), lab.url("tracker", link)


def accepted(lab: Lab, browser: Browser, receipt: str) -> str:
    """The section's head takes it in from the inbox; the number that the case gets."""
    page = logged_in(lab, browser, "kasi")
    page.goto(lab.url("tracker", f"/kotak-masuk/{receipt.removeprefix('TT-')}"))
    page.get_by_role("button", name="Terima dan beri nomor").click()
    number = page.url.rpartition("/kasus/")[2]
    page.close()
    return number


def applied_under_traffic(lab: Lab, browser: Browser, number: str) -> int:
    """The technician applies the allocation while datagrams run; how many of them were lost."""
    page = logged_in(lab, browser, "teknisi")
    page.goto(lab.url("tracker", f"/kasus/{number}"))
    expect(page.get_by_role("heading", name="Bukti pemakaian")).to_be_visible()
    picture(page, "bukti")
    outcome: dict[str, int] = {}

    def run() -> None:
        # A datagram each 1.2 ms. iperf3 sends in one burst what a busy machine kept it from sending, and the queue
        # holds 50 ms of 20 Mbit/s: at 8 Mbit/s a pause of 0.2 s lost 63 datagrams of an untouched line (the sender's
        # doing, not the change's); at 1 Mbit/s a pause of 0.8 s lost none.
        pace = ["-b", "1M", "-l", "150", "-w", "1M", "-t", "8"]
        command = ["iperf3", "-c", SERVER, "-p", "5602", "-B", ADDRESS, "-u", "-R", *pace, "-J"]
        told = json.loads(lab.run(OPD, *command, timeout=60).stdout)
        outcome.update(lost=int(told["end"]["sum"]["lost_packets"]), sent=int(told["end"]["sum"]["packets"]))

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(3)
    page.get_by_role("button", name="Terapkan alokasi").click()
    proven = "SELECT 1 FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = ? AND e.kind = ?"
    until("the proof arrives", lambda: rows(lab, proven, number, "allocation_verified"))
    thread.join(60)
    page.reload()
    picture(page, "kasus-sesudah-bukti")
    page.close()
    assert outcome["sent"] > 5000
    return outcome["lost"]
