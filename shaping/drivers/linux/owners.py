"""Whose class an address belongs to: the city's prefixes in, ranges by IP version out. Pure.

Three maps, because an address is believed only where it can live. ``opds`` holds every OPD's prefixes. ``managed`` is
the management network and the devices: for what this router itself sends and for interfaces that are neither the
offices' nor the line's. ``stray`` are those of its addresses that no OPD has: what comes with one of them from the
offices' side or from the line is nobody's. There a managed router inside an OPD's prefix sends as that OPD. Without it
anybody takes the management class, and the whole line with it, by writing one source address into a packet.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_network

from inventory.model import City, Network
from shaping.drivers.linux.handles import MANAGEMENT, STRAY
from shaping.drivers.linux.ranges import Range, disjoint, without

VERSIONS = (4, 6)
KINDS = ("opds", "managed", "stray")
Ranges = Mapping[int, tuple[Range, ...]]


def _no_ranges() -> Ranges:
    return dict.fromkeys(VERSIONS, ())


@dataclass(frozen=True)
class Map:
    """Ranges of both IP versions; the owner of a range is its class's minor as text."""

    opds: Ranges
    managed: Ranges = field(default_factory=_no_ranges)
    stray: Ranges = field(default_factory=_no_ranges)

    def ranges(self, kind: str, version: int) -> tuple[Range, ...]:
        """The rows of one of the three, by its name."""
        return {"opds": self.opds, "managed": self.managed, "stray": self.stray}[kind].get(version, ())

    @cached_property
    def hash(self) -> str:
        """The same map, the same hash."""
        rows = [
            [(row.first, row.last, row.owner) for row in self.ranges(kind, version)]
            for kind in KINDS
            for version in VERSIONS
        ]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def compile_map(city: City, minors: Mapping[str, int]) -> Map:
    """Who owns which addresses: OPDs by their prefixes; the management network and the devices apart."""
    opds: list[tuple[Network, str]] = [
        (prefix, str(minors[opd.code])) for opd in city.opds if opd.code in minors for prefix in opd.prefixes
    ]
    networks: list[Network] = [*city.city.management, *(ip_network(device.address) for device in city.devices)]
    managed = [(network, str(MANAGEMENT)) for network in networks]
    # The longest prefix wins between the two: an OPD inside a management network of 10.0.0.0/8 is an OPD.
    own, everywhere = _disjoint(opds), _disjoint((network, str(STRAY)) for network in networks)
    # The longest prefix wins between the two: an OPD inside a management network of 10.0.0.0/8 is an OPD.
    believed = _only(_disjoint([*opds, *managed]), str(MANAGEMENT))
    return Map(own, believed, {version: tuple(without(everywhere[version], own[version])) for version in VERSIONS})


def owners_changed(before: Map | None, after: Map) -> set[str]:
    """The classes whose addresses differ between two maps, as the text of their minors."""
    old = before or Map(_no_ranges())
    changed = set()
    for kind in KINDS:
        for version in VERSIONS:
            changed |= {row.owner for row in {*old.ranges(kind, version)} ^ {*after.ranges(kind, version)}}
    return changed


def _disjoint(owned: Iterable[tuple[Network, str]]) -> Ranges:
    rows = list(owned)
    return {version: tuple(disjoint([row for row in rows if row[0].version == version])) for version in VERSIONS}


def _only(ranges: Ranges, owner: str) -> Ranges:
    return {version: tuple(row for row in rows if row.owner == owner) for version, rows in ranges.items()}
