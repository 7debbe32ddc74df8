"""The served pages: real snmpd over v2c and v3, discovery, deadlines, one poll for two scrapes, dead devices apart."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, UnixConnector
from ports import free_port
from snmp_scene import ENGINE, Snmpd, agent, awaited, read_page, snmpd, value

from exporter.http.server import start
from exporter.snmp.device.plan import plan_city
from exporter.snmp.metrics import CATALOGUE
from exporter.snmp.pages import TIMEOUT_HEADER, application, deadline
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.snmp.scrape.slots import Slots
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface
from inventory.model import City
from inventory.reading import parse_city

HEAD = """
city: {name: Kota, watch_from: core}
credentials:
  - {name: v2, version: 2c, community: "env:T_COMMUNITY"}
  - {name: none, version: "3", user: none}
  - {name: md5, version: "3", user: md5, auth: MD5, auth_key: "env:A"}
  - {name: shades, version: "3", user: shades, auth: SHA, auth_key: "env:A", privacy: DES, privacy_key: "env:P"}
  - {name: strong, version: "3", user: strong, auth: SHA-256, auth_key: "env:A", privacy: AES, privacy_key: "env:P"}
  - {name: longest, version: "3", user: longest, auth: SHA-512, auth_key: "env:A", privacy: AES, privacy_key: "env:P"}
  - {name: unset, version: 2c, community: "env:T_NEVER_SET"}
