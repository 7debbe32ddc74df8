"""What a driver is: it reads a device's queues, plans, applies, is confirmed, undoes and panics. Types only.

A driver is one file or folder beside this one with ``driver(site)``; its name is what the city file's ``driver:`` says.
It never sees the tracker, and nothing outside it sees the device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from inventory.admission import Direction
from inventory.model import City, Shaping
from shaping.errors import ShapingError
from shaping.plan import Plan
from shaping.queues import Count, Key, Queue


@dataclass(frozen=True)
class Site:
    """Where a driver works: an uplink of the city, a directory that outlives a restart, and who measures.

    ``prometheus`` is None where the configuration names none.
    """

    city: City
    uplink: str
    state: Path
    prometheus: str | None = None

    @property
    def shaping(self) -> Shaping:
        """What the inventory says of the uplink's shaping. Raises ShapingError where it says nothing."""
        shaping = self.city.uplink(self.uplink).shaping
        if shaping is None:
            raise ShapingError(f"uplink {self.uplink}: the inventory has no shaping: for it; add the interfaces")
        return shaping

    def place(self, direction: Direction) -> str:
        """The interface on which that direction is shaped."""
        return self.shaping.receive_interface if direction == "receive" else self.shaping.transmit_interface


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is known of the wanted queues. ``queues`` holds only what was shown to be in force.

    ``missing`` says of each other one why it is not there; ``undecided`` are those of them of which nobody can say it:
    they are neither in force nor drifted. ``statement`` says how this is known, ``evidence`` is what the proof adds.
    """

    queues: Mapping[Key, Queue]
    missing: Mapping[Key, str]
    statement: str
    undecided: frozenset[Key] = frozenset()
    counts: Mapping[Key, Count] = field(default_factory=dict)
    unmapped_bytes: Mapping[Direction, int] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)


class Driver(Protocol):
    """One device behind one uplink. Every method raises ShapingError with the next step, or the device's OSError."""

    def read(self, wanted: Sequence[Queue]) -> Reading:
        """What is in force of the wanted queues, as far as this driver can know it."""

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        """What must change, so that the wanted queues and no others are there."""

    def plan_text(self, plan: Plan) -> Sequence[str]:
        """The plan for the person who carries it out or has it carried out, with the command that does it."""

    def apply(self, plan: Plan) -> bool:
        """Carry out the plan made last; all or nothing. False where a person must do it: then nothing was changed."""

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        """A person says that the plan was carried out by hand, at that Unix time; ``read`` says what is in force."""

    def undo(self) -> int:
        """Take the last apply or confirmation back; how many operations that were."""

    def panic(self) -> Sequence[str]:
        """Let everything pass unshaped at once; the places that were opened."""
