"""Datagrams in, totals changed: decoded -> rated -> owned -> counted, one value after the other; effects are here.

One stream, in the order given. ``take_batch`` gives the same result as ``take_datagram`` for each in its order (a
property test says so), at a fraction of the cost. Hostile bytes are counted and never raise. Where the program itself
fails on a block or a datagram, that one is given up, never counted again; all else is counted, then the failure raised.
"""

from collections.abc import Iterable

import numpy as np

from exporter.flows.account.batch_groups import divide_batch
from exporter.flows.account.blocks import Arrival, BlockCollection, Datagram, DatagramReading, DecodedBlock
from exporter.flows.account.collector import Collector
from exporter.flows.account.connection_counters import of_connections
from exporter.flows.account.copies import RecentDatagrams
from exporter.flows.account.counting import count_block
from exporter.flows.account.decoding import decode_datagram, overdue_blocks, waiting_blocks
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.express_lane import ExpressLane
from exporter.flows.account.odd_amounts import both_ways_evidence, layer2_records
from exporter.flows.account.owning import find_owners
from exporter.flows.account.rating import rate_block
from exporter.flows.account.shared_blocks import SharedBlock
from exporter.flows.account.total_counters import totals_alone
from exporter.flows.decode.batches import DatagramBatch
from exporter.flows.decode.columns import Records
from exporter.flows.decode.durations import longest
from exporter.flows.decode.sections import open_sections
from exporter.flows.decode.wire import WireError, unread_version

# Half a minute of patience (pending_sets.PENDING_SECONDS) needs no finer look, and a look costs a walk over all
# templates.
_EXPIRY_SECONDS = 1.0


def take_datagram(collector: Collector, data: Datagram, source: str, port: int = 0) -> None:
    """Count one datagram, whatever its bytes are; ``port``: the sender's, 0 where it is not known."""
    with collector.faults.noted():
        _take_datagram(collector, (data, source), port)
    collector.faults.tell()


def take_batch(collector: Collector, batch: DatagramBatch) -> None:
    """Count a batch, whatever its bytes are; they are not needed afterwards."""
    with collector.faults.noted():
        _take_rest(collector, _take_express(collector, batch, None, 0.0))
        settle(collector)
    collector.faults.tell()


def take_from_network(collector: Collector, recent: RecentDatagrams, batch: DatagramBatch, now: float) -> None:
    """Count a batch but for the copies that a network made of its datagrams; ``now``: when it came, in seconds."""
    try:
        take_ahead(collector, recent, batch, now)
    finally:
        settle(collector)


def settle(collector: Collector) -> None:
    """Let all exporters and their streams stand where ``take_ahead`` left them."""
    if (lane := lane_of(collector)) is not None:
        lane.settle()


def take_ahead(collector: Collector, recent: RecentDatagrams, batch: DatagramBatch, now: float) -> None:
    """As ``take_from_network``; what the streams got may wait for ``settle``, which costs a city most."""
    with collector.faults.noted():
        copying = batch.ports is not None and bool(batch.ports.any())
        batch = _take_express(collector, batch, recent if copying else None, now)
        batch, copies = recent.without_copies(batch, now)
        for source, number in copies.items():
            exporter = collector.exporter(source)
            if exporter is None:
                collector.refuse(source, number)
            else:
                exporter.copies += number
        _take_rest(collector, batch)
    collector.faults.tell()


def lane_of(collector: Collector) -> ExpressLane | None:
    """The collector's express lane, if it has one."""
    return collector.lane if isinstance(collector.lane, ExpressLane) else None


def expire(collector: Collector, now: float) -> None:
    """Forget what is too old: templates that were not sent again (RFC 7011 8.4), sets that waited in vain."""
    if now < collector.next_expiry:
        return
    collector.next_expiry = now + _EXPIRY_SECONDS
    settle(collector)
    for exporter in collector.exporters.values():
        if exporter.pending.sets:
            _count(collector, overdue_blocks(exporter, now))
            exporter.changes += 1
        exporter.changes += sum(domain.expire(now) for domain in exporter.domains.values())
    if (lane := lane_of(collector)) is not None:
        lane.refresh_changed()


def finish(collector: Collector) -> None:
    """At the end of what there is to read, count what lacks only a rate, without one."""
    with collector.faults.noted():
        settle(collector)
        for exporter in collector.exporters.values():
            exporter.changes += 1
            _count(collector, waiting_blocks(exporter, collector.clock()))
        if (lane := lane_of(collector)) is not None:
            lane.refresh()
    collector.faults.tell()


def _take_datagram(collector: Collector, row: tuple[Datagram, str], port: int) -> None:
    now = collector.clock()
    expire(collector, now)
    settle(collector)
    blocks = BlockCollection()
    _take_alone(collector, row, Arrival(now, port), blocks)
    _count(collector, blocks.joined())
    if (lane := lane_of(collector)) is not None:
        lane.refresh_one(row[1])


def _take_alone(collector: Collector, row: tuple[Datagram, str], arrival: Arrival, blocks: BlockCollection) -> None:
    reading = _decode(collector, row, arrival, blocks)
    if reading is not None:
        reading.place.follow()


