"""What the classes give: rates, guarantees, changes under traffic, delay. Each measurement makes rows of the table."""

import socket
import statistics
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from inventory.admission import LOWEST_BYTES_PER_SECOND
from shaping.bench.table import BenchRow
from shaping.bench.world import (
    OFFICES,
    PLACES,
    Took,
    city_of,
    converge,
    counts,
    driver_in,
    frame,
    full_queues,
    minors_of,
    queues_of,
    sender,
    timed,
)
from shaping.drivers.linux.machine import LinuxDriver
from shaping.queues import Queue

# Full queues have spent what their classes had saved.
_WARM_SECONDS = 0.5
# Classes, and the ceiling of each in bytes per second: some 100 Mbit/s together, which one program can keep full.
_SIZES = ((1, 2_500_000), (50, 250_000), (OFFICES, LOWEST_BYTES_PER_SECOND))
_MEGABIT = 125_000


def rows(state: Path, seconds: float) -> Iterator[BenchRow]:
    """In the order of the design's table."""
    errors = [_error(state / f"rate-{offices}", offices, ceiling, seconds) for offices, ceiling in _SIZES]
    yield BenchRow("rate error per class, 1 to 500 classes", max(errors), "%", most=1.0)
    yield BenchRow("CIR delivered on a full uplink, the worst of 500 OPDs", _delivered(state, seconds), "%", least=99.0)
    yield from _rerated(state)
    yield BenchRow("new rate in force (from 1 Mbit/s)", _in_force(state), "ms", most=50.0)
    yield BenchRow("delay under load at 5 Mbit/s", _delay(state, seconds), "ms", most=60.0)


def _speeds(minors: Sequence[int], seconds: float) -> list[float]:
    time.sleep(_WARM_SECONDS)
    began, before = counts()
    time.sleep(seconds)
    ended, after = counts()
    return [(after[minor].bytes - before[minor].bytes) / (ended - began) for minor in minors]


def _error(state: Path, offices: int, ceiling: int, seconds: float) -> float:
    """The worst class, in percent of its ceiling."""
    driver, queues = driver_in(state), queues_of(offices, LOWEST_BYTES_PER_SECOND, ceiling)
    converge(driver, queues)
    with full_queues(minors := minors_of(queues), ceiling):
        speeds = _speeds(minors, seconds)
    driver.panic()
    return max(abs(speed / ceiling - 1) * 100 for speed in speeds)


