"""Security keys in a real Chromium with its virtual authenticator (the WebAuthn domain of its DevTools protocol).

The page's policy is in force: a script of ours that it did not allow, or an inline one, would not run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from browser_hands import PHONE, PICTURES
from playwright.sync_api import Browser, CDPSession, Page, expect
from tracker_site import NOW, PASSWORD, Site, new_site
from werkzeug.serving import make_server

from lab.loopback import at_work
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.second_factors import factors

AUTHENTICATOR: dict[str, Any] = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": False,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True)
class Window:
    """A browser window with a key in the machine, and what the browser complained of."""

    page: Page
    tools: CDPSession
    key: str
    complaints: list[str]


@contextmanager
def by_its_name(site: Site) -> Iterator[str]:
    """The site on loopback by its name: browsers make keys for names alone."""
    app = site.client.application
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://localhost:{server.server_port}"
    office = app.extensions["office"]
    app.extensions["office"] = replace(office, config=office.config.model_copy(update={"public_url": url}))
    with at_work(server):
        yield url


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, str]]:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    site = new_site(tmp_path, second_factor_for=("head_of_office",))
    add_user(site.desk.store, NewAccount("kadis", "Kepala Dinas", ("head_of_office",), PASSWORD), NOW)
    with by_its_name(site) as url:
        yield site, url
    site.desk.store.close()


def window(browser: Browser) -> Window:
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]  # a ViewportSize
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    return Window(page, tools, key, complaints)


def enter(page: Page, url: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/masuk")
    page.get_by_label("Nama pengguna").fill("kadis")
    page.get_by_label("Sandi").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Masuk").click()


def with_key(browser: Browser, url: str) -> Window:
    """The head at his first log-in, which asks a second factor: he sets up his key."""
    here = window(browser)
    enter(here.page, url)
    here.page.get_by_label("Nama kunci").fill("Kunci meja")
    PICTURES.mkdir(parents=True, exist_ok=True)
    here.page.screenshot(path=PICTURES / "kunci-pasang.png", full_page=True)
    here.page.get_by_role("button", name="Pasang kunci").click()
    expect(here.page.locator("#kode-pemulihan")).to_be_visible()
    return here


def test_a_key_is_set_up_at_the_first_log_in_and_opens_the_next(chromium: Browser, hall: tuple[Site, str]) -> None:
    site, url = hall
    here = with_key(chromium, url)
    (row,) = factors(site.desk.store, 1)
    assert (row["kind"], row["name"]) == ("key", "Kunci meja")
    enter(here.page, url)
    expect(here.page).to_have_url(f"{url}/masuk/kedua")
    here.page.screenshot(path=PICTURES / "kunci-masuk.png", full_page=True)
    here.page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(here.page.get_by_role("heading", name="Menunggu saya")).to_be_visible()
    assert factors(site.desk.store, 1)[0]["counter"] > row["counter"]
    assert here.complaints == []


def test_another_key_does_not_open_it(chromium: Browser, hall: tuple[Site, str]) -> None:
    _, url = hall
    here = with_key(chromium, url)
    here.tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": here.key})
    here.tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    enter(here.page, url)
    here.page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(here.page.get_by_text("Kunci tidak menjawab")).to_be_visible(timeout=120_000)
    assert here.page.url == f"{url}/masuk/kedua"


def test_a_copy_of_a_key_that_counts_less_is_refused(chromium: Browser, hall: tuple[Site, str]) -> None:
    """A cloned key repeats a count that was taken already (WebAuthn 2, 6.1.1)."""
    site, url = hall
    here = with_key(chromium, url)
    with site.desk.store.transaction() as db:
        db.execute("UPDATE second_factors SET counter = 1000000")
    enter(here.page, url)
    here.page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(here.page.get_by_role("alert").first).to_contain_text("tidak dapat diperiksa")
    assert here.page.url == f"{url}/masuk/kedua"


def test_an_answer_is_taken_once(chromium: Browser, hall: tuple[Site, str]) -> None:
    _, url = hall
    here = with_key(chromium, url)
    enter(here.page, url)
    cookies = here.page.context.cookies()
    with here.page.expect_request(lambda request: request.method == "POST") as sent:
        here.page.get_by_role("button", name="Pakai kunci keamanan").click()
    expect(here.page.get_by_role("heading", name="Menunggu saya")).to_be_visible()
    here.page.context.clear_cookies()
    here.page.context.add_cookies([*cookies])  # type: ignore[list-item]  # a cookie read is a cookie set
    again = here.page.request.post(
        f"{url}/masuk/kedua",
        data=sent.value.post_data or "",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert again.url == f"{url}/masuk", "the half log-in is used up"
