"""Run inside ``unshare --user --map-root-user --net``: a history of demands, before a grant and after it, as JSON.

Both promises are applied by the driver, the second over the first as in an office. In each interval every office sends
at its own pace through the real classes; printed is what each got in bytes per second, by promise and interval.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from escape_scene import INTERNET, frame, raw, ready_router

from inventory.model import City
from inventory.reading import parse_city
from shaping.drivers.base import Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.machine import LinuxDriver
from shaping.drivers.linux.nft import Interfaces
from shaping.queues import Queue

WARM_SECONDS, SECONDS = 0.6, 2.0
# A turn of the sender; between two of them it sleeps, so that a busy machine wakes it first.
TURN_SECONDS = 0.002
# A sample begins and ends at a moment at which nobody is behind his pace; it is not waited for longer than this.
CALM_SECONDS, MOST_WAITED_SECONDS = 0.02, 2.0
# What waits while this program is not let run. A queue of the driver holds 50 ms and would run dry or over: the
# classes share the line, and they are the driver's; the depth of a queue has no part in that.
DEPTH_SECONDS, AHEAD_SECONDS = 3.0, 1.0
Promises = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Source:
    """One office's frames: which, at what pace (bytes per second), into which class, and how much is sent ahead."""

    packet: bytes
    pace: float
    minor: int
    ahead: float


def main() -> None:
    story = json.loads(sys.argv[2])
    ready_router()
    text = Path("inventory/example/city.yaml").read_text(encoding="utf-8").replace("200 Mbit/s", story["capacity"])
    city = parse_city(text)
    driver = LinuxDriver(Site(city, "isp-utama", Path(sys.argv[1])))
    answers = []
    for promises in (story["before"], story["after"]):
        driver.apply(driver.plan(queues_of(promises)))
        answers.append([delivered(city, promises, demands) for demands in story["demands"]])
    print(json.dumps(answers))


def queues_of(promises: Promises) -> list[Queue]:
    return [Queue(opd, "receive", rates["guaranteed"], rates["ceiling"]) for opd, rates in promises.items()]


def delivered(city: City, promises: Promises, demands: dict[str, float]) -> dict[str, float]:
    """What each office got in one interval; bytes per second."""
    # The driver gives the numbers of new classes in the order of the codes.
    minors = {opd: 0x10 + place for place, opd in enumerate(sorted(promises))}
    for opd, rates in promises.items():
        deepen(minors[opd], int(rates["ceiling"] * DEPTH_SECONDS))
    # At its ceiling an office always has something waiting; of the others, what is sent late goes at once.
    sources = [
        Source(
            frame(INTERNET, address_of(city, opd)),
            pace,
            minors[opd],
            pace * AHEAD_SECONDS * (pace >= promises[opd]["ceiling"]),
        )
        for opd, pace in demands.items()
    ]
    by_class = sent(sources)
    return {opd: by_class[minors[opd]] for opd in demands}


def deepen(minor: int, limit: int) -> None:
    """A new queue for a class, empty: what waited in the interval before goes with the old one."""
    # Without a handle one that is already of this kind would be changed, and what waits in it stay: so by two.
    for handle in (0x4000, 0x5000):
        command = f"tc qdisc replace dev lan parent 1eb:{minor:x} handle {handle + minor:x}: bfifo limit {limit}"
        subprocess.run(command.split(), check=True)


def sent(sources: Sequence[Source]) -> dict[int, float]:
    """What each class let through a second, after it has emptied the tokens that it had saved."""
    counts, times = [], []
    begin = time.monotonic()
    moved = [-source.ahead for source in sources]
    with raw("wan-far") as link:
        for until in (WARM_SECONDS, WARM_SECONDS + SECONDS):
            send_until(link, (sources, moved), begin, begin + until)
            counts.append(kernel.read_counts(Interfaces("wan", "lan"))["lan"])
            times.append(time.monotonic())
    before, after = counts
    return {minor: (after[minor].bytes - count.bytes) / (times[1] - times[0]) for minor, count in before.items()}


def send_until(link: socket, traffic: tuple[Sequence[Source], list[float]], begin: float, end: float) -> None:
    """Keep everybody at his pace until the first calm moment after the end."""
    sources, moved = traffic
    last = begin
    while True:
        now = time.monotonic()
        for number, source in enumerate(sources):
            while moved[number] < source.pace * (now - begin):
                moved[number] += link.send(source.packet)
        calm = time.monotonic() - last <= CALM_SECONDS or now > end + MOST_WAITED_SECONDS
        if now >= end and calm:
            return
        last = now
        time.sleep(TURN_SECONDS)


def address_of(city: City, opd: str) -> str:
    office = next(office for office in city.opds if office.code == opd)
    return str(next(iter(office.prefixes))[5])


if __name__ == "__main__":
    main()
