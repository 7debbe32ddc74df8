"""What somebody changed on a device by hand: a plan that should be empty in, changes by kind and office out. Pure."""

from dataclasses import dataclass
from typing import Any

from shaping.drivers.base import Reading
from shaping.ledger import Revision
from shaping.plan import Act, Plan

# In place of an office: what belongs to none, such as the whole line's class.
NOBODY = "-"
# A change of the whole city's queues would make a proof of a megabyte.
_LONGEST = 50

_KINDS = {Act.ADD: "missing", Act.DELETE: "foreign"}


@dataclass(frozen=True)
class Drift:
    """Changes as (kind, office), each once: ``rate``, ``missing``, ``foreign``, ``addresses`` or ``whole``."""

    changes: tuple[tuple[str, str], ...]
    at: float
    repaired: bool

    @property
    def text(self) -> str:
        """For a line of the log."""
        return ", ".join(f"{kind} {opd}" for kind, opd in self.changes[:_LONGEST])

    @property
    def body(self) -> dict[str, Any]:
        """As the proof tells it to the tracker."""
        rows = [{"kind": kind, "opd": None if opd == NOBODY else opd} for kind, opd in self.changes[:_LONGEST]]
        return {"at": self.at, "repaired": self.repaired, "changes": rows, "count": len(self.changes)}


def drift_of(plan: Plan, revision: Revision, reading: Reading, at: float, repaired: bool) -> Drift:
    """``reading`` is of the device as somebody left it."""
    changes = {(_KINDS.get(operation.act, "rate"), operation.opd or NOBODY) for operation in plan.operations}
    if plan.fresh:
        changes.add(("whole", NOBODY))
    if plan.map_changes:
        named = {opd for _, opd in changes}
        moved = {queue.opd for queue in revision.queues if queue.key not in reading.queues} - named
        changes |= {("addresses", opd) for opd in moved} or {("addresses", NOBODY)}
    return Drift(tuple(sorted(changes)), at, repaired)
