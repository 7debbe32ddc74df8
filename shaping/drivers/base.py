"""What a driver is: it reads a device's queues, plans, applies, is confirmed, undoes and panics. Types only.

A driver is one file or folder beside this one with ``driver(site)``; its name is what the city file's ``driver:`` says.
It never sees the tracker, and nothing outside it sees the device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from inventory.admission import Direction
from inventory.model import City, Shaping
from shaping.errors import ShapingError
from shaping.plan import Plan
from shaping.queues import Count, Key, Queue


@dataclass(frozen=True)
class RouterAccess:
    """How a router is reached that the agent does not run on: its user, and the certificate that it must show.

    ``password`` is a reference (``env:NAME`` or ``file:/path``); ``address`` '' is that of the city file.
    """

    user: str
    password: str
    certificate: Path
    address: str = ""
    port: int = 8729


@dataclass(frozen=True)
class LibreQosAccess:
    """Where a LibreQoS has its files, and how it is made to read them.

    ``reload`` is a command, word by word; without one LibreQoS reads them every ``refresh_minutes`` by itself. ``core``
    is what one processor core of it carries, bytes per second.
    """

    directory: Path
    reload: tuple[str, ...] = ()
    refresh_minutes: float = 30.0
    core: int = 250_000_000


@dataclass(frozen=True)
class Site:
    """Where a driver works: an uplink of the city, a directory that outlives a restart, and who measures.

    ``prometheus`` is None where the configuration names none. ``unmapped`` is the most that addresses of nobody may
    use, bytes per second; None while nobody has decided it. ``spoofed``, ``management_from``, ``router``, ``libreqos``:
    ``Config``.
    """

    city: City
    uplink: str
    state: Path
    prometheus: str | None = None
    unmapped: int | None = None
    spoofed: Literal["limit", "drop"] = "limit"
    management_from: tuple[str, ...] = ()
    router: RouterAccess | None = None
    libreqos: LibreQosAccess | None = None

    def adopt(self, city: City) -> None:
        """Another city of the same uplink, between two turns of the agent: the only change of a site."""
        object.__setattr__(self, "city", city)

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
    they are neither in force nor drifted; ``awaited`` are those of these that were written as they should be, and that
    the device itself reads later: no reason to take an apply back. ``statement`` says how this is known, ``evidence``
    is what the proof adds. ``faults`` are what is wrong and is no single queue's. ``stray_bytes`` came from where their
    address does not live.
    """

    queues: Mapping[Key, Queue]
    missing: Mapping[Key, str]
    statement: str
    undecided: frozenset[Key] = frozenset()
    awaited: frozenset[Key] = frozenset()
    counts: Mapping[Key, Count] = field(default_factory=dict)
    unmapped_bytes: Mapping[Direction, int] = field(default_factory=dict)
    unmapped_drops: Mapping[Direction, int] = field(default_factory=dict)
    unmapped_ceilings: Mapping[Direction, int] = field(default_factory=dict)
    stray_bytes: Mapping[Direction, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
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
        """The plan stays: a person says that it was carried out by hand, or the agent that it is in force and harmless.

        ``at`` is Unix time; ``read`` says what is in force.
        """

    def undo(self) -> int:
        """Take the last apply or confirmation back; how many operations that were."""

    def panic(self) -> Sequence[str]:
        """Let everything pass unshaped at once; the places that were opened."""


@runtime_checkable
class LiveDriver(Protocol):
    """What a driver adds that reads and changes its device itself, many times a second if need be."""

    def sample(self, wanted: Sequence[Queue]) -> Mapping[Key, Count]:
        """What the queues counted, and nothing else."""

    def wait(self, seconds: float) -> bool:
        """Wait until something changed on the device, at most so long; True where it did."""

    def unconfirmed_seconds(self) -> float | None:
        """How long the last apply has waited for ``confirm``; None where it is confirmed, or there was none."""


@runtime_checkable
class ScriptedDriver(Protocol):
    """What a driver adds that can write its commands to a file, for a device that it may not reach."""

    def script(self, wanted: Sequence[Queue]) -> Sequence[str]:
        """The lines of the file; nothing is read for it."""


@runtime_checkable
class TapedDriver(Protocol):
    """What a driver adds that can write down what its device says, and be tried against that later."""

    def record(self, tape: Path, wanted: Sequence[Queue]) -> str:
        """Read the device once, write it down without secrets, and say where."""

    def replay(self, tape: Path) -> None:
        """From now on the recording answers instead of the device."""
