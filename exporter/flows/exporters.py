"""What is known and counted of an exporter and of each of its observation domains. Plain data; bounded by its users."""

from dataclasses import dataclass, field
from typing import NamedTuple

from exporter.flows.counting import Habit
from exporter.flows.loss import Sequence
from exporter.flows.sflow import Interface, Samples
from exporter.flows.templates import Template

DEFAULT_SAMPLER = -1
MAX_INTERFACES = 4096


@dataclass(eq=False)
class Domain:
    """One observation domain in one version: templates and sampling rates are never shared beyond it.

    ``blocks`` holds, by template, the contents of data sets that are about to be counted; ``samplers`` the rate of
    each sampler and, under DEFAULT_SAMPLER, of all that name none.
    """

    version: int
    number: int
    sequence: Sequence = field(default_factory=Sequence)
    templates: dict[int, Template] = field(default_factory=dict)
    samplers: dict[int, int] = field(default_factory=dict)
    blocks: dict[int, list[memoryview]] = field(default_factory=dict)


class Taken(NamedTuple):
    """A datagram's place in its stream. ``released``: records of earlier ones that waited; ``held``: some wait now."""

    domain: Domain
    sequence: int
    units: int
    released: int = 0
    held: bool = False

    def follow(self) -> None:
        """Let the stream take it."""
        stream = self.domain.sequence
        if self.released:
            stream.forward(self.released)
        stream.take(self.sequence, self.units)
        if self.held:
            stream.unexplained = 0


@dataclass(frozen=True, eq=False)
class Held:
    """A data set that waits for its template since ``since`` (the collector's clock)."""

    since: float
    domain: Domain
    template: int
    content: bytes


@dataclass
class SflowCounts:
    """What an agent's sFlow tells beside flows: packets it discarded, samples it dropped, octets of its interfaces."""

    discarded: int = 0
    drops: dict[int, int] = field(default_factory=dict)
    interfaces: dict[int, Interface] = field(default_factory=dict)

    def take(self, samples: Samples) -> None:
        """Add a datagram's; sources and interfaces beyond MAX_INTERFACES are not kept."""
        self.discarded += samples.discarded
        for source, drops in samples.drops.items():
            if source in self.drops or len(self.drops) < MAX_INTERFACES:
                self.drops[source] = drops
        for one in samples.interfaces:
            if one.number in self.interfaces or len(self.interfaces) < MAX_INTERFACES:
                self.interfaces[one.number] = one


@dataclass
class Exporter:
    """One address that sends flows, and what came of it."""

    habit: Habit = field(default_factory=Habit)
    records: int = 0
    datagrams: int = 0
    undecoded: int = 0
    malformed: int = 0
    longest_seconds: float = 0.0
    domains: dict[tuple[int, int], Domain] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    sflow: SflowCounts = field(default_factory=SflowCounts)

    @property
    def lost(self) -> int:
        """Units lost over all its streams."""
        return sum(domain.sequence.lost for domain in self.domains.values())

    @property
    def templates(self) -> int:
        """How many templates are known of it."""
        return sum(len(domain.templates) for domain in self.domains.values())
