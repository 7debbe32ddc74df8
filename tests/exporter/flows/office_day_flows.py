"""An office day as a minute's pairs: twelve offices of 60 hosts at what offices do, by the lab's curve of a day.

Made, not recorded: what stands in it is meant to be hard for ``attack_signs`` and ``beacons``. Run as a program it
plays the whole day and prints what was told: the table of ``docs/why/attacks.md``.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exporter.flows.history.attack_signs import AttackSign, attack_signs
from exporter.flows.history.beacons import beacon_signs
from exporter.flows.history.host_pairs import host_pairs
from exporter.flows.history.key_sums import KEY_WORDS, KeySums, key_sums, keyed
from exporter.flows.history.regular_calls import after_minute, no_calls
from exporter.flows.history.usage_rows import MAPPED
from lab.day import busy

BEGIN = 1_795_003_200
OPDS = tuple(f"opd-{number}" for number in range(12))
HOSTS = 60
Numbers = NDArray[np.int64]


class Pairs(NamedTuple):
    """Columns of equal length; addresses as numbers."""

    host: Numbers
    remote: Numbers
    port: Numbers
    protocol: Numbers
    sent: Numbers
    received: Numbers


def address(*numbers: int) -> int:
    first, second, third, fourth = numbers
    return first << 24 | second << 16 | third << 8 | fourth


OFFICES = np.array([address(10, 10, opd, 2) for opd in range(len(OPDS))])
EVERY_HOST = (OFFICES[:, None] + np.arange(HOSTS)).ravel()
WEB, NAMES, PUSH, UPDATES = (address(net, 0, 0, 1) for net in (23, 45, 52, 93))


def pairs(host: ArrayLike, remote: ArrayLike, service: tuple[int, int], sent: ArrayLike, received: ArrayLike) -> Pairs:
    columns = np.broadcast_arrays(host, remote, service[0], service[1], sent, received)
    return Pairs(*(np.atleast_1d(np.asarray(column, np.int64)) for column in columns))


class OfficeDay:
    """The same day for the same ``seed``."""

    def __init__(self, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        count = len(EVERY_HOST)
        # Each host's habits: how often it shows a push service that it lives, asks for updates, for the time.
        self.push_at, self.push_every = (
            PUSH + 256 * self.random.integers(0, 30, count),
            self.random.integers(4, 28, count),
        )
        self.asks_every, self.shift = self.random.integers(15, 61, count), self.random.integers(0, 1440, count)

    def minute(self, minute: int) -> list[Pairs]:
        """What passes in a minute of the day."""
        busyness = busy(minute / 60)
        parts = [self._browsing(busyness), self._names(busyness), self._clockwork(minute), self._servers(busyness)]
        return [*parts, *self._odd_ones(minute, busyness)]

    def _browsing(self, busyness: float) -> Pairs:
        count = self.random.poisson(6 * busyness * len(EVERY_HOST))
        # A few sites have most of the visits; the long tail is what one person alone reads.
        sites = (self.random.zipf(1.2, count) % 60_000) * 64 % (1 << 22)
        sent = self.random.lognormal(7.5, 1, count)
        # Of a hundred visits three find nobody: dead tabs, blocked advertisements.
        dead = self.random.random(count) < 0.03
        received = np.where(dead, 0, sent * self.random.uniform(1, 40, count))
        return pairs(self._hosts(count), WEB + sites, (443, 6), np.where(dead, 240, sent), received)

    def _names(self, busyness: float) -> Pairs:
        asked = self.random.poisson(150 * busyness, len(OPDS))
        servers = NAMES + 64 * self.random.integers(0, 4000, asked.sum())
        answered = self.random.random(asked.sum()) > 0.05
        return pairs(np.repeat(OFFICES, asked), servers, (53, 17), 70, np.where(answered, 180, 0))

    def _clockwork(self, minute: int) -> Pairs:
        """Push services, updates, time: regular, small, and of everybody."""
        push = EVERY_HOST[(minute + self.shift) % self.push_every == 0]
        at = self.push_at[(minute + self.shift) % self.push_every == 0]
        asks = EVERY_HOST[(minute + self.shift) % self.asks_every == 0]
        clocks = EVERY_HOST[(minute + self.shift) % 17 == 0]
        every = (
            pairs(push, at + self.random.integers(0, 8, len(push)), (443, 6), 120, 104),
            pairs(asks, UPDATES + 256 * (asks % 5), (443, 6), 900, 4_000),
            pairs(clocks, NAMES + 4096 * (clocks % 50), (123, 17), 76, 76),
        )
        return joined(every)

    def _servers(self, busyness: float) -> Pairs:
        """Mail in and out, a public site with visitors and two services that look whether it is there."""
        mail, site, others = int(OFFICES[0]) + 200, int(OFFICES[0]) + 201, 5 + self.random.poisson(80 * busyness)
        visitors = address(100, 128, 0, 1) + self.random.integers(0, 1 << 24, others)
        return joined(
            (
                pairs(mail, WEB + 512 * self.random.integers(0, 300, 10), (25, 6), 900, 30_000),
                pairs(mail, WEB + 512 * self.random.integers(0, 300, self.random.poisson(5)), (25, 6), 30_000, 900),
                pairs(site, visitors, (443, 6), 60_000, 2_000),
                pairs(site, [address(8, 31, 2, 9), address(8, 31, 9, 9)], (443, 6), 4_800, 900),
            )
        )

    def _odd_ones(self, minute: int, busyness: float) -> Iterator[Pairs]:
        # A monitor of 200 switches, of which 20 are off; printers that are looked for; syslog that nobody answers.
        switches = address(10, 99, 0, 1) + np.arange(200)
        yield pairs(OFFICES[1] + 90, switches, (161, 17), 300, np.where(np.arange(200) < 20, 0, 900))
        yield pairs(OFFICES, address(10, 99, 1, 7), (514, 17), 9_000, 0)
        # A file sharer: peers at ports of their own, four in ten gone.
        peers = self.random.poisson(80 * busyness)
        some = WEB + self.random.integers(0, 1 << 24, peers)
        gone = self.random.random(peers) < 0.4
        for port in range(4):
            part = slice(port, None, 4)
            yield pairs(OFFICES[2] + 7, some[part], (6881 + port, 17), 130, np.where(gone[part], 0, 300))
        # A camera's stream to a place of its own, a tunnel that is kept open, background noise at the public site.
        yield pairs(OFFICES[3] + 80, address(31, 7, 7, 7), (443, 6), 900_000, 20_000)
        yield pairs(OFFICES[4] + 81, address(37, 7, 7, 7), (22, 6), 156, 156)
        noise = self.random.poisson(30)
        yield pairs(OFFICES[0] + 201, self.random.integers(1 << 24, 1 << 31, noise), (23, 6), 0, 60)
        # Attendance machines of eleven offices at one vendor's.
        yield pairs(OFFICES[:11] + 70, address(47, 1, 1, 8), (443, 6), 700, 3_900)

    def _hosts(self, count: int) -> Numbers:
        return self.random.choice(EVERY_HOST, count)


def lonely_machine(minute: int) -> list[Pairs]:
    """The one thing that is a beacon by all that can be seen: a machine that nobody else has, at its vendor's."""
    return [pairs(OFFICES[11] + 70, address(47, 9, 9, 8), (443, 6), 700, 3_900)] if minute % 5 == 0 else []


