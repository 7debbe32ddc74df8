"""Queues in, the HTB classes of one interface out. Pure.

One class per OPD under one parent with the uplink's capacity: rate is the guarantee, ceil the ceiling. Class 2 takes
what belongs to nobody, class 3 the management network; neither stands in any plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.admission import LOWEST_BYTES_PER_SECOND, Direction
from shaping.errors import ShapingError
from shaping.queues import Queue

# Our root's handle, 1eb: - for "LEBarpita", and unlike the 1: that everybody else takes. What has it is ours.
MAJOR = 0x1EB

# Class numbers; OPDs begin at 0x10, so that another class of our own can be added below.
PARENT, UNMAPPED, MANAGEMENT, FIRST = 0x1, 0x2, 0x3, 0x10

# A leaf qdisc's handle is its class's number and this, far from the 1: to f: that people type.
LEAF_OFFSET = 0x100

# Handles have 16 bits, and ffff: is the kernel's own (TC_H_INGRESS).
_HIGHEST_MINOR = 0xFFFF - LEAF_OFFSET - 1

# The class whose leaf would have the root's handle: the kernel answers "busy" (seen at the 220th OPD of 500).
_NO_MINORS = frozenset({MAJOR - LEAF_OFFSET})

# The line's reserve of 5 % (``inventory.admission``): little for addresses of nobody, and enough that a technician
# still reaches the routers of a full line.
UNMAPPED_SHARE, MANAGEMENT_SHARE = 0.01, 0.04

# A class may send 2 ms of its ceiling at once; the rate was measured within 0.4 % so, for 1 to 500 classes.
_BURST_SECONDS = 0.002

# A whole Ethernet frame with its headers; below it a class could never send one.
_LOWEST_BURST = 1600

# The leaf holds 50 ms of the ceiling: 47 ms of delay under load were measured, 1,864 ms with the default pfifo.
_QUEUE_SECONDS = 0.05

# Ten full frames: 50 ms of the lowest rate would hold one, and drop the second of any burst.
_LOWEST_QUEUE = 16_000

# Bytes of one turn among borrowers: a full frame at least; HTB warns from 200,000 on (net/sched/sch_htb.c).
# Proportional to the guarantee in between, so that excess follows it.
_LOWEST_QUANTUM, _HIGHEST_QUANTUM = 1514, 60_000


@dataclass(frozen=True, kw_only=True)
class Class:
    """One HTB class: bytes per second, bytes of burst, DRR quantum, bytes of its queue (0: an inner class)."""

    minor: int
    rate: int
    ceil: int
    burst: int
    cburst: int
    quantum: int
    queue: int

    @property
    def name(self) -> str:
        """``1eb:10`` as tc writes it."""
        return f"{MAJOR:x}:{self.minor:x}"


def compile_classes(
    queues: Iterable[Queue], minors: Mapping[str, int], direction: Direction, capacity: int
) -> dict[int, Class]:
    """Every class of the interface that carries this direction, by minor."""
    unmapped = max(LOWEST_BYTES_PER_SECOND, int(capacity * UNMAPPED_SHARE))
    management = max(LOWEST_BYTES_PER_SECOND, int(capacity * MANAGEMENT_SHARE))
    mine = sorted((queue for queue in queues if queue.direction == direction), key=lambda queue: queue.opd)
    highest = max((queue.guaranteed_bytes_per_second for queue in mine), default=1)
    classes = [
        _class(PARENT, capacity, capacity, highest, inner=True),
        _class(UNMAPPED, unmapped, unmapped, highest),
        _class(MANAGEMENT, management, capacity, highest),
    ]
    classes += [
        _class(minors[queue.opd], queue.guaranteed_bytes_per_second, queue.ceiling_bytes_per_second, highest)
        for queue in mine
    ]
    return {htb.minor: htb for htb in classes}


def assign_minors(earlier: Mapping[str, int], opds: set[str]) -> dict[str, int]:
    """A class number for every OPD: earlier ones keep theirs, new ones get the lowest free. Raises ShapingError."""
    minors = {opd: minor for opd, minor in earlier.items() if opd in opds and minor not in _NO_MINORS}
    used = {*earlier.values(), *_NO_MINORS}
    free = (minor for minor in range(FIRST, _HIGHEST_MINOR + 1) if minor not in used)
    for opd in sorted(opds - minors.keys()):
        minor = next(free, None)
        if minor is None:
            raise ShapingError(f"{len(opds)} OPDs on one uplink are more classes than the kernel can number; split it")
        minors[opd] = minor
    return minors


def _class(minor: int, rate: int, ceil: int, highest: int, inner: bool = False) -> Class:
    """Excess is shared in proportion to the guarantee, so the quantum follows it."""
    quantum = min(_HIGHEST_QUANTUM, max(_LOWEST_QUANTUM, _HIGHEST_QUANTUM * rate // max(highest, 1)))
    queue = 0 if inner else max(_LOWEST_QUEUE, int(ceil * _QUEUE_SECONDS))
    burst = _burst(ceil)
    return Class(minor=minor, rate=rate, ceil=ceil, burst=burst, cburst=burst, quantum=quantum, queue=queue)


def _burst(rate: int) -> int:
    return max(_LOWEST_BURST, int(rate * _BURST_SECONDS))
