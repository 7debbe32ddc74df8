"""The technician's click with each other driver: tracker, agent and a device that is a fake or a folder, and no lab.

``test_story_5_letter_to_proof`` walks the whole way on the linux driver and sends packets. Here no packet goes: what is
shown is that one click in the browser becomes that rate on that device, read back and proven. How long it took is
printed; on a busy machine that says more of the machine.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser_office import Tracker, served
from ledgers import CITY
from office import keep_table, until
from playwright.sync_api import Browser, Page, expect, sync_playwright
from routeros_fakes import VERSIONS, routed
from test_driver_rules import FileBench
from test_story_5_letter_to_proof import SWITCHES
from tracker_office import DIVISION, HEAD, MBIT, SECTION, numbered, request, walk_to
from tracker_site import PASSWORD

from inventory.model import City
from request_tracker.cases import Allocation, Sign, Who
from request_tracker.people.sessions import add_token
from shaping.agent import Agent
from shaping.config import Config
from shaping.drivers.base import Driver, Site
from shaping.drivers.manual.technician import ManualDriver
from shaping.drivers.routeros.fake.tables import Make
from shaping.measuring import Use
from shaping.queues import Queue

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
OPD = "dinkes"
ASKED = Allocation(2 * MBIT, 50 * MBIT, 2 * MBIT, 20 * MBIT)
# Of what is waited for; it comes within seconds on a machine that does nothing else.
PATIENCE_SECONDS = 180.0
PATIENCE_MS = 120_000


@dataclass(frozen=True)
class StoryDevice:
    """A driver, what its device limits the office's download to (bytes a second, 0: nothing), and a person's part."""

    driver: Driver
    ceiling: Callable[[], int]
    by_hand: Callable[[Sequence[Queue]], None] = lambda wanted: None


def city_with(driver: str) -> City:
    uplink = CITY.uplinks[0]
    assert uplink.shaping is not None
    shaping = uplink.shaping.model_copy(update={"driver": driver})
    return CITY.model_copy(update={"uplinks": (uplink.model_copy(update={"shaping": shaping}),)})


@contextmanager
def router(version: str, place: Path) -> Iterator[StoryDevice]:
    """The fake of RouterOS that ships with the driver, over TLS with its certificate pinned."""
    with routed(place / "router", Make(version), city_with("routeros")) as (driver, scene):

        def ceiling() -> int:
            limits = [row["max-limit"] for row in scene.queues() if OPD in row.get("comment", "")]
            # Upload first, seen from the target; in bits.
            return int(limits[0].split("/")[1]) // 8 if limits else 0

        yield StoryDevice(driver, ceiling)


@contextmanager
def libreqos(_: str, place: Path) -> Iterator[StoryDevice]:
    """LibreQoS's folder, and a reader of ours in the place of its own."""
    bench = FileBench(place)

    def ceiling() -> int:
        with (bench.folder / "ShapedDevices.csv").open() as file:
            rows = [line for line in file if OPD in line]
        return int(float(rows[0].split(",")[12]) * MBIT) if rows else 0

    yield StoryDevice(bench.driver, ceiling)


@contextmanager
def technician(_: str, place: Path) -> Iterator[StoryDevice]:
    """A person types the commands and confirms them; an hour later Prometheus shows use close below each ceiling."""
    ahead, site = [0.0], Site(city_with("manual"), CITY.uplinks[0].name, place, "http://127.0.0.1:9")
    driver, hands = ManualDriver(site), ManualDriver(site)
    rates: dict[object, Use] = {}
    driver.clock = lambda: time.time() + ahead[0]
    driver.measure = lambda url, seconds, now: rates  # type: ignore[return-value, assignment]  # Keys of queues.
    typed = {"ceiling": 0}

    def by_hand(wanted: Sequence[Queue]) -> None:
        plan = hands.plan(wanted)
        assert any(OPD in line for line in hands.plan_text(plan))
        hands.confirm(plan, "Teknisi Jaringan", time.time() + ahead[0])
        near = {queue.key: 0.95 * queue.ceiling_bytes_per_second for queue in wanted}
        rates.update({key: Use(rate, rate) for key, rate in near.items()})
        typed["ceiling"] = next(q.ceiling_bytes_per_second for q in wanted if q.key == (OPD, "receive"))
        ahead[0] += 3_600.0

    yield StoryDevice(driver, lambda: typed["ceiling"], by_hand)


