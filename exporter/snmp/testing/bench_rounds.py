"""All counters of 500 devices each second, with one scrape of all of them a second, as a share of one core.

Beside it snmp_exporter, which has one scrape a device, at the rate it can: what 500 devices a second would cost it.
"""

import asyncio
import re
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp

from exporter.processes import cpu_seconds, peak_bytes
from exporter.snmp.device import objects as c
from exporter.snmp.drop_in.if_mib_columns import COLUMNS
from exporter.snmp.testing.bench_children import Farm, free, ours
from exporter.snmp.testing.bench_city import V2C
from exporter.snmp.testing.farm import addresses
from exporter.snmp.testing.peer import AUTH, configuration, snmp_exporter
from exporter.snmp.testing.scraping import Cost, ScrapeSubject, measured

DEVICES = 500
# What a line of an OPD is read with: state, faults, octets, packets of three kinds, and the time of a discontinuity.
STATES_AND_OCTETS = (*c.STATE, *c.FAULTS, *c.OCTETS_64, c.IF_DISCONTINUITY)
ALL = (*STATES_AND_OCTETS, *c.PACKETS_IN, *c.PACKETS_OUT)
# A page of 500 devices that does not come for so long will not.
_TIMEOUT_SECONDS = 30.0
# Scrapes until every device was learnt and is read as always; on a busy machine that takes a while.
_MOST_TO_BEGIN = 60
_UP = re.compile(rb"^lebarpita_snmp_up\{[^}]*\} 1$", re.MULTILINE)


@dataclass(frozen=True)
class RoundCost:
    """What rounds cost: the share of a core, devices read in each, seconds of a scrape, bytes of a page, memory."""

    share: float
    devices: float
    seconds: float
    page_bytes: int
    peak_bytes: int


def round_cost(farm: Farm, seconds: int, *how: str) -> RoundCost:
    """One scrape of all devices a second, for so many seconds, after a beginning that does not count."""
    with ours(farm, V2C, "", None, *how) as (child, page):
        return asyncio.run(_rounds(page.replace("?target=", "/all"), child.pid, len(farm.agents), seconds))


async def _rounds(url: str, pid: int, devices: int, seconds: int) -> RoundCost:
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for _ in range(_MOST_TO_BEGIN):
            read, _, _ = await _scrape(session, url)
            if read == devices:
                break
            await asyncio.sleep(1)
        # Once more, so that what is asked for the first time this way is not counted.
        await _scrape(session, url)
        began, before, scrapes = time.monotonic(), cpu_seconds(pid), list[tuple[int, float, int]]()
        for second in range(seconds):
            scrapes.append(await _scrape(session, url))
            await asyncio.sleep(max(0.0, began + second + 1 - time.monotonic()))
        passed = time.monotonic() - began
        share = (cpu_seconds(pid) - before) / passed
    return RoundCost(
        share=share,
        devices=sum(read for read, _, _ in scrapes) / len(scrapes),
        seconds=median(took for _, took, _ in scrapes),
        page_bytes=max(size for _, _, size in scrapes),
        peak_bytes=peak_bytes(pid),
    )


async def _scrape(session: aiohttp.ClientSession, url: str) -> tuple[int, float, int]:
    """Devices read, seconds and bytes of one scrape; none of a page that does not come."""
    began = time.perf_counter()
    try:
        async with session.get(url, headers={"X-Prometheus-Scrape-Timeout-Seconds": "2"}) as answer:
            body = await answer.read()
    except (TimeoutError, aiohttp.ClientError):
        return 0, time.perf_counter() - began, 0
    return len(_UP.findall(body)), time.perf_counter() - began, len(body)


def peer_cost(farm: Farm, rounds: int) -> Cost:
    """What snmp_exporter needs for the same columns of the same devices, one scrape each."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lebarpita-bench-")))
        http = free(socket.SOCK_STREAM)
        columns = [column for column in COLUMNS if column.oid in ALL or column.name == "sysUpTime"]
        peer = stack.enter_context(snmp_exporter(folder, http, configuration(V2C, columns, ALL)))
        url = f"http://127.0.0.1:{http}/snmp?module=if_mib&auth={AUTH}&target="
        targets = [f"{address}:{farm.port}" for address in farm.agents]
        (cost,) = measured([ScrapeSubject(peer.pid, url, targets)], rounds)
        return cost


def farm_of(interfaces: int) -> Farm:
    """The farm of 500 devices."""
    return Farm(free(socket.SOCK_DGRAM), list(addresses(DEVICES)), [f"e{n}" for n in range(1, interfaces + 1)])
