"""Records that hold a packet's first bytes (IPFIX 315, 313, Cisco 104) in, the same with addresses and bytes out. Pure.

A record is one sampled packet; its bytes are the IP total length, as sFlow's. Records that tell bytes themselves stay.
"""

from collections.abc import Iterator

import numpy as np

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Bytes, FieldPlace, Records
from exporter.flows.decode.sflow import SampledPacket, from_header

# Header protocols as sFlow numbers them (sflow_version_5.txt, header_protocol): Ethernet, IPv4, IPv6.
_ETHERNET, _IP, _IP6, _WIRELESS = 1, 11, 12, 15

# dataLinkFrameType (IANA IPFIX element 408): 2 is IEEE 802.11.
_WIRELESS_TYPE = 2

# 314 is what MPLS labels carry.
_SECTIONS = ((f.FRAME_SECTION, _ETHERNET), (f.LAYER2_SECTION, _ETHERNET), (f.IP_SECTION, _IP), (f.MPLS_SECTION, _IP))
_COUNTED = (f.IN_BYTES, f.OUT_BYTES, f.TOTAL_BYTES, f.INITIATOR_BYTES)

# How many bytes the appended columns have: an IP packet's length, and the number 1.
_BYTES_SIZE, _PACKETS_SIZE = 4, 1


def open_sections(records: Records) -> Iterator[Records]:
    """The records to count: one block for each length of addresses."""
    section = next(((records.places[IANA, e], kind) for e, kind in _SECTIONS if records.has(e)), None)
    if section is None or any(records.has(element) for element in _COUNTED):
        yield records
        return
    (offset, length), kind = section
    frames, types = records.numbers(f.FRAME_SIZE), records.numbers(f.FRAME_TYPE)
    offsets = records.numbers(f.SECTION_OFFSET)
    packets: dict[int, list[tuple[int, SampledPacket]]] = {}
    for row in range(records.count):
        head = records.block[row, offset : offset + length].tobytes()
        protocol = _IP6 if kind == _IP and head[:1] and head[0] >> 4 == 6 else kind
        if kind == _ETHERNET and types is not None and int(types[row]) == _WIRELESS_TYPE:
            protocol = _WIRELESS
        size = length if frames is None else int(frames[row])
        if kind == _ETHERNET and offsets is not None and int(offsets[row]):
            # It begins behind the frame's own header (RFC 7133 5.4), at the packet.
            protocol, size = _IP6 if head[:1] and head[0] >> 4 == 6 else _IP, max(0, size - int(offsets[row]))
        packet = from_header(head, protocol, size)
        packets.setdefault(len(packet.addresses), []).append((row, packet))
    for size, rows in packets.items():
        yield _with(records, size // 2, rows)


def _with(records: Records, address: int, rows: list[tuple[int, SampledPacket]]) -> Records:
    """The rows with their packet's addresses, bytes and the number 1 appended."""
    more = b"".join(packet.addresses + packet.size.to_bytes(_BYTES_SIZE, "big") + b"\1" for _, packet in rows)
    columns = np.frombuffer(more, np.uint8).reshape(len(rows), -1)
    block: Bytes = np.ascontiguousarray(np.hstack([records.block[[row for row, _ in rows]], columns]))
    start = records.block.shape[1]
    places: dict[tuple[int, int], FieldPlace] = dict(records.places)
    if address:
        pair = (f.SOURCE4, f.TARGET4) if address == 4 else (f.SOURCE6, f.TARGET6)
        places |= {(IANA, pair[0]): (start, address), (IANA, pair[1]): (start + address, address)}
    begin = start + 2 * address
    places[IANA, f.IN_BYTES] = (begin, _BYTES_SIZE)
    places[IANA, f.IN_PACKETS] = (begin + _BYTES_SIZE, _PACKETS_SIZE)
    return Records(len(rows), block, places)
