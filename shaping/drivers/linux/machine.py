"""The linux driver as the agent sees it: neutral queues in, this kernel's classes and map set, neutral readings out.

Needs CAP_NET_ADMIN and nothing else. In the state directory: ``minors.json`` keeps each OPD's class number,
``table.json`` how nft told the table right after it was made, ``leaf.json`` which leaf this kernel has,
``inverse.json`` the way back of the last apply, ``inverse-progress.json`` how far that apply has come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from inventory.admission import DIRECTIONS
from shaping.drivers.base import Reading, Site
from shaping.drivers.linux import ground, kernel, nft, nobody, operations, ruleset
from shaping.drivers.linux.changes import changes_between, frame_at, made_first, operations_of, plan_hash
from shaping.drivers.linux.commands import class_of
from shaping.drivers.linux.events import Events
from shaping.drivers.linux.handles import assign_minors
from shaping.drivers.linux.inverse import Inverse, InverseFile, now
from shaping.drivers.linux.nft import Interfaces
from shaping.drivers.linux.probing import Probe, known_leaf
from shaping.drivers.linux.readings import Differences, counts_of, evidence_of, reading, wrong_owners
from shaping.drivers.linux.ruleset import KnownTable
from shaping.drivers.linux.wanted import KernelTarget, TableBasis, target_of
from shaping.errors import ShapingError
from shaping.plan import Plan, rate_lines
from shaping.queues import Count, Key, Queue
from shaping.state import load, save


@dataclass(frozen=True)
class Prepared:
    """The plan made last, in the kernel's terms, and what it leads to."""

    target: KernelTarget
    changes: kernel.Changes
    plan: Plan


