"""The pages of the way of the data and of trial calls, read by axe-core at 360 px while what they say is hostile."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_hands import AXE, PATIENCE_MS, PHONE
from playwright.sync_api import Browser
from test_page_data_path import NOTE, SEEN, WELL, WRONG, looked_at, site_of
from tracker_site import Site
from werkzeug.serving import make_server

from lab.loopback import at_work

pytestmark = pytest.mark.browser
LONG = "x" * 300
HOSTILE = {
    **{"step": "x", "title": [f"<script>document.title='bocor'</script>{LONG}", LONG], "ok": False, "note": False},
    **{"wrong": [f"<img src=x onerror=alert(1)>{LONG}", LONG], "cure": [f"rm -rf {LONG}", LONG]},
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    site = site_of(tmp_path, json.dumps([HOSTILE, WRONG, WELL, SEEN, NOTE]), 1)
    looked_at(site)
    return site


@pytest.fixture
def url(site: Site) -> Iterator[str]:
    with at_work(make_server("127.0.0.1", 0, site.client.application, threaded=True)) as address:
        yield address


@pytest.mark.parametrize("address", ["/jalan-data", "/uji-panggilan"])
def test_the_page_fits_a_phone_runs_nothing_that_it_is_told_and_has_no_serious_fault(
    chromium: Browser, site: Site, url: str, address: str
) -> None:
    with site.desk.store.transaction() as db:
        db.execute("UPDATE users SET name = ?", [f"<script>document.title='bocor'</script>{LONG[:100]}"])
        db.execute("INSERT INTO user_roles (user_id, role) SELECT id, 'technician' FROM users")
    context = chromium.new_context(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]  # a ViewportSize
    cookie = site.client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    answer = page.goto(url + address)
    assert answer is not None and answer.status == 200
    assert page.title() != "bocor" and "<script>" in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.locator("h1").count() == 1
    faults = Axe().run(page, options=AXE).response["violations"]
    assert [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")] == []
    context.close()
