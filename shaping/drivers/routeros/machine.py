"""The routeros driver as the agent sees it: neutral queues in, simple queues of a MikroTik router set, readings out.

In the state directory: ``routeros-inverse.json``, the way back of the last apply. On the router, while a change waits
for its confirmation: safe mode, or an entry of the scheduler (``safety``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inventory.admission import DIRECTIONS, Direction
from shaping.drivers.base import Reading, Site
from shaping.drivers.routeros import safety
from shaping.drivers.routeros.carrying import carry_out, make_type, named, remove_all, restore
from shaping.drivers.routeros.changes import Change, changes_between, digest, operations_of
from shaping.drivers.routeros.console import command, removals, rsc
from shaping.drivers.routeros.line import RouterLine
from shaping.drivers.routeros.queues import QueueSetting
from shaping.drivers.routeros.readings import Comparison, hindrances, reading
from shaping.drivers.routeros.state import RouterState, read_state
from shaping.drivers.routeros.wanted import Tag, wanted_queues
from shaping.drivers.routeros.way_back import WayBack, WayBackFile
from shaping.drivers.routeros.wire import ApiSession, SessionLost
from shaping.errors import ShapingError
from shaping.plan import Act, Plan, rate_lines
from shaping.queues import Queue

FILE = "routeros-inverse.json"
# Leaf types for a router that was never read: the first it has.
LEAVES = (("lebarpita-leaf", "fq-codel"), ("lebarpita-leaf", "sfq"))


@dataclass(frozen=True)
class RouterPlan:
    """The plan made last, in the router's terms."""

    plan: Plan
    comparison: Comparison
    changes: tuple[Change, ...]

    @property
    def new_type(self) -> str:
        """The queue type that is not there yet; '' where it is, or none is needed."""
        name, _ = self.comparison.state.kind
        return "" if name in self.comparison.state.types or not self.comparison.wanted else name


