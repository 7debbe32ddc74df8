"""Profiles are read beside the scrapes: no counter waits for them, and what is too old is left out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from device_families import FAMILIES
from snmp_scene import ENGINE, agent, awaited, value

from exporter.snmp.device.plan import plan_city
from exporter.snmp.profiles.loading import load_profiles
from exporter.snmp.scrape.profile_reading import profile_job
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.snmp.testing.scripted_agent import ScriptedAgent
from exporter.snmp.testing.scripted_objects import ScriptedInterface
from inventory.reading import parse_city
from runtime.jobs import Job

CITY = """
city: {{name: Kota, watch_from: core}}
credentials: [{{name: c, community: "env:T_COMMUNITY"}}]
devices:
  - {{name: core, address: 127.0.0.1, snmp: c, snmp_port: {port}, snmp_timeout_seconds: 30}}
  - {{name: barat, address: 127.0.0.2}}
uplinks: [{{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}}]
links: [{{name: utara, upstream: {{device: core, interface: sfp1}}, device: barat, speed: 1 Gbit/s}}]
"""


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_COMMUNITY", "lab")


FAMILY = FAMILIES["mikrotik-optical"]
RX = "1.3.6.1.4.1.14988.1.1.19.1.1.10"


@asynccontextmanager
async def scene(every: float) -> AsyncIterator[tuple[ScriptedAgent, Scrapes, Job]]:
    async with agent(ScriptedInterface(1, b"sfp1", in_octets=7)) as (scripted, port):
        scripted.rows = {**scripted.rows, **FAMILY.encoded()}
        scrapes = Scrapes(plan_city(parse_city(CITY.format(port=port))), ENGINE)
        try:
            yield scripted, scrapes, profile_job(scrapes, ENGINE, load_profiles(), every)
        finally:
            scrapes.close()


async def turn(job: Job) -> None:
    await job.work()  # type: ignore[misc]  # the table's work is any object; this one's is awaited


def light(text: str) -> float | None:
    return value(text, "lebarpita_signal_receive_dbm", device="core", link="utara", medium="optical", item="sfp1")


@awaited
async def test_a_scrape_shows_what_was_read_beside_it_with_the_line_it_belongs_to() -> None:
    async with scene(60) as (_, scrapes, job):
        assert light(await scrapes.scrape("core", 100)) is None
        await turn(job)
        text = await scrapes.scrape("core", 100)
        assert light(text) == -18.73
        assert value(text, "lebarpita_signal_receive_low_dbm", link="utara") == -24
        assert value(text, "lebarpita_snmp_profile_up", profile="mikrotik-optical") == 1
        assert value(text, "lebarpita_snmp_profile_rows_left_out", profile="mikrotik-optical") == 0


@awaited
async def test_a_device_is_read_no_more_often_than_its_interval() -> None:
    async with scene(3600) as (scripted, scrapes, job):
        await scrapes.scrape("core", 100)
        await turn(job)
        cost = scripted.requests
        await turn(job)
        assert scripted.requests == cost


@awaited
async def test_a_table_that_never_answers_delays_no_counter() -> None:
    async with scene(60) as (scripted, scrapes, job):
        await scrapes.scrape("core", 100)
        scripted.manner.silent_columns = (RX,)
        before = scripted.requests
        # Needs no supervisor: the test itself ends it.
        reading = asyncio.create_task(turn(job))
        try:
            # The turn is at the silent table; a scrape that waited for it would wait for the agent's 30 seconds.
            while scripted.requests == before:
                await asyncio.sleep(0)
            text = await scrapes.scrape("core", 100)
            assert not reading.done()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        assert value(text, "lebarpita_link_transmit_bytes_total", link="utara") == 7
        assert light(text) is None


@awaited
async def test_samples_that_are_too_old_are_left_out() -> None:
    async with scene(60) as (_, scrapes, job):
        await scrapes.scrape("core", 100)
        await turn(job)
        (device,) = scrapes.devices()
        device.profiled_until = asyncio.get_running_loop().time()
        assert light(await scrapes.scrape("core", 100)) is None


@awaited
async def test_a_series_that_the_counters_poll_gives_too_stands_once() -> None:
    async with scene(60) as (scripted, scrapes, job):
        cpu = {"1.3.6.1.2.1.25.3.3.1.2.1": 40}
        scripted.rows = {**scripted.rows, **FAMILIES["cisco"].encoded()}
        scripted.rows = {**scripted.rows, **{oid: b"\x02\x01" + bytes((load,)) for oid, load in cpu.items()}}
        await scrapes.scrape("core", 100)
        await turn(job)
        text = await scrapes.scrape("core", 100)
        assert text.count("lebarpita_device_cpu_load_ratio{") == 1
        assert value(text, "lebarpita_device_cpu_load_ratio", device="core") == 0.4
