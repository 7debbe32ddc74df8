"""What must change in this kernel: a state and what is wanted in, its changes in a safe order out. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from inventory.admission import Direction
from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.commands import act_of, class_of, rendered
from shaping.drivers.linux.frames import BARE, FrameSize
from shaping.drivers.linux.handles import PARENT
from shaping.drivers.linux.kernel import Changes, State
from shaping.drivers.linux.owners import Map
from shaping.plan import Operation, SettingChange, differences, in_order
from shaping.queues import Queue


def changes_between(
    present: State,
    classes: Mapping[str, Mapping[int, Class]],
    owners: Map,
    listing: str | None = None,
    frame: FrameSize = BARE,
) -> Changes:
    """What turns the kernel's state into these classes, by interface and minor, this map and this size of frames.

    ``listing`` is how nft tells the wanted table; None where that is not known, and then it is made again.
    """
    # Below a root that is not as we make it everything goes with the root.
    there = {place: {} if place in present.spoiled else present.classes.get(place, {}) for place in classes}
    changes = [
        change for place, wanted in classes.items() for change in differences(place, there[place], wanted, act_of)
    ]
    # Our inner class is made right after the root, so its absence is the root's.
    fresh = tuple(place for place in classes if PARENT not in there[place])
    same_map = present.map is not None and present.map.hash == owners.hash and present.table == listing
    return Changes(
        in_order(changes),
        fresh,
        None if same_map else owners,
        present.map,
        stale=tuple(place for place in classes if place in present.spoiled),
        filtered=tuple(place for place in classes if place in present.filters and place not in present.spoiled),
        resized=tuple(place for place in classes if frame_at(present, place) != frame),
        frame=frame,
        before=present,
    )


def made_first(changes: Changes) -> tuple[str, ...]:
    """What is done to the roots before any class, as the plan names it."""
    filters = (f"{place}: filter" for place in changes.filtered)
    return (*changes.fresh, *filters, *(f"{place}: overhead" for place in changes.resized))


def frame_at(present: State, place: str) -> FrameSize:
    """What a root counts of a frame, once it is made anew where it must be."""
    return BARE if place in present.spoiled else present.frames.get(place, BARE)


def operations_of(
    changes: Changes, names: Mapping[int, str], directions: Mapping[str, Direction]
) -> tuple[Operation, ...]:
    """Every change of a class as people read it."""
    return tuple(operation_of(change, names, directions[change.place]) for change in changes.classes)


def operation_of(change: SettingChange[Class], names: Mapping[int, str], direction: Direction) -> Operation:
    """A change of a class as everybody reads it; classes of no OPD carry no queue."""
    opd = names.get(class_of(change).minor)
    before, after = (queue_of(opd, direction, htb) if opd and htb else None for htb in (change.before, change.after))
    return Operation(change.place, change.act, before, after, rendered(change))


def plan_hash(changes: Changes, script: str) -> str:
    """Covers everything that apply would do: what a person confirms must change with any of it."""
    table = [script, changes.map.hash] if changes.map else []
    covered = [
        [asdict(change) for change in changes.classes],
        [changes.fresh, changes.stale, changes.filtered, changes.resized, asdict(changes.frame)],
        table,
    ]
    return hashlib.sha256(json.dumps(covered, sort_keys=True).encode()).hexdigest()


def queue_of(opd: str, direction: Direction, htb: Class) -> Queue:
    """A class as the neutral queue of its OPD."""
    return Queue(opd, direction, htb.rate, htb.ceil)
