"""Queues in, the HTB classes of one interface out. Pure.

One class per OPD under one parent with the uplink's capacity: rate is the guarantee, ceil the ceiling. Class 2 takes
what belongs to nobody, class 3 the management network, class 4 what came from where its address does not live; none of
them stands in any plan. A class depends on its own queue and on the line, never on another OPD's: so one change is one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.admission import LOWEST_BYTES_PER_SECOND, Direction
from shaping.drivers.linux.handles import MAJOR, MANAGEMENT, PARENT, STRAY, UNMAPPED
from shaping.drivers.linux.leaves import KINDS, LAST
from shaping.queues import Queue

# The line's reserve of 5 % (``inventory.admission``): little for addresses of nobody, and enough that a technician
# still reaches the routers of a full line.
UNMAPPED_SHARE, MANAGEMENT_SHARE = 0.01, 0.04

# A class may send 2 ms of its ceiling at once (of its ceiling's tokens a turn, where that is more); the rate was
# measured within 0.4 % so, for 1 to 500 classes.
_BURST_SECONDS = 0.002

# A whole Ethernet frame with its headers; below it a class could never send one.
_LOWEST_BURST = 1600

# A guarantee of nothing worth having: stray packets live on what the others leave, below their own small ceiling.
_STRAY_BYTES_PER_SECOND = 1_000

# Bytes of one turn among borrowers: a full frame at least, and HTB warns above 200,000 (net/sched/sch_htb.c).
_LOWEST_QUANTUM, _HIGHEST_QUANTUM = 1514, 200_000

# Excess follows the guarantee, so a turn is 10 ms of it: in proportion from 1.2 to 160 Mbit/s. On lines below 200
# Mbit/s longer, so that a quarter of the line takes 60,000 bytes: guarantees there are smaller than a frame each 10 ms.
# A property of the line and the class alone: relative to the largest guarantee, one OPD's change was 438 operations.
_TURN_SECONDS, _TURN_BYTES_OF_A_QUARTER = 0.01, 60_000


@dataclass(frozen=True, kw_only=True)
class Class:
    """One HTB class: bytes per second, bytes of burst, DRR quantum, its leaf and the bytes that this holds at most.

    An inner class has no leaf ('' and 0).

    ``prio`` and ``parent`` are always the same in what we make; they are read, because somebody else may set them.
    """

    minor: int
    rate: int
    ceil: int
    burst: int
    cburst: int
    quantum: int
    queue: int
    prio: int = 0
    parent: int = PARENT
    leaf: str = ""

    @property
    def name(self) -> str:
        """``1eb:10`` as tc writes it."""
        return f"{MAJOR:x}:{self.minor:x}"


def compile_classes(
    queues: Iterable[Queue],
    minors: Mapping[str, int],
    direction: Direction,
    line: "LineClasses",
) -> dict[int, Class]:
    """Every class of the interface that carries this direction, by minor."""
    unmapped, ceiling = line.share(UNMAPPED_SHARE), line.unmapped_ceiling
    highest = unmapped if ceiling is None else min(line.capacity, max(unmapped, ceiling))
    classes = [
        line.inner(),
        line.leaf(UNMAPPED, unmapped, highest),
        line.leaf(MANAGEMENT, line.share(MANAGEMENT_SHARE), line.capacity),
        line.leaf(STRAY, _STRAY_BYTES_PER_SECOND, unmapped),
    ]
    classes += [
        line.leaf(minors[queue.opd], queue.guaranteed_bytes_per_second, queue.ceiling_bytes_per_second)
        for queue in sorted(queues, key=lambda queue: queue.opd)
        if queue.direction == direction
    ]
    return {htb.minor: htb for htb in classes}


@dataclass(frozen=True)
class LineClasses:
    """One direction of an uplink, and what its capacity makes of a rate.

    ``unmapped_ceiling`` is what addresses of nobody may use at most; their guarantee is all that they get without it.
    ``kind`` is that of the qdisc in which packets wait (``leaves``).
    """

    capacity: int
    unmapped_ceiling: int | None = None
    kind: str = LAST

    def share(self, part: float) -> int:
        """A part of the line, and never less than the lowest rate."""
        return max(LOWEST_BYTES_PER_SECOND, int(self.capacity * part))

    def inner(self) -> Class:
        """The class of the whole line, below which all others stand."""
        return self._class(PARENT, (self.capacity, self.capacity), 0, queue=0, parent=0)

    def leaf(self, minor: int, rate: int, ceil: int) -> Class:
        """A class that holds packets."""
        # A borrower that has spent its tokens waits for its next turn. With less than a turn of them it got 77 % of a
        # ceiling that lies close above its guarantee on a full line; with a turn of them 99 % (tests: predictor).
        turn, queue = self.quantum(rate), KINDS[self.kind].limit(ceil)
        return self._class(minor, (rate, ceil), turn, queue=queue, parent=PARENT)

    def quantum(self, rate: int) -> int:
        """The bytes of one turn of a class with that guarantee."""
        seconds = max(_TURN_SECONDS, 4 * _TURN_BYTES_OF_A_QUARTER / self.capacity)
        return min(_HIGHEST_QUANTUM, max(_LOWEST_QUANTUM, int(rate * seconds)))

    def _class(self, minor: int, rates: tuple[int, int], turn: int, *, queue: int, parent: int) -> Class:
        rate, ceil = rates
        burst = max(_LOWEST_BURST, int(ceil * _BURST_SECONDS))
        return Class(
            minor=minor,
            rate=rate,
            ceil=ceil,
            burst=burst,
            cburst=max(burst, turn),
            quantum=self.quantum(rate),
            queue=queue,
            parent=parent,
            leaf=self.kind if queue else "",
        )
