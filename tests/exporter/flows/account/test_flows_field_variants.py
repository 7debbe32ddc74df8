"""What exporters tell in other words than most: each way once, with the bytes that are true of it."""

import struct

import pytest
from flow_packets import (
    EXPORTER,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    options_template,
    received,
    record,
    sent,
    template,
    v9,
)

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram

NET, DINKES = "198.51.100.1", "10.10.1.2"
BY_ID = (*USUAL, (302, 4))
ENDS = ((8, 4), (12, 4), (7, 2), (11, 2))
CONNECTION = (*ENDS, (148, 4), (233, 1))
Fields = tuple[tuple[int, int], ...]


def take(collector: Collector, *sets: bytes, domain: int = 1) -> None:
    take_datagram(collector, ipfix(*sets, domain=domain), EXPORTER)


def tell(collector: Collector, fields: Fields, *rows: bytes, domain: int = 1) -> None:
    take(collector, options_template(fields, 300), a_set(300, b"".join(rows)), domain=domain)


def data(collector: Collector, fields: Fields, *more: int | bytes, domain: int = 1) -> int:
    before = received(collector, "dinkes")
    row = a_set(256, record(fields, NET, DINKES, 100, 1, *more))
    take(collector, template(fields), row, domain=domain)
    return received(collector, "dinkes") - before


@pytest.mark.parametrize(
    ("fields", "values", "rate"),
    [
        (((302, 4), (305, 4), (306, 4), (309, 4), (310, 4)), (7, 0, 0, 1, 500), 500),
        (((302, 4), (305, 4), (306, 4), (309, 4), (310, 4)), (7, 1, 9, 0, 0), 10),
        (((302, 4), (307, 4), (308, 4)), (7, 1000, 9000), 10),
        (((302, 4), (311, 8)), (7, struct.pack("!d", 0.01)), 100),
        (((302, 4), (311, 4)), (7, struct.pack("!f", 0.125)), 8),
        (((302, 4), (311, 8)), (7, struct.pack("!d", float("nan"))), 1),
        (((302, 4), (50, 4), (34, 4)), (7, 0, 100), 100),
        (((302, 4), (34, 4), (305, 4)), (7, 0, 100), 100),
    ],
)
def test_of_several_ways_to_tell_a_rate_the_one_that_is_filled_holds(
    fields: Fields, values: tuple[int | bytes, ...], rate: int
) -> None:
    collector = new_collector()
    tell(collector, fields, record(fields, *values))
    assert data(collector, BY_ID, 7) == 100 * rate


def test_a_domain_is_told_of_in_another_one_and_not_mixed_up_with_it() -> None:
    collector, fields = new_collector(), ((149, 4), (34, 4))
    tell(collector, fields, record(fields, 9, 100), record(fields, 5, 10), domain=5)
    assert [data(collector, USUAL, domain=domain) for domain in (9, 5, 7)] == [10_000, 1_000, 100]


def test_padding_as_long_as_a_record_tells_no_rate() -> None:
    collector = new_collector()
    take(collector, options_template(((34, 2),), 300, 0), a_set(300, struct.pack("!H2x", 100)))
    assert data(collector, USUAL) == 10_000


def test_what_leaves_is_sampled_where_it_leaves() -> None:
    collector, fields = new_collector(), ((10, 4), (34, 4))
    tell(collector, fields, record(fields, 4, 100))
    ways = (*USUAL, (10, 4), (14, 4), (61, 1))
    assert [data(collector, ways, 9, 4, direction) for direction in (0, 1)] == [100, 10_000]


def told(fields: Fields, *rows: tuple[int, ...]) -> int:
    """Bytes of an office, of one connection's records."""
    collector, whole = new_collector(ExporterSettings()), (*CONNECTION, *fields)
    for event, *counts in rows:
        row = a_set(256, record(whole, DINKES, NET, 4000, 443, 1, event, *counts))
        take_datagram(collector, v9(template(whole, ipfix=False), row), EXPORTER)
    return sent(collector, "dinkes") + received(collector, "dinkes")


@pytest.mark.parametrize(
    ("fields", "rows", "size"),
    [
        (((231, 4), (232, 4)), ((1, 60, 0), (5, 100, 1000), (2, 200, 2000)), 2200),
        (((85, 4),), ((2, 3705),), 3705),
        (((85, 4), (86, 4)), ((5, 1000, 1), (5, 2500, 3), (2, 3705, 5)), 3705),
        (((1, 4), (2, 4)), ((5, 1000, 1), (2, 500, 1)), 1500),
    ],
)
def test_a_connection_counts_once_however_its_bytes_are_told(
    fields: Fields, rows: tuple[tuple[int, ...], ...], size: int
) -> None:
    assert told(fields, *rows) == size


