"""sFlow: a sampled packet counts its IP total length times the rate, once, whatever describes it."""

import struct
from collections.abc import Callable
from ipaddress import ip_address

import pytest
from flow_captures import MACS, ethernet, ip4, ip6, udp
from flow_packets import EXPORTER, a_set, ipfix, new_collector, received, sent, template
from flow_sflow import counters, expanded, header, part, sample, sampled, sflow

from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.decode.sflow import from_header
from exporter.flows.metrics import FlowsPage

NET, DINKES = "198.51.100.1", "10.10.1.2"
PACKET = ip4(udp(bytes(1000)), source=DINKES)
FRAME = ethernet(PACKET)
MPLS = bytes(12) + b"\x88\x47" + struct.pack("!II", 16 << 12, (17 << 12) | 0x100) + PACKET
FRAMES = {
    "Ethernet": header(FRAME),
    "VLAN": header(ethernet(PACKET, 0x8100)),
    "QinQ": header(ethernet(PACKET, 0x88A8, 0x8100)),
    "MPLS": header(MPLS),
    "MPLS without Ethernet": header(MPLS[14:], protocol=13),
    "IPv4": header(PACKET, protocol=11),
    "VXLAN": header(ethernet(ip4(udp(b"\x08" + bytes(7) + ethernet(ip4(bytes(964), "10.10.5.2"))), source=DINKES))),
    "a short header": header(FRAME, keep=34),
}


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize("wrap", [sample, expanded])
def test_bytes_are_the_outer_ip_total_length_times_the_rate(kind: str, wrap: Callable[..., bytes]) -> None:
    collector = new_collector()
    take_datagram(collector, sflow(wrap(FRAMES[kind], rate=100)), EXPORTER)
    size = 102_800 if kind != "VXLAN" else (20 + 8 + 8 + 14 + 984) * 100
    assert (sent(collector, "dinkes"), collector.totals.through_packets, collector.totals.sampled_packets) == (
        size,
        100,
        1,
    )


def test_ipv6_headers_and_sampled_addresses_are_read() -> None:
    collector = new_collector()
    v6 = header(ethernet(ip6(udp(bytes(100)), source="2001:db8:1::9")))
    take_datagram(collector, sflow(sample(v6, rate=1), sample(sampled(NET, DINKES, 500), rate=2)), EXPORTER)
    take_datagram(collector, sflow(sample(sampled("2001:db8:ffff::1", "2001:db8:1::9", 70)), sequence=1), EXPORTER)
    assert (sent(collector, "dinkes"), received(collector, "dinkes")) == (148, 8000)
    assert (collector.exporters[EXPORTER].records, collector.exporters[EXPORTER].lost) == (3, 0)


def test_a_packet_described_twice_is_counted_once_by_its_header() -> None:
    collector = new_collector()
    take_datagram(
        collector, sflow(sample(part(1001, bytes(16)), sampled(NET, DINKES, 9), header(FRAME), rate=1)), EXPORTER
    )
    assert (collector.exporters[EXPORTER].records, collector.totals.through) == (1, 1028)


@pytest.mark.parametrize(
    "discarded", [sample(header(FRAME), outgoing=0x40000102), expanded(header(FRAME), output_format=1)]
)
def test_discarded_packets_are_not_traffic(discarded: bytes) -> None:
    collector = new_collector()
    take_datagram(collector, sflow(discarded, part(5, bytes(40))), EXPORTER)
    assert (collector.totals.through, collector.exporters[EXPORTER].sflow.discarded) == (0, 2)


def test_several_outputs_and_an_unknown_one_are_traffic() -> None:
    collector = new_collector()
    take_datagram(
        collector,
        sflow(sample(header(FRAME), rate=1, outgoing=0x80000003), sample(header(FRAME), rate=1, outgoing=0)),
        EXPORTER,
    )
    assert sent(collector, "dinkes") == 2056


def test_what_is_no_ip_belongs_to_nobody() -> None:
    collector = new_collector()
    take_datagram(collector, sflow(sample(header(bytes(12) + b"\x08\x06" + bytes(46)), rate=10)), EXPORTER)
    assert (collector.totals.unassigned, collector.totals.through) == (460, 460)


def test_an_uplink_is_known_by_its_interface_index() -> None:
    collector = new_collector(ExporterSettings(uplinks=frozenset({4})))
    take_datagram(collector, sflow(sample(header(FRAME), rate=1), sample(header(FRAME), rate=1, outgoing=5)), EXPORTER)
    assert (sent(collector, "dinkes"), collector.totals.aside["not_uplink"]) == (1028, 1028)


@pytest.mark.parametrize("wide", [False, True])
def test_counter_samples_are_kept_and_exported(wide: bool) -> None:
    collector = new_collector()
    take_datagram(collector, sflow(counters(3, 2**40, 77, wide), counters(4, 1, 2)), EXPORTER)
    page = FlowsPage(collector).write(0).decode()
    assert f'flow_sflow_interface_receive_bytes_total{{exporter="{EXPORTER}",interface="3"}} {2**40}' in page
    assert f'flow_sflow_interface_transmit_bytes_total{{exporter="{EXPORTER}",interface="3"}} 77' in page


def test_every_sample_of_the_longest_datagram_is_read() -> None:
    collector = new_collector()
    take_datagram(collector, sflow(*(sample(source=source, drops=1) for source in range(1500))), EXPORTER)
    assert (len(collector.exporters[EXPORTER].sflow.drops), collector.exporters[EXPORTER].malformed) == (1500, 0)