"""


# Long enough that a device which says nothing is still waited for when one that answers has been read.
HASTY = ", snmp_timeout_seconds: 3, snmp_retries: 0"


def city_of(*devices: str) -> City:
    """A city whose devices hang in a row, each with a line to the next over the interface ``lo``."""
    names = [device.split("name: ")[1].split(",")[0] for device in devices]
    links = [
        f"  - {{name: to-{name}, upstream: {{device: {above}, interface: lo}}, device: {name}, speed: 1 Gbit/s}}"
        for above, name in itertools.pairwise(names)
    ]
    uplink = "  - {name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}"
    rows = [f"  - {{{device}}}" for device in devices]
    links = ["links:", *links] if links else []
    return parse_city("\n".join([HEAD, "devices:", *rows, "uplinks:", uplink, *links]) + "\n")


def core(port: int, snmp: str = "v2", more: str = "") -> str:
    return f"name: core, address: 127.0.0.1, snmp: {snmp}, snmp_port: {port}{more}"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_COMMUNITY", "lab")
    monkeypatch.setenv("A", "authpass12345")
    monkeypatch.setenv("P", "privpass12345")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd"), ("127.0.0.1", "::1")) as started:
        yield started


@asynccontextmanager
async def served(city: City, folder: Path) -> AsyncIterator[ClientSession]:
    runner = await start(application(Scrapes(plan_city(city), ENGINE)), f"unix:{folder}/snmp.sock")
    try:
        async with ClientSession("http://exporter", connector=UnixConnector(f"{folder}/snmp.sock")) as session:
            yield session
    finally:
        await runner.cleanup()


async def scraped(session: ClientSession, target: str, seconds: float = 100) -> str:
    async with session.get("/snmp", params={"target": target}, headers={TIMEOUT_HEADER: str(seconds)}) as answer:
        assert answer.status == 200
        return await answer.text()


def octets_of_lo() -> int:
    return int(Path("/sys/class/net/lo/statistics/tx_bytes").read_text())


@pytest.mark.parametrize("credential", ["v2", "none", "md5", "shades", "strong", "longest"])
@awaited
async def test_a_real_snmpd_is_read_with_every_version_and_level(credential: str, real: Snmpd, tmp_path: Path) -> None:
    city = city_of(core(real.port, credential), "name: a, address: 10.9.9.9")
    async with served(city, tmp_path) as session:
        text = await scraped(session, "core")
    assert value(text, "lebarpita_snmp_up", device="core") == 1
    assert value(text, "lebarpita_link_up", link="to-a") == 1
    received = value(text, "lebarpita_link_receive_bytes_total", link="to-a")
    assert received is not None
    assert 0 < received <= octets_of_lo()
    assert value(text, "lebarpita_link_interface_found", link="isp") == 0


@awaited
async def test_a_device_is_reached_over_ipv6(real: Snmpd, tmp_path: Path) -> None:
    async with served(
        city_of(f'name: core, address: "::1", snmp: strong, snmp_port: {real.port}'), tmp_path
    ) as session:
        assert value(await scraped(session, "core"), "lebarpita_snmp_up") == 1


@awaited
async def test_prometheus_finds_the_devices_that_speak_snmp(tmp_path: Path) -> None:
    async with (
        served(city_of(core(161), "name: a, address: 10.9.9.9"), tmp_path) as session,
        session.get("/sd") as answer,
    ):
        groups = json.loads(await answer.text())
    assert groups == [{"targets": ["core"], "labels": {"device": "core"}}]


@pytest.mark.parametrize("target", ["", "10.9.9.9", "127.0.0.1", "no-snmp", "nobody"])
@awaited
async def test_nothing_but_a_named_device_of_the_inventory_is_ever_asked(target: str, tmp_path: Path) -> None:
    city = city_of(core(161), "name: no-snmp, address: 10.9.9.9")
    async with served(city, tmp_path) as session, session.get("/snmp", params={"target": target}) as answer:
        assert answer.status == 404
        assert "/sd" in await answer.text()


@awaited
async def test_two_scrapes_at_once_share_one_poll(tmp_path: Path) -> None:
    async with (
        agent(ScriptedInterface(1, b"wan"), manner=Manner(delay_seconds=0.1)) as (scripted, port),
        served(city_of(core(port)), tmp_path) as session,
    ):
        await scraped(session, "core")
        before = scripted.requests
        both = await asyncio.gather(*(scraped(session, "core") for _ in range(2)))
        own = await (await session.get("/metrics")).text()
    assert scripted.requests - before == 1
    assert all(value(text, "lebarpita_snmp_up") == 1 for text in both)
    assert value(own, "lebarpita_snmp_polls_shared_total") == 1


@awaited
async def test_a_slow_device_is_given_up_before_prometheus_gives_up(tmp_path: Path) -> None:
    async with agent(ScriptedInterface(1, b"wan"), manner=Manner(silent=True)) as (_, port):
        city = city_of(f"name: core, address: 127.0.0.1, snmp: v2, snmp_port: {port}, snmp_timeout_seconds: 30")
        async with served(city, tmp_path) as session:
            text = await scraped(session, "core", seconds=0.8)
    assert value(text, "lebarpita_snmp_up") == 0
    assert value(text, "lebarpita_snmp_failure", device="core", reason="deadline") == 1


@awaited
async def test_a_short_deadline_does_not_end_the_poll_of_one_who_waits_longer(tmp_path: Path) -> None:
    async with (
        agent(ScriptedInterface(1, b"wan"), manner=Manner(delay_seconds=0.1)) as (_, port),
        served(city_of(core(port)), tmp_path) as session,
    ):
        short, long = await asyncio.gather(scraped(session, "core", 0.15), scraped(session, "core", 110))
    assert (value(short, "lebarpita_snmp_up"), value(long, "lebarpita_snmp_up")) == (0, 1)


@pytest.mark.parametrize("seconds", ["10", "0.6", None, "nonsense", "-1", "inf", "nan"])
def test_the_own_deadline_is_always_shorter_than_prometheus(seconds: str | None) -> None:
    assert 0.1 <= deadline(seconds) <= 120
    if seconds in ("10", "0.6"):
        assert deadline(seconds) < float(seconds)


@awaited
async def test_dead_hostile_and_unconfigured_devices_leave_the_live_one_and_the_metrics_page_alone(
    tmp_path: Path,
) -> None:
    async with (
        agent(ScriptedInterface(1, b"wan"), ScriptedInterface(2, b"lo")) as (_, live),
        agent(ScriptedInterface(1, b"lo"), manner=Manner(garbage=b"\x30\x03\x02\x01")) as (_, garbage),
        agent(ScriptedInterface(1, b"lo"), manner=Manner(endless=True)) as (_, endless),
        agent(ScriptedInterface(1, b"lo"), manner=Manner(other_request_id=True)) as (_, other),
    ):
        ports = {"dead": free_port(), "garbage": garbage, "endless": endless, "other": other}
        bad = [
            core(port, more=HASTY).replace("core, address: 127.0.0.1", f"{name}, address: 127.0.0.{n}")
            for n, (name, port) in enumerate(ports.items(), 2)
        ]
        city = city_of(core(live), *bad, "name: unset, address: 10.9.9.9, snmp: unset")
        city = city.model_copy(
            update={"devices": tuple(d.model_copy(update={"address": city.devices[0].address}) for d in city.devices)}
        )
        async with served(city, tmp_path) as session:
            waiting = [asyncio.create_task(scraped(session, name)) for name in ports]
            assert value(await scraped(session, "core"), "lebarpita_snmp_up") == 1
            assert (await session.get("/metrics")).status == 200
            assert not all(task.done() for task in waiting)
            pages = dict(zip(ports, await asyncio.gather(*waiting), strict=True))
            pages["unset"] = await scraped(session, "unset")
            own = await (await session.get("/metrics")).text()
    assert all(value(text, "lebarpita_snmp_up", device=name) == 0 for name, text in pages.items())
    assert value(pages["unset"], "lebarpita_snmp_failure", reason="credential") == 1
    assert value(pages["endless"], "lebarpita_snmp_failure", reason="endless") == 1
    failures = {dict(labels)["reason"]: v for (name, labels), v in read_page(own).items() if "poll_failures" in name}
    assert sum(failures.values()) == 5


@awaited
async def test_every_metric_of_both_pages_is_in_the_catalogue_with_these_labels(real: Snmpd, tmp_path: Path) -> None:
    declared = {metric.name: set(metric.labels) for metric in CATALOGUE}
    async with served(city_of(core(real.port), "name: a, address: 10.9.9.9"), tmp_path) as session:
        text = await scraped(session, "core") + await (await session.get("/metrics")).text()
    ours = {key: labels for key, labels in read_page(text) if key.startswith("lebarpita_")}
    assert len(ours) > 20
    assert all(declared[name] == {key for key, _ in labels} for name, labels in ours.items())


@awaited
async def test_a_device_that_failed_waits_for_no_slot_and_keeps_none() -> None:
    async with agent(ScriptedInterface(1, b"lo"), manner=Manner(silent=True)) as (_, port):
        scrapes = Scrapes(plan_city(city_of(core(port, "v2", ", snmp_timeout_seconds: 0.1, snmp_retries: 0"))), ENGINE)
        await scrapes.scrape("core", 5)
        (dead,) = scrapes.devices()
        dead._slots = Slots(1, 60)
        async with dead._slots.slot():
            text = await scrapes.scrape("core", 20)
        scrapes.close()
    assert value(text, "lebarpita_snmp_up", device="core") == 0
    assert value(text, "lebarpita_snmp_failure", device="core", reason="timeout") == 1, "its own, no wait for a slot"
