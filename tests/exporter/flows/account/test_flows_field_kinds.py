"""Kinds of records that were counted wrong in the field, each as small as it can be made."""

import struct
from pathlib import Path

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
    sent,
    template,
    v9,
)

from exporter.flows.account import connection_counters, pending_sets
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import finish, take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.keep.persistence import Persistence

NET, DINKES = "198.51.100.1", "10.10.1.2"
BY_ID = (*USUAL, (302, 4))
Fields = tuple[tuple[int, ...], ...]


def tell(collector: Collector, fields: tuple[tuple[int, int], ...], *values: int | bytes, domain: int = 1) -> None:
    told = options_template(fields, 300), a_set(300, record(fields, *values))
    take_datagram(collector, ipfix(*told, domain=domain), EXPORTER)


def data(collector: Collector, fields: Fields, *more: int | bytes, domain: int = 1, number: int = 256) -> int:
    before = received(collector, "dinkes")
    row = a_set(number, record(fields, NET, DINKES, 100, 1, *more))
    take_datagram(collector, ipfix(template(fields, number), row, domain=domain), EXPORTER)
    return received(collector, "dinkes") - before


def test_what_lacks_only_a_rate_and_finds_no_place_counts_at_once_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending_sets, "MAX_RATELESS_BYTES", 1000)
    collector = new_collector()
    assert [data(collector, BY_ID, 7) for _ in range(4)] == [0, 0, 0, 100]
    exporter = collector.exporters[EXPORTER]
    assert (exporter.unsampled, exporter.undecoded) == (1, 0)
    tell(collector, ((149, 4), (302, 4), (34, 4)), 1, 7, 10)
    assert (received(collector, "dinkes"), collector.pending_bytes.number) == (3100, 0)


def test_at_the_end_of_a_file_nothing_waits_for_a_rate() -> None:
    collector = new_collector()
    assert data(collector, BY_ID, 7) == 0
    finish(collector)
    exporter = collector.exporters[EXPORTER]
    assert (received(collector, "dinkes"), exporter.pending.sets, exporter.unsampled) == (100, [], 1)


def test_what_waits_less_long_for_a_sampler_given_up_waits_no_more() -> None:
    now = [0.0]
    collector = Collector(city_lookup(CITY), None, lambda: now[0])
    data(collector, BY_ID, 7)
    now[0] = 20
    data(collector, BY_ID, 7)
    now[0] = 31
    data(collector, USUAL, number=257)
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].pending.sets) == (300, [])


def test_that_nobody_tells_of_a_sampler_outlives_a_restart(tmp_path: Path) -> None:
    collector, again = new_collector(), new_collector()
    data(collector, BY_ID, 7)
    finish(collector)
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    assert data(again, BY_ID, 7) == 100


def test_a_rate_of_the_whole_exporter_holds_in_all_its_domains_and_their_own_goes_first(tmp_path: Path) -> None:
    collector = new_collector()
    tell(collector, ((149, 4), (34, 4)), 3, 5, domain=3)
    tell(collector, ((144, 4), (34, 4)), 0, 20, domain=9)
    assert [data(collector, USUAL, domain=domain) for domain in (2, 3, 9)] == [2000, 500, 2000]
    again = new_collector()
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    assert [data(again, USUAL, domain=domain) for domain in (2, 3, 7)] == [2000, 500, 2000]


def test_domain_0_tells_of_samplers_of_all_domains_and_of_the_domain_that_it_names() -> None:
    collector = new_collector()
    assert data(collector, BY_ID, 7, domain=5) == 0
    tell(collector, ((302, 4), (304, 2), (305, 4)), 7, 1, 50, domain=0)
    assert received(collector, "dinkes") == 5000
    tell(collector, ((149, 4), (34, 4)), 6, 9, domain=0)
    assert [data(collector, USUAL, domain=domain, number=257) for domain in (5, 6)] == [100, 900]


def test_a_sampler_of_the_system_told_in_another_domain_holds_where_waiting_was_in_vain() -> None:
    collector = new_collector()
    scope = struct.pack("!HHHHHHHHH", 300, 4, 8, 1, 4, 48, 1, 34, 4) + bytes(2)
    told = a_set(300, struct.pack("!IBI", 1, 3, 20) + bytes(3))
    take_datagram(collector, v9(a_set(1, scope), told, domain=1), EXPORTER)
    fields = (*USUAL, (48, 1))
    row = a_set(256, record(fields, NET, DINKES, 10, 1, 3))
    take_datagram(collector, v9(template(fields, ipfix=False), row, domain=2), EXPORTER)
    assert received(collector, "dinkes") == 0
    finish(collector)
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].unsampled) == (200, 0)


@pytest.mark.parametrize("element", [84, 335])
def test_a_rate_is_found_by_the_samplers_name(element: int) -> None:
    collector = new_collector()
    name = b"kantor\0\0"
    tell(collector, ((149, 4), (element, 8), (34, 4)), 1, name, 30)
    assert data(collector, (*USUAL, (element, 8)), name) == 3000
    assert data(collector, (*USUAL, (element, 8)), b"lain\0\0\0\0") == 0


def test_a_samplers_number_and_its_rate_may_be_told_of_its_name_apart(tmp_path: Path) -> None:
    collector, again = new_collector(), new_collector()
    tell(collector, ((149, 4), (302, 4), (335, 8)), 1, 7, b"kantor\0\0")
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    tell(again, ((149, 4), (335, 8), (34, 4)), 1, b"kantor\0\0", 30)
    assert data(again, BY_ID, 7) == 3000


