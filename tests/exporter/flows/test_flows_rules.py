"""The rules of counting flows, one by one; hostile bytes; state over a restart."""

import struct
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pytest
from flow_packets import (
    BYTES,
    CITY,
    EXPORTER,
    PACKETS,
    SOURCE4,
    SOURCE6,
    TARGET4,
    TARGET6,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    received,
    record,
    sent,
    template,
    v5,
    v9,
)
from hypothesis import given
from hypothesis import strategies as st

from exporter.flows.account import pending_sets
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.loss import SequenceTracker
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.keep.persistence import Persistence
from inventory.prefixes import whose

pytestmark = pytest.mark.usefixtures("both_ways")

NET, DINKES, RSUD = "198.51.100.1", "10.10.1.2", "10.10.5.2"


def test_a_download_is_received_and_an_upload_transmitted_in_all_three_versions() -> None:
    collector = new_collector()
    down, up = record(USUAL, NET, DINKES, 1000, 2), record(USUAL, DINKES, NET, 70, 1)
    take_datagram(collector, ipfix(template(USUAL), a_set(256, down + up)), EXPORTER)
    take_datagram(collector, v9(template(USUAL, ipfix=False), a_set(256, down + up), domain=2), EXPORTER)
    take_datagram(collector, v5((NET, DINKES, 2, 1000), (DINKES, NET, 1, 70)), EXPORTER)
    assert (received(collector, "dinkes"), sent(collector, "dinkes")) == (3000, 210)
    assert collector.exporters[EXPORTER].records == 6


def test_ipv6_and_the_longest_prefix_decide_whose_it_is() -> None:
    collector = new_collector()
    fields = (SOURCE6, TARGET6, BYTES, PACKETS)
    take_datagram(
        collector,
        ipfix(template(fields), a_set(256, record(fields, "2001:db8:ffff::1", "2001:db8:5::9", 500, 1))),
        EXPORTER,
    )
    take_datagram(collector, ipfix(template(USUAL, 257), a_set(257, record(USUAL, NET, "10.30.1.7", 40, 1))), EXPORTER)
    assert received(collector, "rsud") == 540


def test_out_bytes_count_where_in_bytes_are_nought_and_both_are_never_added() -> None:
    collector = new_collector()
    fields = (SOURCE4, TARGET4, BYTES, (23, 4))
    rows = record(fields, NET, DINKES, 100, 90) + record(fields, NET, DINKES, 0, 7)
    take_datagram(collector, ipfix(template(fields), a_set(256, rows)), EXPORTER)
    assert received(collector, "dinkes") == 107


def test_initiator_and_responder_and_biflow_go_each_their_way() -> None:
    collector = new_collector()
    asa, biflow = (SOURCE4, TARGET4, (231, 4), (232, 4)), (SOURCE4, TARGET4, BYTES, (1, 4, 29305))
    take_datagram(collector, ipfix(template(asa), a_set(256, record(asa, DINKES, NET, 10, 900))), EXPORTER)
    take_datagram(collector, ipfix(template(biflow, 257), a_set(257, record(biflow, DINKES, NET, 5, 100))), EXPORTER)
    assert (received(collector, "dinkes"), sent(collector, "dinkes")) == (1000, 15)


def test_initiator_and_responder_tell_the_ways_apart_where_a_sum_is_told_too() -> None:
    collector = new_collector()
    fields = (SOURCE4, TARGET4, BYTES, (231, 4), (232, 4))
    rows = record(fields, DINKES, NET, 100, 60, 40) + record(fields, DINKES, NET, 7, 0, 0)
    take_datagram(collector, ipfix(template(fields), a_set(256, rows)), EXPORTER)
    assert (sent(collector, "dinkes"), received(collector, "dinkes")) == (67, 40)