class LinuxDriver:
    """The kernel of this machine. Building it opens nothing."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._prepared: Prepared | None = None
        self._events = Events()
        self._table = KnownTable()
        self._compiled: KernelTarget | None = None

    @property
    def interfaces(self) -> Interfaces:
        """Where the inventory says the uplink is shaped. Raises ShapingError where it does not."""
        return Interfaces(self._site.place("transmit"), self._site.place("receive"))

    @property
    def _places(self) -> Interfaces:
        """The same, and whether packets are routed or bridged between them; asks the kernel."""
        return kernel.with_family(self.interfaces)

    def read(self, wanted: Sequence[Queue]) -> Reading:
        """Every class of ours and the whole table, as the kernel holds them now."""
        places, probe = self._places, self._probe()
        target = self._target(wanted, places)
        state, listing = kernel.read(places, self._table), self._listing(target)
        changes = changes_between(state, target.classes, target.owners, listing, target.frame)
        differing = frozenset((change.place, class_of(change).minor) for change in changes.classes)
        frames = tuple((place, frame_at(state, place), target.frame) for place in changes.resized)
        differences = Differences(wrong_owners(state, target.owners, listing), differing, frames)
        result = reading(state, self.interfaces, target.minors, wanted, differences)
        stray = ruleset.counter_bytes(places.family)
        by_way = {way: stray[name] for name, way in nft.STRAY_COUNTERS.items() if name in stray}
        return replace(result, stray_bytes=by_way, evidence=evidence_of(state, probe))

    def sample(self, wanted: Sequence[Queue]) -> Mapping[Key, Count]:
        """What the queues counted, and nothing else; may be asked many times a second."""
        return counts_of(kernel.read_counts(self.interfaces), self.interfaces, self._minors(wanted), wanted)

    def wait(self, seconds: float) -> bool:
        """Wait until somebody changed queues or tables here, at most so long; True where somebody did."""
        return self._events.wait(seconds)

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        """The classes and the map that differ; reads the kernel."""
        places = self._places
        target = self._target(wanted, places)
        state, listing = kernel.read(places, self._table, counting=False), self._listing(target)
        changes = changes_between(state, target.classes, target.owners, listing, target.frame)
        changes = replace(changes, sides=target.table.sides)
        names = {minor: opd for opd, minor in {**self._earlier(), **target.minors}.items()}
        directions = {self._site.place(direction): direction for direction in DIRECTIONS}
        hash = plan_hash(changes, target.table.script)
        plan = Plan(operations_of(changes, names, directions), made_first(changes), changes.map is not None, hash)
        self._prepared = Prepared(target, changes, plan)
        return plan

    def plan_text(self, plan: Plan) -> Sequence[str]:
        """Rates before and after for every OPD, what becomes of addresses of nobody, and how to apply it."""
        if plan.empty:
            return ("nothing to do: the kernel is as the ledger says",)
        last = f"{len(plan.operations)} operations; apply with: --plan {plan.hash}"
        return (*rate_lines(plan), *nobody.lines(self._site), *ground.lines(self._site, self._probe()), last)

    def apply(self, plan: Plan) -> bool:
        """Send every operation, each acknowledged; after a failure the state is the one before."""
        # A plan holds neutral operations only; the kernel's own are those of the reading it was made from.
        if self._prepared is None or self._prepared.plan != plan:
            raise ShapingError("linux: this plan is not the one that was read last; plan again")
        places = self._places
        prepared, before = self._prepared, kernel.read(places, self._table, counting=False)
        if before.settings != prepared.changes.before.settings:
            raise ShapingError("linux: the kernel has changed since this plan was read; plan again")
        last = self._inverse.head()
        # A kill left half of an apply: the way back leads to what was before that one.
        half = self._inverse.read() if last is not None and not last.done else None
        inverse = Inverse(plan.hash, len(plan.operations), now(), half.before if half else before)
        self._inverse.write(inverse)
        try:
            operations.apply(prepared.changes, places, before)
        except ShapingError:
            self._inverse.remove()
            raise
        # After the kernel, not before it: an apply that was refused is undone, and its OPDs keep the numbers they had.
        if self._earlier() != prepared.target.minors:
            save(self._site.state / "minors.json", dict(prepared.target.minors))
        if prepared.changes.map is not None:
            self._learn(prepared.target.table.script, places)
        self._inverse.note(replace(inverse, done=True))
        return True

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        """What was applied last is as it should be and harms nobody: it stays."""
        last = self._inverse.head()
        # Also by a plan that finds nothing to do: after a kill another process says that all is as it should be.
        nothing = plan.empty and self._prepared is not None and self._prepared.plan == plan
        if last is None or not (nothing or last.plan == plan.hash):
            raise ShapingError("linux: this plan is not the one that was applied last; the kernel is read, see verify")
        self._inverse.note(replace(last, done=True, confirmed=True))
        return f"{last.operations} operations stay, confirmed by {by}"

    def unconfirmed_seconds(self) -> float | None:
        """How long the last apply has waited for somebody to confirm it."""
        last = self._inverse.head()
        return None if last is None or last.confirmed else now() - last.applied_at

    def undo(self) -> int:
        """Make the state before the last apply again, also another process's."""
        last = self._inverse.read()
        if last is None:
            raise ShapingError("linux: nothing was applied since this machine started; plan shows what differs")
        operations.restore(last.before, self._places)
        self._inverse.remove()
        return last.operations

    def panic(self) -> Sequence[str]:
        """Take root and map away on both interfaces."""
        self._inverse.remove()
        try:
            places = self._places
        # An interface that is gone, or half a bridge: this is the command for when everything else has failed.
        except ShapingError:
            places = self.interfaces
        return operations.panic(places)

    @property
    def _inverse(self) -> InverseFile:
        return InverseFile(self._site.state / "inverse.json")

    def _earlier(self) -> dict[str, int]:
        earlier = load(self._site.state / "minors.json")
        return earlier if isinstance(earlier, dict) else {}

    def _minors(self, wanted: Sequence[Queue]) -> dict[str, int]:
        return assign_minors(self._earlier(), {queue.opd for queue in wanted})

    def _target(self, wanted: Sequence[Queue], places: Interfaces) -> KernelTarget:
        """What the kernel shall hold. Compiled anew only where something of it is another: a turn asks three times."""
        basis = TableBasis(self._site.city, self._minors(wanted), places)
        self._compiled = target_of(self._site, tuple(wanted), self._probe().leaf, basis, self._compiled)
        return self._compiled

    def _listing(self, target: KernelTarget) -> str | None:
        """How nft told this very table when it was made; None where it was never made from here."""
        listing = load(self._site.state / "table.json")
        if not isinstance(listing, dict) or listing.get("script") != target.table.script:
            return None
        return str(listing.get("listing"))

    def _learn(self, script: str, places: Interfaces) -> None:
        listing = self._table.read(places.family).listing
        save(self._site.state / "table.json", {"script": script, "listing": listing})

    def _probe(self) -> Probe:
        return known_leaf(self._site.state / "leaf.json")
