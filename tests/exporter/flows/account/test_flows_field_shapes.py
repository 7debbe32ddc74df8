"""Odd shapes of datagrams, each as small as it can be made, read as a person reads them."""

import struct
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from flow_captures import ethernet, ip4
from flow_packets import (
    BYTES,
    PACKETS,
    SOURCE4,
    SOURCE6,
    TARGET4,
    TARGET6,
    USUAL,
    a_set,
    ipfix,
    options_template,
    record,
    template,
    v9,
)
from flow_reading import FlowReader, evenly, office

pytestmark = pytest.mark.usefixtures("both_ways")

NET, DINKES = "198.51.100.1", "10.10.1.2"
NET_BYTES, DINKES_BYTES = ip_address(NET).packed, ip_address(DINKES).packed
T, T9, FLOW = template(USUAL), template(USUAL, ipfix=False), a_set(256, record(USUAL, NET, DINKES, 100, 1))
TURNED, BY_ID, BY_PORT = (SOURCE4, TARGET4, PACKETS, BYTES), (*USUAL, (302, 4)), (*USUAL, (10, 4))
RATE, OF_PORT = ((302, 4), (34, 4)), ((10, 4), (34, 4))
WITHDRAWN = a_set(2, struct.pack("!HH", 256, 0))
TELLS, SWAPPED = a_set(300, record(RATE, 1, 10)), a_set(256, record(TURNED, NET, DINKES, 1, 100))
PACKET = ip4(bytes(80), source=NET)[:16] + DINKES_BYTES + ip4(bytes(80))[20:]


def of(fields: Sequence[tuple[int, ...]], *more: int) -> tuple[bytes, bytes]:
    return template(fields), a_set(256, record(fields, NET, DINKES, 100, 1, *more))


def up(stamp: int, number: int, *sets: bytes) -> bytes:
    """NetFlow v9 of an exporter that has been up for so many milliseconds."""
    data = bytearray(v9(*sets, sequence=number))
    data[4:8] = struct.pack("!I", stamp)
    return bytes(data)


def section(frame: bytes, size: int, kind: int = 1) -> bytes:
    return struct.pack("!HHB", size, kind, len(frame)) + frame


ENTERPRISE = (SOURCE4, TARGET4, (1, 4, 9), (1, 8), (2, 8))
VARIABLE = (SOURCE4, (371, 65535), TARGET4, BYTES, PACKETS)
TEXTS = NET_BYTES + b"\3abc" + DINKES_BYTES + struct.pack("!II", 100, 1) + NET_BYTES + b"\xff\1\0" + bytes(256)
FRAME, FRAME_AT = ((312, 2), (408, 2), (315, 65535)), ((409, 2), (312, 2), (408, 2), (315, 65535))
DUAL = (*USUAL, SOURCE6, TARGET6)
ENDS = ("0.0.0.0", "0.0.0.0", 100, 1, "2001:db8:99::1", "2001:db8:1::5")
CONNECTION = ((8, 4), (12, 4), (7, 2), (11, 2), (148, 4), (233, 1), (231, 4), (232, 4))


def connection(*events: tuple[int, int, int]) -> bytes:
    rows = (record(CONNECTION, DINKES, NET, 1, 2, 5, *event) for event in events)
    return v9(template(CONNECTION, ipfix=False), *(a_set(256, row) for row in rows))


