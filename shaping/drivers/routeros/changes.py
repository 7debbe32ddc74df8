"""What must change on a router: its queues and the wanted ones in, changes in the order to make them out. Pure.

Parents are made before and taken away after their children, whatever the safe order of the rates is.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from inventory.admission import DIRECTIONS, Direction
from shaping.drivers.routeros.console import command
from shaping.drivers.routeros.queues import QueueSetting, act_of, neutral
from shaping.drivers.routeros.wanted import Tag
from shaping.plan import Act, Operation, SettingChange, differences

Change = SettingChange[QueueSetting]
_LOWER, _DELETE, _PARENT, _RAISE, _ADD, _DELETE_PARENT = range(6)


def changes_between(tag: Tag, present: Mapping[str, QueueSetting], wanted: Mapping[str, QueueSetting]) -> list[Change]:
    """One change for each queue that differs."""
    spoiled = [
        act_of(queue, wanted[name]) is Act.REPLACE
        for name, queue in present.items()
        if name in wanted and tag.opd(queue.comment) is None
    ]
    if any(spoiled):
        # A parent that must be made anew would leave its children without one: all of them are.
        changes = [*differences("", present, {}, act_of), *differences("", {}, wanted, act_of)]
    else:
        changes = differences("", present, wanted, act_of)
    return sorted(changes, key=lambda change: _turn(tag, change))


def _turn(tag: Tag, change: Change) -> int:
    parent = tag.opd(queue_of(change).comment) is None
    if change.act is Act.DELETE:
        return _DELETE_PARENT if parent and change.after is None else _DELETE
    if parent:
        return _PARENT
    return {Act.LOWER: _LOWER, Act.ADD: _ADD}.get(change.act, _RAISE)


def queue_of(change: Change) -> QueueSetting:
    """The queue that a change is about: as it will be, or as it was."""
    queue = change.after or change.before
    assert queue is not None
    return queue


def operations_of(tag: Tag, changes: Sequence[Change], places: Mapping[Direction, str]) -> tuple[Operation, ...]:
    """The same as everybody reads it: an OPD's queue is one in each direction, with the commands at the first."""
    return tuple(operation for change in changes for operation in _operations(tag, change, places))


def _operations(tag: Tag, change: Change, places: Mapping[Direction, str]) -> Iterator[Operation]:
    opd, lines = tag.opd(queue_of(change).comment), tuple(command(change.act, change.before, change.after))
    if opd is None:
        yield Operation(places["receive"], change.act, None, None, lines)
        return
    for direction in DIRECTIONS:
        before = neutral(opd, direction, change.before) if change.before else None
        after = neutral(opd, direction, change.after) if change.after else None
        if before != after or direction == DIRECTIONS[0]:
            yield Operation(places[direction], change.act, before, after, lines)
            lines = ()


def digest(present: Mapping[str, QueueSetting], wanted: Mapping[str, QueueSetting], about: Sequence[object]) -> str:
    """All that was read and all that is wanted."""
    sides = [[{**queue.words, "invalid": queue.invalid} for queue in side.values()] for side in (present, wanted)]
    return hashlib.sha256(json.dumps([*sides, *about], sort_keys=True).encode()).hexdigest()
