"""What is known and counted of an exporter and of each of its observation domains. Plain data; bounded by its users."""

from dataclasses import dataclass, field

from exporter.flows.account.counting import Habit
from exporter.flows.account.domains import Domain
from exporter.flows.account.pending_sets import Shelf
from exporter.flows.account.total_counters import Deltas
from exporter.flows.decode.sflow import Interface, Samples

MAX_INTERFACES = 4096


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
    unsampled: int = 0
    malformed: int = 0
    longest_seconds: float = 0.0
    lost_told: int = 0
    domains: dict[tuple[int, int], Domain] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    deltas: Deltas = field(default_factory=Deltas)
    undeclared_totals: bool = False
    sflow: SflowCounts = field(default_factory=SflowCounts)

    @property
    def undecoded(self) -> int:
        """Data sets thrown away, because their template or rate never came."""
        return self.shelf.thrown_away

    @property
    def lost(self) -> int:
        """Units lost over all its streams."""
        return sum(domain.sequence.lost for domain in self.domains.values())

    def tell_lost(self) -> int:
        """``lost`` as a counter, which never falls: what came late after it was told is set off against the next."""
        self.lost_told = max(self.lost_told, self.lost)
        return self.lost_told

    @property
    def templates(self) -> int:
        """How many templates are known of it."""
        return sum(len(domain.templates) for domain in self.domains.values())
