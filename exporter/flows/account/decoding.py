"""Stage 1 of 4: datagrams in, decoded blocks of flow records out, each with the sampling rates of its moment.

A template or a rate takes effect from its packet on: a block carries its template's columns and its domain's rates as
they stood, so that it may be counted at any time after. Data before its template or rate waits, bounded; hostile bytes
are counted and raise nothing but WireError.
"""

from collections.abc import Iterable, Iterator

from exporter.flows.account.blocks import BlockCollection, Datagram, DatagramReading, DecodedBlock
from exporter.flows.account.exporters import MAX_TEMPLATES, FlowExporter
from exporter.flows.account.pending_sets import PendingSet
from exporter.flows.account.sampling import DEFAULT_SAMPLER, missing_samplers, new_rates
from exporter.flows.decode.columns import V5_FIELDS, Records, records_of
from exporter.flows.decode.sflow import LAYOUTS, SFLOW, SFLOW_START, read_samples, read_sflow
from exporter.flows.decode.templates import TemplateError, TemplateKey, make_template
from exporter.flows.decode.wire import (
    FIRST_DATA_SET,
    IPFIX_OPTIONS,
    IPFIX_TEMPLATES,
    V9_OPTIONS,
    V9_TEMPLATES,
    Packet,
    TemplateRow,
    WireError,
    options_templates,
    read_packet,
    sets,
    templates,
)

# v5 sends no template. Its built-in one needs a number in the domain, which no other template of that version has.
V5_TEMPLATE = 0


def decode_datagram(exporter: FlowExporter, data: Datagram, now: float, blocks: BlockCollection) -> DatagramReading:
    """One datagram. What stands in it before a part that makes no sense counts. Raises WireError for its header."""
    # Told by its first word, so that NetFlow and sFlow may come to one port.
    sflow = data[:4] == SFLOW_START
    packet = read_sflow(bytes(data)) if sflow else read_packet(data)
    domain = exporter.domain(packet.version, packet.domain)
    reading = DatagramReading(exporter, domain, packet.sequence, now, blocks)
    if packet.version == 5:
        _read_v5(reading, data, packet)
    elif packet.version == SFLOW:
        _read_sflow(reading, data, packet)
    else:
        _read_sets(reading, data, packet)
    return reading


def overdue_blocks(exporter: FlowExporter, now: float) -> list[DecodedBlock]:
    """Give up waiting: a sampler that nobody sends the rate of counts as 1, from now on without waiting."""
    late = exporter.pending.overdue(now)
    exporter.unsampled += len(late)
    for pending in late:
        pending.domain.give_up(pending.samplers)
    return list(_pending_blocks(exporter, late))


def _pending_blocks(exporter: FlowExporter, sets: Iterable[PendingSet]) -> Iterator[DecodedBlock]:
    """Sets that have their template."""
    for pending in sets:
        for records in records_of(pending.template, pending.content) if pending.template else ():
            yield DecodedBlock(exporter, pending.domain, pending.domain.samplers, records)


def _read_v5(reading: DatagramReading, data: Datagram, packet: Packet) -> None:
    template = reading.domain.built_in(reading.exporter.address, V5_TEMPLATE, V5_FIELDS)
    if reading.domain.v5_sampling != packet.sampling:
        reading.domain.set_v5_sampling(packet.sampling)
        reading.changes = True
    reading.add_plain(template, data, packet.start, packet.end)
    reading.units = packet.records


def _read_sflow(reading: DatagramReading, data: Datagram, packet: Packet) -> None:
    """Sampled packets as flow records of one packet each; counts one datagram."""
    reading.units = 1
    try:
        samples = read_samples(bytes(data), packet)
    except WireError:
        reading.exporter.malformed += 1
        return
    reading.exporter.sflow.add(samples)
    for identity, rows in samples.rows.items():
        # Rows that we packed ourselves, in the columns of a template: from here on a sampled packet is a flow like any
        # other.
        template = reading.domain.built_in(reading.exporter.address, identity, LAYOUTS[identity])
        content = b"".join(rows)
        reading.add_plain(template, content, 0, len(content))


