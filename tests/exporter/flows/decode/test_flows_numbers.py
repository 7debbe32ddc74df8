"""Numbers, lengths and counts as exporters write them; hostile bytes, which never raise."""

import os
import struct
from ipaddress import ip_address

import pytest
from flow_packets import (
    BYTES,
    EXPORTER,
    SOURCE4,
    TARGET4,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    received,
    record,
    template,
    v5,
    v9,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.decode.batches import batch_of
from exporter.flows.metrics import FlowsPage

pytestmark = pytest.mark.usefixtures("both_ways")

NET, DINKES = "198.51.100.1", "10.10.1.2"


@pytest.mark.parametrize("size", range(1, 9))
def test_numbers_of_one_to_eight_bytes_are_read(size: int) -> None:
    collector = new_collector()
    # The first byte of eight is nought: with one in it the number is one that no network carries.
    fields, every_byte = (
        (SOURCE4, TARGET4, (1, size)),
        int.from_bytes(bytes(range(int(size < 8), size + int(size < 8)))),
    )
    take_datagram(collector, ipfix(template(fields), a_set(256, record(fields, NET, DINKES, every_byte))), EXPORTER)
    assert received(collector, "dinkes") == every_byte


def test_variable_lengths_also_over_255_and_enterprise_fields_are_passed() -> None:
    collector = new_collector()
    fields = (SOURCE4, (82, 0xFFFF), (12, 4, 9), TARGET4, (84, 0xFFFF), BYTES)
    row = ip_address(NET).packed + b"\x03eth" + bytes(4) + ip_address(DINKES).packed
    row += b"\xff" + struct.pack("!H", 300) + bytes(300) + (77).to_bytes(4, "big")
    take_datagram(collector, ipfix(template(fields), a_set(256, row + row)), EXPORTER)
    assert received(collector, "dinkes") == 154


def test_records_without_bytes_are_events_and_padding_is_none() -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL), a_set(256, record(USUAL, NET, DINKES, 0, 0) + bytes(3))), EXPORTER)
    assert (collector.totals.events, collector.exporters[EXPORTER].records) == (1, 1)


@pytest.mark.parametrize(("count", "there"), [(0, 1), (31, 1), (31, 31), (2, 1)])
def test_v5_with_an_impossible_count_is_refused(count: int, there: int) -> None:
    packet = v5(*[(NET, DINKES, 1, 10)] * there)
    packet = packet[:2] + struct.pack("!H", count) + packet[4:]
    collector, other = new_collector(), new_collector()
    take_datagram(collector, packet, EXPORTER)
    take_datagram(other, v5((NET, DINKES, 1, 10)), EXPORTER)
    take_batch(other, batch_of([(packet, EXPORTER)]))
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].malformed) == (0, 1)
    assert (received(other, "dinkes"), other.exporters[EXPORTER].malformed) == (10, 1)


@settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "300")), deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\0\5", b"\0\t", b"\0\n"]))
def test_hostile_bytes_never_raise(tail: bytes, head: bytes) -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    take_datagram(collector, head + tail, EXPORTER)
    take_datagram(collector, ipfix(a_set(2, tail), a_set(3, tail), a_set(256, tail)), EXPORTER)
    take_datagram(collector, v9(a_set(0, tail), a_set(1, tail), a_set(256, tail)), EXPORTER)
    assert FlowsPage(collector).write(0)
