"""Which node each OPD hangs from: guarantees and ceilings in, a node's number for each OPD out. Pure.

A node is one HTB on one core. A line that one core carries is one node, in which everybody borrows from everybody; a
larger one is cut into equal nodes, and borrowing ends at a node's edge. Where an OPD is it stays, while it fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.admission import DIRECTIONS, Direction, RatePair
from inventory.rates import format_rate
from shaping.drivers.libreqos.circuits import MEGABIT
from shaping.errors import ShapingError

Sides = Mapping[Direction, RatePair]


@dataclass(frozen=True)
class NodeSize:
    """How many nodes there are, and what each carries in whole Mbit/s."""

    count: int
    mbps: Mapping[Direction, int]

    def rate(self, direction: Direction) -> int:
        """Bytes per second of one node."""
        return self.mbps[direction] * MEGABIT

    def room(self, direction: Direction) -> int:
        """What may be guaranteed in it: LibreQoS itself keeps 1 Mbit/s between a node's least and most."""
        return self.rate(direction) - MEGABIT


def node_size(capacities: Mapping[Direction, int], core: int) -> NodeSize:
    """``capacities`` of the line and what a ``core`` carries, bytes per second."""
    count = max(1, *(-(-capacity // core) for capacity in capacities.values()))
    return NodeSize(count, {way: max(1, capacity // MEGABIT // count) for way, capacity in capacities.items()})


def grouped(size: NodeSize, rates: Mapping[str, Sides], present: Mapping[str, int]) -> dict[str, int]:
    """A node's number (from 1) for each OPD. Raises ShapingError where an OPD or all of them fit no node."""
    for opd, sides in sorted(rates.items()):
        for way in DIRECTIONS:
            if sides[way].ceiling > size.rate(way):
                large = f"{opd} {way}: a ceiling of {format_rate(sides[way].ceiling)} is above a node's"
                step = "raise libreqos: core: in shaping.yaml where a core carries more, or lower the ceiling"
                raise ShapingError(f"{large} {format_rate(size.rate(way))} (one of {size.count}); {step}")
    stay = {opd: number for opd, number in present.items() if opd in rates and 1 <= number <= size.count}
    # Those that stay may have left no node with room for a newcomer: then all are laid anew.
    groups = _laid(size, rates, stay) or _laid(size, rates, {})
    if groups is None:
        step = "move an office to another uplink or raise libreqos: core: in shaping.yaml"
        raise ShapingError(f"the guarantees of {len(rates)} OPDs do not fit {size.count} nodes of LibreQoS; {step}")
    return groups


def _laid(size: NodeSize, rates: Mapping[str, Sides], stay: Mapping[str, int]) -> dict[str, int] | None:
    """Those that stay, then the largest guarantee first into the emptiest node; None where one fits nowhere.

    All minima of a node above its rate: LibreQoS would replace each by 1 Mbit/s, without a word.
    """
    room = {number: {way: size.room(way) for way in DIRECTIONS} for number in range(1, size.count + 1)}
    groups: dict[str, int] = {}
    for opd in _order(rates, stay):
        sides = rates[opd]
        fitting = [number for number, free in room.items() if _fits(sides, free)]
        place = stay.get(opd)
        if place not in fitting:
            place = max(fitting, key=lambda number: (min(room[number].values()), -number), default=None)
        if place is None:
            return None
        groups[opd] = place
        for way in DIRECTIONS:
            room[place][way] -= sides[way].guaranteed
    return groups


def _order(rates: Mapping[str, Sides], stay: Mapping[str, int]) -> Sequence[str]:
    largest = {opd: max(side.guaranteed for side in sides.values()) for opd, sides in rates.items()}
    return sorted(rates, key=lambda opd: (opd not in stay, -largest[opd], opd))


def _fits(sides: Sides, free: Mapping[Direction, int]) -> bool:
    return all(sides[way].guaranteed <= free[way] for way in DIRECTIONS)