DEVICES = {
    **{f"routeros {version}": (router, version) for version in VERSIONS},
    "libreqos": (libreqos, ""),
    "manual": (technician, ""),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    with served(tmp_path) as running:
        token = add_token(running.desk.store, "agen", ["allocations:read", "proofs:write"], datetime.now(UTC))
        monkeypatch.setenv("SHAPING_TOKEN", token)
        yield running


def made(tracker: Tracker, device: StoryDevice, name: str, place: Path) -> Agent:
    uplink = CITY.uplinks[0].name
    config = Config(inventory=place, uplink=uplink, tracker=tracker.url, token="env:SHAPING_TOKEN", state=place)
    return Agent(config, city_with(name), device.driver)


@contextmanager
def agent_of(tracker: Tracker, device: StoryDevice, name: str, place: Path) -> Iterator[Agent]:
    """The agent's own loop, in a thread."""
    agent = made(tracker, device, name, place)
    loop = threading.Thread(target=agent.run)
    loop.start()
    try:
        yield agent
    finally:
        agent.over.set()
        loop.join()


def at_the_technician(tracker: Tracker) -> str:
    """A request of the office that all before the technician have signed."""
    row = tracker.desk.store.row("SELECT id FROM users WHERE login = 'teknisi'")
    assert row is not None
    hands, number = Who(f"user:{row['id']}", frozenset({"technician"})), request(tracker.desk)
    head = numbered(Sign("PKL-B-02", note="proses"), ASKED, reason="cukup untuk rekam medis")
    section = Sign("PKL-B-03", note="kerjakan", assignee=hands)
    walk_to(
        tracker.desk, number, [(HEAD, head), (DIVISION, Sign("PKL-B-03", note="tindak lanjuti")), (SECTION, section)]
    )
    return number


def logged_in(browser: Browser, tracker: Tracker) -> Page:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{tracker.url}/masuk")
    page.get_by_label("Nama pengguna").fill("teknisi")
    page.get_by_label("Sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("Menunggu saya"))).to_be_visible(timeout=PATIENCE_MS)
    return page


@pytest.mark.parametrize("name", DEVICES)
def test_the_technician_s_click_becomes_the_rate_on_the_device(
    name: str, browser: Browser, tracker: Tracker, tmp_path: Path
) -> None:
    make, version = DEVICES[name]
    with ExitStack() as open_here:
        device = open_here.enter_context(make(version, tmp_path))
        place = (tracker, device, name.split()[0], tmp_path / "agent")
        agent = open_here.enter_context(agent_of(*place))

        def wanted() -> Sequence[Queue]:
            """What a command typed now reads of the tracker: another process, with no answer kept."""
            asking = made(*place)
            return asking.compile(asking.fetch()).queues

        until("the opening ledger is heard", lambda: agent.revision is not None, PATIENCE_SECONDS)
        device.by_hand(wanted())
        until("the opening rate is there", lambda: device.ceiling() == 20 * MBIT, PATIENCE_SECONDS)
        number = at_the_technician(tracker)
        page = logged_in(browser, tracker)
        page.goto(f"{tracker.url}/kasus/{number}")
        began = time.monotonic()
        page.get_by_role("button", name="Terapkan alokasi").click()
        if isinstance(device.driver, ManualDriver):
            heard = "the agent hands the plan to a person"
            until(heard, lambda: agent.revision is not None and agent.revision.queues == wanted(), PATIENCE_SECONDS)
            device.by_hand(wanted())
        until("the rate is on the device", lambda: device.ceiling() == 50 * MBIT, PATIENCE_SECONDS, pause=0.02)
        there = time.monotonic() - began
        kind = "SELECT 1 FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = ? AND e.kind = ?"
        proven = [number, "allocation_verified"]
        until("the proof arrives", lambda: tracker.desk.store.rows(kind, proven), PATIENCE_SECONDS)
        page.reload()
        expect(page.get_by_text("Bukti").first).to_be_visible(timeout=PATIENCE_MS)
        page.close()
    shown = f"{name}: on the device {there:.1f} s after the click, proven after {time.monotonic() - began:.1f} s"
    keep_table(f"click-{re.sub('[^a-z0-9]+', '-', name)}", [shown])
