"""Run inside ``unshare --user --map-root-user --net``: offices that want more than their line has, as JSON.

Frames of five offices go in at the far end of one side at their own pace and leave by the other through the driver's
classes; printed is what each office got beside what the predictor says, bytes per second, for each direction and case.
"""

import json
import sys
import time
from pathlib import Path
from typing import Literal

import numpy as np
from escape_scene import INTERNET, frame, raw, ready_router

from inventory.admission import RatePair
from inventory.reading import parse_city
from request_tracker.capacity.predictor import LinePromises, predict
from shaping.drivers.base import Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.machine import LinuxDriver
from shaping.drivers.linux.nft import Interfaces
from shaping.queues import Queue

KBIT = 125
# So slow that this program fills it many times over on a machine that does seven other things.
CAPACITY = 20_000 * KBIT
ADDRESSES = {
    "dinkes": "10.10.1.5",
    "disdik": "10.10.2.5",
    "rsud": "10.10.5.5",
    "dishub": "10.10.6.5",
    "bpkad": "10.10.10.5",
}
OFFICES = tuple(ADDRESSES)
# The driver gives the numbers of new classes in the order of the codes.
MINORS = {opd: 0x10 + place for place, opd in enumerate(sorted(OFFICES))}
RATES = tuple(
    RatePair(guaranteed * KBIT, ceiling * KBIT)
    for guaranteed, ceiling in ((6_000, 20_000), (3_000, 20_000), (3_000, 4_000), (2_000, 20_000), (4_000, 12_000))
)
# In kbit/s: everybody wants all; two are modest; who is above its guarantee meets three that are far below theirs.
CASES = (
    (15_000, 15_000, 8_000, 15_000, 15_000),
    (15_000, 1_500, 8_000, 15_000, 3_000),
    (1_000, 15_000, 1_000, 8_000, 1_000),
)
WARM_SECONDS, SECONDS = 0.7, 3.0
WAYS: tuple[tuple[Literal["receive", "transmit"], str, str], ...] = (
    ("receive", "wan", "lan"),
    ("transmit", "lan", "wan"),
)


def main() -> None:
    ready_router()
    text = Path("inventory/example/city.yaml").read_text(encoding="utf-8").replace("200 Mbit/s", "20 Mbit/s")
    driver = LinuxDriver(Site(parse_city(text), "isp-utama", Path(sys.argv[1])))
    queues = [
        Queue(opd, way, rate.guaranteed, rate.ceiling)
        for opd, rate in zip(OFFICES, RATES, strict=True)
        for way, _, _ in WAYS
    ]
    driver.apply(driver.plan(queues))
    print(json.dumps([pair for case in CASES for _, entry, leave in WAYS for pair in compare(case, entry, leave)]))


def compare(case: tuple[int, ...], entry: str, leave: str) -> list[tuple[float, float]]:
    """What each office got in a case, and what it was said to get."""
    demands = [kbit * KBIT for kbit in case]
    frames = [
        frame(INTERNET, address) if entry == "wan" else frame(address, INTERNET) for address in ADDRESSES.values()
    ]
    got = sent(f"{entry}-far", frames, demands, leave)
    right = predict(np.array([demands], dtype=float), LinePromises(CAPACITY, RATES))[0]
    return [(got[MINORS[opd]], float(value)) for opd, value in zip(OFFICES, right, strict=True)]


def sent(entry: str, frames: list[bytes], demands: list[int], leave: str) -> dict[int, float]:
    """What each class let through a second, after it has emptied the tokens that it had saved."""
    begin = time.monotonic()
    moved, counts, marks = [0] * len(frames), [], [begin + WARM_SECONDS, begin + WARM_SECONDS + SECONDS]
    times: list[float] = []
    with raw(entry) as link:
        while marks:
            now = time.monotonic()
            if now >= marks[0]:
                marks.pop(0)
                counts.append(kernel.read_counts(Interfaces("wan", "lan"))[leave])
                times.append(time.monotonic())
            for number, (packet, demand) in enumerate(zip(frames, demands, strict=True)):
                if moved[number] <= demand * (now - begin):
                    moved[number] += link.send(packet)
    before, after = counts
    return {minor: (after[minor].bytes - count.bytes) / (times[1] - times[0]) for minor, count in before.items()}


if __name__ == "__main__":
    main()
