"""The linux driver as the agent sees it: neutral queues in, this kernel's classes and map set, neutral readings out.

Needs CAP_NET_ADMIN and nothing else. ``minors.json`` in the state directory keeps each OPD's class number.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from inventory.admission import DIRECTIONS, Direction, capacity_of
from shaping.drivers.base import Reading, Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.classes import PARENT, UNMAPPED, Class, assign_minors, compile_classes
from shaping.drivers.linux.commands import act_of, class_of, rendered
from shaping.drivers.linux.nft import Interfaces, Map, compile_map
from shaping.errors import ShapingError
from shaping.plan import Operation, Plan, SettingChange, differences, in_order, rate_lines
from shaping.queues import Count, Key, Queue
from shaping.state import load, save

STATEMENT = "read back from the kernel"


@dataclass(frozen=True)
class Prepared:
    """The plan made last, in the kernel's terms; ``minors`` are the class numbers it uses."""

    minors: Mapping[str, int]
    changes: kernel.Changes
    plan: Plan


class LinuxDriver:
    """The kernel of this machine. Building it opens nothing."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._prepared: Prepared | None = None
        self._applied: kernel.Changes | None = None

    @property
    def interfaces(self) -> Interfaces:
        """Where the inventory says the uplink is shaped. Raises ShapingError where it does not."""
        return Interfaces(self._site.place("transmit"), self._site.place("receive"))

    def read(self, wanted: Sequence[Queue]) -> Reading:
        """Every class of ours, as the kernel holds it now."""
        return reading(kernel.read(self.interfaces), self.interfaces, self._minors(wanted), wanted)

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        """The classes and the map that differ; reads the kernel."""
        minors = self._minors(wanted)
        classes, owners = self._compiled(wanted, minors)
        prepared = changes_between(kernel.read(self.interfaces), classes, owners)
        plan = self._neutral(prepared, minors)
        self._prepared = Prepared(minors, prepared, plan)
        return plan

    def plan_text(self, plan: Plan) -> Sequence[str]:
        """Rates before and after for every OPD, and how to apply them."""
        if plan.empty:
            return ("nothing to do: the kernel is as the ledger says",)
        return (*rate_lines(plan), f"{len(plan.operations)} operations; apply with: --plan {plan.hash}")

    def apply(self, plan: Plan) -> bool:
        """Send every operation, each acknowledged; a refused one undoes those before it."""
        # A plan holds neutral operations only; the kernel's own are those of the reading it was made from.
        if self._prepared is None or self._prepared.plan != plan:
            raise ShapingError("linux: this plan is not the one that was read last; plan again")
        kernel.apply(self._prepared.changes, self.interfaces)
        self._applied = self._prepared.changes
        # After the kernel, not before it: an apply that was refused is undone, and its OPDs keep the numbers they had.
        save(self._site.state / "minors.json", dict(self._prepared.minors))
        return True

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        """Nothing to confirm: the kernel is read."""
        raise ShapingError("linux: the kernel is read back, nobody confirms it by hand; see verify")

    def undo(self) -> int:
        """Take the last apply of this process back. The root stays: without it everything is open."""
        if self._applied is None:
            raise ShapingError("linux: this process applied nothing that could be undone; plan shows what differs")
        kernel.undo(self._applied, self.interfaces)
        count, self._applied = len(self._applied.classes), None
        return count

    def panic(self) -> Sequence[str]:
        """Take root and map away on both interfaces."""
        return kernel.panic(self.interfaces)

    def _minors(self, wanted: Sequence[Queue]) -> dict[str, int]:
        earlier: dict[str, int] = load(self._site.state / "minors.json") or {}
        return assign_minors(earlier, {queue.opd for queue in wanted})

    def _compiled(self, wanted: Sequence[Queue], minors: Mapping[str, int]) -> tuple[dict[str, dict[int, Class]], Map]:
        uplink = self._site.city.uplink(self._site.uplink)
        directions: tuple[Direction, ...] = ("transmit", "receive")
        classes = {
            self._site.place(direction): compile_classes(wanted, minors, direction, capacity_of(uplink, direction))
            for direction in directions
        }
        return classes, compile_map(self._site.city, minors)

    def _neutral(self, changes: kernel.Changes, minors: Mapping[str, int]) -> Plan:
        # An OPD that has left the ledger has no number any more, so the deletion of its class carries no name.
        names = {minor: opd for opd, minor in minors.items()}
        directions = {self._site.place(direction): direction for direction in DIRECTIONS}
        operations = tuple(operation_of(change, names, directions[change.place]) for change in changes.classes)
        # Everything that apply would do: the hash that a person confirms must change with any of it.
        covered = [
            [asdict(change) for change in changes.classes],
            changes.fresh,
            changes.map.hash if changes.map else "",
        ]
        digest = hashlib.sha256(json.dumps(covered, sort_keys=True).encode()).hexdigest()
        return Plan(operations, changes.fresh, changes.map is not None, digest)


def changes_between(present: kernel.State, classes: Mapping[str, Mapping[int, Class]], owners: Map) -> kernel.Changes:
    """What turns the kernel's state into these classes, by interface and minor, and this map."""
    changes = [
        change
        for place, wanted in classes.items()
        for change in differences(place, present.classes.get(place, {}), wanted, act_of)
    ]
    # Our inner class is made right after the root, so its absence is the root's.
    fresh = tuple(place for place in classes if PARENT not in present.classes.get(place, {}))
    same_map = present.map is not None and present.map.hash == owners.hash
    return kernel.Changes(in_order(changes), fresh, None if same_map else owners, present.map)


def operation_of(change: SettingChange[Class], names: Mapping[int, str], direction: Direction) -> Operation:
    """A change of a class as everybody reads it; classes of no OPD carry no queue."""
    opd = names.get(class_of(change).minor)
    before, after = (_queue(opd, direction, htb) if opd and htb else None for htb in (change.before, change.after))
    return Operation(change.place, change.act, before, after, rendered(change))


def reading(state: kernel.State, interfaces: Interfaces, minors: Mapping[str, int], wanted: Sequence[Queue]) -> Reading:
    """What the kernel holds, by OPD and direction."""
    places = {"receive": interfaces.receive, "transmit": interfaces.transmit}
    queues: dict[Key, Queue] = {}
    counts: dict[Key, Count] = {}
    missing: dict[Key, str] = {}
    for queue in wanted:
        place, minor = places[queue.direction], minors[queue.opd]
        htb = state.classes.get(place, {}).get(minor)
        if htb is None:
            missing[queue.key] = f"the class {minor:x} is not there"
            continue
        queues[queue.key] = _queue(queue.opd, queue.direction, htb)
        if minor in state.counts.get(place, {}):
            counts[queue.key] = state.counts[place][minor]
    nobody = {way: count for way in DIRECTIONS if (count := state.counts.get(places[way], {}).get(UNMAPPED))}
    unmapped = {way: count.bytes for way, count in nobody.items()}
    return Reading(queues=queues, missing=missing, statement=STATEMENT, counts=counts, unmapped_bytes=unmapped)


def _queue(opd: str, direction: Direction, htb: Class) -> Queue:
    return Queue(opd, direction, htb.rate, htb.ceil)
