"""What a packet costs on its way through map and classes, and what one core carries through one HTB."""

import socket
import subprocess
from collections.abc import Iterator
from ipaddress import IPv4Network, ip_address
from pathlib import Path

from inventory.model import City
from shaping.bench.burst import Burst
from shaping.bench.table import BenchRow
from shaping.bench.world import OFFICES, PLACES, city_of, converge, driver_in, frame, minors_of, queues_of, sender
from shaping.drivers.linux import nft
from shaping.errors import ShapingError

_MEGABIT = 125_000
# 100 Gbit/s: no core of today sends it, so that no class ever holds a packet back.
_UNBOUND = 12_500_000_000
# The addresses that carriers use among themselves (RFC 6598): none of them is in the generated city.
_FIRST_PREFIX = int(ip_address("100.64.0.0"))
_PREFIX_LENGTH, _PREFIX_ADDRESSES = 28, 16


def rows(state: Path, seconds: float) -> Iterator[BenchRow]:
    """In the order of the design's table, then what one core carries."""
    for prefixes, least in ((OFFICES, 1.1), (10 * OFFICES, 3.0)):
        title = f"packets a second against linear u32, {prefixes} prefixes"
        try:
            cost, ratio = _against_u32(state / f"map-{prefixes}", prefixes, seconds)
        except ShapingError as error:
            yield BenchRow(title, None, "x", least=least, note=str(error))
            continue
        if prefixes == OFFICES:
            yield BenchRow(f"added cost of a packet at {prefixes} prefixes", cost * 1e6, "us", most=2.0)
        yield BenchRow(title, ratio, "x", least=least)
    yield from _one_core(state / "core", seconds)


def _against_u32(state: Path, prefixes: int, seconds: float) -> tuple[float, float]:
    """What map and classes add to a packet, and how many times as long one takes with filters in their place."""
    city = _with_prefixes(prefixes)
    driver, queues = driver_in(state, city), queues_of(OFFICES, 2 * _MEGABIT, 10_000 * _MEGABIT)
    burst = Burst(bytes(64), [str(prefix[1]) for opd in city.opds for prefix in opd.prefixes][::-1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        bare = burst.seconds_each(link, seconds)
        converge(driver, queues)
        ours = burst.seconds_each(link, seconds)
        nft.remove()
        minors = dict(zip(sorted(opd.code for opd in city.opds), minors_of(queues), strict=True))
        filters = [
            f"filter add dev {PLACES.transmit} parent 1eb: protocol ip prio 1 u32"
            f" match ip dst {prefix} flowid 1eb:{minors[opd.code]:x}"
            for opd in city.opds
            for prefix in opd.prefixes
        ]
        done = subprocess.run(
            ["tc", "-batch", "-"], input="\n".join(filters), text=True, check=False, capture_output=True
        )
        if done.returncode:
            raise ShapingError(f"u32 is not in this kernel: {(done.stderr.splitlines() or ['no reason given'])[0]}")
        theirs = burst.seconds_each(link, seconds)
    driver.panic()
    return ours - bare, theirs / ours


def _with_prefixes(count: int) -> City:
    """So many prefixes, of which no two neighbours are the same office's: nothing can be joined."""
    city = city_of()
    by_office = {
        opd.code: tuple(
            IPv4Network((_FIRST_PREFIX + number * _PREFIX_ADDRESSES, _PREFIX_LENGTH))
            for number in range(place, count, OFFICES)
        )
        for place, opd in enumerate(city.opds)
    }
    opds = tuple(opd.model_copy(update={"prefixes": by_office[opd.code]}) for opd in city.opds)
    return city.model_copy(update={"opds": opds})


def _one_core(state: Path, seconds: float) -> Iterator[BenchRow]:
    """One program as fast as it can, through one class and past it: the difference is HTB's own part of a core."""
    driver, queues = driver_in(state, city_of(_UNBOUND)), queues_of(1, 2 * _MEGABIT, _UNBOUND)
    minor = minors_of(queues)[0]
    for size in (1514, 64):
        burst = Burst(frame(size))
        with _blocking(minor) as link:
            bare = burst.seconds_each(link, seconds)
            converge(driver, queues)
            through = burst.seconds_each(link, seconds)
        driver.panic()
        own, note = through - bare, f"{size}-byte frames, the program that sends them included"
        yield BenchRow("one core sends through one HTB", size * 8 / through / 1e9, "Gbit/s", note=note)
        yield BenchRow("one core sends through one HTB", 1 / through / 1e3, "thousand packets/s", note=note)
        limit = 1 / own / 1e3 if own > 0 else None
        yield BenchRow("HTB alone would fill one core at", limit, "thousand packets/s", note=f"{size}-byte frames")


def _blocking(minor: int) -> socket.socket:
    link = sender(minor, 100 * _MEGABIT)
    link.setblocking(True)
    return link