def _take_express(
    collector: Collector, batch: DatagramBatch, recent: RecentDatagrams | None, when: float
) -> DatagramBatch:
    """Count what is usual by the lane, if there is one, all else one by one; what is left is mostly nothing."""
    lane = lane_of(collector)
    if lane is None:
        return batch
    this = lane.begin(batch, recent, when)
    expire(collector, this.now)
    blocks = BlockCollection()
    for row in lane.odd_rows(this):
        datagram = batch.datagram(row), batch.sources[int(batch.origin[row])]
        _take_alone(collector, datagram, Arrival(this.now, batch.port(row)), blocks)
    _count(collector, blocks.joined())
    _count_blocks(collector, lane.blocks(this))
    return batch.only(np.arange(len(batch.lengths)) >= this.rest)


def _take_rest(collector: Collector, batch: DatagramBatch) -> None:
    """What no lane took, by the stages."""
    if len(batch.lengths):
        settle(collector)
        _take_batch(collector, batch)
        if (lane := lane_of(collector)) is not None:
            lane.refresh()


def _take_batch(collector: Collector, batch: DatagramBatch) -> None:
    now = collector.clock()
    expire(collector, now)
    groups = divide_batch(collector, batch)
    # Odd datagrams first: they may bring the templates and rates that divide the groups of the usual ones.
    blocks = BlockCollection()
    odd: dict[int, DatagramReading] = {}
    for place in groups.odd_places():
        row = batch.datagram(place), batch.sources[int(batch.origin[place])]
        groups.before_odd(place)
        reading = _decode(collector, row, Arrival(now, batch.port(place)), blocks)
        if reading is not None:
            odd[place] = reading
            for domain in reading.parted:
                groups.part(domain, reading.port, place)
            for domain in reading.changes:
                groups.divide(domain, place)
        groups.after_odd(place)
    _count(collector, blocks.joined())
    _count_blocks(collector, groups.blocks())
    for exporter, datagrams in groups.sizes():
        exporter.datagrams += datagrams
        exporter.moves += 1
    groups.follow(odd)


def _decode(
    collector: Collector, row: tuple[Datagram, str], arrival: Arrival, blocks: BlockCollection
) -> DatagramReading | None:
    """A datagram and its source; its single blocks are counted, its plain sets joined.

    None: refused, malformed, or given up, because the program failed on it; what was read of it before that counts.
    """
    data, source = row
    exporter = collector.exporter(source)
    if exporter is None:
        collector.refuse(source)
        return None
    exporter.datagrams += 1
    exporter.changes += 1
    reading = None
    try:
        if exporter.pending.sets:
            _count(collector, overdue_blocks(exporter, arrival.now))
        reading = decode_datagram(exporter, data, arrival, blocks)
    except WireError:
        exporter.malformed += 1
        exporter.unread_versions |= {unread_version(data)} - {0}
    except Exception as error:
        collector.refused["fault"] += 1
        collector.faults.note(error)
    if blocks.single:
        _count(collector, blocks.take_single())
    return reading


def _count_blocks(collector: Collector, blocks: Iterable[DecodedBlock | SharedBlock]) -> None:
    for block in blocks:
        if isinstance(block, SharedBlock):
            _count_shared(collector, block)
        else:
            _count(collector, (block,))


def _count(collector: Collector, blocks: Iterable[DecodedBlock]) -> None:
    """Let blocks go through all stages; one on which that fails is given up, as far as it is not counted."""
    for block in blocks:
        exporter, before = block.exporter, block.exporter.records
        exporter.changes += 1
        try:
            _count_block(collector, block)
        except Exception as error:
            exporter.spoilt += block.records.count - (exporter.records - before)
            collector.faults.note(error)


def _count_shared(collector: Collector, shared: SharedBlock) -> None:
    """Count the records of many exporters at once; where some are not to be counted, or it fails, each on its own."""
    group = shared.groups[0]
    counted = None
    try:
        rated = rate_block(shared.records, group.samplers, group.exporter.settings)
        counted = count_block(find_owners(collector.lookup, rated), group.exporter.settings)
        # Padding and absurd records have to be counted with the exporter that sent them.
        if counted.records < shared.records.count or counted.absurd:
            counted = None
        else:
            collector.totals.add(counted)
    except Exception:
        # Nothing was added yet: those of the parts on which it fails again are given up and say so.
        counted = None
    if counted is None:
        _count(collector, shared.parts())
        return
    shared.note()
    if collector.observe is not None:
        # They are counted: what fails now may not count them again.
        try:
            collector.observe(counted)
        except Exception as error:
            collector.faults.note(error)


def _count_block(collector: Collector, block: DecodedBlock) -> None:
    """The sums go to the totals and to whoever observes.

    Records of packets' first bytes fall into one block for each length of addresses.
    """
    if not block.records.count:
        return
    exporter = block.exporter
    exporter.layer2 += layer2_records(block.records)
    if exporter.settings.out_bytes is None:
        exporter.find_both_ways(both_ways_evidence(block.records))
    settings = exporter.settings
    exporter.longest_seconds = max(exporter.longest_seconds, longest(block.records))
    for records in open_sections(_increments(exporter, block)):
        rated = rate_block(records, block.samplers, settings)
        counted = count_block(find_owners(collector.lookup, rated), settings)
        collector.totals.add(counted)
        exporter.records += counted.records
        exporter.absurd += counted.absurd
        if collector.observe is not None:
            collector.observe(counted)


def _increments(exporter: FlowExporter, block: DecodedBlock) -> Records:
    """The records; of an exporter of total counts, and of a firewall's connections, with what is new of each flow."""
    if of_connections(block.records):
        return exporter.connections.increments(block.records, block.domain.number)
    if not totals_alone(block.records):
        return block.records
    if exporter.settings.total_counts:
        return exporter.total_counters.increments(block.records, block.domain.number)
    exporter.undeclared_totals = True
    return block.records