def test_only_what_goes_through_a_declared_uplink_is_internet() -> None:
    collector = new_collector(ExporterSettings(uplinks=frozenset({1, 70000})))
    fields = (*USUAL, (10, 4), (14, 4))
    rows = (record(fields, NET, DINKES, size, 1, *ways) for size, *ways in ((1, 1, 5), (2, 5, 70000), (4, 5, 6)))
    take_datagram(collector, ipfix(template(fields), a_set(256, b"".join(rows))), EXPORTER)
    take_datagram(collector, ipfix(template(USUAL, 257), a_set(257, record(USUAL, NET, DINKES, 8, 1))), EXPORTER)
    assert (received(collector, "dinkes"), collector.totals.aside["not_uplink"], collector.totals.through) == (
        11,
        4,
        15,
    )


def test_office_to_office_passes_no_uplink_and_is_internal_all_the_same() -> None:
    collector = new_collector(ExporterSettings(uplinks=frozenset({1}), internal=True))
    fields = (*USUAL, (10, 4), (14, 4))
    take_datagram(collector, ipfix(template(fields), a_set(256, record(fields, DINKES, RSUD, 100, 1, 5, 6))), EXPORTER)
    assert (sent(collector, "dinkes"), received(collector, "rsud"), collector.totals.aside["not_uplink"]) == (
        100,
        100,
        0,
    )


@pytest.mark.parametrize(("element", "target"), [(226, "receive"), (225, "transmit")])
def test_behind_nat_the_offices_host_stands_in_the_post_nat_fields(element: int, target: str) -> None:
    collector = new_collector()
    fields = (SOURCE4, TARGET4, (element, 4), BYTES)
    take_datagram(
        collector, ipfix(template(fields), a_set(256, record(fields, NET, "203.0.113.9", DINKES, 50))), EXPORTER
    )
    assert (received if target == "receive" else sent)(collector, "dinkes") == 50


def test_behind_nat_of_ipv6_the_offices_host_stands_in_the_post_nat_fields() -> None:
    collector = new_collector()
    fields = (SOURCE6, TARGET6, (281, 16), (282, 16), BYTES)
    net, rsud = "2001:db8:ffff::1", "2001:db8:5::9"
    rows = record(fields, net, net, net, rsud, 50) + record(fields, net, net, rsud, net, 7)
    take_datagram(collector, ipfix(template(fields), a_set(256, rows)), EXPORTER)
    assert (received(collector, "rsud"), sent(collector, "rsud")) == (50, 7)


def test_an_address_before_nat_that_is_an_offices_goes_before_the_one_after_it() -> None:
    collector = new_collector(ExporterSettings(internal=True))
    fields = (SOURCE4, TARGET4, (225, 4), (226, 4), BYTES)
    take_datagram(collector, ipfix(template(fields), a_set(256, record(fields, NET, DINKES, RSUD, RSUD, 50))), EXPORTER)
    take_datagram(collector, ipfix(template(fields), a_set(256, record(fields, DINKES, NET, RSUD, NET, 7))), EXPORTER)
    assert (received(collector, "dinkes"), received(collector, "rsud")) == (50, 0)
    assert (sent(collector, "dinkes"), sent(collector, "rsud")) == (7, 50)


def test_office_to_office_is_internal_and_only_from_a_declared_exporter() -> None:
    row = a_set(256, record(USUAL, DINKES, RSUD, 100, 1))
    for internal, expected in ((True, 100), (False, 0)):
        collector = new_collector(ExporterSettings(internal=internal))
        take_datagram(collector, ipfix(template(USUAL), row), EXPORTER)
        assert (sent(collector, "dinkes"), received(collector, "rsud")) == (expected, expected)
        assert collector.totals.bytes[:, :, 0].sum() == 0
        assert collector.totals.aside["internal"] == 100 - expected


