"""The namespace of the bench: two pairs of interfaces, a city of 500 offices, and packets for one class each.

A packet names its class itself (SO_PRIORITY, which HTB takes as a class), where the map is not what is measured.
"""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inventory.admission import DIRECTIONS
from inventory.generate import generate_city
from inventory.model import City
from inventory.reading import parse_city
from shaping.drivers.base import Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.handles import assign_minors, class_handle
from shaping.drivers.linux.machine import LinuxDriver
from shaping.drivers.linux.nft import Interfaces
from shaping.plan import Plan
from shaping.queues import Count, Queue

PLACES = Interfaces("wan", "lan")
OFFICES = 500
# Between two rounds of a sender; every queue holds several times as much.
_PAUSE_SECONDS = 0.004
# IEEE 802's number for experiments: nobody at the other end takes such a frame for anything.
EXPERIMENT = bytes.fromhex("88b5")
# The kernel doubles it (socket(7)); some ten frames of 600 bytes wait then, whatever the class is.
_LOWEST_BUFFER = 8_000


def make_interfaces() -> None:
    """``wan`` with a next hop for everything, ``lan``, and a far end of each that answers nothing."""
    _ip("link", "set", "lo", "up")
    for name in (PLACES.transmit, PLACES.receive):
        _ip("link", "add", name, "type", "veth", "peer", "name", f"{name}-far")
        for end in (name, f"{name}-far"):
            Path(f"/proc/sys/net/ipv6/conf/{end}/disable_ipv6").write_text("1", encoding="ascii")
            _ip("link", "set", end, "up")
    _ip("address", "add", "192.0.2.1/30", "dev", PLACES.transmit)
    _ip("neigh", "add", "192.0.2.2", "lladdr", "02:00:00:00:00:01", "dev", PLACES.transmit)
    _ip("route", "add", "default", "via", "192.0.2.2")


def city_of(capacity: int | None = None) -> City:
    """500 offices on one uplink; with another capacity than its own 10 Gbit/s, in bytes per second."""
    city = parse_city(generate_city(OFFICES))
    if capacity is None:
        return city
    rates = {"receive_capacity": capacity, "transmit_capacity": capacity}
    return city.model_copy(update={"uplinks": tuple(uplink.model_copy(update=rates) for uplink in city.uplinks)})


def driver_in(state: Path, city: City | None = None) -> LinuxDriver:
    """The driver itself, with everything that it writes to disk."""
    city = city or city_of()
    return LinuxDriver(Site(city, city.uplinks[0].name, state))


def queues_of(offices: int, guaranteed: int, ceiling: int) -> list[Queue]:
    """The same rates for the first offices, both ways."""
    return [Queue(opd, way, guaranteed, ceiling) for opd in sorted(codes())[:offices] for way in DIRECTIONS]


def codes() -> list[str]:
    """Of every office."""
    return [opd.code for opd in city_of().opds]


def minors_of(queues: Sequence[Queue]) -> list[int]:
    """The classes that the driver gives them on a machine where it never was."""
    return sorted(assign_minors({}, {queue.opd for queue in queues}).values())


def converge(driver: LinuxDriver, wanted: Sequence[Queue]) -> Plan:
    """Plan, apply, confirm."""
    plan = driver.plan(wanted)
    if not plan.empty:
        driver.apply(plan)
        driver.confirm(plan, "the bench", time.time())
    return plan


@dataclass(frozen=True, order=True)
class Took:
    """How long something took by the clock, and of this program's own processor time: the rest is others' or waiting.

    The first tells what an office gets on a machine as busy as this one, the second what the code costs on any.
    """

    milliseconds: float
    processor: float

    @property
    def own(self) -> str:
        """The second, as a row's note."""
        return f"{self.processor:.0f} ms of it this program's own processor time"


def timed(work: Callable[[], object]) -> Took:
    """Do it and say how long it took."""
    began, before = time.monotonic(), time.process_time()
    work()
    return Took((time.monotonic() - began) * 1000, (time.process_time() - before) * 1000)


def counts() -> tuple[float, dict[int, Count]]:
    """What each class towards the line counted, and when: the middle of the reading."""
    before = time.monotonic()
    by_minor = kernel.read_counts(PLACES)[PLACES.transmit]
    return (before + time.monotonic()) / 2, by_minor


def sender(minor: int, rate: int) -> socket.socket:
    """A socket whose frames go into that class; it holds 100 ms of the rate (bytes a second) at most."""
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK)
    link.bind((PLACES.transmit, 0))
    link.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, class_handle(minor).number)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, max(_LOWEST_BUFFER, rate // 10))
    return link


def frame(size: int) -> bytes:
    """A frame of so many bytes, its head included."""
    return bytes(12) + EXPERIMENT + bytes(size - 14)


@contextmanager
def full_queues(minors: Sequence[int], rate: int, size: int = 600) -> Iterator[None]:
    """Within it each of these classes always has something to send."""
    links, packet, over = [sender(minor, rate) for minor in minors], frame(size), threading.Event()

    def fill() -> None:
        while not over.is_set():
            for link in links:
                _fill(link, packet)
            over.wait(_PAUSE_SECONDS)

    # Not supervised: of this one measurement, waited for below, and gone with the bench whatever happens.
    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for link in links:
            link.close()


def _fill(link: socket.socket, packet: bytes) -> None:
    # Full (EAGAIN), or the queue itself is (ENOBUFS): enough for this round. Bounded, for a class that is never full.
    try:
        for _ in range(1000):
            link.send(packet)
    except OSError:
        return


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