def test_lost_datagrams_and_dropped_samples_are_counted() -> None:
    collector = new_collector()
    for sequence in (0, 1, 4):
        take_datagram(collector, sflow(sample(header(FRAME), drops=sequence), sequence=sequence), EXPORTER)
    assert (collector.exporters[EXPORTER].lost, collector.exporters[EXPORTER].sflow.drops) == (2, {7: 4})


def test_a_sample_cut_anywhere_is_refused_and_counts_nothing() -> None:
    whole = sflow(sample(header(FRAME), rate=1), counters(3, 1, 1))
    for size in range(4, len(whole)):
        collector = new_collector()
        take_datagram(collector, whole[:size], EXPORTER)
        assert (collector.totals.through, collector.exporters[EXPORTER].malformed) == (0, 1)


SECTION = ((34, 4), (10, 4), (315, 0xFFFF), (312, 2))


def section(rate: int, frame: bytes, size: int) -> bytes:
    return struct.pack("!IIB", rate, 3, len(frame)) + frame + struct.pack("!H", size)


def test_ipfix_packet_headers_count_like_sflows() -> None:
    collector = new_collector()
    arp = bytes(12) + b"\x08\x06" + bytes(28)
    rows = section(10, FRAME[:64], len(FRAME)) + section(2, ethernet(ip6(bytes(60), "2001:db8:1::9")), 114)
    take_datagram(collector, ipfix(template(SECTION), a_set(256, rows + section(1, arp, 60))), EXPORTER)
    assert (sent(collector, "dinkes"), collector.totals.unassigned) == (10_280 + 200, 46)
    assert (collector.exporters[EXPORTER].records, collector.totals.sampled_packets) == (3, 3)


def test_packet_headers_of_a_fixed_length_and_bare_ip_are_read_too() -> None:
    collector = new_collector()
    take_datagram(
        collector, ipfix(template(((315, 64),)), a_set(256, FRAME[:64] + ethernet(ip6(bytes(60)))[:64])), EXPORTER
    )
    take_datagram(collector, ipfix(template(((313, 40),), 257), a_set(257, PACKET[:40] + ip6(bytes(9))[:40])), EXPORTER)
    take_datagram(collector, ipfix(template(((104, 64),), 258), a_set(258, FRAME[:64])), EXPORTER)
    assert (sent(collector, "dinkes"), collector.totals.through) == (3084, 3084 + 100 + 49)


def test_bytes_that_a_record_tells_itself_go_before_its_packet_header() -> None:
    collector = new_collector()
    fields = ((8, 4), (12, 4), (1, 4), (315, 40))
    row = PACKET[12:20] + (7).to_bytes(4, "big") + FRAME[:40]
    take_datagram(collector, ipfix(template(fields), a_set(256, row)), EXPORTER)
    assert sent(collector, "dinkes") == 7


def test_an_impossible_frame_size_does_not_raise() -> None:
    collector = new_collector()
    row = struct.pack("!IIB", 1, 3, 20) + bytes(20) + b"\xff" * 8
    take_datagram(collector, ipfix(template((*SECTION[:3], (312, 8))), a_set(256, row)), EXPORTER)
    exporter = collector.exporters[EXPORTER]
    assert (collector.totals.unassigned, exporter.records, exporter.absurd) == (0, 1, 1)


SNAP = b"\xaa\xaa\x03\0\0\0\x08\0"
INNER = ip4(udp(bytes(100)), source=DINKES)


@pytest.mark.parametrize(
    ("protocol", "head"),
    [
        (1, MACS + b"\x88\x64\x11\0\0\1\0\x86\0\x21"),
        (1, MACS + b"\x81\0\0\x64\x88\x64\x11\0\0\1\0\x86\0\x21"),
        (7, b"\xff\x03\0\x21"),
        (7, b"\0\x21"),
        (15, b"\x08\x01" + bytes(22) + SNAP),
        (15, b"\x88\x02" + bytes(24) + SNAP),
        (15, b"\x88\x83" + bytes(34) + SNAP),
        (17, bytes(14) + SNAP),
        (1, MACS + b"\x05\x80" + SNAP),
        (1, MACS + b"\x81\0\0\x05\x05\x80" + SNAP),
        (1, MACS + b"\x88\x64\x11\0\0\1\0\x85\x21"),
        (1, MACS + b"\x88\xe7\0\0\0\5" + MACS + b"\x08\0"),
        (1, MACS + b"\x89\x26\0\0\0\1\x08\0"),
        (1, MACS + b"\x89\x09\1\1\0\1\0\7\x08\0"),
        (1, MACS + b"\x88\x47\0\1\0\x40\0\1\1\x40" + bytes(4) + MACS + b"\x08\0"),
        (1, MACS + b"\x88\x47\0\1\1\x40" + MACS + b"\x81\0\0\5\x08\0"),
        (14, b"\xff\x03\0\x21"),
        (14, b"\x0f\0\x08\0"),
        (15, b"\x88\x01" + bytes(22) + b"\x80\0" + bytes(14) + SNAP),
    ],
)
def test_headers_of_pppoe_ppp_and_802_11_are_passed(protocol: int, head: bytes) -> None:
    packet = from_header(head + INNER, protocol, 4 + len(head + INNER))
    assert (packet.addresses[:4], packet.size) == (ip_address(DINKES).packed, len(INNER))


@pytest.mark.parametrize("head", [b"\x08\x41" + bytes(22) + SNAP, b"\x80\0" + bytes(22) + SNAP, b"\x08\x01", b""])
def test_802_11_frames_that_are_encrypted_or_no_data_have_no_addresses(head: bytes) -> None:
    assert from_header(head + (INNER if len(head) > 2 else b""), 15, 200).addresses == b""