def test_sampling_multiplies_by_record_by_sampler_by_default_and_nought_is_one() -> None:
    collector = new_collector()
    in_record = (*USUAL, (34, 4))
    take_datagram(
        collector, ipfix(template(in_record), a_set(256, record(in_record, NET, DINKES, 10, 1, 100))), EXPORTER
    )
    options = a_set(3, struct.pack("!HHHHHHHHH", 300, 3, 1, 149, 4, 302, 4, 34, 4)[:18])
    take_datagram(collector, ipfix(options, a_set(300, struct.pack("!III", 1, 7, 50))), EXPORTER)
    by_id = (*USUAL, (302, 4))
    take_datagram(collector, ipfix(template(by_id, 258), a_set(258, record(by_id, NET, DINKES, 10, 1, 7))), EXPORTER)
    assert received(collector, "dinkes") == 1500
    take_datagram(collector, v5((NET, DINKES, 1, 10), sampling=0x4000 | 20), EXPORTER)
    assert received(collector, "dinkes") == 1700


def test_data_before_its_template_waits_and_is_counted_when_it_comes() -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(a_set(256, record(USUAL, NET, DINKES, 9, 1)), sequence=0), EXPORTER)
    assert received(collector, "dinkes") == 0
    take_datagram(collector, ipfix(template(USUAL), sequence=1), EXPORTER)
    assert received(collector, "dinkes") == 9
    assert collector.exporters[EXPORTER].lost == 0


def test_what_waits_is_bounded_and_what_was_thrown_away_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    # Room for 64 sets of 16 bytes, with the memory of each as Python's object.
    monkeypatch.setattr(pending_sets, "MAX_PENDING_BYTES", 64 * (16 + pending_sets._SET_BYTES))
    collector = new_collector()
    for _ in range(100):
        take_datagram(collector, ipfix(a_set(256, bytes(16))), EXPORTER)
    assert (len(collector.exporters[EXPORTER].pending.sets), collector.exporters[EXPORTER].undecoded) == (64, 36)


def test_a_template_changes_within_a_packet_and_is_withdrawn() -> None:
    collector = new_collector()
    other = (TARGET4, SOURCE4, BYTES, PACKETS)
    first, second = record(USUAL, NET, DINKES, 1, 1), record(other, DINKES, NET, 10, 1)
    take_datagram(collector, ipfix(template(USUAL), a_set(256, first), template(other), a_set(256, second)), EXPORTER)
    assert received(collector, "dinkes") == 11
    take_datagram(collector, ipfix(a_set(2, struct.pack("!HH", 256, 0))), EXPORTER)
    assert collector.exporters[EXPORTER].templates == 0


def test_two_domains_may_use_the_same_template_number() -> None:
    collector = new_collector()
    other = (TARGET4, SOURCE4, BYTES)
    take_datagram(collector, ipfix(template(USUAL), domain=1), EXPORTER)
    take_datagram(collector, ipfix(template(other), domain=2), EXPORTER)
    take_datagram(collector, ipfix(a_set(256, record(USUAL, NET, DINKES, 3, 1)), domain=1), EXPORTER)
    take_datagram(collector, ipfix(a_set(256, record(other, DINKES, NET, 4)), domain=2), EXPORTER)
    assert received(collector, "dinkes") == 7


def test_an_egress_copy_is_left_out_where_the_exporter_monitors_both_ways() -> None:
    collector = new_collector(ExporterSettings(direction="both"))
    fields = (*USUAL, (61, 1))
    rows = record(fields, NET, DINKES, 10, 1, 0) + record(fields, NET, DINKES, 10, 1, 1)
    take_datagram(collector, ipfix(template(fields), a_set(256, rows)), EXPORTER)
    assert (received(collector, "dinkes"), collector.totals.aside["egress_copy"]) == (10, 10)


def test_egress_copies_that_no_network_can_have_counted_are_absurd_and_not_set_aside() -> None:
    collector = new_collector(ExporterSettings(direction="both"))
    fields = ((8, 4), (12, 4), (1, 8), (2, 8), (61, 1))
    rows = [record(fields, NET, DINKES, size, 1, 1) for size in (2**64 - 1, 2**64 - 1, 30, 2**63)]
    take_datagram(collector, ipfix(template(fields), a_set(256, b"".join(rows))), EXPORTER)
    exporter = collector.exporters[EXPORTER]
    assert (exporter.absurd, exporter.records, collector.totals.events) == (3, 4, 0)
    assert (received(collector, "dinkes"), collector.totals.aside["egress_copy"]) == (0, 30)


