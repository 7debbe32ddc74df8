"""Amounts that tell of their exporter: two directions in a record, octets of layer 2, absurd counters. Pure."""

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.rating import FlowAmounts
from exporter.flows.account.sampling import SamplingRates
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records

# A router does not double packets: more than twice as many out as in, and bytes too, are those of the other direction.
# A few more than twice, because IP fragments of a small flow do double it.
_TIMES, _FEW_PACKETS = np.uint64(2), np.uint64(2)

# Records that must say so, so that no single odd one turns an exporter's meaning.
BOTH_WAYS_RECORDS = 3

# Without packets beside them, out of 4 times in: no tunnel's header does that to a flow.
_TIMES_ALONE = np.uint64(4)

# No packet has 16 GB (IP allows 64 kB; some exporters tell 1 packet for a whole flow, so the bound is a wide one), no
# flow 2^50 bytes (5 Tbit/s for half an hour, the longest active timeout met) nor 2^40 packets.
_PACKET_BITS, _MOST_BYTES, _MOST_PACKETS = 34, 1 << 50, 1 << 40

# Nobody samples 1 in 2^30 packets: an interval of all ones is none.
_MOST_RATE = 1 << 30

# A counter of 32 bits that fell below nothing, by a million at most, with packets of more than IP's 64 kB (bytes) or
# of less than a byte (packets).
_NEGATIVE, _END, _IP_BITS = np.uint64((1 << 32) - (1 << 20)), np.uint64(1 << 32), np.uint64(16)

Flags = NDArray[np.bool_]


def both_ways_evidence(records: Records) -> int:
    """Records whose OUT_BYTES cannot be those of IN_BYTES leaving, less those where both are the same."""
    if not (records.has(f.IN_BYTES) and records.has(f.OUT_BYTES)):
        return 0
    columns = [records.numbers(element) for element in (f.IN_BYTES, f.OUT_BYTES, f.IN_PACKETS, f.OUT_PACKETS)]
    size, out, packets, out_packets = columns
    if size is None or out is None:
        return 0
    if packets is None or out_packets is None:
        more = (out // _TIMES_ALONE > size) & (size > 0)
    else:
        more = (out // _TIMES > size) & (out_packets > packets * _TIMES + _FEW_PACKETS) & (size > 0)
    return int(np.count_nonzero(more)) - int(np.count_nonzero((size == out) & (size > 0)))


def layer2_records(records: Records) -> int:
    """Records of IP that tell their octets with the frame's header (352), and no others."""
    octets = records.numbers(f.LAYER2_BYTES)
    if octets is None:
        return 0
    # What is no IP (Open vSwitch tells of ARP) has octets of layer 2 alone by its nature, and is nobody's.
    if not any(records.has(element) for element in (f.SOURCE4, f.SOURCE6)):
        return 0
    # A field that is named and left at nought tells nothing, record by record.
    others = [n for e in (f.IN_BYTES, f.OUT_BYTES, f.INITIATOR_BYTES) if (n := records.numbers(e)) is not None]
    alone = octets > 0
    for column in others:
        alone &= column == 0
    return int(np.count_nonzero(alone))


def absurd(reported: FlowAmounts, amounts: FlowAmounts, rates: SamplingRates) -> Flags | None:
    """The records whose counters no network can have counted, before or after sampling; None where there are none."""
    flags = _beyond(reported)
    for scaled in (_beyond(amounts, as_told=False), _rates_beyond(reported, rates)) if amounts is not reported else ():
        flags = scaled if flags is None else flags if scaled is None else flags | scaled
    return flags if flags is not None and bool(flags.any()) else None


def _beyond(amounts: FlowAmounts, as_told: bool = True) -> Flags | None:
    """``as_told``: before sampling, where bytes and packets of a record can be held against each other."""
    flags: Flags | None = None
    ways = ((amounts.bytes, amounts.packets), (amounts.reverse_bytes, amounts.reverse_packets))
    for size, packets in ways:
        # Two maxima, which almost always say that no record needs a look of its own.
        if size is None and packets is None:
            continue
        size = np.zeros_like(amounts.bytes) if size is None else size
        packets = np.zeros_like(amounts.bytes) if packets is None else packets
        if not size.size or not packets.size or (size.max() < _NEGATIVE and packets.max() < _NEGATIVE):
            continue
        beyond = (size > _MOST_BYTES) | (packets > _MOST_PACKETS)
        if as_told:
            beyond |= (packets > 0) & (size >> np.uint64(_PACKET_BITS) >= packets)
            beyond |= _negative(size) & (packets > 0) & (size >> _IP_BITS > packets)
            beyond |= _negative(packets) & (size > 0) & (size < packets)
        flags = beyond if flags is None else flags | beyond
    return flags


def _rates_beyond(reported: FlowAmounts, rates: SamplingRates) -> Flags | None:
    """Where the rate is none that anybody set, or amounts times it do not fit into 64 bits."""
    most = int(np.max(rates.rate, initial=0))
    if most <= _MOST_RATE and int(reported.both_bytes.max(initial=0)) * most < 1 << 64:
        return None
    divisor = np.array(1, np.uint64) if rates.divisor is None else rates.divisor
    size = reported.both_bytes.astype(np.float64) * rates.rate / divisor
    return np.asarray((rates.rate // np.maximum(divisor, 1) > _MOST_RATE) | (size > _MOST_BYTES), np.bool_)


def _negative(numbers: Numbers) -> Flags:
    return np.asarray((numbers >= _NEGATIVE) & (numbers < _END), np.bool_)
