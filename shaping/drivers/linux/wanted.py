"""What the kernel of this machine shall hold: the city's uplink and neutral queues in, classes and map out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.admission import DIRECTIONS, capacity_of
from shaping.drivers.base import Site
from shaping.drivers.linux.classes import Class, LineClasses, compile_classes
from shaping.drivers.linux.frames import FrameSize
from shaping.drivers.linux.owners import Map, compile_map
from shaping.queues import Queue


@dataclass(frozen=True)
class Wanted:
    """Classes by interface and minor, the map, and what a frame costs on the line."""

    classes: Mapping[str, Mapping[int, Class]]
    owners: Map
    frame: FrameSize


def wanted_of(site: Site, queues: Sequence[Queue], minors: Mapping[str, int], leaf: str) -> Wanted:
    """Everything of the uplink, with that kind of leaf."""
    uplink, classes = site.city.uplink(site.uplink), {}
    for direction in DIRECTIONS:
        capacity = capacity_of(uplink, direction)
        # Nobody has decided how much addresses of nobody may use: then they are held back by their guarantee alone.
        line = LineClasses(capacity, capacity if site.unmapped is None else site.unmapped, leaf)
        classes[site.place(direction)] = compile_classes(queues, minors, direction, line)
    shaping = site.shaping
    frame = FrameSize(shaping.overhead_bytes, shaping.smallest_frame_bytes)
    return Wanted(classes, compile_map(site.city, minors), frame)
