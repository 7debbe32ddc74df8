"""Rule 4, one source of a sampling rate after the other, and rule 5: data that comes before its rate waits for it."""

import struct
from pathlib import Path

import pytest
from flow_packets import (
    CITY,
    EXPORTER,
    SOURCE4,
    TARGET4,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    options_template,
    received,
    record,
    sent,
    template,
    v5,
    v9,
)

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.keep.persistence import Persistence

NET, DINKES = "198.51.100.1", "10.10.1.2"
BY_ID = (*USUAL, (302, 4))


def options(collector: Collector, fields: tuple[tuple[int, int], ...], *values: int, number: int = 300) -> None:
    take_datagram(collector, ipfix(options_template(fields, number), a_set(number, record(fields, *values))), EXPORTER)


def data(collector: Collector, fields: tuple[tuple[int, ...], ...], *more: int, number: int = 256) -> int:
    before = received(collector, "dinkes")
    take_datagram(
        collector, ipfix(template(fields, number), a_set(number, record(fields, NET, DINKES, 100, 1, *more))), EXPORTER
    )
    return received(collector, "dinkes") - before


def test_every_source_goes_before_the_next_in_the_order_of_the_rule() -> None:
    collector = new_collector(ExporterSettings(sampling=2))
    assert data(collector, USUAL) == 200
    options(collector, ((149, 4), (305, 4), (306, 4)), 1, 1, 2)
    assert data(collector, USUAL) == 300
    spaced = (*USUAL, (305, 4), (306, 4))
    assert data(collector, spaced, 1, 3, number=257) == 400
    options(collector, ((149, 4), (34, 4)), 1, 5)
    assert data(collector, spaced, 1, 3, number=257) == data(collector, USUAL) == 500
    options(collector, ((149, 4), (302, 4), (50, 4)), 1, 7, 6)
    assert data(collector, BY_ID, 7, number=258) == 600
    assert data(collector, BY_ID, 8, number=258) == 500
    assert data(collector, (*BY_ID, (50, 4)), 7, 7, number=259) == 700
    assert data(collector, (*BY_ID, (50, 4), (34, 4)), 7, 7, 8, number=260) == 800
    assert data(collector, (*BY_ID, (34, 4)), 7, 0, number=261) == 600


def test_both_ways_of_a_flow_are_scaled() -> None:
    collector = new_collector(ExporterSettings(sampling=10))
    biflow = (SOURCE4, TARGET4, (1, 4), (1, 4, 29305), (2, 4), (2, 4, 29305))
    take_datagram(collector, ipfix(template(biflow), a_set(256, record(biflow, DINKES, NET, 5, 100, 1, 2))), EXPORTER)
    assert (sent(collector, "dinkes"), received(collector, "dinkes"), collector.totals.through_packets) == (
        50,
        1000,
        30,
    )


def test_packets_are_scaled_like_bytes() -> None:
    collector = new_collector(ExporterSettings(sampling=10))
    data(collector, USUAL)
    assert (
        collector.totals.through_packets,
        collector.totals.sampled_packets,
        int(collector.totals.packets.sum()),
    ) == (10, 1, 10)


INTERFACES = (*USUAL, (10, 4))


def test_a_rate_told_of_an_interface_holds_for_what_came_in_there_before_the_default_and_after_a_samplers() -> None:
    collector = new_collector(ExporterSettings(sampling=2))
    options(collector, ((10, 4), (34, 4)), 5, 3)
    options(collector, ((10, 4), (50, 4)), 6, 4, number=301)
    options(collector, ((10, 4), (305, 4), (306, 4)), 7, 2, 3, number=302)
    assert [data(collector, INTERFACES, port, number=257) for port in (5, 6, 7, 8, 0)] == [300, 400, 250, 200, 200]
    assert data(collector, USUAL) == 200
    options(collector, ((149, 4), (34, 4)), 1, 9)
    assert [data(collector, INTERFACES, port, number=257) for port in (5, 8)] == [300, 900]
    options(collector, ((149, 4), (302, 4), (50, 4)), 1, 5, 6, number=303)
    assert data(collector, (*INTERFACES, (302, 4)), 5, 5, number=258) == 600
    assert data(collector, (*INTERFACES, (302, 4)), 5, 6, number=258) == 300
    assert data(collector, (*INTERFACES, (34, 4)), 5, 8, number=259) == 800


def test_options_of_interface_0_tell_the_default() -> None:
    collector = new_collector()
    options(collector, ((10, 4), (34, 4)), 0, 3)
    assert data(collector, INTERFACES, 5) == data(collector, USUAL, number=257) == 300


def test_v9_names_an_interface_by_a_scope_of_its_own_and_the_rate_outlives_a_restart(tmp_path: Path) -> None:
    collector, again = new_collector(), new_collector()
    scope = struct.pack("!HHHHHHH", 300, 4, 4, 2, 4, 34, 4) + bytes(2)
    told = a_set(300, struct.pack("!IIII", 5, 20, 6, 30))
    take_datagram(collector, v9(a_set(1, scope), told, domain=1), EXPORTER)
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    rows = b"".join(record(INTERFACES, NET, DINKES, 1, 1, port) for port in (5, 6, 7))
    take_datagram(again, v9(template(INTERFACES, ipfix=False), a_set(256, rows), domain=1, sequence=1), EXPORTER)
    assert received(again, "dinkes") == 51


