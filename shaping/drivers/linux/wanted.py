"""What the kernel of this machine shall hold: the city's uplink and neutral queues in, classes and map out. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from inventory.admission import DIRECTIONS, capacity_of
from inventory.model import City
from shaping.drivers.base import Site
from shaping.drivers.linux import nft
from shaping.drivers.linux.classes import Class, LineClasses, compile_classes
from shaping.drivers.linux.frames import FrameSize
from shaping.drivers.linux.nft import Interfaces, RouterSides
from shaping.drivers.linux.owners import Map, compile_map
from shaping.drivers.linux.sides import sides_of
from shaping.queues import Queue


@dataclass(frozen=True)
class TableBasis:
    """Everything that decides what the table shall hold, but for what never changes of a site."""

    city: City
    minors: Mapping[str, int]
    places: Interfaces

    def same(self, other: "TableBasis") -> bool:
        """The city by its identity: comparing two of 500 offices takes as long as compiling one."""
        return self.city is other.city and (self.minors, self.places) == (other.minors, other.places)


@dataclass(frozen=True)
class TargetTable:
    """The map and its sides; ``script`` is the hash of the nft script that makes the table."""

    basis: TableBasis
    owners: Map
    sides: RouterSides
    script: str


@dataclass(frozen=True)
class KernelTarget:
    """What the kernel shall hold for these queues: classes by interface and minor, what a frame costs, the table."""

    queues: tuple[Queue, ...]
    leaf: str
    table: TargetTable
    classes: Mapping[str, Mapping[int, Class]]
    frame: FrameSize

    @property
    def minors(self) -> Mapping[str, int]:
        """The class numbers that it uses, by OPD."""
        return self.table.basis.minors

    @property
    def owners(self) -> Map:
        """Who owns which addresses."""
        return self.table.owners


def target_of(
    site: Site, queues: tuple[Queue, ...], leaf: str, basis: TableBasis, last: KernelTarget | None
) -> KernelTarget:
    """Everything of the uplink, with that kind of leaf. What of ``last`` would come out the same is taken from it."""
    table = last.table if last is not None and last.table.basis.same(basis) else _table(site, basis)
    if last is not None and table is last.table and (queues, leaf) == (last.queues, last.leaf):
        return last
    uplink, classes, shaping = basis.city.uplink(site.uplink), {}, site.shaping
    for direction in DIRECTIONS:
        capacity = capacity_of(uplink, direction)
        # Nobody has decided how much addresses of nobody may use: then they are held back by their guarantee alone.
        line = LineClasses(capacity, capacity if site.unmapped is None else site.unmapped, leaf)
        classes[site.place(direction)] = compile_classes(queues, basis.minors, direction, line)
    return KernelTarget(queues, leaf, table, classes, FrameSize(shaping.overhead_bytes, shaping.smallest_frame_bytes))


def _table(site: Site, basis: TableBasis) -> TargetTable:
    owners, sides = compile_map(basis.city, basis.minors), sides_of(site, basis.minors)
    script = hashlib.sha256(nft.script(owners, basis.places, sides).encode()).hexdigest()
    return TargetTable(basis, owners, sides, script)
