"""Stage 1 of 4: datagrams in, decoded blocks of flow records out, each with the sampling rates of its moment.

A template or a rate takes effect from its packet on: a block carries its template's columns and its domain's rates as
they stood, so that it may be counted at any time after. Data before its template or rate waits, bounded; hostile bytes
are counted and raise nothing but WireError.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from exporter.flows.account.applications import application_names
from exporter.flows.account.beginnings import StreamHead
from exporter.flows.account.blocks import Arrival, BlockCollection, Datagram, DatagramReading, DecodedBlock
from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporters import MAX_TEMPLATES, FlowExporter
from exporter.flows.account.pending_sets import PendingSet
from exporter.flows.account.sampler_options import for_all_domains, fresh_rates, named, option_rates
from exporter.flows.account.sampling import DEFAULT_SAMPLER, missing_samplers
from exporter.flows.account.sockets import contradicts, disown, domain_of, leave, note_rates
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import V5_FIELDS, Records, records_of
from exporter.flows.decode.sflow import LAYOUTS, SFLOW, SFLOW_START, read_samples, read_sflow
from exporter.flows.decode.templates import FlowTemplate, TemplateError, TemplateKey, make_template
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


def decode_datagram(
    exporter: FlowExporter, data: Datagram, arrival: Arrival, blocks: BlockCollection
) -> DatagramReading:
    """One datagram. What stands in it before a part that makes no sense counts. Raises WireError for its header."""
    # Told by its first word, so that NetFlow and sFlow may come to one port.
    sflow = data[:4] == SFLOW_START
    packet = read_sflow(bytes(data)) if sflow else read_packet(data)
    domain = domain_of(exporter, packet, arrival.port)
    reading = DatagramReading(exporter, domain, packet.sequence, arrival.now, blocks, arrival.port)
    if packet.version in (9, 10):
        reading.before = domain.head
        reading.anew = domain.begin_anew(StreamHead(packet.stamp, packet.sequence, arrival.now))
        reading.changes += [domain] if reading.anew else []
    if packet.version == 5:
        _read_v5(reading, data, packet)
    elif packet.version == SFLOW:
        _read_sflow(reading, data, packet)
    else:
        _read_sets(reading, data, packet)
    return reading


def overdue_blocks(exporter: FlowExporter, now: float) -> list[DecodedBlock]:
    """Give up waiting: a sampler that nobody sends the rate of counts as 1, from now on without waiting.

    A template of before that nobody sends anew holds on.
    """
    late = exporter.pending.overdue(now)
    return _give_up(exporter, late, now) if late else []


def waiting_blocks(exporter: FlowExporter, now: float) -> list[DecodedBlock]:
    """At the end of what there is to read: nothing that may not be lost goes on waiting."""
    blocks = _give_up(exporter, exporter.pending.take(lambda pending: pending.former), now)
    return blocks + _give_up(exporter, exporter.pending.take(lambda pending: bool(pending.samplers)), now)


def _give_up(exporter: FlowExporter, late: list[PendingSet], now: float) -> list[DecodedBlock]:
    blocks = _trust_former(exporter, [pending for pending in late if pending.former], now)
    late = [pending for pending in late if pending.samplers]
    for pending in late:
        pending.domain.give_up(pending.samplers)
    # What waited less long for the same samplers does so no more.
    late += exporter.pending.take(lambda pending: pending.domain.has_rates(pending.samplers))
    exporter.unsampled += sum(not pending.samplers <= pending.domain.samplers.keys() for pending in late)
    return [*blocks, *_pending_blocks(exporter, late)]


def _trust_former(exporter: FlowExporter, late: list[PendingSet], now: float) -> list[DecodedBlock]:
    """Decode by templates of before what waited for those of now in vain; what waited less long waits no more."""
    blocks: list[DecodedBlock] = []
    for pending in late:
        pending.domain.trust_former(pending.number)
    late += exporter.pending.take(lambda pending: pending.former and pending.number in pending.domain.templates)
    for pending in late:
        reading = DatagramReading(exporter, pending.domain, 0, now, BlockCollection())
        records = _read_data(reading, pending.number, pending.content)
        exporter.untold += 1
        # IPFIX counts data records in its sequence, also those that could not be read when they came.
        pending.domain.sequence.forward(records if pending.domain.version == 10 else 0)
        blocks += reading.blocks.single
    return blocks


def _pending_blocks(exporter: FlowExporter, sets: Iterable[PendingSet]) -> Iterator[DecodedBlock]:
    """Sets that have their template."""
    for pending in sets:
        for records in records_of(pending.template, pending.content) if pending.template else ():
            yield DecodedBlock(exporter, pending.domain, pending.domain.samplers, records)


def _read_v5(reading: DatagramReading, data: Datagram, packet: Packet) -> None:
    template = reading.domain.built_in(reading.exporter.address, V5_TEMPLATE, V5_FIELDS)
    if reading.domain.v5_sampling != packet.sampling:
        reading.domain.set_v5_sampling(packet.sampling)
        reading.changes.append(reading.domain)
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
    exporter, number = reading.exporter, row.number
    domain = _teller(reading, row)
    present = domain.templates.get(number)
    if present is not None:
        domain.template_times[number] = reading.now
        if reading.port:
            domain.template_ports.setdefault(number, reading.port)
    if row.tells(present):
        return
    reading.changes.append(domain)
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
    if reading.port:
        domain.template_ports[number] = reading.port
    if exporter.pending.patient:
        domain.note_first(number)
    _release(reading, number)


def _teller(reading: DatagramReading, row: TemplateRow) -> ObservationDomain:
    """The domain that a template is of: one of its port's own where another port contradicts it."""
    domain, present = reading.domain, reading.domain.templates.get(row.number)
    if present is not None and row.fields and not row.tells(present) and contradicts(domain, row.number, reading.port):
        reading.parted.append(domain)
        reading.changes.append(domain)
        reading.domain = leave(reading.exporter, domain, reading.port)
        # This datagram was never of the stream that it leaves.
        reading.domain.head, domain.head = domain.head, reading.before
    former = reading.domain.former.pop(row.number, None)
    if former is not None and row.fields and reading.domain.inherits and not row.tells(former):
        disown(reading.exporter, reading.domain)
    return reading.domain


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
        former = number in domain.former
        waits = not exporter.pending.without_template(domain)
        if exporter.pending.put(PendingSet(reading.now, domain, number, content, former=former)):
            reading.waits |= waits
            return 0
        exporter.untold += 1
        domain.trust_former(number)
        reading.changes.append(domain)
        template = domain.templates[number]
    blocks = list(records_of(template, content))
    samplers = _samplers_to_wait_for(reading, blocks) if template.names_samplers else frozenset[int]()
    waiting = PendingSet(reading.now, domain, number, content, samplers, template) if samplers else None
    if waiting is None or not exporter.pending.put(waiting):
        exporter.unsampled += bool(samplers)
        for records in blocks:
            if template.options:
                _learn_rates(reading, template, records)
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


