"""A device in memory behind the drivers' protocol: what every driver must do, without any device."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shaping.drivers.base import Reading
from shaping.plan import Act, Operation, Plan, differences, in_order, rate_lines
from shaping.queues import Count, Key, Queue


def act_of(before: Queue, after: Queue) -> Act | None:
    return None if before == after else Act.RAISE


@dataclass
class Box:
    """``by_hand``: it applies nothing itself."""

    by_hand: bool = False
    queues: dict[Key, Queue] = field(default_factory=dict)
    counts: dict[Key, Count] = field(default_factory=dict)
    applied: list[Plan] = field(default_factory=list)
    wanted: tuple[Queue, ...] = ()

    def read(self, wanted: Sequence[Queue]) -> Reading:
        missing = {queue.key: "not there" for queue in wanted if queue.key not in self.queues}
        undecided = frozenset(missing) if self.by_hand else frozenset()
        return Reading(
            queues=dict(self.queues),
            missing=missing,
            statement="read from the box",
            undecided=undecided,
            counts=dict(self.counts),
        )

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        self.wanted = tuple(wanted)
        target = {queue.key: queue for queue in wanted}
        changes = in_order(differences("box", self.queues, target, act_of))
        operations = tuple(Operation("box", one.act, one.before, one.after, (str(one.act),)) for one in changes)
        return Plan(operations, (), False, hash=str(hash(operations)))

    def plan_text(self, plan: Plan) -> Sequence[str]:
        return rate_lines(plan)

    def apply(self, plan: Plan) -> bool:
        if self.by_hand:
            return False
        self.queues = {queue.key: queue for queue in self.wanted}
        self.applied.append(plan)
        return True

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        return f"confirmed by {by}"

    def undo(self) -> int:
        return 1

    def panic(self) -> Sequence[str]:
        self.queues = {}
        return ("box",)
