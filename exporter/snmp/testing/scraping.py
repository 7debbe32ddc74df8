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
    """Per round: CPU seconds and when the last live device had arrived; memory over all; time of each live scrape.

    ``live`` is how many devices were read in a round, on the average.
    """

    cpu_seconds: float
    peak_bytes: int
    device_seconds: tuple[float, ...]
    last_live_seconds: float
    live: float

    @property
    def device_cpu_seconds(self) -> float:
        """CPU for each device that was read: one that was given up has cost time and brought nothing."""
        return self.cpu_seconds / self.live


@dataclass(frozen=True)
class ScrapeSubject:
    """An exporter under measurement: its process, its page, and what it is asked for."""

    pid: int
    url: str
    targets: Sequence[str]


def measured(subjects: Sequence[ScrapeSubject], rounds: int, at_once: int = AT_ONCE) -> list[Cost]:
    """One round to warm up, then that many that count, the subjects in turns. Raises OSError where one never answers.

    In turns, so that what else the machine does falls on all of them.
    """
    return asyncio.run(_measured(subjects, rounds, at_once))


async def _measured(subjects: Sequence[ScrapeSubject], rounds: int, at_once: int) -> list[Cost]:
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    spent, scrapes = [0.0] * len(subjects), [list[list[tuple[float, bool, float]]]() for _ in subjects]
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        for subject in subjects:
            await _awaited(session, subject.url)
            await _round(session, subject.url, subject.targets, at_once)
        for _ in range(rounds):
            for place, subject in enumerate(subjects):
                before = cpu_seconds(subject.pid)
                scrapes[place].append(await _round(session, subject.url, subject.targets, at_once))
                spent[place] += cpu_seconds(subject.pid) - before
    return [
        _cost(subject, cpu / rounds, scrapes_of_it)
        for subject, cpu, scrapes_of_it in zip(subjects, spent, scrapes, strict=True)
    ]


def _cost(subject: ScrapeSubject, cpu: float, scrapes: Sequence[Sequence[tuple[float, bool, float]]]) -> Cost:
    live = [took for scrape in scrapes for took, alive, _ in scrape if alive]
    if not live:
        raise OSError(f"{subject.url}: read no device")
    last = max(at for scrape in scrapes for _, alive, at in scrape if alive)
    return Cost(cpu, peak_bytes(subject.pid), tuple(live), last, len(live) / len(scrapes))


async def _round(
    session: aiohttp.ClientSession, url: str, targets: Sequence[str], at_once: int
) -> list[tuple[float, bool, float]]:
    """Per target: how long it took, whether the device was read, and when since the round began."""
    room = asyncio.Semaphore(at_once)
    began = time.perf_counter()

    async def scrape(target: str) -> tuple[float, bool, float]:
        async with room:
            start = time.perf_counter()
            try:
                async with session.get(url + target, headers={"X-Prometheus-Scrape-Timeout-Seconds": "10"}) as answer:
                    text = await answer.text()
            except (TimeoutError, aiohttp.ClientError):
                # On a machine that is starved a page may not come at all: that device is lost, and the others count.
                return time.perf_counter() - start, False, time.perf_counter() - began
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