class RouterOsDriver:
    """One router behind one uplink. Building it opens nothing; ``close`` ends its session."""

    def __init__(self, site: Site) -> None:
        self._site, self._tag = site, Tag(site.uplink)
        self._line = RouterLine(site)
        self._prepared: RouterPlan | None = None
        self._net: safety.Net | None = None

    def close(self) -> None:
        """End the session; what waits for its confirmation is taken back by the router."""
        self._line.close()

    def read(self, wanted: Sequence[Queue]) -> Reading:
        """Every queue as the router holds it now, and what lets packets pass beside it."""
        return reading(self._compared(wanted), wanted)

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        """The queues that differ; reads the router."""
        comparison = self._compared(wanted)
        _refuse_strangers(comparison)
        changes = tuple(changes_between(self._tag, comparison.state.ours, comparison.wanted))
        name, kind = comparison.state.kind
        made = name in comparison.state.types or not comparison.wanted
        fresh = () if made else (f"queue type {name} ({kind})",)
        places: dict[Direction, str] = {direction: self._site.place(direction) for direction in DIRECTIONS}
        hash = digest(comparison.state.ours, comparison.wanted, [*fresh, *comparison.state.version])
        plan = Plan(operations_of(self._tag, changes, places), fresh, False, hash)
        self._prepared = RouterPlan(plan, comparison, changes)
        return plan

    def plan_text(self, plan: Plan) -> Sequence[str]:
        """Rates before and after, what a person should know of this router, and how to apply it."""
        if plan.empty:
            return ("nothing to do: the router is as the ledger says",)
        about: tuple[str, ...] = ()
        if self._prepared is not None and self._prepared.plan == plan:
            state = self._prepared.comparison.state
            about = (*state.notes, *(f"in the way: {text}" for text in hindrances(self._prepared.comparison)))
        last = f"{len(plan.operations)} operations; apply with: --plan {plan.hash}"
        return (*rate_lines(plan), *about, last)

    def apply(self, plan: Plan) -> bool:
        """One command at a time; after a failure the state is the one before, made here or by the router."""
        prepared = self._prepared
        if prepared is None or prepared.plan != plan:
            raise ShapingError("routeros: this plan is not the one that was read last; plan again")
        session = self._line.session()
        before = read_state(session, self._tag, self._places)
        if before.ours != prepared.comparison.state.ours or before.types != prepared.comparison.state.types:
            raise ShapingError("routeros: the router has changed since this plan was read; plan again")
        _refuse(replace(prepared.comparison, state=before))
        way_back = WayBack(plan.hash, len(plan.operations), before.ours, prepared.new_type)
        self._way_back.write(way_back)
        try:
            self._net = safety.arm(session, before.version, self._tag.undo, self._way(prepared))
            self._carry_all_out(session, prepared)
        except SessionLost as error:
            self._taken_back(way_back, f"{error}; whether that was done is not known")
        except ShapingError as error:
            self._taken_back(way_back, str(error))
        return True

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        """What was applied last is as it should be: the router's own way back is taken away."""
        last = self._way_back.read()
        if last is None or last.plan != plan.hash or self._net is None:
            raise ShapingError("routeros: this plan is not the one that was applied last; plan again")
        safety.confirm(self._line.session(), self._net)
        self._net = None
        self._way_back.write(replace(last, confirmed=True))
        return f"{last.operations} operations stay, confirmed by {by}"

    def undo(self) -> int:
        """Make the queues as they were before the last apply, also another process's."""
        last = self._way_back.read()
        if last is None:
            raise ShapingError("routeros: nothing was applied from here; plan shows what differs")
        self._back(last)
        return last.operations

    def panic(self) -> Sequence[str]:
        """Every queue of ours away, and the entry of the scheduler too."""
        self._leave_safe_mode()
        session = self._line.session()
        safety.remove_entry(session, self._tag.undo)
        self._way_back.remove()
        count = remove_all(session, self._tag)
        return (f"{self._line.place}: {count} queues",) if count else ()

    def script(self, wanted: Sequence[Queue]) -> Sequence[str]:
        """A file for ``/import``, for a router that has no API open; it asks nobody."""
        queues = wanted_queues(self._site, wanted, {}, LEAVES[0][0])
        return rsc(list(queues.values()), self._tag.text, LEAVES)

    def record(self, tape: Path, wanted: Sequence[Queue]) -> str:
        """Read the router once and write down what was said, without secrets."""
        return self._line.record(tape, lambda: self._compared(wanted))

    def replay(self, tape: Path) -> None:
        """From now on the recording answers instead of the router; it refuses every change."""
        self._line.replay(tape)

    @property
    def _way_back(self) -> WayBackFile:
        return WayBackFile(self._site.state / FILE)

    @property
    def _places(self) -> tuple[str, ...]:
        """The interfaces of the line, as the inventory has them."""
        return tuple(self._site.place(direction) for direction in DIRECTIONS)

    def _compared(self, wanted: Sequence[Queue]) -> Comparison:
        state = self._line.reading(lambda session: read_state(session, self._tag, self._places))
        return Comparison(self._tag, state, wanted_queues(self._site, wanted, state.ours, state.kind[0]))

    def _carry_all_out(self, session: ApiSession, prepared: RouterPlan) -> None:
        name, kind = prepared.comparison.state.kind
        if prepared.new_type:
            make_type(session, name, kind)
        for change in prepared.changes:
            try:
                carry_out(session, change)
            except SessionLost:
                raise
            except ShapingError as error:
                raise ShapingError(f"{named(change)} was refused: {error}") from error

    def _way(self, prepared: RouterPlan) -> safety.UndoScript:
        """What the router itself would do to take the change back."""
        before = _valid(prepared.comparison.state.ours)
        back = changes_between(self._tag, prepared.comparison.wanted, before)
        lines = [line for change in back for line in command(change.act, change.before, change.after)]
        if not before:
            # The first apply of 2,000 OPDs too has a short way back.
            lines = removals(self._tag.text)
        spare = [f'/queue type remove [find name="{prepared.new_type}"]'] if prepared.new_type else []
        # A queue that is made anew is two changes, and the type of the leaves is one.
        anew = sum(change.act is Act.REPLACE for change in prepared.changes)
        return safety.UndoScript(len(prepared.changes) + anew + 1, [*lines, *spare])

    def _taken_back(self, way_back: WayBack, reason: str) -> None:
        """After a failure in the middle of an apply. Always raises."""
        net = self._net
        try:
            self._back(way_back)
        except ShapingError as error:
            waits = f"; {net.sentence}" if net else ""
            raise ShapingError(f"{reason}; {error}{waits}") from error
        raise ShapingError(f"{reason}; the state before it was made again")

    def _back(self, way_back: WayBack) -> None:
        """The queues of before, then the scheduler's entry away: cut in between, that still makes the same state."""
        self._leave_safe_mode()
        restore(self._line.session, self._tag, way_back.queues, way_back.spare_type)
        # Of another process's apply too, of which nobody here knows.
        safety.remove_entry(self._line.session(), self._tag.undo)
        self._way_back.remove()

    def _leave_safe_mode(self) -> None:
        if self._net is not None:
            safety.unroll(self._net)
        self._net = None


def _valid(queues: Mapping[str, QueueSetting]) -> dict[str, QueueSetting]:
    return {name: queue for name, queue in queues.items() if not queue.invalid}


def _refuse(comparison: Comparison) -> None:
    """Before anything is changed: what could not be in force, or not be held at all."""
    _refuse_strangers(comparison)
    most, count = comparison.state.most_queues, len(comparison.wanted)
    if most is not None and count > most:
        raise ShapingError(f"{'; '.join(comparison.state.notes)}; {count} are wanted: license this router")
    if reasons := hindrances(comparison):
        raise ShapingError(f"nothing was changed, because it would not be in force: {'; '.join(reasons[:3])}")


def _refuse_strangers(comparison: Comparison) -> None:
    """A queue of somebody's that has one of our names, or a type of it with another kind."""
    state: RouterState = comparison.state
    for row in state.strangers:
        if row.get("name") in comparison.wanted:
            step = "rename or remove it; only what carries our comment is touched"
            raise ShapingError(f"the queue {row['name']} is there and is not ours; {step}")
    name, kind = state.kind
    if comparison.wanted and state.types.get(name, kind) != kind:
        raise ShapingError(f"the queue type {name} is there with kind {state.types[name]}, not {kind}; rename it")
