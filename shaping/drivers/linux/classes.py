"""A revision in, the HTB classes of one interface out. Pure.

One class per OPD under one parent with the uplink's capacity: rate is the guarantee, ceil the ceiling. Class 2 takes
what belongs to nobody, class 3 the management network; neither stands in any plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shaping.ledger import Revision

MAJOR = 0x1EB
PARENT, UNMAPPED, MANAGEMENT, FIRST = 0x1, 0x2, 0x3, 0x10
UNMAPPED_SHARE, MANAGEMENT_SHARE = 0.01, 0.04
_BURST_SECONDS, _LOWEST_BURST = 0.002, 1600
_QUEUE_SECONDS = 0.05
_LOWEST_QUANTUM, _HIGHEST_QUANTUM = 1514, 60_000
_LOWEST_QUEUE = 16_000


@dataclass(frozen=True)
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


def compile_classes(revision: Revision, minors: Mapping[str, int], direction: str, capacity: int) -> dict[int, Class]:
    """Every class of the interface that carries this direction, by minor."""
    unmapped = max(32_000, int(capacity * UNMAPPED_SHARE))
    management = max(32_000, int(capacity * MANAGEMENT_SHARE))
    highest = max((r.guaranteed for (_, way), r in revision.rates.items() if way == direction), default=1)
    found = [
        _class(PARENT, capacity, capacity, highest, inner=True),
        _class(UNMAPPED, unmapped, unmapped, highest),
        _class(MANAGEMENT, management, capacity, highest),
    ]
    found += [
        _class(minors[opd], rates.guaranteed, rates.ceiling, highest)
        for (opd, way), rates in sorted(revision.rates.items())
        if way == direction
    ]
    return {one.minor: one for one in found}


def assign_minors(known: Mapping[str, int], opds: set[str]) -> dict[str, int]:
    """A class number for every OPD: those known keep theirs, new ones get the lowest free."""
    minors = {opd: minor for opd, minor in known.items() if opd in opds}
    taken = set(known.values())
    free = (minor for minor in range(FIRST, 0xFFFF) if minor not in taken)
    for opd in sorted(opds - minors.keys()):
        minors[opd] = next(free)
    return minors


def _class(minor: int, rate: int, ceil: int, highest: int, inner: bool = False) -> Class:
    """Excess is shared in proportion to the guarantee, so the quantum follows it."""
    quantum = min(_HIGHEST_QUANTUM, max(_LOWEST_QUANTUM, _HIGHEST_QUANTUM * rate // max(highest, 1)))
    queue = 0 if inner else max(_LOWEST_QUEUE, int(ceil * _QUEUE_SECONDS))
    return Class(minor, rate, ceil, _burst(ceil), _burst(ceil), quantum, queue)


def _burst(rate: int) -> int:
    return max(_LOWEST_BURST, int(rate * _BURST_SECONDS))
