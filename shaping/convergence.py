"""One turn on a device: a revision of the ledger in; what was changed, and what is in force now, out.

The ways in which a ledger can do harm end here: a large change waits for a person, whatever was applied is read back
and probed and then confirmed or undone, and what somebody changed by hand is counted before it is mended.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from shaping.drift import Drift, drift_of
from shaping.drivers.base import Driver, LiveDriver, Reading
from shaping.errors import ShapingError
from shaping.ledger import Revision
from shaping.plan import Plan, large_change, summary
from shaping.proof import faults_of
from shaping.reach import reachable
from shaping.state import load_either, save_twice

log = logging.getLogger(__name__)
LEDGER = "ledger.json"
# So long a page must have said that rates come before many may come without a person: time to see the alert of a page
# that is wrong, and ten rounds of the slowest poll.
ANNOUNCED_SECONDS = 600.0
# Told from the start: a counter whose first sample is 1 has no increase that a rule could see.
FAILURES = ("apply", "baseline", "proof", "tracker", "undone", "watch")


@dataclass(frozen=True)
class Turn:
    """What a turn found and did: the summary of an applied plan, and what was somebody's hand."""

    plan: Plan
    reading: Reading
    at: float
    carried_out: Mapping[str, Any] | None = None
    drift: Drift | None = None


