"""Values of stage 1: what a datagram holds while it is read, and blocks of flow records with the rates of their moment.

A block carries its template's columns and its domain's rates as they stood: it may be counted at any time after.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from exporter.flows.account.beginnings import StreamHead
from exporter.flows.account.domains import ObservationDomain, StreamPlace
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.sampling import SamplingRate
from exporter.flows.decode.columns import Records, fixed_records
from exporter.flows.decode.templates import FlowTemplate

Datagram = bytes | memoryview

# Joined sets are counted in blocks of 1 MiB. It bounds the memory of the columns, and even of records of one byte (the
# shortest there are) a block holds no more than the 2^20 that ``totals`` sums without a rounding error.
MAX_BLOCK_BYTES = 1 << 20


class Arrival(NamedTuple):
    """How a datagram came: when, and from which UDP port (0: not known)."""

    now: float
    port: int = 0


class DecodedBlock(NamedTuple):
    """Flow records of one template; ``samplers``: the rates of their domain when they came."""

    exporter: FlowExporter
    domain: ObservationDomain
    samplers: Mapping[int, SamplingRate]
    records: Records


class SetGroup(NamedTuple):
    """Whose joined sets are, and what is needed to cut them into columns."""

    exporter: FlowExporter
    domain: ObservationDomain
    samplers: Mapping[int, SamplingRate]
    template: FlowTemplate


@dataclass
class BlockCollection:
    """What datagrams hold, as they are read: sets of one plain template and the same rates are one block in the end.

    ``single``: blocks that are not joined. The keys are identities, not values: neither a template nor a mapping of
    rates is ever changed, only replaced.
    """

    single: list[DecodedBlock] = field(default_factory=list)
    groups: dict[tuple[int, int, int], tuple[SetGroup, list[Datagram]]] = field(default_factory=dict)

    def add_set(
        self, exporter: FlowExporter, domain: ObservationDomain, template: FlowTemplate, content: Datagram
    ) -> None:
        """Add the whole records of a set."""
        key = id(domain), id(template), id(domain.samplers)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = SetGroup(exporter, domain, domain.samplers, template), []
        group[1].append(content)

    def take_single(self) -> list[DecodedBlock]:
        """Take out those that are not joined, so that a batch of them never fills the memory."""
        single, self.single = self.single, []
        return single

    def joined(self) -> Iterator[DecodedBlock]:
        """The others, in the order of their first sets."""
        for (exporter, domain, samplers, template), contents in self.groups.values():
            # One copy of all contents costs less than columns for each set.
            content = b"".join(contents)
            # Whole records only: a record must not be cut between two blocks.
            step = max(1, MAX_BLOCK_BYTES // template.size) * template.size
            for start in range(0, len(content), step):
                records = fixed_records(template, content[start : start + step])
                yield DecodedBlock(exporter, domain, samplers, records)


@dataclass(slots=True)
class DatagramReading:
    """A datagram while it is read; ``blocks`` take what it holds.

    ``units``, ``released``, ``waits`` and ``anew`` are those of its StreamPlace; ``changes``: the domains that have
    another template or rate than before it; ``parted``: those that its port (0: not known) belongs to no more;
    ``before``: where its stream stood before it.
    """

    exporter: FlowExporter
    domain: ObservationDomain
    sequence: int
    now: float
    blocks: BlockCollection
    port: int = 0
    units: int = 0
    released: int = 0
    waits: bool = False
    anew: bool = False
    before: StreamHead | None = None
    changes: list[ObservationDomain] = field(default_factory=list)
    parted: list[ObservationDomain] = field(default_factory=list)

    @property
    def place(self) -> StreamPlace:
        """Its place in its stream."""
        return StreamPlace(self.domain, self.sequence, self.units, self.released, self.waits, self.anew)

    def add_plain(self, template: FlowTemplate, data: Datagram, start: int, end: int) -> None:
        """The whole records of a set; what is left over is padding."""
        content = data[start : end - (end - start) % template.size]
        self.blocks.add_set(self.exporter, self.domain, template, content)

    def add_block(self, records: Records) -> None:
        """Records that are counted on their own."""
        self.blocks.single.append(DecodedBlock(self.exporter, self.domain, self.domain.samplers, records))