@pytest.mark.parametrize(
    ("datagrams", "size"),
    [
        ([up(2**32 - 2000, 1, T9), up(2**32 - 1000, 2, FLOW), up(100, 3, FLOW), up(1000, 4, FLOW)], 300),
        ([up(2**32 - 2000, 1, T9), up(2**32 - 1000, 2, FLOW), up(100, 30, FLOW), up(1000, 31, FLOW)], 300),
        ([ipfix(options_template(RATE, 300), a_set(300, record(RATE, 1, 10))), ipfix(*of(BY_ID, 1), sequence=1)], 1000),
        ([ipfix(TELLS), ipfix(*of(BY_ID, 1), sequence=1), ipfix(options_template(RATE, 300), sequence=2)], 1000),
        (
            [
                ipfix(options_template(RATE, 300), a_set(300, record(RATE, 1, 10))),
                ipfix(options_template(OF_PORT, 300), a_set(300, record(OF_PORT, 7, 50)), sequence=1),
                ipfix(*of(BY_PORT, 7), sequence=2),
            ],
            5000,
        ),
        ([ipfix(T, struct.pack("!HH", 256, 4), FLOW)], 100),
        ([ipfix(T, a_set(256, FLOW[4:] + bytes(3)))], 100),
        ([ipfix(a_set(2, T[4:] + bytes(2)), FLOW)], 100),
        ([ipfix(a_set(2, T[4:] + template(USUAL, 257)[4:]), FLOW, a_set(257, FLOW[4:]))], 200),
        ([ipfix(T, FLOW), ipfix(WITHDRAWN), ipfix(FLOW, sequence=1), ipfix(T, FLOW, sequence=2)], 300),
        ([ipfix(T, FLOW), ipfix(WITHDRAWN, template(TURNED), SWAPPED, sequence=1)], 200),
        ([ipfix(template(ENTERPRISE), a_set(256, record(ENTERPRISE, NET, DINKES, 7777, 100, 1)))], 100),
        ([ipfix(template(VARIABLE), a_set(256, TEXTS + DINKES_BYTES + struct.pack("!II", 50, 1)))], 150),
        ([ipfix(template(FRAME), a_set(256, section(ethernet(PACKET), 114)))], 100),
        ([ipfix(template(FRAME), a_set(256, section(ethernet(PACKET, 0x8100), 118)))], 100),
        ([ipfix(template(FRAME_AT), a_set(256, bytes(2) + section(ethernet(PACKET), 114)))], 100),
        ([ipfix(template(FRAME_AT), a_set(256, b"\0\x0e" + section(PACKET, 114)))], 100),
        ([ipfix(template((*FRAME, (34, 4))), a_set(256, section(ethernet(PACKET), 114) + b"\0\0\0\x0a"))], 1000),
        ([connection((2, 3000, 705))], 3705),
        ([connection((1, 0, 0), (5, 1000, 200), (5, 1000, 200), (2, 3000, 705))], 3705),
        ([connection((5, 100, 0), (2, 300, 0), (1, 0, 0), (2, 50, 0))], 350),
        ([connection((3, 0, 0))], 0),
        ([v9(template((*USUAL, (83, 65535)), ipfix=False), a_set(256, FLOW[4:] + b"\2ab"))], 100),
        ([struct.pack("!HHIIII", 9, 99, 1000, 1_795_000_000, 1, 1) + T9 + FLOW], 100),
        ([v9(T9, FLOW) + bytes(8)], 100),
        ([v9(T9, a_set(256, FLOW[4:] + b"\0"))], 100),
        ([ipfix(template(DUAL), a_set(256, record(DUAL, *ENDS)))], 100),
    ],
)  # fmt: skip
def test_an_odd_shape_has_its_right_bytes(datagrams: list[bytes], size: int, reader: FlowReader) -> None:
    found = reader.read(evenly(datagrams))
    assert (office(found), found["refused_datagrams"], found["undecoded_sets"]) == (size, 0, 0)


@pytest.mark.parametrize("version", [1, 7, 8])
def test_a_version_that_is_not_read_is_named(version: int, reader: FlowReader) -> None:
    found = reader.read(evenly([struct.pack("!HH", version, 1) + bytes(72)]))
    assert f"it sends NetFlow version {version}, which is not read" in " ".join(found["problems"])


def test_events_of_translation_carry_no_bytes(reader: FlowReader) -> None:
    fields = ((8, 4), (225, 4), (12, 4), (226, 4), (230, 1), (323, 8))
    rows = b"".join(record(fields, DINKES, "203.0.113.7", NET, NET, event, 5) for event in (1, 2))
    found = reader.read(evenly([ipfix(template(fields), a_set(256, rows))]))
    assert (office(found), found["events_without_bytes"], found["problems"]) == (0, 2, [])


def test_a_file_of_messages_is_read_to_its_end_and_its_cut_message_told(reader: FlowReader, tmp_path: Path) -> None:
    whole = b"".join([ipfix(T), *(ipfix(FLOW, sequence=number) for number in range(219))])
    for cut, size, refused in ((0, 21_900, 0), (10, 21_800, 1)):
        path = tmp_path / "messages.ipfix"
        path.write_bytes(whole[: len(whole) - cut])
        found = reader.file(path)
        assert (office(found), found["refused_datagrams"]) == (size, refused)
