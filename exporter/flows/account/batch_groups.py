"""The usual datagrams of a batch, grouped by template in columns: a batch in, decoded blocks out (stage 1 of 4).

What happens for every datagram happens in columns, and Python runs once for each template of a batch. All other
datagrams are ``odd`` and decoded one by one; where one of those changes a template or a rate, the group it concerns is
divided at its place, so that each block has the rates of its moment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from exporter.flows.account.blocks import DatagramReading, DecodedBlock
from exporter.flows.account.collector import Collector
from exporter.flows.account.domains import ObservationDomain, StreamPlace
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.loss import MODULO
from exporter.flows.account.sampling import SamplingRate
from exporter.flows.decode.batches import DatagramBatch, DatagramHeads, Integers, read_heads
from exporter.flows.decode.columns import Records
from exporter.flows.decode.templates import FlowTemplate
from exporter.flows.decode.wire import V5_RECORD, WireError

# As many as ``totals`` sums without a rounding error. A batch of the socket holds fewer, one offline may hold more.
MAX_BLOCK_RECORDS = 1 << 20


class TemplateGroup(NamedTuple):
    """Usual datagrams whose data set has this template and, when they came, these rates."""

    exporter: FlowExporter
    domain: ObservationDomain
    number: int
    template: FlowTemplate
    samplers: Mapping[int, SamplingRate]


@dataclass
class BatchGroups:
    """A batch, divided. ``group``: the place in ``groups`` of each usual datagram; -1: odd.

    ``odd`` is a heap of the places of those still to be decoded one by one; ``current`` has, by the identity of a
    domain, those of its groups that later datagrams still join.
    """

    batch: DatagramBatch
    heads: DatagramHeads
    group: Integers
    groups: list[TemplateGroup]
    odd: list[int]
    current: dict[int, list[int]]

    def odd_places(self) -> Iterator[int]:
        """The places of all odd datagrams in ascending order, also of those that became so meanwhile."""
        while self.odd:
            yield heappop(self.odd)

    def divide(self, domain: ObservationDomain, place: int) -> None:
        """After the odd datagram at ``place``: groups whose template or rates changed end there, others begin."""
        groups = self.current.get(id(domain), [])
        for index, number in enumerate(groups):
            before = self.groups[number]
            template = plain_template(domain, before.number)
            if template is before.template and domain.samplers is before.samplers:
                continue
            # The rows before the change keep their group: they were sent under the old template.
            later = np.flatnonzero(self.group[place + 1 :] == number) + place + 1
            # A v5 header has its rate with it: datagrams with another than the last one's are odd.
            if template is None or domain.version == 5:
                self.group[later] = -1
                for row in later.tolist():
                    heappush(self.odd, row)
                self.current[id(domain)] = [other for other in groups if other != number]
            else:
                self.group[later] = groups[index] = len(self.groups)
                self.groups.append(before._replace(template=template, samplers=domain.samplers))

    def sizes(self) -> Iterator[tuple[FlowExporter, int]]:
        """How many datagrams each group has."""
        numbers = np.bincount(self.group[self.group >= 0], minlength=len(self.groups))
        return zip((group.exporter for group in self.groups), numbers.tolist(), strict=True)

    def blocks(self) -> Iterator[DecodedBlock]:
        """Every group's flow records: its datagrams of one size are one block."""
        for number, group in enumerate(self.groups):
            rows = np.flatnonzero(self.group == number)
            if not len(rows):
                continue
            start, size = int(self.heads.start[rows[0]]), group.template.size
            counts = (self.heads.end[rows] - start) // size
            for count in np.unique(counts).tolist():
                # All of one size can be cut out of the batch as one rectangle, without a copy for each.
                same = rows[counts == count]
                step = max(1, MAX_BLOCK_RECORDS // max(1, count))
                for place in range(0, len(same), step):
                    part = same[place : place + step]
                    block = self.batch.data[part, start : start + count * size].reshape(-1, size)
                    records = Records(len(block), block, group.template.places)
                    yield DecodedBlock(group.exporter, group.domain, group.samplers, records)

    def follow(self, odd: Mapping[int, DatagramReading]) -> None:
        """Every datagram's sequence number, domain by domain, in the batch's order; unbroken runs at once."""
        sequence, units = self.heads.sequence.copy(), self._units()
        domains = {id(group.domain): group.domain for group in self.groups}
        domains |= {id(reading.domain): reading.domain for reading in odd.values()}
        number = {identity: place for place, identity in enumerate(domains)}
        # Group -1 (odd) takes the last place. numpy.isin for each domain would cost more than all the rest of this.
        domain_of_row = np.array([*(number[id(group.domain)] for group in self.groups), -1])[self.group]
        # The heads of odd datagrams were not understood in columns: what their own reading brought takes their place.
        for row, reading in odd.items():
            sequence[row], units[row] = reading.sequence, reading.units
            domain_of_row[row] = number[id(reading.domain)]
        waiting = {id(reading.domain) for reading in odd.values() if reading.released or reading.waits}
        for identity, domain in domains.items():
            rows = np.flatnonzero(domain_of_row == number[identity])
            if not len(rows):
                continue
            if identity not in waiting and _unbroken(domain, sequence[rows], units[rows]):
                domain.sequence.go_on(int(sequence[rows[-1]]), int(units[rows[-1]]))
                continue
            for row, first, counted in zip(rows.tolist(), sequence[rows].tolist(), units[rows].tolist(), strict=True):
                place = odd[row].place if row in odd else StreamPlace(domain, first, counted)
                place.follow()

    def _units(self) -> Integers:
        """What each usual datagram counts in its sequence: v5 flows, v9 packets, IPFIX records."""
        heads, length = self.heads, self.heads.end - self.heads.start
        units = np.where(heads.version == 5, length // V5_RECORD, heads.version == 9)
        ipfix = np.flatnonzero((self.group >= 0) & (heads.version == 10))
        sizes = np.array([group.template.size for group in self.groups], np.int64)
        units[ipfix] = length[ipfix] // sizes[self.group[ipfix]]
        return units


def divide_batch(collector: Collector, batch: DatagramBatch) -> BatchGroups:
    """Group every usual datagram by its template. Odd are also those of nobody declared or of no template.

    A NetFlow v5 stream whose headers have another sampling rate than before is not usual.
    """
    heads = read_heads(batch)
    # One number for source, version, domain and template: 11 + 4 + 32 + 16 bits, for a batch has at most 2,048 sources.
    stream = (batch.origin << 36) | ((heads.version & 15) << 32) | heads.domain
    key = np.where(heads.usual, (stream << 16) | heads.number, -1)
    # One example of each key stands for all its datagrams: Python runs once for a template, not for a datagram.
    _, examples, inverse = np.unique(key, return_index=True, return_inverse=True)
    groups: list[TemplateGroup] = []
    number = np.full(len(examples), -1, np.int64)
    for place, example in enumerate(examples.tolist()):
        group = _group_of(collector, batch, heads, example) if heads.usual[example] else None
        if group is not None and np.all(heads.sampling[inverse == place] == group.domain.v5_sampling):
            number[place] = len(groups)
            groups.append(group)
    group_of_row = number[inverse]
    current: dict[int, list[int]] = {}
    for index, group in enumerate(groups):
        current.setdefault(id(group.domain), []).append(index)
    odd = np.flatnonzero(group_of_row < 0).tolist()
    return BatchGroups(batch, heads, group_of_row, groups, odd, current)


def plain_template(domain: ObservationDomain, number: int) -> FlowTemplate | None:
    """A template of flow records of one size; None for any other."""
    template = domain.templates.get(number)
    return template if template is not None and template.plain else None


def _group_of(collector: Collector, batch: DatagramBatch, heads: DatagramHeads, row: int) -> TemplateGroup | None:
    exporter = collector.exporter(batch.sources[int(batch.origin[row])])
    if exporter is None:
        return None
    try:
        domain = exporter.domain(int(heads.version[row]), int(heads.domain[row]))
    except WireError:
        return None
    number = int(heads.number[row])
    template = plain_template(domain, number)
    return None if template is None else TemplateGroup(exporter, domain, number, template, domain.samplers)


def _unbroken(domain: ObservationDomain, sequence: Integers, units: Integers) -> bool:
    follows = sequence[1:] == (sequence[:-1] + units[:-1]) % MODULO
    return bool(domain.sequence.expected == sequence[0] and follows.all())