NSEL: Fields = ((148, 4), (8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (233, 1), (231, 4), (232, 4))


def event(kind: int, forth: int, back: int, connection: int = 7, sequence: int = 0) -> bytes:
    row = record(NSEL, connection, DINKES, NET, 40_000, 443, 6, kind, forth, back)
    return v9(a_set(256, row), sequence=sequence)


def test_a_delete_counts_what_the_updates_did_not_tell_of_its_connection_also_over_a_restart(tmp_path: Path) -> None:
    collector, again = new_collector(ExporterSettings()), new_collector(ExporterSettings())
    take_datagram(collector, v9(template(NSEL, ipfix=False)), EXPORTER)
    take_datagram(collector, event(5, 100, 40, sequence=1), EXPORTER)
    take_datagram(collector, event(2, 70, 7, connection=8, sequence=2), EXPORTER)
    assert (sent(collector, "dinkes"), received(collector, "dinkes")) == (170, 47)
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    take_datagram(again, event(2, 130, 40, sequence=3), EXPORTER)
    assert (sent(again, "dinkes"), received(again, "dinkes")) == (200, 47)
    assert not again.exporters[EXPORTER].connections.updates


def test_the_table_of_connections_is_bounded_and_says_whom_it_forgot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_counters, "MAX_CONNECTIONS", 2)
    collector = new_collector(ExporterSettings())
    take_datagram(collector, v9(template(NSEL, ipfix=False)), EXPORTER)
    for number in range(3):
        take_datagram(collector, event(5, 1, 1, connection=number, sequence=number + 1), EXPORTER)
    connections = collector.exporters[EXPORTER].connections
    assert (len(connections.updates), connections.evictions) == (2, 1)


BOTH: Fields = (*USUAL, (23, 4), (24, 4))


def test_two_directions_in_one_record_are_found_by_what_no_router_forwards_and_kept(tmp_path: Path) -> None:
    collector, again = new_collector(ExporterSettings()), new_collector(ExporterSettings())
    row = a_set(256, record(BOTH, NET, DINKES, 1000, 5, 50_000, 40))
    for number in range(4):
        take_datagram(collector, v9(template(BOTH, ipfix=False), row, sequence=number), EXPORTER)
    assert (received(collector, "dinkes"), sent(collector, "dinkes")) == (4000, 100_000)
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    take_datagram(again, v9(row, sequence=4), EXPORTER)
    assert sent(again, "dinkes") == 150_000


def test_bytes_that_leave_as_they_came_are_never_taken_for_the_other_direction() -> None:
    collector = new_collector(ExporterSettings())
    rows = [record(BOTH, NET, DINKES, 1000, 5, out, packets) for out, packets in ((1000, 5), (1400, 5), (900, 4)) * 9]
    take_datagram(collector, v9(template(BOTH, ipfix=False), a_set(256, b"".join(rows))), EXPORTER)
    assert (received(collector, "dinkes"), sent(collector, "dinkes")) == (27_000, 0)


WIDE: Fields = ((8, 4), (12, 4), (1, 8), (2, 8))


@pytest.mark.parametrize(
    ("size", "packets", "counts"),
    [
        (2**62, 1, False),
        (2**64 - 1, 2**64 - 1, False),
        (2**34, 1, False),
        (2**61, 0, False),
        (2**34 - 1, 1, True),
        (10**12, 10**9, True),
        (2**40, 0, True),
        (9_000_000, 1, True),
    ],
)
def test_what_no_network_carries_is_set_aside_counted_and_no_event(size: int, packets: int, counts: bool) -> None:
    collector = new_collector(ExporterSettings())
    rows = record(WIDE, NET, DINKES, size, packets) + record(WIDE, NET, DINKES, 50, 1)
    take_datagram(collector, v9(template(WIDE, ipfix=False), a_set(256, rows)), EXPORTER)
    exporter = collector.exporters[EXPORTER]
    assert received(collector, "dinkes") == (size if counts else 0) + 50
    assert (exporter.absurd, exporter.records, collector.totals.events) == (not counts, 2, 0)


def test_a_rate_that_makes_of_a_record_more_than_any_network_carries_is_absurd_too() -> None:
    collector = new_collector(ExporterSettings(sampling=2**20))
    row = a_set(256, record(WIDE, NET, DINKES, 2**42, 2**19))
    take_datagram(collector, v9(template(WIDE, ipfix=False), row), EXPORTER)
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].absurd) == (0, 1)


@pytest.mark.parametrize("size", [9, 12, 16])
def test_counters_of_more_than_eight_bytes_are_read_and_too_large_ones_are_absurd(size: int) -> None:
    collector = new_collector(ExporterSettings())
    fields = ((8, 4), (12, 4), (1, size))
    rows = record(fields, NET, DINKES, 5000) + record(fields, NET, DINKES, 1 << 64)
    take_datagram(collector, v9(template(fields, ipfix=False), a_set(256, rows)), EXPORTER)
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].absurd) == (5000, 1)


def test_the_history_names_the_ipv6_host_where_a_template_leaves_its_ipv4_address_empty() -> None:
    collector = new_collector(ExporterSettings())
    history = MinuteHistory(collector.lookup)
    collector.observe = history.add
    fields = ((8, 4), (12, 4), (27, 16), (28, 16), (1, 4))
    rows = record(fields, "0.0.0.0", "0.0.0.0", "2001:db8:1::5", "2a00::1", 70)
    rows += record(fields, DINKES, NET, "::", "::", 30)
    take_datagram(collector, v9(template(fields, ipfix=False), a_set(256, rows)), EXPORTER)
    assert sorted((row.host, row.remote) for row in history.minute(0)) == [
        (DINKES, "198.51.100.0/24"),
        ("2001:db8:1::5", "2a00::/48"),
    ]
