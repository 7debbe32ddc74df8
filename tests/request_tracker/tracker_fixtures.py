"""What the tracker's tests share: the plugin that ``tests/conftest.py`` loads when it meets their folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from browser_hands import SWITCHES, Hall
from browser_office import Tracker, served
from playwright.sync_api import Browser, sync_playwright
from receivers import Heard, http_receiver, smtp_receiver
from tracker_office import new_desk
from tracker_site import Site, new_site
from tracker_tsdb import prometheus_over

from request_tracker.cases import Desk
from request_tracker.people import accounts

# What an office's passwords are hashed with, and the hash for a login that is nobody's, for the tests that hold them.
OFFICE_HASHER, OFFICE_NOBODY = accounts._HASHER, accounts._NOBODY


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords cost 64 MiB and some tenths of a second on purpose: of the tracker's tests that was more than half."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", quick)
        patch.setattr(accounts, "_NOBODY", quick.hash("nobody has this password"))
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk over a fresh database."""
    made = new_desk(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The pages over a fresh office."""
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    made = new_site(tmp_path)
    yield made
    made.desk.store.close()


@pytest.fixture(scope="session")
def tsdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus over a known past."""
    with prometheus_over(tmp_path_factory.mktemp("tsdb")) as url:
        yield url


@pytest.fixture
def measured_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tsdb: str) -> Iterator[Site]:
    """The pages over a fresh office that has the Prometheus with the known past."""
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    made = new_site(tmp_path, tsdb)
    yield made
    made.desk.store.close()


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    """One tracker on loopback that all stories in a browser share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        with served(tmp_path_factory.mktemp("browser-office")) as running:
            yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for a module: its loop must end before another test begins one."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield started
        started.close()


@pytest.fixture(scope="module")
def hall(chromium: Browser, tracker: Tracker) -> Hall:
    """The people of that tracker at their windows."""
    return Hall(chromium, tracker.url)


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """A chat service on loopback: ``env:CHAT`` for persons, ``env:ROOM`` for the office."""
    with http_receiver() as heard:
        monkeypatch.setenv("CHAT", f"{heard.address}/{{to}}")
        monkeypatch.setenv("ROOM", f"{heard.address}/room")
        yield heard


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """A mail server on loopback: ``env:MAIL``."""
    with smtp_receiver() as heard:
        monkeypatch.setenv("MAIL", heard.address)
        yield heard
