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
from request_tracker.cases import Allocation, Who
from request_tracker.ledger.allocations import Change, write
from request_tracker.outages.maintenance import announce
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import acknowledge, reconcile
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.wall_links import add_wall_link, revoke_wall_link, wall_links
from request_tracker.web.network import wall

pytestmark = pytest.mark.browser
PATIENCE_MS = 120_000
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
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{url}/wall")
    return page


def trouble(site: Site, root: str, offices: tuple[str, ...]) -> str:
    told = OutageRecord(root, "link", "link_down", offices, NOW.timestamp() - 900, None, "watch")
    return reconcile(site.desk, [told], NOW)[0]


@contextmanager
def wall_of(tmp_path: Path, offices: int, name: str = "OPD Buatan") -> Iterator[str]:
    """The wall's address of a city of so many offices (twelve: the example's), whose last device is silent.

    Every fifth office has no allocation, and so no share of one.
    """
    site = new_site(tmp_path)
    if offices != 12:
        file = tmp_path / "city.yaml"
        file.write_text(generate_city(offices).replace("OPD Buatan", name), encoding="utf-8")
        office = site.client.application.extensions["office"]
        bigger = replace(site.desk, city=read_city(file))
        site.client.application.extensions["office"] = replace(office, desk=bigger)
        site = replace(site, desk=bigger)
    codes = [opd.code for place, opd in enumerate(site.desk.city.opds) if place % 5]
    rates = Allocation(125_000, 1_250_000, 125_000, 1_250_000)
    with site.desk.store.transaction() as db:
        changes = [Change(code, rates, "system", None, "awal") for code in codes]
        write(site.desk.store, db, changes, NOW - timedelta(days=3))
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
        yield url


# Pairs of texts of one tile or one line that lie over one another, as far as they are seen.
OVERLAPS = """() => {
  const cut = (box, element) => {
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      if (getComputedStyle(e).overflow === 'visible') continue;
      const c = e.getBoundingClientRect();
      box = {left: Math.max(box.left, c.left), right: Math.min(box.right, c.right),
             top: Math.max(box.top, c.top), bottom: Math.min(box.bottom, c.bottom)};
    }
    return box;
  };
  const found = [];
  for (const host of document.querySelectorAll('.tile, .tree li, .uplinks article, .troubles li')) {
    const parts = [], walk = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode, range = document.createRange();
      range.selectNodeContents(node);
      for (const b of node.textContent.trim() ? range.getClientRects() : []) {
        const box = cut({left: b.left, right: b.right, top: b.top, bottom: b.bottom}, node.parentElement);
        if (box.right - box.left > 1 && box.bottom - box.top > 1) parts.push([node, box]);
      }
    }
    for (const [one, a] of parts) for (const [other, b] of parts) {
      // Letters do not fill the box of their line: a pixel or two of it may touch.
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (one !== other && wide > 1 && high > 3) found.push([one.textContent.trim(), other.textContent.trim()]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width_and_height", [(1280, 720), (1920, 1080)], ids=["1280", "1920"])
@pytest.mark.parametrize("offices", [12, 24, 50])
def test_no_figure_lies_over_a_long_name(
    tmp_path: Path, browser: Browser, offices: int, width_and_height: tuple[int, int]
) -> None:
    with wall_of(tmp_path, offices, "Dinas Kependudukan dan Pencatatan Sipil Kota") as url:
        page = shown(browser, url, *width_and_height)
        assert page.locator(".tile").count() == offices
        assert page.evaluate(OVERLAPS) == []
        # Nothing is pushed out of its tile either, and of a long name two lines stand.
        outside = "[...document.querySelectorAll('.tile')].filter(t => t.scrollHeight > t.clientHeight + 1).length"
        assert page.evaluate(outside) == 0
        lines = (
            "[...document.querySelectorAll('.tile .name')].map(n => [n, parseFloat(getComputedStyle(n).lineHeight)])"
            ".filter(([n, line]) => n.clientHeight + 2 < Math.min(n.scrollHeight, 2 * line)).length"
        )
        assert page.evaluate(lines) == 0
        page.close()


@pytest.mark.parametrize("offices", [12, 50, 500])
def test_all_of_it_stands_on_one_screen_and_on_a_phone_nothing_is_wider(
    tmp_path: Path, browser: Browser, offices: int
) -> None:
    with wall_of(tmp_path, offices) as url:
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