def _learn_rates(reading: DatagramReading, template: FlowTemplate, records: Records) -> None:
    """Rates that are new, of this domain or of others that it tells for; what waited for them is decoded."""
    exporter = reading.exporter
    exporter.name_applications(application_names(records))
    whole, alone = for_all_domains(template), exporter.settings.packet_interval == "one_in"
    for domain, part in _by_domain(reading, records):
        options = option_rates(part, alone)
        fresh = fresh_rates(domain.own, {**options.rates, **domain.alias_rates(options.aliases, options.rates)})
        note_rates(domain, reading.port, dict(options.rates))
        if fresh:
            domain.add_rates(fresh)
            reading.changes.append(domain)
        reading.changes += exporter.chain(domain, options.chains) if options.chains else ()
        if domain is not reading.domain and reading.domain.number:
            # Told in a domain about another one: it holds here too where nothing is told of this one itself.
            reading.changes += [reading.domain] if reading.domain.hear_news(options.rates) else []
        if whole or domain.number == 0:
            names = options.rates.keys() | fresh.keys() if whole else named(options.rates.keys() | fresh.keys())
            reading.changes += exporter.share(domain, {name: domain.own[name] for name in names & domain.own.keys()})
    if reading.changes and exporter.pending.sets:
        waiting = exporter.pending.take(lambda pending: pending.domain.has_rates(pending.samplers))
        reading.blocks.single += _pending_blocks(exporter, waiting)


def _by_domain(reading: DatagramReading, records: Records) -> list[tuple[ObservationDomain, Records]]:
    """Whose rates these are: those of the domains that IPFIX options name (149; 0: none), else of their own."""
    domain = reading.domain
    numbers = records.numbers(f.OBSERVATION_DOMAIN) if domain.version == 10 else None
    if numbers is None or bool(((numbers == 0) | (numbers == domain.number)).all()):
        return [(domain, records)]
    numbers = np.where(numbers == 0, np.uint64(domain.number), numbers)
    parts = ((int(number), records.block[numbers == number]) for number in np.unique(numbers))
    return [
        (reading.exporter.domain(10, number), Records(len(block), block, records.places)) for number, block in parts
    ]
