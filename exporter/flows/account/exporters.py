"""The state and the counts of an exporter and of each of its observation domains. Plain data; bounded by its users."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from exporter.flows.account.applications import MOST_NAMES
from exporter.flows.account.connection_counters import ConnectionCounters
from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.odd_amounts import BOTH_WAYS_RECORDS
from exporter.flows.account.pending_sets import PendingSets
from exporter.flows.account.sampling import SamplingRate
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


def share_rates(teller: ObservationDomain, other: ObservationDomain, rates: Mapping[int, SamplingRate]) -> bool:
    """Let another domain hear what ``teller`` told for all; True where its rates changed."""
    if other is teller or not rates:
        return False
    # Behind one address there may be two exporters, told apart by their ports.
    if teller.own_port != other.own_port and not teller.ports & other.ports:
        return False
    before = other.samplers
    # Domain 0 observes nothing itself (RFC 7011 3.1): its samplers are the exporter's. Others may count their own.
    sure = rates if teller.number == 0 else {name: rate for name, rate in rates.items() if name < 0}
    if any(other.heard.get(name) != rate for name, rate in sure.items()):
        other.hear(sure)
    if len(sure) < len(rates):
        other.doubt({name: rate for name, rate in rates.items() if name not in sure})
    return other.samplers is not before


@dataclass
class FlowExporter:
    """One address that sends flows, and what came of it.

    ``absurd``: records that no network can have counted; ``layer2``: records whose octets are those of frames;
    ``both_ways``: what speaks for IN_BYTES and OUT_BYTES being two directions, until ``find_both_ways`` believes it.

    ``applications``: names of application ids, as its options tell them.
    ``domains`` by version and number; those of ``sockets`` (version, number, UDP port) have their port as a third.
    ``copies``: datagrams that came twice; ``untold``: sets decoded by a template of before the exporter began anew.
    ``unread_versions``: of NetFlow, that it sends. ``spoilt``: records on which the program failed. ``lost_shown``: the
    most that the counter of losses ever showed. ``changes``: how often anything of it may have changed, ``moves``: how
    often only its counts and where its streams stand. Whoever keeps a text of it makes that anew where these went on.
    """

    address: str
    settings: ExporterSettings = field(default_factory=ExporterSettings)
    records: int = 0
    datagrams: int = 0
    unsampled: int = 0
    malformed: int = 0
    unread_versions: set[int] = field(default_factory=set)
    spoilt: int = 0
    copies: int = 0
    untold: int = 0
    longest_seconds: float = 0.0
    lost_shown: int = 0
    changes: int = 0
    moves: int = 0
    domains: dict[tuple[int, ...], ObservationDomain] = field(default_factory=dict)
    sockets: dict[tuple[int, int, int], ObservationDomain] = field(default_factory=dict)
    pending: PendingSets = field(default_factory=PendingSets)
    total_counters: TotalCounters = field(default_factory=TotalCounters)
    connections: ConnectionCounters = field(default_factory=ConnectionCounters)
    undeclared_totals: bool = False
    absurd: int = 0
    layer2: int = 0
    both_ways: int = 0
    sflow: SflowCounts = field(default_factory=SflowCounts)
    applications: dict[int, str] = field(default_factory=dict)

    def domain(self, version: int, number: int, port: int = 0) -> ObservationDomain:
        """One of its domains, new (and of that UDP port) or not. Raises WireError where it is one too many."""
        domain = self.domains.get((version, number))
        if domain is None:
            if len(self.domains) >= MAX_DOMAINS:
                raise WireError(f"observation domain {number} is one too many; {MAX_DOMAINS} are kept")
            domain = self.domains[version, number] = ObservationDomain(version, number)
            domain.ports |= {port} - {0}
            for other in self.domains.values():
                share_rates(other, domain, other.shared)
                domain.chains |= {} if other.number else other.chains
        return domain

    def share(self, domain: ObservationDomain, rates: Mapping[int, SamplingRate]) -> list[ObservationDomain]:
        """Rates that one of its domains told for all: the others hear them. Returns those where rates changed."""
        domain.shared |= rates
        return [other for other in self.domains.values() if share_rates(domain, other, rates)]

    def chain(self, teller: ObservationDomain, chains: Mapping[int, tuple[int, ...]]) -> list[ObservationDomain]:
        """Learn what one of its domains tells of sequences of selectors; that of domain 0 holds for all."""
        domains = [teller] if teller.number else list(self.domains.values())
        return [domain for domain in domains if domain.learn_chains(chains)]

    def name_applications(self, names: Mapping[int, str]) -> None:
        """Learn names; beyond MOST_NAMES only those that are known already may change."""
        for number, name in names.items():
            if number in self.applications or len(self.applications) < MOST_NAMES:
                self.applications[number] = name

    def find_both_ways(self, evidence: int) -> None:
        """Believe that its IN_BYTES and OUT_BYTES are two directions once enough records say so."""
        self.both_ways += evidence
        if self.both_ways >= BOTH_WAYS_RECORDS:
            self.settings = replace(self.settings, out_bytes="reverse")

    @property
    def undecoded(self) -> int:
        """Data sets thrown away, because their template never came."""
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