def joined(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def sums_of(parts: Sequence[Pairs]) -> KeySums:
    """As the minute's sums have them: a key for each way that has bytes."""
    every = joined(parts)
    words = np.zeros((KEY_WORDS, len(every.host)), np.uint64)
    for word, column in ((1, every.host), (3, every.remote)):
        words[word] = column.astype(np.uint32).byteswap().astype(np.uint64) << np.uint64(32) | MAPPED
    words[4] = (every.host >> 8 & 0xFF).astype(np.uint64)
    service = (every.port << 32 | every.protocol << 48).astype(np.uint64)
    ways = []
    for way, size in ((0, every.received), (1, every.sent)):
        rows = np.flatnonzero(size > 0)
        way_words = words[:, rows].copy()
        way_words[5] = service[rows] | np.uint64(way << 56)
        ways.append((way_words, size[rows].astype(np.uint64)))
    return key_sums(keyed(np.concatenate([w for w, _ in ways], axis=1), np.concatenate([size for _, size in ways])))


def told_of(minutes: Iterable[tuple[int, Sequence[Pairs]]]) -> Iterator[tuple[int, list[AttackSign]]]:
    """What the writer would tell of each minute (of the day), one after the other."""
    calls = no_calls(BEGIN)
    for minute, parts in minutes:
        of_minute = host_pairs(sums_of(parts))
        calls = after_minute(calls, BEGIN + 60 * minute, of_minute)
        yield minute, [*attack_signs(of_minute, OPDS), *beacon_signs(calls, OPDS)]


def main() -> int:
    day, told = OfficeDay(), Counter[tuple[str, str, str, str]]()
    for _, signs in told_of((minute, [*day.minute(minute), *lonely_machine(minute)]) for minute in range(1440)):
        told.update((sign.kind, sign.opd, sign.host, sign.network) for sign in signs)
    for sign, minutes in told.items():
        print(*sign, f"in {minutes} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
