"""sFlow of links of before Ethernet, and what its extended records tell: each way once, with its right bytes."""

import struct
from ipaddress import ip_address

import pytest
from flow_captures import ethernet, ip4, ip6
from flow_reading import FlowReader, evenly
from flow_sflow import counters, expanded, header, part, sample, sampled, sflow

NET, DINKES, PUBLIC = "198.51.100.1", "10.10.1.2", "203.0.113.77"


def packet(target: str = DINKES, fragment: int = 0) -> bytes:
    data = ip4(bytes(80), source=NET, fragment=fragment)
    return data[:16] + ip_address(target).packed + data[20:]


SNAP, FCS = b"\xaa\xaa\x03\0\0\0\x08\0", 4
BRIDGED, IN_ETHERNET = b"\0\x80\xc2\0\x07", bytes(12) + b"\x08\0"
PPPOE = bytes(12) + b"\x88\x64\x11\0\0\1\0\x66\0\x21"
WIRELESS = b"\x88\x01" + bytes(24)
TO_DINKES, TO_PUBLIC = packet(), packet(PUBLIC)


def of_ethernet(data: bytes, *tags: int) -> bytes:
    frame = ethernet(data, *tags)
    return header(frame, length=len(frame) + FCS)


@pytest.mark.parametrize(
    ("protocol", "before"),
    [
        (2, bytes(13) + SNAP),
        (3, bytes(14) + SNAP),
        (3, bytes(8) + b"\x80" + bytes(5) + b"\x06" + bytes(5) + SNAP),
        (4, bytes(13) + SNAP),
        (5, b"\x18\x41\x03\xcc"),
        (5, b"\x18\x40\0\x01\x03\xcc"),
        (5, b"\x18\x41\x03\0\x80\0\0\0\x08\0"),
        (5, b"\x18\x41\x03\0\x80" + BRIDGED + IN_ETHERNET),
        (5, b"\x18\x41\x03\xcf\0\x21"),
        (5, b"\x18\x41\x08\0"),
        (6, b"\x10\x01\0"),
        (6, b"\x10\x01\0\xcc"),
        (8, bytes(36) + SNAP),
        (9, SNAP),
        (9, b""),
        (9, b"\xfe\xfe\x03\xcc"),
        (9, b"\xfe\xfe\x03\xcf\0\x21"),
        (9, b"\0\x21"),
        (9, b"\xaa\xaa\x03" + BRIDGED + bytes(2) + IN_ETHERNET),
        (9, b"\xaa\xaa\x03" + BRIDGED + bytes(2) + PPPOE),
        (9, bytes(2) + b"\1" * 12 + b"\x08\0"),
        (10, b""),
        (10, SNAP),
        (15, WIRELESS + SNAP),
        (16, b"\0\x10\0\x4e" + WIRELESS + SNAP),
        (17, bytes(14) + SNAP),
    ],
)
def test_the_packet_is_found_behind_its_links_header(protocol: int, before: bytes, reader: FlowReader) -> None:
    frame = before + TO_DINKES
    found = sflow(sample(header(frame, protocol=protocol, length=len(frame) + FCS), rate=10))
    assert reader.office(evenly([found])) == 1000


@pytest.mark.parametrize("protocol", [2, 3, 4, 5, 6, 8, 9, 10, 14, 16, 99])
def test_a_header_that_ends_within_its_link_has_no_addresses_and_never_raises(
    protocol: int, reader: FlowReader
) -> None:
    samples = [sample(header(bytes(size), protocol=protocol, length=64), rate=1) for size in range(20)]
    found = reader.read(evenly([sflow(*samples)]))
    assert (found["records"], found["unassigned_bytes"] > 0, found["refused_datagrams"]) == (20, True, 0)


def nat(source: str, target: str) -> bytes:
    ends = [ip_address(address) for address in (source, target)]
    return part(1007, b"".join(struct.pack("!I", 1 if end.version == 4 else 2) + end.packed for end in ends))


@pytest.mark.parametrize(
    "samples",
    [
        sample(of_ethernet(TO_PUBLIC), nat(NET, DINKES), rate=10),
        expanded(nat(NET, DINKES), of_ethernet(TO_PUBLIC), rate=10),
        sample(of_ethernet(TO_DINKES), nat(NET, PUBLIC), rate=10),
        sample(sampled(NET, PUBLIC, 100), nat(NET, DINKES), rate=10),
        sample(of_ethernet(ip6(bytes(60), source="2001:db8:99::1")), nat(NET, DINKES), rate=10),
        sample(of_ethernet(TO_DINKES), part(1007, struct.pack("!I4xI16x", 1, 2)), rate=10),
        sample(of_ethernet(TO_DINKES), part(1007, bytes(8)), rate=10),
        sample(of_ethernet(TO_DINKES), part(1007, struct.pack("!I", 2)), rate=10),
    ],
)
def test_addresses_after_nat_name_the_office_where_those_before_do_not(samples: bytes, reader: FlowReader) -> None:
    assert reader.office(evenly([sflow(samples)])) == 1000


@pytest.mark.parametrize("in_the_air", [b"\x88\x41" + bytes(24) + b"\xde\xad" * 20, WIRELESS + SNAP + TO_DINKES])
def test_what_was_encrypted_in_the_air_is_counted_by_its_payload_and_once(
    in_the_air: bytes, reader: FlowReader
) -> None:
    payload = SNAP + TO_DINKES
    clear = part(1013, struct.pack("!II", 4, len(payload)) + payload)
    row = sample(header(in_the_air, protocol=15, length=138), clear, rate=10)
    assert reader.office(evenly([sflow(row)])) == 1000


@pytest.mark.parametrize(
    ("samples", "size"),
    [
        ((sample(of_ethernet(TO_DINKES, 0x88A8, 0x8100), rate=10),), 1000),
        ((sample(header(PPPOE[:12] + b"\x88\xa8\0\1\x81\0\0\1" + PPPOE[12:] + TO_DINKES, length=132), rate=10),), 1000),
        ((sample(header(bytes(12) + b"\x88\x47" + b"\0\0\x10\x40" * 2 + b"\0\0\x11\x40" + TO_DINKES), rate=10),), 1000),
        ((sample(of_ethernet(packet(fragment=0x2000)), rate=10),), 1000),
        (
            (sample(header(ethernet(TO_DINKES), length=118, keep=61), rate=10), sample(of_ethernet(TO_DINKES), rate=1)),
            1100,
        ),
        ((counters(3, 1, 2), sample(of_ethernet(TO_DINKES), rate=10), counters(4, 1, 2, wide=True)), 1000),
        ((sample(of_ethernet(TO_DINKES), outgoing=1 << 30 | 5), sample(of_ethernet(TO_DINKES), rate=10)), 1000),
        ((sample(of_ethernet(TO_DINKES), rate=0),), 100),
    ],
)
def test_tags_fragments_padding_and_other_samples_leave_the_bytes_right(
    samples: tuple[bytes, ...], size: int, reader: FlowReader
) -> None:
    assert reader.office(evenly([sflow(*samples)])) == size
