"""Rules 1, 5, 6 and 8: whose a template is, how long it holds, what waits for it, and what a set may look like."""

import struct
from collections.abc import Callable, Iterator
from ipaddress import ip_address

import pytest
from flow_packets import (
    BYTES,
    CITY,
    EXPORTER,
    PACKETS,
    SOURCE4,
    TARGET4,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    options_template,
    received,
    record,
    template,
    v5,
    v9,
)

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.decode.batches import batch_of

pytestmark = pytest.mark.usefixtures("both_ways")

NET, DINKES, OTHER = "198.51.100.1", "10.10.1.2", "192.0.2.9"
ROW = a_set(256, record(USUAL, NET, DINKES, 100, 1))
TURNED = (TARGET4, SOURCE4, BYTES, PACKETS)


def offline() -> tuple[Collector, list[float]]:
    now = [0.0]
    return Collector(city_lookup(CITY), None, lambda: now[0]), now


def both_ways() -> Iterator[tuple[Collector, Callable[[bytes], None]]]:
    """A collector that takes a datagram on its own, and one that takes it in a batch."""
    alone, batched = new_collector(), new_collector()
    yield alone, lambda data: take_datagram(alone, data, EXPORTER)
    yield batched, lambda data: take_batch(batched, batch_of([(data, EXPORTER)]))


def waiting(collector: Collector, exporter: str = EXPORTER) -> tuple[int, int]:
    return len(collector.exporters[exporter].pending.sets), collector.exporters[exporter].undecoded


def test_exporters_versions_and_domains_may_use_the_same_number_for_different_templates() -> None:
    collector, _ = offline()
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    take_datagram(collector, ipfix(template(TURNED)), OTHER)
    take_datagram(collector, v9(template(TURNED, ipfix=False)), EXPORTER)
    for packet, source in (
        (ipfix(ROW), EXPORTER),
        (ipfix(ROW), OTHER),
        (v9(ROW), EXPORTER),
        (v9(ROW, domain=2), EXPORTER),
    ):
        take_datagram(collector, packet, source)
    assert (received(collector, "dinkes"), int(collector.totals.bytes[:, 1].sum())) == (100, 200)
    assert waiting(collector) == (1, 0)


def test_data_waits_half_a_minute_for_its_template_and_no_longer() -> None:
    collector, now = offline()
    for now[0] in (0.0, 1.0, 29.0):
        take_datagram(collector, ipfix(ROW), EXPORTER)
    now[0] = 30.5
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    assert (received(collector, "dinkes"), waiting(collector)) == (200, (0, 1))


def test_what_waited_in_vain_is_counted_as_thrown_away_without_more_of_it() -> None:
    collector, now = offline()
    take_datagram(collector, ipfix(ROW), EXPORTER)
    now[0] = 31
    take_datagram(collector, v9(template(USUAL, ipfix=False)), OTHER)
    assert waiting(collector) == (0, 1)


def test_a_template_that_is_not_sent_again_for_long_is_forgotten() -> None:
    collector, now = offline()
    take_datagram(collector, ipfix(template(USUAL), template(USUAL, 257)), EXPORTER)
    now[0] = 5000
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    now[0] = 5402
    take_datagram(collector, ipfix(ROW, a_set(257, ROW[4:])), EXPORTER)
    assert (received(collector, "dinkes"), waiting(collector)) == (100, (1, 0))


def test_all_templates_or_all_options_templates_are_withdrawn_at_once() -> None:
    collector, _ = offline()
    told = options_template(((149, 4), (34, 4)), 300)
    take_datagram(collector, ipfix(template(USUAL), template(USUAL, 257), told), EXPORTER)
    domain = next(iter(collector.exporters[EXPORTER].domains.values()))
    take_datagram(collector, ipfix(a_set(2, struct.pack("!HH", 2, 0))), EXPORTER)
    assert list(domain.templates) == [300]
    take_datagram(collector, ipfix(a_set(3, struct.pack("!HH", 3, 0))), EXPORTER)
    assert not domain.templates


def test_one_withdrawal_among_templates_leaves_the_others() -> None:
    collector, _ = offline()
    one = a_set(2, struct.pack("!HH", 257, 0) + template(TURNED)[4:])
    take_datagram(collector, ipfix(template(USUAL), template(USUAL, 257), one, ROW), EXPORTER)
    take_datagram(
        collector, ipfix(options_template(((149, 4), (34, 4)), 300), a_set(3, struct.pack("!HH", 300, 0))), EXPORTER
    )
    assert (int(collector.totals.bytes[:, 1].sum()), collector.exporters[EXPORTER].templates) == (100, 1)