def _delivered(state: Path, seconds: float) -> float:
    """Everybody wants all of a line whose guarantees are all that may be promised of it."""
    capacity = -(-OFFICES * LOWEST_BYTES_PER_SECOND * 100 // 95)
    driver = driver_in(state / "full", city_of(capacity))
    queues = queues_of(OFFICES, LOWEST_BYTES_PER_SECOND, capacity)
    converge(driver, queues)
    with full_queues(minors := minors_of(queues), LOWEST_BYTES_PER_SECOND):
        speeds = _speeds(minors, seconds)
    driver.panic()
    return min(speeds) / LOWEST_BYTES_PER_SECOND * 100


def _rerated(state: Path) -> Iterator[BenchRow]:
    """All 500 offices again and again, while one sends less than it may: nothing of it is lost."""
    driver = driver_in(state / "rerated")
    slow, fast = (queues_of(OFFICES, 2 * _MEGABIT, rate * _MEGABIT) for rate in (8, 16))
    converge(driver, slow)
    minor = minors_of(slow)[0]
    over, sent, packet = threading.Event(), [0], frame(600)
    times: list[Took] = []
    before = counts()[1][minor]

    def send() -> None:
        with sender(minor, 100 * _MEGABIT) as link:
            while not over.is_set():
                link.send(packet)
                sent[0] += 1
                # 2.4 Mbit/s at most, and never a burst, however long this program has to wait for its turn.
                over.wait(0.002)

    # Not supervised: of this one measurement, waited for below, and gone with the bench whatever happens.
    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    for wanted in (fast, slow) * 5:
        plan = driver.plan(wanted)
        times.append(timed(partial(driver.apply, plan)))
        driver.confirm(plan, "the bench", time.time())
    over.set()
    thread.join()
    _emptied(minor)
    after = counts()[1][minor]
    driver.panic()
    lost = sent[0] - (after.packets - before.packets) + (after.drops - before.drops)
    yield BenchRow("packets lost by ten changes under traffic", lost, "", most=0.0, note=f"of {sent[0]}")
    middle = sorted(times)[len(times) // 2]
    note = f"with the way back; {middle.own}"
    yield BenchRow("500 OPDs re-rated under load, both ways", middle.milliseconds, "ms", most=50.0, note=note)


def _emptied(minor: int) -> None:
    deadline = time.monotonic() + 10
    while counts()[1][minor].backlog and time.monotonic() < deadline:
        time.sleep(0.02)


def _in_force(state: Path) -> float:
    """From the answer of the kernel until two frames come as close together as the new rate has them; the median."""
    driver, delays = driver_in(state / "force"), []
    slow, fast = (queues_of(1, LOWEST_BYTES_PER_SECOND, rate * _MEGABIT) for rate in (1, 20))
    for _ in range(5):
        converge(driver, slow)
        with full_queues(minors_of(slow), 20 * _MEGABIT, size=1514), _far_end() as far:
            time.sleep(_WARM_SECONDS)
            delays.append(_closer(driver, fast, far))
    driver.panic()
    return statistics.median(delays) * 1000


def _closer(driver: LinuxDriver, fast: Sequence[Queue], far: socket.socket) -> float:
    stamps: list[float] = []
    over = threading.Event()

    def receive() -> None:
        while not over.is_set():
            try:
                far.recv(64)
                stamps.append(time.monotonic())
            except TimeoutError:
                continue

    # Not supervised: of this one measurement, waited for below, and gone with the bench whatever happens.
    thread = threading.Thread(target=receive, daemon=True)
    thread.start()
    converge(driver, fast)
    changed = time.monotonic()
    time.sleep(0.5)
    over.set()
    thread.join()
    # 1,514 bytes take 0.6 ms at 20 Mbit/s and 12 ms at one: half of the way between is the new rate.
    later = [stamp for stamp in stamps if stamp >= changed]
    return next((second - changed for first, second in pairwise(later) if second - first < 0.006), 0.5)


def _delay(state: Path, seconds: float) -> float:
    """How long a frame waits in a full queue, the median; the frames carry the time at which they were sent."""
    driver, queues = driver_in(state / "delay"), queues_of(1, LOWEST_BYTES_PER_SECOND, 5 * _MEGABIT)
    converge(driver, queues)
    waits: list[float] = []
    end = time.monotonic() + _WARM_SECONDS + seconds
    with sender(minors_of(queues)[0], 100 * _MEGABIT) as link, _far_end() as far:
        far.setblocking(False)
        while time.monotonic() < end:
            _send_stamped(link)
            _receive_stamped(far, waits)
            time.sleep(0.001)
    driver.panic()
    return statistics.median(waits) * 1000


def _send_stamped(link: socket.socket) -> None:
    # Until the queue is full: what is refused was never sent.
    try:
        for _ in range(50):
            link.send(frame(1514)[:14] + struct.pack("=d", time.monotonic()) + bytes(1492))
    except OSError:
        return


def _receive_stamped(far: socket.socket, waits: list[float]) -> None:
    try:
        while True:
            waits.append(time.monotonic() - struct.unpack_from("=d", far.recv(64), 14)[0])
    except BlockingIOError:
        return


def _far_end() -> socket.socket:
    far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88B5))
    far.bind((f"{PLACES.transmit}-far", 0x88B5))
    far.settimeout(0.05)
    return far