def _read_sets(reading: DatagramReading, data: Datagram, packet: Packet) -> None:
    """Every set in its order; what one v9 packet counts is 1, what IPFIX counts are its data records."""
    ipfix, records = packet.version == 10, 0
    try:
        for number, start, end in sets(data, packet):
            if number >= FIRST_DATA_SET:
                template = reading.domain.templates.get(number)
                if template is not None and template.plain:
                    reading.add_plain(template, data, start, end)
                    records += (end - start) // template.size
                else:
                    records += _read_data(reading, number, bytes(data[start:end]))
            elif number in (IPFIX_TEMPLATES if ipfix else V9_TEMPLATES, IPFIX_OPTIONS if ipfix else V9_OPTIONS):
                _read_templates(reading, number, bytes(data[start:end]))
    except WireError:
        reading.exporter.malformed += 1
    reading.units = records if ipfix else 1


def _read_templates(reading: DatagramReading, number: int, content: bytes) -> None:
    ipfix = reading.domain.version == 10
    if number == (IPFIX_TEMPLATES if ipfix else V9_TEMPLATES):
        for row in templates(content, ipfix):
            _learn_template(reading, row)
    else:
        for row in options_templates(content, ipfix):
            _learn_template(reading, row)


def _learn_template(reading: DatagramReading, row: TemplateRow) -> None:
    """A template that is new or has changed takes the place of the old one; none of fields withdraws it."""
    exporter, domain, number = reading.exporter, reading.domain, row.number
    present = domain.templates.get(number)
    if present is not None:
        domain.template_times[number] = reading.now
    if present is not None and (present.fields, present.scope, present.options) == (row.fields, row.scope, row.options):
        return
    reading.changes = True
    if not row.fields:
        domain.withdraw(number, row.options)
        return
    # One that changes takes no further place, so an exporter at its bound may still change those it has.
    if present is None and exporter.templates >= MAX_TEMPLATES:
        exporter.malformed += 1
        return
    key = TemplateKey(exporter.address, domain.version, domain.number, number)
    try:
        domain.templates[number] = make_template(key, row.fields, row.scope, row.options)
    except TemplateError:
        exporter.malformed += 1
        return
    domain.template_times[number] = reading.now
    _release(reading, number)


def _release(reading: DatagramReading, number: int) -> None:
    """Decode what waited for a template, unless that was too long."""
    domain, pending = reading.domain, reading.exporter.pending
    reading.blocks.single += overdue_blocks(reading.exporter, reading.now)
    for waiting in pending.take(lambda p: p.domain is domain and p.number == number and p.template is None):
        records = _read_data(reading, number, waiting.content)
        # IPFIX counts data records in its sequence, also those that we could not read when they came.
        if domain.version == 10:
            reading.released += records


def _read_data(reading: DatagramReading, number: int, content: bytes) -> int:
    """A data set that is not plain, on its own. Returns its records; 0 where it waits for its template."""
    exporter, domain = reading.exporter, reading.domain
    template = domain.templates.get(number)
    if template is None:
        reading.waits |= not exporter.pending.without_template(domain)
        exporter.pending.put(PendingSet(reading.now, domain, number, content))
        return 0
    blocks = list(records_of(template, content))
    samplers = _samplers_to_wait_for(reading, blocks) if template.names_samplers else frozenset[int]()
    if samplers:
        exporter.pending.put(PendingSet(reading.now, domain, number, content, samplers, template))
    else:
        for records in blocks:
            if template.options:
                _learn_rates(reading, records)
            else:
                reading.add_block(records)
    return sum(records.count for records in blocks)


def _samplers_to_wait_for(reading: DatagramReading, blocks: list[Records]) -> frozenset[int]:
    """Samplers whose rate is worth waiting for: nothing else has one."""
    exporter, domain = reading.exporter, reading.domain
    if exporter.settings.sampling or DEFAULT_SAMPLER in domain.samplers:
        return frozenset()
    missing = frozenset().union(*(missing_samplers(domain.samplers, records) for records in blocks))
    exporter.unsampled += bool(missing & domain.rateless)
    return missing - domain.rateless


def _learn_rates(reading: DatagramReading, records: Records) -> None:
    """Rates that are new; what waited for them is decoded."""
    exporter, domain = reading.exporter, reading.domain
    rates = new_rates(domain.samplers, records)
    if rates:
        domain.add_rates(rates)
        reading.changes = True
        waiting = exporter.pending.take(lambda p: p.domain is domain and domain.has_rates(p.samplers))
        reading.blocks.single += _pending_blocks(exporter, waiting)
