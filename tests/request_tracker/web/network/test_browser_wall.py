"""The wall in a real browser: everything on one 1080p screen, renewed in its place, kept when the tracker goes away."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from ports import free_port
from tracker_site import NOW, Site, new_site
from wall_past import WallPast, prometheus_of
from werkzeug.serving import make_server

from inventory.generate import generate_city
from inventory.reading import read_city
from request_tracker.cases import Who
from request_tracker.outages.maintenance import announce
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import acknowledge, reconcile
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.wall_links import add_wall_link, revoke_wall_link, wall_links
from request_tracker.web.network import wall

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")


@contextmanager
def serving(site: Site, port: int) -> Iterator[str]:
    server: Any = make_server("127.0.0.1", port, site.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shown(browser: Browser, url: str, width: int = 1920, height: int = 1080) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{url}/wall")
    return page


def trouble(site: Site, root: str, offices: tuple[str, ...]) -> str:
    told = OutageRecord(root, "link", "link_down", offices, NOW.timestamp() - 900, None, "watch")
    return reconcile(site.desk, [told], NOW)[0]


@pytest.mark.parametrize("offices", [12, 50, 500])
def test_all_of_it_stands_on_one_screen_and_on_a_phone_nothing_is_wider(
    tmp_path: Path, browser: Browser, offices: int
) -> None:
    site = new_site(tmp_path)
    if offices != 12:
        file = tmp_path / "city.yaml"
        file.write_text(generate_city(offices), encoding="utf-8")
        office = site.client.application.extensions["office"]
        bigger = replace(site.desk, city=read_city(file))
        site.client.application.extensions["office"] = replace(office, desk=bigger)
        site = replace(site, desk=bigger)
    last = [link for link in site.desk.city.links if link.device][-1]
    hit = tuple(link.opd for link in site.desk.city.links if link.opd and link.upstream.device == last.device)
    (tmp_path / "past").mkdir()
    past = WallPast(city=site.desk.city, now=time.time(), silent={last.name})
    with prometheus_of(tmp_path / "past", past) as prometheus, serving(site, free_port()) as url:
        office = site.client.application.extensions["office"]
        site.client.application.extensions["office"] = replace(
            office, prometheus=replace(office.prometheus, url=prometheus)
        )
        trouble(site, last.name, hit)
        page = shown(browser, url)
        overflow = page.evaluate(
            "[...document.querySelectorAll('html, .board, .board > section, .verdict')]"
            ".filter(s => s.scrollHeight > s.clientHeight + 1 || s.scrollWidth > s.clientWidth + 1)"
            ".map(s => s.className)"
        )
        assert overflow == []
        # The mid-sized letters are read from five metres; nothing of substance is smaller.
        sizes = page.evaluate(
            "['.tile .name', '.tile .big', '.tree .title', '.troubles li']"
            ".map(s => parseFloat(getComputedStyle(document.querySelector(s)).fontSize))"
        )
        assert min(sizes) >= 19, sizes
        assert page.locator(".tile").count() + page.locator(".offices .cells .cell").count() == offices
        phone = shown(browser, url, 360, 800)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_screen_renews_itself_and_keeps_its_picture_while_the_tracker_restarts(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "RENEW_SECONDS", 1)
    site, port = new_site(tmp_path), free_port()
    with serving(site, port) as url:
        page = shown(browser, url)
        expect(page.locator("h1")).to_contain_text("keadaan tidak diketahui", timeout=PATIENCE_MS)
        number = trouble(site, "agg-timur", ("rsud", "dishub"))
        expect(page.locator("h1")).to_contain_text("Router distribusi timur", timeout=PATIENCE_MS)
        expect(page.locator(".troubles")).to_contain_text("belum ditangani")
        who = add_user(site.desk.store, NewAccount("budi", "Budi Teknisi", ("technician",), "sandi-panjang-ini"), NOW)
        acknowledge(site.desk, number, Who(f"user:{who}", frozenset({"technician"})), NOW)
        announce(site.desk.store, "utara-dinkes", (NOW, NOW + timedelta(hours=2)), "ganti serat", "user:1")
        expect(page.locator(".troubles")).to_contain_text("Budi Teknisi", timeout=PATIENCE_MS)
        expect(page.locator(".troubles")).to_contain_text("ganti serat")
    expect(page.locator("#hilang")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#hilang")).to_contain_text("tidak diperbarui sejak")
    expect(page.locator("body")).to_have_class("wall screen lost")
    expect(page.locator("h1")).to_contain_text("Router distribusi timur")
    with serving(site, port):
        expect(page.locator("#hilang")).to_be_hidden(timeout=PATIENCE_MS)
        expect(page.locator("body")).to_have_class("wall screen")
        first = page.locator("#jam").inner_text()
        expect(page.locator("#jam")).not_to_have_text(first, timeout=PATIENCE_MS)


def test_a_revoked_link_takes_the_picture_from_the_screen(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "RENEW_SECONDS", 1)
    site = new_site(tmp_path, live_traffic_from=())
    secret = add_wall_link(site.desk.store, "Ruang NOC", "system", NOW)
    with serving(site, free_port()) as url:
        page = browser.new_page()
        page.goto(f"{url}/dinding/{secret}")
        expect(page.locator("#dinding")).to_be_visible()
        revoke_wall_link(site.desk.store, wall_links(site.desk.store)[0]["id"], NOW)
        expect(page.get_by_label("Nama pengguna")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("#dinding")).to_have_count(0)


def test_without_scripts_the_browser_renews_the_page(tmp_path: Path, browser: Browser) -> None:
    site = new_site(tmp_path)
    with serving(site, free_port()) as url:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{url}/wall")
        assert '<meta http-equiv="refresh" content="10">' in page.content()
        context.close()
