"""The state and the counts of an exporter and of each of its observation domains. Plain data; bounded by its users."""

from dataclasses import dataclass, field

from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pending_sets import PendingSets
from exporter.flows.account.total_counters import TotalCounters
from exporter.flows.decode.sflow import SflowInterface, SflowSamples
from exporter.flows.decode.wire import WireError

# Bounds against hostile datagrams, which may name any number of each; no limits that an honest exporter meets: one has
# a domain for each line card, some dozens of templates, and a chassis of 64 cards with 64 ports has 4,096 interfaces.
MAX_DOMAINS, MAX_TEMPLATES, MAX_INTERFACES = 1024, 1024, 4096


@dataclass
class SflowCounts:
    """What an agent's sFlow carries beside flows: packets discarded, samples dropped, octets of its interfaces."""

    discarded: int = 0
    drops: dict[int, int] = field(default_factory=dict)
    interfaces: dict[int, SflowInterface] = field(default_factory=dict)

    def add(self, samples: SflowSamples) -> None:
        """Add a datagram's; sources and interfaces beyond MAX_INTERFACES are left out."""
        self.discarded += samples.discarded
        for source, drops in samples.drops.items():
            if source in self.drops or len(self.drops) < MAX_INTERFACES:
                self.drops[source] = drops
        for interface in samples.interfaces:
            if interface.number in self.interfaces or len(self.interfaces) < MAX_INTERFACES:
                self.interfaces[interface.number] = interface


@dataclass
class FlowExporter:
    """One address that sends flows, and what came of it.

    ``spoilt``: records on which the program failed. ``lost_shown``: the most that the counter of losses ever showed.
    """

    address: str
    settings: ExporterSettings = field(default_factory=ExporterSettings)
    records: int = 0
    datagrams: int = 0
    unsampled: int = 0
    malformed: int = 0
    spoilt: int = 0
    longest_seconds: float = 0.0
    lost_shown: int = 0
    domains: dict[tuple[int, int], ObservationDomain] = field(default_factory=dict)
    pending: PendingSets = field(default_factory=PendingSets)
    total_counters: TotalCounters = field(default_factory=TotalCounters)
    undeclared_totals: bool = False
    sflow: SflowCounts = field(default_factory=SflowCounts)

    def domain(self, version: int, number: int) -> ObservationDomain:
        """One of its domains, new or not. Raises WireError where it is one too many."""
        domain = self.domains.get((version, number))
        if domain is None:
            if len(self.domains) >= MAX_DOMAINS:
                raise WireError(f"observation domain {number} is one too many; {MAX_DOMAINS} are kept")
            domain = self.domains[version, number] = ObservationDomain(version, number)
        return domain

    @property
    def undecoded(self) -> int:
        """Data sets thrown away, because their template or rate never came."""
        return self.pending.discards

    @property
    def lost(self) -> int:
        """Units lost over all its streams."""
        return sum(domain.sequence.lost for domain in self.domains.values())

    def lost_counter(self) -> int:
        """``lost`` as a counter, which never falls: what comes late after it was shown is set off against the next."""
        self.lost_shown = max(self.lost_shown, self.lost)
        return self.lost_shown

    @property
    def templates(self) -> int:
        """How many templates there are of it."""
        return sum(len(domain.templates) for domain in self.domains.values())
