"""The manual driver: queues in, commands for a person out; a person's confirmation and measurements in, a reading out.

It touches no device. "In force" it says of a queue only where a person has confirmed it and Prometheus has shown it.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from inventory.admission import DIRECTIONS, Direction
from inventory.model import Device
from shaping.drivers.base import Reading, Site
from shaping.drivers.manual.commands import Work, commands, knows
from shaping.drivers.manual.confirmations import Confirmation, Confirmations, person
from shaping.drivers.manual.judging import Judgement, evidence, judgements, statement
from shaping.errors import ShapingError
from shaping.measuring import Use, UseVerdict, uses
from shaping.plan import ORDER, Act, Operation, Plan, differences, rate_lines
from shaping.queues import Key, Queue

log = logging.getLogger(__name__)

FILE = "confirmed.json"
# Figures are averages of five minutes: asking Prometheus more often would show the same.
_AGAIN_SECONDS = 300.0


@dataclass
class ManualDriver:
    """A technician at a device. ``clock`` is Unix time; ``measure`` asks Prometheus."""

    site: Site
    clock: Callable[[], float] = time.time
    measure: Callable[[str, int, float], Mapping[Key, Use]] = uses
    _prepared: tuple[Plan, tuple[Queue, ...]] | None = None
    _measured: dict[Key, Judgement] = field(default_factory=dict)
    _measured_at: float = 0.0

    def read(self, wanted: Sequence[Queue]) -> Reading:
        """Of each wanted queue: confirmed by whom, and whether measurement bears it out."""
        confirmed = self._confirmations.now()
        mine = {queue.key: confirmed[queue.key] for queue in wanted if _says(confirmed.get(queue.key), queue)}
        judged = self._judged(mine)
        by_verdict = {verdict: {key for key in judged if judged[key].verdict is verdict} for verdict in UseVerdict}
        shown = {key: judged[key].confirmation.queue for key in by_verdict[UseVerdict.MEASURED]}
        missing = {key: judgement.sentence for key, judgement in judged.items() if key not in shown}
        missing |= {
            queue.key: "not applied as far as is known: no person has confirmed it"
            for queue in wanted
            if queue.key not in judged
        }
        return Reading(
            queues=shown,
            missing=missing,
            statement=statement(mine, len(wanted)),
            # Only what was measured to exceed its ceiling is known to be wrong; of all else nobody can say it.
            undecided=frozenset(missing.keys() - by_verdict[UseVerdict.EXCEEDED]),
            evidence=evidence(judged),
        )

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        """What differs from the rates confirmed last, with the commands to type."""
        present = {key: confirmation.queue for key, confirmation in self._confirmations.now().items()}
        target = {queue.key: queue for queue in wanted}
        operations = tuple(
            Operation(self.site.place(key[1]), act, present.get(key), target.get(key), lines)
            for key, act, lines in self._steps(present, target)
        )
        # The commands are in it: a plan whose words changed (another kind of device) is another plan.
        covered = json.dumps([asdict(operation) for operation in operations], sort_keys=True)
        digest = hashlib.sha256(covered.encode()).hexdigest()
        plan = Plan(operations, (), False, digest)
        self._prepared = (plan, tuple(wanted))
        return plan

    def plan_text(self, plan: Plan) -> Sequence[str]:
        """Rates, the commands in the order to type them, and how to confirm."""
        if plan.empty:
            return ("nothing to type: every rate of the ledger was confirmed by hand; verify says what is measured",)
        device = self._device
        heading = f"commands for {device.name} (kind: {device.kind}); read them before typing, none was run for a test:"
        unknown = f"{device.name} is kind: {device.kind}, whose commands lebarpita does not know; set these figures:"
        typed = [line for operation in plan.operations for line in operation.commands]
        last = f'{len(plan.operations)} operations; when typed: confirm --plan {plan.hash} --by "NAME"'
        return (*rate_lines(plan), heading if knows(device.kind) else unknown, *typed, last)

    def apply(self, plan: Plan) -> bool:
        """Nothing: a person applies it."""
        return False

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        """Write down who typed the plan made last. Raises ShapingError for another plan or no name."""
        name = person(by)
        if self._prepared is None or self._prepared[0] != plan:
            raise ShapingError("manual: this plan is not the one that was made last; plan again")
        if plan.empty:
            raise ShapingError("manual: nothing is to be confirmed; every rate of the ledger was confirmed before")
        earlier = self._confirmations.now()
        fresh = {
            queue.key: earlier[queue.key] if _says(earlier.get(queue.key), queue) else Confirmation(queue, name, at)
            for queue in self._prepared[1]
        }
        self._confirmations.replace(fresh)
        return f"{len(plan.operations)} operations applied by hand, confirmed by {name}; verify says what is measured"

    def undo(self) -> int:
        """Withdraw the last confirmation. The device is left alone."""
        return self._confirmations.back()

    def panic(self) -> Sequence[str]:
        """Forget every confirmation and say what to type: only a person can open the device. Always raises."""
        present = {key: confirmation.queue for key, confirmation in self._confirmations.now().items()}
        lines = [line for _, _, lines in self._steps(present, {}) for line in lines]
        self._confirmations.replace({})
        typed = "\n".join(lines) or "remove every limit of the offices"
        raise ShapingError(f"manual: nothing was opened from here; type on {self._device.name}:\n{typed}")

    @property
    def _confirmations(self) -> Confirmations:
        return Confirmations(self.site.state / FILE)

    @property
    def _device(self) -> Device:
        return self.site.city.device(self.site.city.uplink(self.site.uplink).device)

    def _steps(
        self, present: Mapping[Key, Queue], wanted: Mapping[Key, Queue]
    ) -> list[tuple[Key, Act, tuple[str, ...]]]:
        """Changes in the safe order; an OPD's commands set both directions and stand at its first change."""
        changes = sorted(differences("", present, wanted, _act_of), key=lambda change: ORDER[change.act])
        steps: list[tuple[Key, Act, tuple[str, ...]]] = []
        named: set[str] = set()
        for change in changes:
            queue = change.after or change.before
            assert queue is not None
            lines = () if queue.opd in named else commands(self._work(queue.opd, present, wanted))
            named.add(queue.opd)
            steps.append((queue.key, change.act, lines))
        return steps

    def _work(self, opd: str, present: Mapping[Key, Queue], wanted: Mapping[Key, Queue]) -> Work:
        prefixes = {office.code: office.prefixes for office in self.site.city.opds}
        return Work(
            opd=opd,
            kind=self._device.kind,
            device=self._device.name,
            prefixes=prefixes.get(opd, ()),
            places={direction: self.site.place(direction) for direction in DIRECTIONS},
            before=_sides(present, opd),
            after=_sides(wanted, opd),
        )

    def _judged(self, confirmed: Mapping[Key, Confirmation]) -> Mapping[Key, Judgement]:
        """The verdicts, made anew every five minutes and where somebody confirmed something since."""
        now = self.clock()
        same = {key: judgement.confirmation for key, judgement in self._measured.items()} == dict(confirmed)
        if not same or now - self._measured_at >= _AGAIN_SECONDS:
            self._measured = judgements(confirmed, lambda seconds: self._uses(seconds, now), now)
            self._measured_at = now
        return self._measured

    def _uses(self, seconds: int, now: float) -> Mapping[Key, Use]:
        if self.site.prometheus is None:
            return {}
        try:
            return self.measure(self.site.prometheus, seconds, now)
        except ShapingError as error:
            # Without figures nothing is measured, and so nothing is in force: that is the answer, not a failed turn.
            log.warning("event=not_measured reason=%r", str(error))
            return {}


def _act_of(before: Queue, after: Queue) -> Act | None:
    if before == after:
        return None
    pairs = ((after.rates[key], before.rates[key]) for key in before.rates)
    return Act.LOWER if all(new <= old for new, old in pairs) else Act.RAISE


def _says(confirmation: Confirmation | None, queue: Queue) -> bool:
    return confirmation is not None and confirmation.queue == queue


def _sides(queues: Mapping[Key, Queue], opd: str) -> dict[Direction, Queue]:
    return {direction: queues[opd, direction] for direction in DIRECTIONS if (opd, direction) in queues}
