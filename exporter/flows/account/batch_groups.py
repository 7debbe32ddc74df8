"""The usual datagrams of a batch, grouped by template in columns: a batch in, decoded blocks out (stage 1 of 4).

What happens for every datagram happens in columns, and Python runs once for each template of a batch. All other
datagrams are ``odd`` and decoded one by one; where one of those changes a template or a rate, the group it concerns is
divided at its place, so that each block has the rates of its moment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from exporter.flows.account.batch_streams import beginnings, by_socket
from exporter.flows.account.beginnings import StreamHead, begins_anew
from exporter.flows.account.blocks import DatagramReading, DecodedBlock
from exporter.flows.account.collector import Collector
from exporter.flows.account.domains import ObservationDomain, StreamPlace
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.shared_blocks import SharedBlock, block_of, joint_block, meanings
from exporter.flows.account.stream_runs import StreamColumns, stream_runs
from exporter.flows.account.template_groups import TemplateGroup, plain_template
from exporter.flows.decode.batches import DatagramBatch, DatagramHeads, Integers, read_heads
from exporter.flows.decode.columns import Records
from exporter.flows.decode.wire import V5_RECORD, WireError

# As many as ``totals`` sums without a rounding error. A batch of the socket holds fewer, one offline may hold more.
MAX_BLOCK_RECORDS = 1 << 20

# NetFlow v9 and IPFIX say where they stand; of sFlow and v5, all of whose datagrams may be odd, nothing is looked for.
_WITH_HEADS = (9, 10)
_V5 = 5


class SetRows(NamedTuple):
    """Columns over a batch: the group of each datagram (-1: none), and where the content of its one set stands."""

    group: Integers
    start: Integers
    end: Integers


@dataclass
class BatchGroups:
    """A batch, divided. ``group``: the place in ``groups`` of each usual datagram; -1: odd.

    ``odd`` is a heap of the places of those still to be decoded one by one; ``last_odd``: the last of each name.
    ``now``: when the batch came.
    """

    batch: DatagramBatch
    heads: DatagramHeads
    group: Integers
    groups: list[TemplateGroup]
    odd: list[int]
    now: float
    last_odd: dict[int, int] = field(default_factory=dict)

    @cached_property
    def current(self) -> dict[int, list[int]]:
        """By the identity of a domain, those of its groups that later datagrams still join; few batches need it."""
        current: dict[int, list[int]] = {}
        for index, group in enumerate(self.groups):
            current.setdefault(id(group.domain), []).append(index)
        return current

    def odd_places(self) -> Iterator[int]:
        """The places of all odd datagrams in ascending order, also of those that became so meanwhile."""
        while self.odd:
            yield heappop(self.odd)

    def divide(self, domain: ObservationDomain, place: int) -> None:
        """After the odd datagram at ``place``: groups whose template or rates changed end there, others begin."""
        current: list[int] = []
        for number in self.current.get(id(domain), []):
            before = self.groups[number]
            template = plain_template(domain, before.number)
            if template is before.template and domain.samplers is before.samplers:
                current.append(number)
                continue
            # The rows before the change keep their group: they were sent under the old template.
            later = np.flatnonzero(self.group[place + 1 :] == number) + place + 1
            # A v5 header has its rate with it: datagrams with another than the last one's are odd.
            if template is None or domain.version == 5:
                self._make_odd(later)
            else:
                self.group[later] = len(self.groups)
                current.append(len(self.groups))
                self.groups.append(before._replace(template=template, samplers=domain.samplers))
        self.current[id(domain)] = current

    def part(self, domain: ObservationDomain, port: int, place: int) -> None:
        """After the odd datagram at ``place``, those of that port are of another domain than this one."""
        if self.batch.ports is not None:
            later = (self.batch.ports == port) & np.isin(self.group, self.current.get(id(domain), []))
            later[: place + 1] = False
            self._make_odd(np.flatnonzero(later))

    def before_odd(self, place: int) -> None:
        """Let the domains of an odd datagram's name stand where the usual datagrams before it left them."""
        if self.heads.version[place] in _WITH_HEADS:
            name = int(self.names[place])
            for row, domain in self._ends(self.last_odd.get(name, -1) + 1, place, name, last=True):
                domain.head = self._head(row)
            self.last_odd[name] = place

    def after_odd(self, place: int) -> None:
        """The next usual datagrams are behind this odd one, not the ones before: by that they may begin anew."""
        if self.heads.version[place] not in _WITH_HEADS:
            return
        name = int(self.names[place])
        others = np.flatnonzero((self.names[place + 1 :] == name) & (self.group[place + 1 :] < 0))
        # Behind the next odd one it is looked at again.
        end = place + 1 + int(others[0]) if len(others) else len(self.names)
        for row, domain in self._ends(place + 1, end, name, last=False):
            if domain.head is not None and begins_anew(domain.version, domain.head, self._head(row)):
                self._make_odd(np.array([row]))

    def _ends(self, start: int, end: int, name: int, *, last: bool) -> list[tuple[int, ObservationDomain]]:
        """The first (or last) usual datagram of a name in those rows, of each of its domains."""
        rows = np.flatnonzero((self.names[start:end] == name) & (self.group[start:end] >= 0)) + start
        rows = rows[::-1] if last else rows
        numbers, places = np.unique(self.group[rows], return_index=True)
        ends: dict[int, tuple[int, ObservationDomain]] = {}
        # Several groups may be of one domain: the nearest row is the one.
        for at, number in sorted(zip(places.tolist(), numbers.tolist(), strict=True)):
            domain = self.groups[number].domain
            ends.setdefault(id(domain), (int(rows[at]), domain))
        return list(ends.values())

    @cached_property
    def names(self) -> Integers:
        """A number for source, version and domain of each datagram, by the bytes at their places in a header."""
        return np.asarray((self.batch.origin << 48) | (self.heads.version << 32) | self.heads.domain, np.int64)

    def _head(self, row: int) -> StreamHead:
        return StreamHead(int(self.heads.stamp[row]), int(self.heads.sequence[row]), self.now)

    def _make_odd(self, rows: Integers) -> None:
        self.group[rows] = -1
        for row in rows.tolist():
            heappush(self.odd, row)

    def sizes(self) -> Iterator[tuple[FlowExporter, int]]:
        """How many datagrams each group has."""
        numbers = np.bincount(self.group[self.group >= 0], minlength=len(self.groups))
        return zip((group.exporter for group in self.groups), numbers.tolist(), strict=True)

    def blocks(self) -> Iterator[DecodedBlock | SharedBlock]:
        """Every group's flow records: datagrams of one size are one block, of all groups that mean the same."""
        if not self.groups:
            return
        rows = SetRows(self.group, self.heads.start, self.heads.end)
        yield from row_blocks(self.batch, rows, self.groups, meanings(self.groups))

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
        waiting = {id(reading.domain) for reading in odd.values() if reading.released or reading.waits or reading.anew}
        rows = np.argsort(domain_of_row, kind="stable")[np.count_nonzero(domain_of_row < 0) :]
        streams = StreamColumns(rows, domain_of_row[rows], self.heads.stamp[rows], sequence[rows], units[rows])
        for run in stream_runs(list(domains.values()), streams):
            domain = run.domain
            if domain.version in _WITH_HEADS and not self._stands(int(rows[run.end - 1])):
                domain.head = StreamHead(run.stamp, run.sequence, self.now)
            if run.unbroken and id(domain) not in waiting:
                domain.sequence.go_on(run.sequence, run.units)
                continue
            for row in rows[run.begin : run.end].tolist():
                place = odd[row].place if row in odd else StreamPlace(domain, int(sequence[row]), int(units[row]))
                place.follow()

    def _stands(self, row: int) -> bool:
        """True where an odd datagram of its name came with this one or after it: by then all had their heads."""
        return bool(self.last_odd) and row <= self.last_odd.get(int(self.names[row]), -1)

    def _units(self) -> Integers:
        """What each usual datagram counts in its sequence: v5 flows, v9 packets, IPFIX records."""
        heads, length = self.heads, self.heads.end - self.heads.start
        units = np.where(heads.version == 5, length // V5_RECORD, heads.version == 9)
        ipfix = np.flatnonzero((self.group >= 0) & (heads.version == 10))
        sizes = np.array([group.template.size for group in self.groups], np.int64)
        units[ipfix] = length[ipfix] // sizes[self.group[ipfix]]
        return units


def row_blocks(
    batch: DatagramBatch, rows: SetRows, groups: Sequence[TemplateGroup], meaning: Integers
) -> Iterator[DecodedBlock | SharedBlock]:
    """The flow records of those rows of a batch; ``meaning`` of each group as ``shared_blocks.meanings`` has it."""
    kinds = np.append(meaning, -1)[rows.group]
    # By what they mean, then by group, so that the records of a group stand together. Group -1 (odd) is first.
    order = np.lexsort((rows.group, kinds))
    borders = np.flatnonzero(np.diff(kinds[order])) + 1
    for members in np.split(order, borders):
        if len(members) and rows.group[members[0]] >= 0:
            yield from _blocks_of(batch, rows, groups, members)


def _blocks_of(
    batch: DatagramBatch, rows: SetRows, groups: Sequence[TemplateGroup], members: Integers
) -> Iterator[DecodedBlock | SharedBlock]:
    """The records of datagrams that mean the same; those without any are left out."""
    start, template = int(rows.start[members[0]]), groups[int(rows.group[members[0]])].template
    size, counts = template.size, (rows.end[members] - start) // template.size
    for count in np.unique(counts[counts > 0]).tolist():
        # All of one size can be cut out of the batch as one rectangle, without a copy for each.
        same = members[counts == count]
        step = max(1, MAX_BLOCK_RECORDS // count)
        for place in range(0, len(same), step):
            part = same[place : place + step]
            block = batch.data[part, start : start + count * size].reshape(-1, size)
            records, group = Records(len(block), block, template.places), rows.group[part]
            if group[0] == group[-1]:
                yield block_of(groups[int(group[0])], records)
            else:
                yield joint_block(groups, group, count, records)


def divide_batch(collector: Collector, batch: DatagramBatch) -> BatchGroups:
    """Group every usual datagram by its template. Odd are also those of nobody declared or of no template.

    A NetFlow v5 stream whose headers have another sampling rate than before is not usual.
    """
    heads, now = read_heads(batch), collector.clock()
    # One number for source, version, domain and template: 11 + 4 + 32 + 16 bits, for a batch has at most 2,048 sources.
    stream = (batch.origin << 36) | ((heads.version & 15) << 32) | heads.domain
    key = np.where(heads.usual, (stream << 16) | heads.number, -1)
    # One example of each key stands for all its datagrams: Python runs once for a template, not for a datagram.
    _, examples, inverse = np.unique(key, return_index=True, return_inverse=True)
    groups: list[TemplateGroup] = []
    number = np.full(len(examples), -1, np.int64)
    usual = np.flatnonzero(heads.usual[examples])
    columns = (batch.origin, heads.version, heads.domain, heads.number)
    heads_of = [column[examples[usual]].tolist() for column in columns]
    for place, origin, *head in zip(usual.tolist(), *heads_of, strict=True):
        group = _group_of(collector, batch.sources[origin], *head)
        if group is not None:
            number[place] = len(groups)
            groups.append(group)
    group_of_row = number[inverse]
    _leave_other_rates(heads, groups, group_of_row)
    by_socket(batch, groups, group_of_row)
    beginnings(heads, groups, group_of_row, now)
    odd = np.flatnonzero(group_of_row < 0).tolist()
    return BatchGroups(batch, heads, group_of_row, groups, odd, now)


def _leave_other_rates(heads: DatagramHeads, groups: list[TemplateGroup], group: Integers) -> None:
    """Groups of a NetFlow v5 stream with another rate in one of their headers than the stream's become odd."""
    if not (heads.version == _V5).any():
        return
    rate = np.array([*(g.domain.v5_sampling if g.domain.version == _V5 else 0 for g in groups), 0], np.int64)
    other = np.unique(group[(group >= 0) & (heads.sampling != rate[group])])
    if len(other):
        group[np.isin(group, other)] = -1


def _group_of(collector: Collector, source: str, version: int, domain_number: int, number: int) -> TemplateGroup | None:
    exporter = collector.exporter(source)
    if exporter is None:
        return None
    try:
        domain = exporter.domain(version, domain_number)
    except WireError:
        return None
    template = plain_template(domain, number)
    return None if template is None else TemplateGroup(exporter, domain, number, template, domain.samplers)