def test_a_v5_header_tells_14_bits_and_goes_before_the_inventory_and_nought_is_none() -> None:
    collector = new_collector(ExporterSettings(sampling=3))
    for header, rate in ((0, 3), (0xC000 | 7, 7), (0x3FFF, 16383), (0x4000, 3)):
        before = received(collector, "dinkes")
        take_datagram(collector, v5((NET, DINKES, 1, 10), sampling=header), EXPORTER)
        assert received(collector, "dinkes") - before == 10 * rate


def test_a_rate_that_is_no_whole_number_is_exact() -> None:
    collector = new_collector()
    options(collector, ((149, 4), (302, 4), (305, 4), (306, 4)), 1, 7, 2, 3)
    assert data(collector, BY_ID, 7) == 250
    options(collector, ((149, 4), (302, 4), (309, 4), (310, 4)), 1, 9, 4, 10)
    assert data(collector, BY_ID, 9) == 250


def test_samplers_of_v9_by_their_id_and_of_another_domain_are_apart() -> None:
    collector = new_collector()
    scope = struct.pack("!HHHHHHHHH", 300, 4, 8, 1, 4, 48, 1, 34, 4) + bytes(2)
    told = a_set(300, struct.pack("!IBI", 1, 3, 20) + bytes(3))
    take_datagram(collector, v9(a_set(1, scope), told, domain=1), EXPORTER)
    fields = (*USUAL, (48, 1))
    row = a_set(256, record(fields, NET, DINKES, 10, 1, 3))
    take_datagram(collector, v9(template(fields, ipfix=False), row, domain=1), EXPORTER)
    assert received(collector, "dinkes") == 200
    take_datagram(collector, v9(template(fields, ipfix=False), row, domain=2), EXPORTER)
    assert (received(collector, "dinkes"), len(collector.exporters[EXPORTER].pending.sets)) == (200, 1)


def test_options_that_tell_a_rate_of_nought_tell_none() -> None:
    collector = new_collector()
    options(collector, ((149, 4), (34, 4)), 1, 0)
    options(collector, ((149, 4), (302, 4), (34, 4)), 1, 7, 0, number=301)
    options(collector, ((149, 4), (302, 4), (309, 4), (310, 4)), 1, 8, 0, 10, number=302)
    assert [data(collector, USUAL), data(collector, BY_ID, 7, number=257)] == [100, 100]
    assert data(collector, BY_ID, 8, number=257) == 1000


def test_of_two_names_of_a_sampler_ipfixs_goes_first() -> None:
    collector = new_collector()
    options(collector, ((149, 4), (302, 4), (34, 4)), 1, 7, 3)
    options(collector, ((149, 4), (48, 4), (34, 4)), 1, 9, 5, number=301)
    assert data(collector, (*BY_ID, (48, 4)), 7, 9) == 300


def test_of_two_rates_in_options_the_samplers_goes_before_the_interval() -> None:
    collector = new_collector()
    options(collector, ((149, 4), (34, 4), (50, 4)), 1, 3, 5)
    assert data(collector, USUAL) == 500


@pytest.mark.parametrize("size", [1, 0xFFFF])
def test_data_before_its_samplers_rate_waits_for_it(size: int) -> None:
    collector = new_collector()
    fields = (SOURCE4, TARGET4, (1, 4), (82, size), (302, 4))
    row = record(fields, NET, DINKES, 100, b"\0", 7)
    take_datagram(collector, ipfix(template(fields), a_set(256, row), sequence=0), EXPORTER)
    assert received(collector, "dinkes") == 0
    told = ((149, 4), (302, 4), (34, 4))
    take_datagram(
        collector, ipfix(options_template(told, 300), a_set(300, record(told, 1, 7, 50)), sequence=1), EXPORTER
    )
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].lost) == (5000, 0)


def test_a_sampler_nobody_tells_of_counts_unsampled_after_half_a_minute_and_then_at_once() -> None:
    now = [0.0]
    collector = Collector(city_lookup(CITY), None, lambda: now[0])
    assert data(collector, BY_ID, 7) == 0
    now[0] = 31
    assert data(collector, BY_ID, 7) == 200
    assert (collector.exporters[EXPORTER].unsampled, collector.exporters[EXPORTER].undecoded) == (2, 0)


def test_a_new_rate_holds_from_its_packet_on() -> None:
    collector = new_collector()
    fields = ((149, 4), (34, 4))
    tell, told = options_template(fields, 300), [a_set(300, record(fields, 1, rate)) for rate in (2, 3)]
    row = a_set(256, record(USUAL, NET, DINKES, 100, 1))
    take_datagram(collector, ipfix(template(USUAL), row, tell, told[0], row, told[1], row), EXPORTER)
    assert received(collector, "dinkes") == 600