@pytest.mark.parametrize("update", [(231, 232), (1,)])
def test_a_total_at_the_end_is_less_what_updates_of_another_template_told(update: tuple[int, ...]) -> None:
    collector = new_collector(ExporterSettings())
    for number, event, elements, counts in ((256, 5, update, (1000, 10)), (257, 2, (85,), (3705,))):
        fields = (*CONNECTION, *((element, 4) for element in elements))
        row = record(fields, DINKES, NET, 4000, 443, 1, event, *counts[: len(elements)])
        take_datagram(collector, v9(template(fields, number, ipfix=False), a_set(number, row)), EXPORTER)
    assert sent(collector, "dinkes") + received(collector, "dinkes") == 3705


@pytest.mark.parametrize("names", [((148, 4), (40005, 1)), ((233, 1),)])
def test_a_connection_is_known_by_ciscos_old_event_and_by_its_ends_alone(names: Fields) -> None:
    collector, fields = new_collector(ExporterSettings()), (*ENDS, *names, (231, 4), (232, 4))
    for event, one, other in ((5, 100, 1000), (2, 200, 2000)):
        values = (1, event) if len(names) == 2 else (event,)
        row = a_set(256, record(fields, DINKES, NET, 4000, 443, *values, one, other))
        take_datagram(collector, v9(template(fields, ipfix=False), row), EXPORTER)
    assert (sent(collector, "dinkes"), received(collector, "dinkes")) == (200, 2000)


@pytest.mark.parametrize(
    ("size", "packets", "counts"),
    [
        (2**32 - 1, 1, False),
        (2**32 - 100, 2, False),
        (1000, 2**32 - 1, False),
        (2**56, 2**30, False),
        (2**56, 0, False),
        (2**32 - 96, 3_000_000, True),
        (2**33, 1, True),
    ],
)
def test_a_counter_below_nothing_and_what_no_line_carries_in_half_an_hour_are_absurd(
    size: int, packets: int, counts: bool
) -> None:
    collector, fields = new_collector(ExporterSettings()), ((8, 4), (12, 4), (1, 8), (2, 8))
    take(collector, template(fields), a_set(256, record(fields, NET, DINKES, size, packets)))
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].absurd) == (size if counts else 0, not counts)


@pytest.mark.parametrize(("size", "rate", "counts"), [(1000, 2**32 - 1, 0), (2**36, 2**29, 0), (1000, 2**20, 1)])
def test_a_rate_that_nobody_set_and_one_beyond_64_bits_are_absurd(size: int, rate: int, counts: int) -> None:
    collector, fields = new_collector(ExporterSettings()), ((8, 4), (12, 4), (1, 8), (34, 4))
    take(collector, template(fields), a_set(256, record(fields, NET, DINKES, size, rate)))
    assert received(collector, "dinkes") == size * rate * counts


def test_two_directions_are_found_without_packets_too() -> None:
    collector, fields = new_collector(ExporterSettings()), ((8, 4), (12, 4), (1, 4), (23, 4))
    take(collector, template(fields), a_set(256, record(fields, NET, DINKES, 1000, 50_000) * 3))
    assert (received(collector, "dinkes"), sent(collector, "dinkes")) == (3000, 150_000)


def test_octets_of_layer_2_are_told_so_where_element_1_is_left_at_nought_and_of_both_ways() -> None:
    collector, fields = new_collector(ExporterSettings()), ((8, 4), (12, 4), (1, 4), (352, 4))
    take(
        collector,
        template(fields),
        a_set(256, record(fields, NET, DINKES, 0, 500) + record(fields, NET, DINKES, 40, 500)),
    )
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].layer2) == (540, 1)
    ways = ((8, 4), (12, 4), (352, 4), (352, 4, 29305))
    take(collector, template(ways, 257), a_set(257, record(ways, NET, DINKES, 10, 90)))
    assert sent(collector, "dinkes") == 90


def test_totals_of_layer_2_and_of_packets_alone_say_what_to_declare_and_count_once_declared() -> None:
    for element, size in ((353, 7000), (86, 0)):
        fields: Fields = ((8, 4), (12, 4), (element, 4))
        rows = template(fields), a_set(256, record(fields, NET, DINKES, 5000) + record(fields, NET, DINKES, 7000))
        undeclared, declared = new_collector(ExporterSettings()), new_collector(ExporterSettings(total_counts=True))
        take(undeclared, *rows)
        take(declared, *rows)
        assert (undeclared.exporters[EXPORTER].undeclared_totals, received(undeclared, "dinkes")) == (True, 0)
        assert received(declared, "dinkes") == size