@dataclass
class Convergence:
    """``compile`` checks a ledger's body; ``probe`` are addresses that must stay reachable (``host:port``).

    ``on_drift``: mend what somebody changed by hand, or report it only. ``first``: whether a device on which nothing of
    ours was ever applied is shaped at once, or waits for a person.
    """

    driver: Driver
    state: Path
    compile: Callable[[Any], Revision]
    probe: tuple[str, ...] = ()
    on_drift: Literal["repair", "report"] = "repair"
    first: Literal["auto", "by_hand"] = "auto"
    failures: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(FAILURES, 0)))
    drifts: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: str = ""
    clock: Callable[[], float] = time.time
    _announcements: list[tuple[float, Any]] = field(default_factory=list)
    _good: Revision | None = None
    _in_force: str = ""
    _fallen_back: bool = False
    _handed_over: str = ""
    _refused: str = ""
    _reported: str = ""

    def last_good(self) -> Any:
        """The ledger applied last; None where there never was one, or neither of its files can be read."""
        body = load_either(self.state / LEDGER, self._sound)
        self._good = self.compile(body) if body is not None else None
        if body is not None:
            self._announcements.append((_written_at(self.state / LEDGER), body))
        if body is None and (self.state / LEDGER).exists():
            self.failures["apply"] += 1
        return body

    def turn(self, wanted: Revision, body: Any, instead: Revision | None = None) -> Turn:
        """Compare, apply, read back, confirm or undo. Raises ShapingError; the device is then as it was before.

        ``instead``: the signed fallback plan that is put in force in place of ``wanted``, which comes back after it.
        """
        if instead is not None:
            return self._fallback_turn(instead, wanted, body)
        plan = self.driver.plan(wanted.queues)
        self.waiting = "" if plan.empty else self._needs_a_person(wanted, plan)
        if self.waiting:
            log.warning("event=large_change_waits revision=%d reason=%r", wanted.number, self.waiting)
            turn = self._waiting_turn(plan)
        else:
            turn = self._carried_out(wanted, plan, body)
        reading = self.driver.read(wanted.queues)
        if self.waiting:
            reading = replace(reading, faults=(*reading.faults, self.waiting))
        return replace(turn, plan=plan, reading=reading)

    def newest_in_time(self) -> Any:
        """The newest page that has stood for so long that somebody would have seen if it were wrong; None: none has."""
        in_time = self._in_time()
        return in_time[-1][1] if in_time else None

    def _fallback_turn(self, fallback: Revision, wanted: Revision, body: Any) -> Turn:
        """The signed plan passes the guard, nothing else does: a large ledger waits behind it as ever."""
        plan = self.driver.plan(fallback.queues)
        self.waiting = self._needs_a_person(wanted, plan)
        if not self.waiting and self._good is not None:
            # It is good, and comes into force when the uplink is back: at a restart it is what this is laid over.
            self._good = wanted
            self._keep(body)
        turn = self._carried_out(fallback, plan, None)
        return replace(turn, plan=plan, reading=self.driver.read(fallback.queues))

    def _waiting_turn(self, plan: Plan) -> Turn:
        """The wanted revision waits; what was good before stays in force, mended where somebody touched it."""
        empty = Turn(plan, Reading(queues={}, missing={}, statement=""), time.time())
        if self._good is None:
            return empty
        repair = self.driver.plan(self._good.queues)
        return empty if repair.empty else self._carried_out(self._good, repair, None)

    def _carried_out(self, revision: Revision, plan: Plan, body: Any) -> Turn:
        at, drift = time.time(), None
        if plan.empty:
            self._settled(revision, plan, body)
            return Turn(plan, Reading(queues={}, missing={}, statement=""), at)
        if self._in_force == revision.hash:
            drift = self._noticed(revision, plan, at)
            if self.on_drift == "report":
                return Turn(plan, Reading(queues={}, missing={}, statement=""), at, None, drift)
        if self._refused == plan.hash:
            raise ShapingError("this plan was undone before: it was not in force or did harm; see verify and plan")
        reached = self._clean_baseline(revision)
        if not self.driver.apply(plan):
            self._hand_over(revision, plan)
            return Turn(plan, Reading(queues={}, missing={}, statement=""), at, None, drift)
        log.info("event=applied revision=%d operations=%d", revision.number, len(plan.operations))
        self._confirm_or_undo(revision, plan, reached)
        # Only what was really applied: at the next start without a tracker this is put in force again.
        self._keep(body)
        if not revision.fallback:
            self._good = revision
        self._in_force, self._fallen_back = revision.hash, bool(revision.fallback)
        return Turn(plan, Reading(queues={}, missing={}, statement=""), at, summary(plan), drift)

    def _needs_a_person(self, wanted: Revision, plan: Plan) -> str:
        """Why this must not be done without a person; '' where it may."""
        if self._good is None:
            if self.first == "by_hand" and not any(operation.before for operation in plan.operations):
                return "nothing was ever applied here: a person must read plan and apply it with --many"
            return large_change(*_sides(plan))
        large = large_change(self._good.rates, wanted.rates)
        # A page has said in good time that these rates come now: each was signed, and its moment is here.
        return "" if large and self._announced(wanted) else large

    def _announced(self, wanted: Revision) -> bool:
        in_time = self._in_time()
        return bool(in_time) and self.compile(in_time[-1][1]).hash == wanted.hash

    def _in_time(self) -> list[tuple[float, Any]]:
        """The pages kept that have stood for long enough, the oldest first."""
        now = self.clock()
        return [(at, body) for at, body in self._announcements if now - at >= ANNOUNCED_SECONDS]

    def _settled(self, revision: Revision, plan: Plan, body: Any) -> None:
        """Nothing to do: also what a person applied by hand, or a process that was killed before it could confirm."""
        if isinstance(self.driver, LiveDriver) and self.driver.unconfirmed_seconds() is not None:
            self.driver.confirm(plan, "the agent", time.time())
        # A reserve line that carries nobody yet has nothing that could be wrong, whatever its device can say.
        if not revision.fallback and (isinstance(self.driver, LiveDriver) or not revision.rates):
            self._good = revision
        # Also where only what is to come has changed: it begins and ends by itself after a restart without a tracker.
        if self._good is not None and self._good.hash == revision.hash:
            self._keep(body)
        self._in_force, self._fallen_back = revision.hash, bool(revision.fallback)

    def _keep(self, body: Any) -> None:
        if body is None or (self._announcements and body == self._announcements[-1][1]):
            return
        save_twice(self.state / LEDGER, body)
        # Of those in time the newest alone is asked; none of the later ones is passed over.
        passed = max(0, len(self._in_time()) - 1)
        self._announcements = [*self._announcements[passed:], (self.clock(), body)]

    def _noticed(self, revision: Revision, plan: Plan, at: float) -> Drift | None:
        """Somebody's hand: counted by kind and office, once for each change of it."""
        if self.on_drift == "report" and self._reported == plan.hash:
            return None
        self._reported = plan.hash
        drift = drift_of(plan, revision, self.driver.read(revision.queues), at, self.on_drift == "repair")
        self.drifts.update(drift.changes)
        log.warning("event=drift revision=%d changes=%r repaired=%s", revision.number, drift.text, drift.repaired)
        return drift

    def _clean_baseline(self, revision: Revision) -> tuple[str, ...]:
        """The addresses that must answer after the change as well."""
        # The last good revision is no change: it is put back whoever is reachable, or a boot without a network would
        # leave everybody unshaped.
        if self._good is not None and self._good.hash == revision.hash and not self._fallen_back:
            return ()
        gone = [address for address in self.probe if not reachable(address)]
        # An outage is when something does not answer: then what did before must do so after it, and no more.
        if gone and not (revision.fallback or self._fallen_back):
            self.failures["baseline"] += 1
            raise ShapingError(f"{', '.join(gone)} did not answer before the change; nothing was changed")
        return tuple(address for address in self.probe if address not in gone)

    def _confirm_or_undo(self, revision: Revision, plan: Plan, reached: tuple[str, ...]) -> None:
        wrong = faults_of(revision, self.driver.read(revision.queues))
        # An address that was not reachable before either says nothing about this change.
        wrong += [f"{address} does not answer since the change" for address in reached if not reachable(address)]
        if not wrong:
            self.driver.confirm(plan, "the agent", time.time())
            return
        self.failures["undone"] += 1
        # Not again and again: each attempt would cut whoever it harmed for some seconds.
        self._refused = plan.hash
        self.driver.undo()
        raise ShapingError(f"revision {revision.number} was applied and undone: {'; '.join(wrong[:3])}")

    def _hand_over(self, revision: Revision, plan: Plan) -> None:
        if self._handed_over != plan.hash:
            self._handed_over = plan.hash
            log.info("event=waits_for_a_person revision=%d operations=%d", revision.number, len(plan.operations))

    def _sound(self, body: Any) -> bool:
        try:
            self.compile(body)
        except ShapingError as error:
            log.error("event=ledger_file_refused reason=%r", str(error))
            return False
        return True


def _written_at(file: Path) -> float:
    """When a file was written, Unix seconds; never, of one that is not there (its twin was read)."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _sides(plan: Plan) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What the device held of the queues that the plan changes, and their rates after it; adds to nothing are none."""
    changes = [operation for operation in plan.operations if operation.before is not None]
    before = {operation.before.key: operation.before.pair for operation in changes if operation.before}
    after = {operation.after.key: operation.after.pair for operation in changes if operation.after}
    return before, after
