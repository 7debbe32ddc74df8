"""Rules 12 and 15: how long flows last, and that nothing an exporter sends makes us keep more than a bound."""

import struct

import pytest
from flow_packets import (
    CITY,
    EXPORTER,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    options_template,
    received,
    record,
    template,
    v9,
)
from flow_sflow import counters, sample, sflow

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporters import MAX_DOMAINS, MAX_INTERFACES, MAX_TEMPLATES
from exporter.flows.account.loss import SequenceTracker
from exporter.flows.account.pipeline import expire, take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.account.sampling import MAX_SAMPLERS
from exporter.flows.decode.templates import MAX_FIELDS
from exporter.flows.metrics import FlowsPage

pytestmark = pytest.mark.usefixtures("both_ways")

NET, DINKES = "198.51.100.1", "10.10.1.2"
TIMES = (
    (((22, 4), (21, 4)), 1_000, 181_000, 180.0),
    (((152, 8), (153, 8)), 5_000, 65_500, 60.5),
    (((150, 4), (151, 4)), 10, 310, 300.0),
    (((22, 4), (21, 4)), 9_000, 1_000, 0.0),
)


@pytest.mark.parametrize(("fields", "first", "last", "seconds"), TIMES)
def test_the_longest_flow_tells_the_active_timeout(
    fields: tuple[tuple[int, int], ...], first: int, last: int, seconds: float
) -> None:
    collector = new_collector()
    row = record((*USUAL, *fields), NET, DINKES, 10, 1, first, last)
    take_datagram(collector, ipfix(template((*USUAL, *fields)), a_set(256, row)), EXPORTER)
    assert collector.exporters[EXPORTER].longest_seconds == seconds


def test_the_longest_flow_stays_when_shorter_ones_follow_and_is_on_the_page() -> None:
    collector, fields = new_collector(), (*USUAL, (22, 4), (21, 4))
    for lasted in (1_000, 180_000, 2_000):
        row = a_set(256, record(fields, NET, DINKES, 10, 1, 5_000, 5_000 + lasted))
        take_datagram(collector, ipfix(template(fields), row), EXPORTER)
    told = f'lebarpita_flow_active_timeout_seconds{{exporter="{EXPORTER}"}} 180\n'
    assert told.encode() in FlowsPage(collector).write(0)


def test_an_exporter_has_a_bounded_number_of_templates_and_may_change_those_it_has() -> None:
    collector = new_collector()
    for number in range(256, 256 + MAX_TEMPLATES + 10):
        take_datagram(collector, ipfix(template(((1, 4),), number), domain=number % 3), EXPORTER)
    one = collector.exporters[EXPORTER]
    assert (one.templates, one.malformed) == (MAX_TEMPLATES, 10)
    take_datagram(
        collector, ipfix(template(USUAL, 257), a_set(257, record(USUAL, NET, DINKES, 5, 1)), domain=257 % 3), EXPORTER
    )
    assert received(collector, "dinkes") == 5


def test_a_template_has_a_bounded_number_of_fields_and_a_bounded_size() -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(template([(99, 1)] * MAX_FIELDS)), EXPORTER)
    take_datagram(collector, ipfix(template([(99, 1)] * (MAX_FIELDS + 1), 257)), EXPORTER)
    take_datagram(collector, ipfix(template([(99, 9001)], 258)), EXPORTER)
    take_datagram(collector, ipfix(template([(99, 0)], 259)), EXPORTER)
    one = collector.exporters[EXPORTER]
    assert (one.templates, one.malformed) == (1, 3)


def test_an_exporter_has_a_bounded_number_of_domains() -> None:
    collector = new_collector()
    for domain in range(MAX_DOMAINS + 5):
        take_datagram(collector, ipfix(a_set(256, b"x"), domain=domain), EXPORTER)
    one = collector.exporters[EXPORTER]
    assert (len(one.domains), one.malformed) == (MAX_DOMAINS, 5)


def test_a_domain_has_a_bounded_number_of_samplers() -> None:
    collector = new_collector()
    fields = ((149, 4), (302, 4), (34, 4))
    for sampler in range(1, MAX_SAMPLERS + 9):
        take_datagram(
            collector, ipfix(options_template(fields, 300), a_set(300, record(fields, 1, sampler, 5))), EXPORTER
        )
    assert len(next(iter(collector.exporters[EXPORTER].domains.values())).samplers) == MAX_SAMPLERS


def test_a_domain_has_a_bounded_number_of_samplers_that_nobody_tells_of_and_counts_all() -> None:
    now, fields = [0.0], (*USUAL, (302, 4))
    collector = Collector(city_lookup(CITY), None, lambda: now[0])
    take_datagram(collector, ipfix(template(fields)), EXPORTER)
    for first in range(1, 3001, 100):
        rows = b"".join(record(fields, NET, DINKES, 10, 1, first + more) for more in range(100))
        take_datagram(collector, ipfix(a_set(256, rows)), EXPORTER)
    now[0] = 31.0
    expire(collector, collector.clock())
    domain = next(iter(collector.exporters[EXPORTER].domains.values()))
    assert (len(domain.rateless) < MAX_SAMPLERS + 100, received(collector, "dinkes")) == (True, 30_000)


def test_a_stream_has_a_bounded_number_of_gaps_and_counts_all() -> None:
    stream = SequenceTracker()
    for number in range(0, 400, 2):
        stream.take(number, 1)
    assert (len(stream.gaps), stream.lost) == (64, 199)


def test_interfaces_of_counter_samples_are_bounded() -> None:
    collector = new_collector()
    for number in range(MAX_INTERFACES + 3):
        take_datagram(collector, sflow(counters(number, 1, 1), sequence=number), EXPORTER)
    assert len(collector.exporters[EXPORTER].sflow.interfaces) == MAX_INTERFACES


def test_sources_of_dropped_samples_are_bounded() -> None:
    collector = new_collector()
    for source in range(MAX_INTERFACES + 3):
        take_datagram(collector, sflow(sample(source=source, drops=1), sequence=source), EXPORTER)
    assert len(collector.exporters[EXPORTER].sflow.drops) == MAX_INTERFACES


@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_set_shorter_than_its_own_header_ends_the_datagram(length: int) -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL), struct.pack("!HH", 256, length) + b"\1" * 8), EXPORTER)
    assert collector.exporters[EXPORTER].malformed == 1


def test_a_variable_length_in_v9_is_a_template_as_h3c_sends_it() -> None:
    collector = new_collector()
    take_datagram(collector, v9(template(((1, 0xFFFF),), ipfix=False)), EXPORTER)
    assert (collector.exporters[EXPORTER].templates, collector.exporters[EXPORTER].malformed) == (1, 0)


def test_samples_that_are_promised_and_not_there_are_refused() -> None:
    collector = new_collector()
    take_datagram(collector, sflow()[:-4] + struct.pack("!I", 2**31), EXPORTER)
    assert (collector.exporters[EXPORTER].malformed, collector.exporters[EXPORTER].records) == (1, 0)
