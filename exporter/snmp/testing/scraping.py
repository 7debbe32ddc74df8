"""Scrapes a running exporter as Prometheus would and tells what it cost the process. For benchmarks only."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from exporter.processes import cpu_seconds, peak_bytes

# Scrapes under way: Prometheus spreads its targets over the interval.
AT_ONCE = 50
# Three times the deadline in the header.
_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Cost:
    """Per round: CPU seconds and when the last live device had arrived; memory over all; time of each live scrape."""

    cpu_seconds: float
    peak_bytes: int
    device_seconds: tuple[float, ...]
    last_live_seconds: float
    live: int


def measured(pid: int, url: str, targets: Sequence[str], rounds: int, at_once: int = AT_ONCE) -> Cost:
    """One round to warm up, then that many that count. Raises OSError when the exporter never answers."""
    return asyncio.run(_measured(pid, url, targets, rounds, at_once))


async def _measured(pid: int, url: str, targets: Sequence[str], rounds: int, at_once: int) -> Cost:
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        await _awaited(session, url)
        await _round(session, url, targets, at_once)
        before = cpu_seconds(pid)
        scrapes = [await _round(session, url, targets, at_once) for _ in range(rounds)]
        spent = cpu_seconds(pid) - before
    live = [took for scrape in scrapes for took, alive, _ in scrape if alive]
    last = max(at for scrape in scrapes for _, alive, at in scrape if alive)
    return Cost(spent / rounds, peak_bytes(pid), tuple(live), last, len(live) // rounds)


async def _round(
    session: aiohttp.ClientSession, url: str, targets: Sequence[str], at_once: int
) -> list[tuple[float, bool, float]]:
    """Per target: how long it took, whether the device was read, and when since the round began."""
    room = asyncio.Semaphore(at_once)
    began = time.perf_counter()

    async def scrape(target: str) -> tuple[float, bool, float]:
        async with room:
            start = time.perf_counter()
            async with session.get(url + target, headers={"X-Prometheus-Scrape-Timeout-Seconds": "10"}) as answer:
                text = await answer.text()
            now = time.perf_counter()
            alive = (answer.status == 200 and "snmp_up{" not in text) or re.search(
                r"snmp_up\{[^}]*\} 1\n", text
            ) is not None
            return now - start, alive, now - began

    return await asyncio.gather(*(scrape(target) for target in targets))


async def _awaited(session: aiohttp.ClientSession, url: str) -> None:
    root = url.split("/snmp")[0] + "/metrics"
    for _ in range(600):
        try:
            async with session.get(root):
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.05)
    raise OSError(f"nothing answers at {root}")