def test_an_exporter_of_egress_monitors_alone_counts_although_its_records_say_egress() -> None:
    collector = new_collector(ExporterSettings(direction="egress"))
    fields = (*USUAL, (61, 1))
    take_datagram(collector, ipfix(template(fields), a_set(256, record(fields, NET, DINKES, 10, 1, 1))), EXPORTER)
    assert (received(collector, "dinkes"), collector.totals.aside["egress_copy"]) == (10, 0)


def test_an_unknown_exporter_is_refused_and_counted() -> None:
    collector = new_collector()
    take_datagram(collector, v5((NET, DINKES, 1, 10)), "192.0.2.66")
    assert (received(collector, "dinkes"), collector.refused["unknown_exporter"]) == (0, 1)


@pytest.mark.parametrize(
    ("numbers", "lost"),
    [
        ([(0, 5), (5, 5)], 0),
        ([(0, 5), (8, 5)], 3),
        ([(2**32 - 2, 2), (0, 1)], 0),
        ([(0, 5), (10, 5), (5, 5)], 0),
        ([(9_000_000, 1), (0, 1)], 0),
        ([(0, 5), (105, 5), (0, 5), (5, 5), (10, 5)], 100),
        ([(0, 5), (105, 5), (50, 5), (50, 5), (110, 5)], 95),
        ([(100, 5), (0, 5), (5, 5), (20, 5)], 10),
        ([(2**32 - 5, 5), (10, 5), (0, 10)], 0),
        ([(0, 5), (5, 5), (5, 5), (10, 5)], 0),
    ],
)
def test_losses_wraps_late_packets_and_restarts(numbers: list[tuple[int, int]], lost: int) -> None:
    stream = SequenceTracker()
    for sequence, units in numbers:
        stream.take(sequence, units)
    assert stream.lost == lost


def test_counters_templates_and_rates_come_back_after_a_restart(tmp_path: Path) -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL), a_set(256, record(USUAL, NET, DINKES, 2**40 % 2**32, 1))), EXPORTER)
    collector.totals.bytes[0, 0, 0] = np.uint64(2**63 + 7)
    Persistence(collector, tmp_path).close()
    again = new_collector()
    Persistence(again, tmp_path).load()
    take_datagram(again, ipfix(a_set(256, record(USUAL, NET, RSUD, 5, 1)), sequence=1), EXPORTER)
    assert int(again.totals.bytes[0, 0, 0]) == 2**63 + 7
    assert (received(again, "rsud"), again.exporters[EXPORTER].lost) == (5, 0)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"format": 9}', b'{"format": 3, "exporters": 7}', b'{"format": 3, "exporters": {"a": 1}}', b"[]"],
)
def test_a_corrupt_state_is_set_aside(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "flows.json").write_bytes(content)
    collector = new_collector()
    Persistence(collector, tmp_path).load()
    assert received(collector, "dinkes") == 0
    assert [path.read_bytes() for path in tmp_path.glob("*unreadable*")] == [content]


addresses = st.one_of(
    st.sampled_from([str(prefix[0]) for opd in CITY.opds for prefix in opd.prefixes]),
    st.sampled_from([str(prefix[-1]) for opd in CITY.opds for prefix in opd.prefixes]),
    st.integers(0, 2**32 - 1).map(lambda number: str(ip_address(number))),
)


@given(addresses)
def test_the_table_finds_the_owner_that_brute_force_finds(text: str) -> None:
    table, address = city_lookup(CITY), ip_address(text)
    raw = np.frombuffer(address.packed, np.uint8).reshape(1, -1)
    found = int((table.of4 if address.version == 4 else table.of6)(raw)[0])
    owner = whose(CITY, address)
    assert (table.codes[found] if found >= 0 else None) == (owner[0] if owner else None)
