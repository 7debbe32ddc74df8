"""What must change: what a device holds and what is wanted in, changes in a safe order out. Pure.

Order: decreases, deletes, increases, adds - so that the guarantees never add up to more than the line on the way. A
driver compares in its own terms (``differences``); people, the proof and the limits of ``apply`` see ``Operation``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from inventory.admission import RatePair
from inventory.rates import format_rate
from shaping.queues import Key, Queue

Setting = TypeVar("Setting")
Name = TypeVar("Name")

# A plan above either is more than one case's work (a case changes one OPD): it needs ``--many``. Ten OPDs and a quarter
# of all guarantees, so that a wrong ledger is noticed before a whole city is re-rated.
MANY_OPDS = 10
LARGE_SHARE = 0.25


class Act(StrEnum):
    """What is done with a setting. ``REPLACE`` is delete and add, where the device cannot change it in place."""

    LOWER = "lower"
    DELETE = "delete"
    RAISE = "raise"
    REPLACE = "replace"
    ADD = "add"


# REPLACE stands with RAISE: it is used only for a raise of a slow class (see the linux driver).
ORDER = {Act.LOWER: 0, Act.DELETE: 1, Act.RAISE: 2, Act.REPLACE: 2, Act.ADD: 3}


@dataclass(frozen=True)
class SettingChange(Generic[Setting]):
    """One change in the terms of a driver. ``before`` is None for an add, ``after`` for a delete."""

    place: str
    act: Act
    before: Setting | None
    after: Setting | None


@dataclass(frozen=True)
class Operation:
    """One change as everybody reads it: its place, the OPD's queue before and after, the commands a person would type.

    Both queues are None for what a driver needs for itself (a parent, the class of unmapped traffic).
    """

    place: str
    act: Act
    before: Queue | None
    after: Queue | None
    commands: tuple[str, ...]

    @property
    def opd(self) -> str | None:
        """Whose queue changes."""
        queue = self.after or self.before
        return queue.opd if queue else None


@dataclass(frozen=True)
class Plan:
    """Operations in their order. ``fresh`` names places that must be made first; ``map_changes``: who owns what.

    ``hash`` covers all that was read and all that is wanted: apply demands it, so that what was read is what is done.
    """

    operations: tuple[Operation, ...]
    fresh: tuple[str, ...]
    map_changes: bool
    hash: str

    @property
    def empty(self) -> bool:
        """True where nothing is to be done."""
        return not self.operations and not self.fresh and not self.map_changes


def differences(
    place: str,
    present: Mapping[Name, Setting],
    wanted: Mapping[Name, Setting],
    act_of: Callable[[Setting, Setting], Act | None],
) -> list[SettingChange[Setting]]:
    """The changes that turn ``present`` into ``wanted`` at one place; ``act_of`` says None where two are the same."""
    gone = [SettingChange(place, Act.DELETE, before, None) for name, before in present.items() if name not in wanted]
    fresh = [SettingChange(place, Act.ADD, None, after) for name, after in wanted.items() if name not in present]
    both = [(present[name], after) for name, after in wanted.items() if name in present]
    moved = [
        SettingChange(place, act, before, after) for before, after in both if (act := act_of(before, after)) is not None
    ]
    return [*gone, *moved, *fresh]


def in_order(changes: list[SettingChange[Setting]]) -> tuple[SettingChange[Setting], ...]:
    """The safe order over every place."""
    return tuple(sorted(changes, key=lambda change: ORDER[change.act]))


def summary(plan: Plan) -> dict[str, Any]:
    """Before, after and the commands of every OPD whose queue changes, as the proof and ``--json`` hold them."""
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    commands: dict[str, list[str]] = {}
    for operation in plan.operations:
        if operation.opd is None:
            continue
        for side, queue in ((before, operation.before), (after, operation.after)):
            if queue is not None:
                side.setdefault(queue.opd, {})[operation.place] = queue.rates
        commands.setdefault(operation.opd, []).extend(operation.commands)
    return {"operations": len(plan.operations), "before": before, "after": after, "commands": commands}


def rate_lines(plan: Plan) -> tuple[str, ...]:
    """A line for every OPD and place: the rates before and after."""
    sides = summary(plan)
    lines = []
    for opd in sorted({*sides["before"], *sides["after"]}):
        old, new = sides["before"].get(opd, {}), sides["after"].get(opd, {})
        for place in sorted({*old, *new}):
            lines.append(f"{opd:<20} {place:<8} {_rates(old.get(place)):<28} -> {_rates(new.get(place))}")
    return tuple(lines)


def opds_of(plan: Plan) -> set[str]:
    """The OPDs whose queues change."""
    return {operation.opd for operation in plan.operations if operation.opd is not None}


def is_large(plan: Plan, guarantees: int) -> bool:
    """True for a plan that needs ``--many``; ``guarantees`` is the sum that is wanted, bytes per second."""
    # Guarantees only: ceilings may add up to anything, guarantees are what an OPD loses.
    moved = sum(abs(_guaranteed(change.after) - _guaranteed(change.before)) for change in plan.operations)
    return len(opds_of(plan)) > MANY_OPDS or moved > LARGE_SHARE * guarantees


def large_change(before: Mapping[Key, RatePair], after: Mapping[Key, RatePair]) -> str:
    """Why a change of the ledger needs a person; '' where it does not.

    One OPD's change is what one signed case decides, however large. More than that is large where it is of more than
    ten OPDs, or moves more than a quarter of all guarantees or of all ceilings.
    """
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    opds = {opd for opd, _ in changed}
    if len(opds) <= 1:
        return ""
    if len(opds) > MANY_OPDS:
        return f"{len(opds)} OPDs change at once: a person must read plan and apply it with --many"
    for name in ("guaranteed", "ceiling"):
        moved = sum(abs(_rate(after.get(key), name) - _rate(before.get(key), name)) for key in changed)
        total = sum(_rate(rate, name) for rate in before.values())
        if moved > LARGE_SHARE * total:
            what = "guarantees" if name == "guaranteed" else "ceilings"
            return f"more than 25 % of all {what} change at once: a person must read plan and apply it with --many"
    return ""


def _rate(rate: RatePair | None, name: str) -> int:
    return int(getattr(rate, name)) if rate else 0


def _guaranteed(queue: Queue | None) -> int:
    return queue.guaranteed_bytes_per_second if queue else 0


def _rates(rates: dict[str, int] | None) -> str:
    return f"{format_rate(rates['guaranteed'])} / {format_rate(rates['ceiling'])}" if rates else "none"
