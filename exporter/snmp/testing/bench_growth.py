"""Growth: our server alone on farms of more and more devices; CPU per device and what a minute's round takes of a core.

Small devices (two interfaces), so that the largest farm fits into a benchmark.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

from exporter.snmp.testing.bench_children import Farm, free, ours, scripted
from exporter.snmp.testing.bench_city import V2C
from exporter.snmp.testing.farm import addresses
from exporter.snmp.testing.scraping import ScrapeSubject, measured

# A city, a province, and ten provinces.
SIZES = (500, 2_000, 20_000)
# CPU of one device among many over among few: 1 is linear, the rest is what caches lose.
LINEAR = 1.3
_INTERFACES = ["e1", "e2"]

Figure = tuple[str, float, float]


def growth() -> Iterator[Figure]:
    """Name, value and what it is held to: CPU of the largest farms per device over the smallest's."""
    spent: dict[int, float] = {}
    for size in SIZES:
        spent[size] = _cpu_per_device(size)
        name = f"CPU ms per device at {size} devices of {len(_INTERFACES)} interfaces, of that at {SIZES[0]}"
        yield f"{name} ({1000 * spent[size]:.3f} ms)", spent[size] / spent[SIZES[0]], LINEAR


def _cpu_per_device(devices: int) -> float:
    farm = Farm(free(socket.SOCK_DGRAM), list(addresses(devices)), _INTERFACES)
    with ExitStack() as stack:
        stack.enter_context(scripted(farm, 0.0, 0, "--one-socket"))
        child, page = stack.enter_context(ours(farm, V2C))
        # Few devices get more rounds: one round of theirs is short beside what a process's CPU clock can tell apart.
        rounds = max(3, 4_000 // devices)
        (cost,) = measured([ScrapeSubject(child.pid, page, [f"d{n}" for n in range(devices)])], rounds)
        return cost.device_cpu_seconds
