"""The usual datagrams of a batch by compiled code: checked, and their records summed, in one pass of ``express.c``.

A batch in; out come sums in the totals, what each stream got, and one after the other the datagrams that are not usual
and that ``pipeline`` takes itself. Before each of those all that Python keeps of its exporter is as if the stages had
taken what came before it, so that the result is the same to the byte (tests hold both ways against each other). What
the other exporters got waits until ``settle``.
"""

import ctypes
from collections.abc import Iterator

import numpy as np

from exporter.flows.account.batch_groups import SetRows, row_blocks
from exporter.flows.account.beginnings import StreamHead, begins_anew
from exporter.flows.account.blocks import DecodedBlock
from exporter.flows.account.collector import Collector
from exporter.flows.account.copies import RecentDatagrams, RememberedBatch, StreamName, doubtful
from exporter.flows.account.express_keys import borrow, give_back, make_room
from exporter.flows.account.express_pass import ExpressPass, SourceNumbers
from exporter.flows.account.express_settling import settle_streams
from exporter.flows.account.express_sums import OPD_WORDS, add_sums
from exporter.flows.account.express_tables import (
    DATAGRAMS,
    EXPECTED,
    LAST,
    MOVED,
    SEQUENCE,
    STAMP,
    TOUCHED,
    ExpressTables,
    address,
    larger,
)
from exporter.flows.account.prefix_lookup import PrefixLookup
from exporter.flows.account.shared_blocks import SharedBlock
from exporter.flows.decode.batches import DatagramBatch, Integers
from exporter.flows.native.library import HEAD_BYTES, STRANGER, UNMET, ExpressCall, Stop

# Datagrams of a batch that are taken one by one, at some 50 microseconds each: less than in the stages.
# 500 exporters begin with a template each. Of more the stages take the rest: hostile ones may cost the lane more.
MOST_ODD = 600

# Versions whose headers say where they stand.
_WITH_HEADS = (9, 10)