def test_v9_knows_no_withdrawal() -> None:
    collector, _ = offline()
    take_datagram(collector, v9(template(USUAL, ipfix=False), a_set(0, struct.pack("!HH", 256, 0)), ROW), EXPORTER)
    assert received(collector, "dinkes") == 100


def test_a_tail_filled_with_noughts_is_neither_a_set_nor_a_record_nor_an_event() -> None:
    collector, _ = offline()
    take_datagram(collector, v9(template(USUAL, ipfix=False), ROW + bytes(40)), EXPORTER)
    take_datagram(collector, v9(a_set(256, ROW[4:] + bytes(16) + bytes(7)) + bytes(3)), EXPORTER)
    one = collector.exporters[EXPORTER]
    assert (received(collector, "dinkes"), one.records, collector.totals.events, one.malformed) == (200, 2, 0, 0)


def test_padding_between_two_sets_of_a_template_is_left_out_of_both() -> None:
    collector, _ = offline()
    take_datagram(
        collector, ipfix(template(USUAL), a_set(256, ROW[4:] + bytes(3)), a_set(256, ROW[4:] + bytes(1)), ROW), EXPORTER
    )
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].records) == (300, 3)


def test_an_interface_of_no_length_is_none_told_and_so_no_uplink_is_missed() -> None:
    collector = Collector(city_lookup(CITY), {EXPORTER: ExporterSettings(uplinks=frozenset({1}))})
    fields = (*USUAL, (10, 0), (14, 0))
    take_datagram(collector, ipfix(template(fields), ROW), EXPORTER)
    assert received(collector, "dinkes") == 100


def test_fields_of_no_length_and_of_an_enterprise_are_passed() -> None:
    collector, _ = offline()
    fields = (SOURCE4, (1, 0), (1, 4, 9), TARGET4, (2, 0), (23, 4))
    row = ip_address(NET).packed + bytes(b"\xff" * 4) + ip_address(DINKES).packed + (70).to_bytes(4, "big")
    take_datagram(collector, ipfix(template(fields), a_set(256, row)), EXPORTER)
    assert received(collector, "dinkes") == 70


@pytest.mark.parametrize("length", [0, 1, 254, 255, 256, 1000])
def test_variable_lengths_have_one_or_three_bytes_of_length(length: int) -> None:
    collector, _ = offline()
    for head in ([bytes([length])] if length < 255 else []) + [b"\xff" + struct.pack("!H", length)]:
        row = head + bytes(length) + record(USUAL, NET, DINKES, 10, 1)
        take_datagram(collector, ipfix(template(((96, 0xFFFF), *USUAL)), a_set(256, row + row)), EXPORTER)
    assert received(collector, "dinkes") == 20 * (1 + (length < 255))


def test_a_variable_record_cut_short_is_left_and_those_before_it_count() -> None:
    collector, _ = offline()
    row = b"\2ab" + record(USUAL, NET, DINKES, 10, 1)
    take_datagram(collector, ipfix(template(((96, 0xFFFF), *USUAL)), a_set(256, row + row[:-1])), EXPORTER)
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].records) == (10, 1)


def test_sets_before_one_that_makes_no_sense_are_counted_and_the_datagram_is_refused() -> None:
    collector, _ = offline()
    take_datagram(collector, ipfix(template(USUAL), ROW, struct.pack("!HH", 256, 900)), EXPORTER)
    take_datagram(collector, ipfix(ROW, sequence=1), EXPORTER)
    one = collector.exporters[EXPORTER]
    assert (received(collector, "dinkes"), one.malformed, one.lost) == (200, 1, 0)


def test_what_follows_the_records_of_v5_or_the_length_of_ipfix_is_ignored() -> None:
    for collector, take in both_ways():
        take_datagram(collector, ipfix(template(USUAL), sequence=0), EXPORTER)
        take(ipfix(ROW) + ROW)
        take(v5((NET, DINKES, 1, 7)) + v5((NET, DINKES, 1, 9))[24:])
        assert (received(collector, "dinkes"), collector.exporters[EXPORTER].malformed) == (107, 0)


def test_a_set_that_goes_on_beyond_the_length_of_ipfix_is_refused() -> None:
    for collector, take in both_ways():
        take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
        packet = ipfix(ROW)
        take(packet[:2] + struct.pack("!H", len(packet) - 4) + packet[4:])
        assert (received(collector, "dinkes"), collector.exporters[EXPORTER].malformed) == (0, 1)
