"""Amounts that tell of their exporter: two directions in a record, octets of layer 2, absurd counters. Pure."""

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.rating import FlowAmounts
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Records

# A router does not double packets: more than twice as many out as in, and bytes too, are those of the other direction.
# A few more than twice, because IP fragments of a small flow do double it.
_TIMES, _FEW_PACKETS = np.uint64(2), np.uint64(2)

# Records that must say so, so that no single odd one turns an exporter's meaning.
BOTH_WAYS_RECORDS = 3

# No packet has 16 GB (IP allows 64 kB; some exporters tell 1 packet for a whole flow, so the bound is a wide one), no
# flow 2^60 bytes (5 Pbit/s for half an hour, the longest active timeout met) nor 2^40 packets.
_PACKET_BITS, _MOST_BYTES, _MOST_PACKETS = 34, 1 << 60, 1 << 40

Flags = NDArray[np.bool_]


def both_ways_evidence(records: Records) -> int:
    """Records whose OUT_BYTES cannot be those of IN_BYTES leaving, less those where both are the same."""
    if not (records.has(f.IN_BYTES) and records.has(f.OUT_BYTES)):
        return 0
    columns = [records.numbers(element) for element in (f.IN_BYTES, f.OUT_BYTES, f.IN_PACKETS, f.OUT_PACKETS)]
    size, out, packets, out_packets = columns
    if size is None or out is None or packets is None or out_packets is None:
        return 0
    more = (out // _TIMES > size) & (out_packets > packets * _TIMES + _FEW_PACKETS) & (size > 0)
    return int(np.count_nonzero(more)) - int(np.count_nonzero((size == out) & (size > 0)))


def layer2_records(records: Records) -> int:
    """Records of IP that tell their octets with the frame's header (352), and no others."""
    if not records.has(f.LAYER2_BYTES) or any(records.has(e) for e in (f.IN_BYTES, f.OUT_BYTES, f.INITIATOR_BYTES)):
        return 0
    # What is no IP (Open vSwitch tells of ARP) has octets of layer 2 alone by its nature, and is nobody's.
    if not any(records.has(element) for element in (f.SOURCE4, f.SOURCE6)):
        return 0
    return records.count


def absurd(reported: FlowAmounts, amounts: FlowAmounts) -> Flags | None:
    """The records whose counters no network can have counted, before or after sampling; None where there are none."""
    flags = _beyond(reported)
    if amounts is not reported:
        scaled = _beyond(amounts, per_packet=False)
        flags = scaled if flags is None else flags if scaled is None else flags | scaled
    return flags if flags is not None and bool(flags.any()) else None


def _beyond(amounts: FlowAmounts, per_packet: bool = True) -> Flags | None:
    flags: Flags | None = None
    ways = ((amounts.bytes, amounts.packets), (amounts.reverse_bytes, amounts.reverse_packets))
    for size, packets in ways:
        # Two maxima, which almost always say that no record needs a look of its own.
        if size is None and packets is None:
            continue
        size = np.zeros_like(amounts.bytes) if size is None else size
        packets = np.zeros_like(amounts.bytes) if packets is None else packets
        if not size.size or not packets.size:
            continue
        if int(size.max()) >> _PACKET_BITS == 0 and int(packets.max()) <= _MOST_PACKETS:
            continue
        beyond = (size > _MOST_BYTES) | (packets > _MOST_PACKETS)
        if per_packet:
            beyond |= (packets > 0) & (size >> np.uint64(_PACKET_BITS) >= packets)
        flags = beyond if flags is None else flags | beyond
    return flags