class ExpressLane:
    """The compiled code and its tables, for one collector. ``recent`` is None where no network copies anything."""

    def __init__(self, functions: ctypes.CDLL, collector: Collector) -> None:
        self._functions, self._collector = functions, collector
        self._call, self._here = ExpressCall(), 0
        self._recent: RecentDatagrams | None = None
        self._lookup: PrefixLookup | None = None
        self._tables, self._exporters = ExpressTables(), SourceNumbers((), np.empty(0, np.int64))
        self._here = ctypes.addressof(self._call)
        self._adopt()

    def begin(self, batch: DatagramBatch, recent: RecentDatagrams | None, when: float) -> ExpressPass:
        """A pass over a batch; ``when``: when it came, by the clock of ``recent``."""
        if self._lookup is not self._collector.lookup or self._tables.full:
            self._adopt()
        self._recent = recent
        data = batch.data if batch.data.strides[1] == 1 else np.ascontiguousarray(batch.data)
        count, call = len(batch.lengths), self._call
        group, begin, end = np.empty((3, count), np.int64)
        now, numbers = self._collector.clock(), self._numbers(batch)
        this = ExpressPass(batch, now, numbers, SetRows(group, begin, end), None, group, count, recent)
        call.data, call.stride, call.width, call.count = address(data), data.strides[0], data.shape[1], count
        call.lengths, call.origin, call.exporter = map(address, (batch.lengths, batch.origin, numbers))
        call.now, call.ports = now, None if batch.ports is None else address(batch.ports)
        call.group, call.begin, call.end = address(group), address(begin), address(end)
        # Whoever observes wants blocks, or lends room for the keys of what is counted here.
        observed = self._collector.observe is not None and self._collector.keys is None
        call.counting = not observed and self._collector.totals.smoothing is None
        call.copies, call.accept, call.single, call.row = recent is not None, -1, -1, 0
        if recent is not None:
            heads, stream, sequence = np.empty((count, HEAD_BYTES), np.uint8), *np.empty((2, count), np.int64)
            self._functions.express_heads(self._here, address(heads), address(stream), address(sequence))
            sums = np.zeros(count, np.int64)
            this.heads = RememberedBatch(when, heads, batch.lengths, batch.origin, sequence, batch.sources, sums)
            this.stream = stream
        return this

    def odd_rows(self, this: ExpressPass) -> Iterator[int]:
        """The datagrams that are not usual, in their order: each is to be taken before the next is asked for."""
        odd, tried, emptied = 0, -1, -1
        borrow(self._call, self._collector.keys)
        while (stop := self._functions.express_take(self._here)) != Stop.DONE:
            row = int(self._call.row)
            if stop == Stop.FULL and row != emptied:
                emptied = row
                make_room(self._call, self._collector)
                continue
            if stop == Stop.UNKNOWN and row != tried:
                tried = row
                if self._enter(this, row):
                    continue
            if stop == Stop.OUT_OF_PLACE and self._follow(this, row):
                continue
            self._settle_of(this, row)
            if odd == MOST_ODD:
                self.settle()
                this.rest = row
                break
            odd += 1
            if this.came_before(row):
                self._leave_copy(this, row)
            elif stop == Stop.COPY and not this.is_late(row):
                self._call.single = row
                continue
            else:
                this.note(row)
                give_back(self._call, self._collector.keys)
                yield row
                borrow(self._call, self._collector.keys)
            self._look_again(this, row)
            self._call.row = row + 1
        give_back(self._call, self._collector.keys)
        self._finish(this)

    def blocks(self, this: ExpressPass) -> Iterator[DecodedBlock | SharedBlock]:
        """The records of usual datagrams that the pass did not count."""
        group = this.rows.group[: this.rest]
        if len(group) and int(group.max()) >= 0:
            rows = SetRows(*(column[: this.rest] for column in this.rows))
            groups = self._tables.groups
            yield from row_blocks(this.batch, rows, groups, self._tables.plan_of_route[: len(groups)])

    def settle(self) -> None:
        """Let Python know what every stream got."""
        count = int(self._call.touched_count)
        if count:
            touched = self._touched[:count]
            settle_streams(self._tables, touched, self._recent)
            self._tables.streams[touched, TOUCHED] = self._call.touched_count = 0

    @property
    def tables(self) -> ExpressTables:
        """What the streams got and Python does not know yet is in them."""
        return self._tables

    def _settle_of(self, this: ExpressPass, row: int) -> None:
        """The same of the exporter of a datagram."""
        number = int(this.exporter[this.batch.origin[row]])
        if number >= 0:
            settle_streams(self._tables, np.array(self._tables.streams_of[number], np.int64), self._recent)

    # ---- what Python changed ----

    def refresh(self) -> None:
        """Look at all again that may have changed beside the lane; all is settled."""
        for number in range(len(self._tables.sources)):
            self._refresh(number)

    def refresh_changed(self) -> None:
        """The same of exporters of which more than their counts may have changed since it was looked at them."""
        for number in self._tables.outdated():
            self._refresh(number)

    def refresh_one(self, source: str) -> None:
        """Look at one exporter again."""
        number = self._tables.sources.get(source)
        if number is not None:
            self._refresh(number)

    def _refresh(self, number: int) -> None:
        for key in self._tables.changed(number, self._last):
            self._functions.express_route(self._here, *key, -1, 0)

    def _last(self, stream: StreamName) -> int:
        return -1 if self._recent is None else self._recent.last(stream)

    def _adopt(self) -> None:
        """Begin with empty tables: another city, or no room for more routes."""
        self.settle()
        tables, call, lookup = larger(self._tables) if self._tables.full else ExpressTables(), self._call, None
        self._tables, lookup = tables, self._collector.lookup
        self._exporters = SourceNumbers((), np.empty(0, np.int64))
        self._lookup = lookup
        self._touched = np.zeros(tables.capacity, np.int64)
        self._cells = np.zeros((len(lookup.codes) + 1) * OPD_WORDS, np.uint64)
        call.routes, call.mask = address(tables.routes), len(tables.routes) - 1
        call.streams, call.plans = address(tables.streams), address(tables.plans)
        call.plan_of_route, call.touched, call.cells = map(address, (tables.plan_of_route, self._touched, self._cells))
        # Of each /16, whether any prefix touches it.
        self._wide_blocks = np.packbits(lookup.v4.blocks.reshape(1 << 16, -1).any(axis=1), bitorder="little")
        call.wide_blocks = address(self._wide_blocks)
        call.blocks, call.pages = address(lookup.v4.blocks), address(lookup.v4.pages)
        six = lookup.v6
        call.halves, call.owner, call.divided = address(six.halves), address(six.owner), address(six.divided)
        call.first, call.exact = address(six.first), address(six.exact)
        call.half_count, call.first_count = len(six.halves), len(six.first)

    # ---- within a pass ----

    def _numbers(self, batch: DatagramBatch) -> Integers:
        """The number of each source of a batch; those that the inventory does not name are strangers."""
        # A socket's senders are the same tuple in nearly every batch.
        if self._exporters.sources is not batch.sources:
            places = [self._tables.sources.get(source, UNMET) for source in batch.sources]
            self._exporters = SourceNumbers(batch.sources, np.array(places, np.int64))
        numbers = self._exporters.numbers
        for place in np.flatnonzero(numbers == UNMET).tolist():
            numbers[place] = self._meet(batch.sources[place])
        return numbers

    def _meet(self, source: str) -> int:
        exporter, allowed = self._collector.exporters.get(source), self._collector.allowed
        if exporter is not None:
            return self._tables.meet(exporter)
        return STRANGER if allowed is not None and source not in allowed else UNMET

    def _enter(self, this: ExpressPass, row: int) -> bool:
        """Make a route for the set at which the pass stopped; False where it is not for the lane."""
        # A new route of a stream looks at where Python says that it stands.
        self._settle_of(this, row)
        head = this.batch.data[row, :20].tobytes()
        version = int.from_bytes(head[:2], "big")
        at, end = {5: (20, 22), 9: (16, 20), 10: (12, 16)}[version]
        number = int(this.exporter[this.batch.origin[row]])
        domain = int.from_bytes(this.batch.data[row, at:end].tobytes(), "big")
        entry = self._tables.enter(number, (version, domain, int(self._call.set_number)), self._last)
        if entry is None:
            return False
        if self._tables.streams[entry.stream, LAST] < 0:
            this.sum(row)
        self._call.uplinks = address(self._tables.uplinks)
        self._functions.express_route(self._here, *entry.key, entry.stream, entry.number)
        return True

    def _follow(self, this: ExpressPass, row: int) -> bool:
        """A datagram after a gap, or before its time; False where its stream begins anew."""
        call, stream = self._call, int(self._call.stop_stream)
        domain = self._tables.owners[stream].domain
        state = self._tables.streams[stream]
        if self._recent is not None and doubtful(int(state[LAST]), call.stop_sequence) and call.single != row:
            return False
        if domain.version in _WITH_HEADS and (domain.head is not None or state[DATAGRAMS]):
            when = float(self._tables.whens[stream])
            before = StreamHead(int(state[STAMP]), int(state[SEQUENCE]), when)
            if begins_anew(domain.version, before, StreamHead(call.stop_stamp, call.stop_sequence, this.now)):
                return False
        if state[MOVED]:
            domain.sequence.expected, domain.sequence.behind = int(state[EXPECTED]), None
            state[MOVED] = 0
        self._tables.owners[stream].exporter.moves += 1
        domain.sequence.take(call.stop_sequence, call.stop_units)
        state[EXPECTED] = domain.sequence.expected
        call.accept = row
        return True

    def _leave_copy(self, this: ExpressPass, row: int) -> None:
        source = this.batch.sources[int(this.batch.origin[row])]
        exporter = self._collector.exporter(source)
        if exporter is None:
            self._collector.refuse(source)
        else:
            exporter.copies += 1

    def _look_again(self, this: ExpressPass, row: int) -> None:
        """After an odd datagram: its exporter's streams stand elsewhere, and its templates may have changed."""
        origin = int(this.batch.origin[row])
        if this.exporter[origin] == UNMET:
            this.exporter[origin] = self._meet(this.batch.sources[origin])
        else:
            self._refresh(int(this.exporter[origin]))

    def _finish(self, this: ExpressPass) -> None:
        """Add what was counted to the totals; remember what came."""
        call = self._call
        if call.strangers:
            # The pass counts them all together; whose they are stands in the batch.
            self._collector.refused["unknown_exporter"] += call.strangers
            senders = np.unique(this.batch.origin[: this.rest])
            for source in senders[this.exporter[senders] == STRANGER].tolist():
                self._collector.refused_senders.note(this.batch.sources[source])
            call.strangers = 0
        this.remember()
        if call.counted:
            add_sums(self._collector.totals, call, self._cells)
