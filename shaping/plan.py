"""What must change: the kernel's classes and the wanted ones in, operations in a safe order out. Pure.

Order: decreases, deletes, increases, adds - so that the guarantees never add up to more than the parent on the way.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from shaping.drivers.linux.classes import MAJOR, PARENT, Class
from shaping.drivers.linux.htb import same

SLOW_RATE = 125_000


class Act(StrEnum):
    """What is done with a class. ``REPLACE`` is delete and add: below 1 Mbit/s HTB's debt would outlast a change."""

    LOWER = "lower"
    DELETE = "delete"
    RAISE = "raise"
    REPLACE = "replace"
    ADD = "add"


ORDER = {Act.LOWER: 0, Act.DELETE: 1, Act.RAISE: 2, Act.REPLACE: 2, Act.ADD: 3}


@dataclass(frozen=True)
class Operation:
    """One change of one class on one interface. ``before`` is None for an add, ``after`` for a delete."""

    interface: str
    act: Act
    before: Class | None
    after: Class | None


@dataclass(frozen=True)
class Plan:
    """Operations in their order. ``fresh`` names interfaces whose root must be made first."""

    operations: tuple[Operation, ...]
    fresh: tuple[str, ...]
    map_changes: bool

    @property
    def empty(self) -> bool:
        """True where nothing is to be done."""
        return not self.operations and not self.fresh and not self.map_changes

    @property
    def hash(self) -> str:
        """The plan's identity: apply demands it, so that what was read is what is done."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


Classes = Mapping[str, Mapping[int, Class]]


def make_plan(present: Classes, wanted: Classes, map_changes: bool) -> Plan:
    """The operations that turn ``present`` into ``wanted``; both by interface and minor."""
    operations = [
        operation
        for interface, classes in wanted.items()
        for operation in _interface(interface, present.get(interface, {}), classes)
    ]
    fresh = tuple(interface for interface in wanted if PARENT not in present.get(interface, {}))
    ordered = sorted(operations, key=lambda operation: ORDER[operation.act])
    return Plan(tuple(ordered), fresh, map_changes)


def told(plan: Plan, names: Mapping[int, str]) -> dict[str, Any]:
    """Before, after and the commands of every OPD whose class changes, for people and for the proof."""
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    commands: dict[str, list[str]] = {}
    for operation in plan.operations:
        minor = (operation.after or operation.before or _NOTHING).minor
        if minor not in names:
            continue
        for side, one in ((before, operation.before), (after, operation.after)):
            if one is not None:
                rates = {"guaranteed": one.rate, "ceiling": one.ceil}
                side.setdefault(names[minor], {})[operation.interface] = rates
        commands.setdefault(names[minor], []).extend(rendered(operation))
    return {"operations": len(plan.operations), "before": before, "after": after, "commands": commands}


def rendered(operation: Operation) -> list[str]:
    """The operation as ``tc`` writes it; the agent sends the same by rtnetlink. ``bps`` is bytes a second there."""
    one = operation.after or operation.before or _NOTHING
    place = f"dev {operation.interface} classid {one.name}"
    if operation.act is Act.DELETE:
        return [f"tc class del {place}"]
    parent = f"{MAJOR:x}:" if one.minor == PARENT else f"{MAJOR:x}:{PARENT:x}"
    rates = f"rate {one.rate}bps ceil {one.ceil}bps burst {one.burst} cburst {one.cburst} quantum {one.quantum}"
    verb = "change" if operation.act in (Act.LOWER, Act.RAISE) else "add"
    made = [f"tc class {verb} dev {operation.interface} parent {parent} classid {one.name} htb {rates}"]
    return [f"tc class del {place}", *made] if operation.act is Act.REPLACE else made


_NOTHING = Class(0, 0, 0, 0, 0, 0, 0)


def _interface(interface: str, present: Mapping[int, Class], wanted: Mapping[int, Class]) -> list[Operation]:
    found = [Operation(interface, Act.DELETE, one, None) for minor, one in present.items() if minor not in wanted]
    for minor, after in wanted.items():
        before = present.get(minor)
        if before is None:
            found.append(Operation(interface, Act.ADD, None, after))
        elif not same(before, after):
            found.append(Operation(interface, _change(before, after), before, after))
    return found


def _change(before: Class, after: Class) -> Act:
    if after.rate <= before.rate and after.ceil <= before.ceil:
        return Act.LOWER
    slow = before.ceil < SLOW_RATE and before.minor != PARENT
    return Act.REPLACE if slow else Act.RAISE
