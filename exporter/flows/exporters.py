"""What is known and counted of an exporter and of each of its observation domains. Plain data; bounded by its users."""

from dataclasses import dataclass, field

from exporter.flows.counting import Habit
from exporter.flows.loss import Sequence
from exporter.flows.templates import Template

DEFAULT_SAMPLER = -1


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


@dataclass(frozen=True, eq=False)
class Held:
    """A data set that waits for its template since ``since`` (the collector's clock)."""

    since: float
    domain: Domain
    template: int
    content: bytes


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

    @property
    def lost(self) -> int:
        """Units lost over all its streams."""
        return sum(domain.sequence.lost for domain in self.domains.values())

    @property
    def templates(self) -> int:
        """How many templates are known of it."""
        return sum(len(domain.templates) for domain in self.domains.values())
