"""Datagrams in, totals changed: decoded -> rated -> owned -> counted, one value after the other; effects are here.

One stream, in the order given. ``take_batch`` gives the same result as ``take_datagram`` for each in its order (a
property test says so), at a fraction of the cost. Hostile bytes are counted and never raise. Where the program itself
fails on a block or a datagram, that one is given up, never counted again; all else is counted, then the failure raised.
"""

from collections.abc import Iterable

from exporter.flows.account.batch_groups import divide_batch
from exporter.flows.account.blocks import BlockCollection, Datagram, DatagramReading, DecodedBlock
from exporter.flows.account.collector import Collector
from exporter.flows.account.counting import count_block
from exporter.flows.account.decoding import decode_datagram, overdue_blocks
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.owning import find_owners
from exporter.flows.account.rating import rate_block
from exporter.flows.account.total_counters import totals_alone
from exporter.flows.decode.batches import DatagramBatch
from exporter.flows.decode.columns import Records
from exporter.flows.decode.durations import longest
from exporter.flows.decode.sections import open_sections
from exporter.flows.decode.wire import WireError

# Half a minute of patience (pending_sets.PENDING_SECONDS) needs no finer look, and a look costs a walk over all
# templates.
_EXPIRY_SECONDS = 1.0


def take_datagram(collector: Collector, data: Datagram, source: str) -> None:
    """Count one datagram, whatever its bytes are."""
    with collector.faults.noted():
        _take_datagram(collector, data, source)
    collector.faults.tell()


def take_batch(collector: Collector, batch: DatagramBatch) -> None:
    """Count a batch, whatever its bytes are; they are not needed afterwards."""
    with collector.faults.noted():
        _take_batch(collector, batch)
    collector.faults.tell()


def expire(collector: Collector, now: float) -> None:
    """Forget what is too old: templates that were not sent again (RFC 7011 8.4), sets that waited in vain."""
    if now < collector.next_expiry:
        return
    collector.next_expiry = now + _EXPIRY_SECONDS
    for exporter in collector.exporters.values():
        _count(collector, overdue_blocks(exporter, now))
        for domain in exporter.domains.values():
            domain.expire(now)


def _take_datagram(collector: Collector, data: Datagram, source: str) -> None:
    now = collector.clock()
    expire(collector, now)
    blocks = BlockCollection()
    reading = _decode(collector, (data, source), now, blocks)
    if reading is not None:
        reading.place.follow()
    _count(collector, blocks.joined())


def _take_batch(collector: Collector, batch: DatagramBatch) -> None:
    now = collector.clock()
    expire(collector, now)
    groups = divide_batch(collector, batch)
    # Odd datagrams first: they may bring the templates and rates that divide the groups of the usual ones.
    blocks = BlockCollection()
    odd: dict[int, DatagramReading] = {}
    for place in groups.odd_places():
        row = batch.datagram(place), batch.sources[int(batch.origin[place])]
        reading = _decode(collector, row, now, blocks)
        if reading is not None:
            odd[place] = reading
            if reading.changes:
                groups.divide(reading.domain, place)
    _count(collector, blocks.joined())
    _count(collector, groups.blocks())
    for exporter, datagrams in groups.sizes():
        exporter.datagrams += datagrams
    groups.follow(odd)


def _decode(
    collector: Collector, row: tuple[Datagram, str], now: float, blocks: BlockCollection
) -> DatagramReading | None:
    """A datagram and its source; its single blocks are counted, its plain sets joined.

    None: refused, malformed, or given up, because the program failed on it; what was read of it before that counts.
    """
    data, source = row
    exporter = collector.exporter(source)
    if exporter is None:
        collector.refused["unknown_exporter"] += 1
        return None
    exporter.datagrams += 1
    reading = None
    try:
        if exporter.pending.sets:
            _count(collector, overdue_blocks(exporter, now))
        reading = decode_datagram(exporter, data, now, blocks)
    except WireError:
        exporter.malformed += 1
    except Exception as error:
        collector.refused["fault"] += 1
        collector.faults.note(error)
    if blocks.single:
        _count(collector, blocks.take_single())
    return reading


def _count(collector: Collector, blocks: Iterable[DecodedBlock]) -> None:
    """Let blocks go through all stages; one on which that fails is given up, as far as it is not counted."""
    for block in blocks:
        exporter, before = block.exporter, block.exporter.records
        try:
            _count_block(collector, block)
        except Exception as error:
            exporter.spoilt += block.records.count - (exporter.records - before)
            collector.faults.note(error)


def _count_block(collector: Collector, block: DecodedBlock) -> None:
    """The sums go to the totals and to whoever observes.

    Records of packets' first bytes fall into one block for each length of addresses.
    """
    if not block.records.count:
        return
    exporter, settings = block.exporter, block.exporter.settings
    exporter.longest_seconds = max(exporter.longest_seconds, longest(block.records))
    for records in open_sections(_increments(exporter, block)):
        rated = rate_block(records, block.samplers, settings.sampling)
        counted = count_block(find_owners(collector.lookup, rated), settings)
        collector.totals.add(counted)
        exporter.records += counted.records
        if collector.observe is not None:
            collector.observe(counted)


def _increments(exporter: FlowExporter, block: DecodedBlock) -> Records:
    """The records; of an exporter of total counts, with what is new of each flow."""
    if not totals_alone(block.records):
        return block.records
    if exporter.settings.total_counts:
        return exporter.total_counters.increments(block.records, block.domain.number)
    exporter.undeclared_totals = True
    return block.records
