"""A made-up load of flows for benchmarks and tests: a seed in, datagrams and the exact totals they hold out. Pure.

One exporter sends NetFlow v5, v9 and IPFIX (a template before the first data of each, and again now and then), a tenth
IPv6; downloads, uploads, office to office and strangers. The totals are summed from the columns, not by a decoder.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

import numpy as np
from numpy.typing import NDArray

Network = IPv4Network | IPv6Network

# 24 records of 48 bytes fill a datagram of the usual MTU. A template again every 400 datagrams, so that the load has
# datagrams that are not usual, as exporters send them now and then.
RECORDS, TEMPLATE_EVERY = 24, 400

# Element and length of every field of a record, as routers send them: 15 next hop, 7 and 11 ports, 4 protocol.
V4_FIELDS = ((8, 4), (12, 4), (15, 4), (10, 4), (14, 4), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2), (11, 2), (4, 1))
V6_FIELDS = ((27, 16), (28, 16), (10, 4), (14, 4), (2, 8), (1, 8), (152, 8), (153, 8), (7, 2), (11, 2), (4, 1))
_V5, _V9, _IPFIX4, _IPFIX6 = range(4)

# Of all flows; a tenth is IPv6.
_SHARES = ((_V5, 0.2), (_V9, 0.4), (_IPFIX4, 0.3), (_IPFIX6, 0.1))


@dataclass(frozen=True)
class FlowLoad:
    """``receive`` and ``transmit``: bytes by OPD number (office to office counts for both); ``total``: all bytes."""

    datagrams: tuple[bytes, ...]
    flows: int
    receive: tuple[int, ...]
    transmit: tuple[int, ...]
    total: int
    unassigned: int


@dataclass(frozen=True)
class Sides:
    """Where flows begin and end: OPD numbers (-1: a stranger) and their addresses as two halves of 64 bits."""

    owner: NDArray[np.int64]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]


def generate(prefixes: Sequence[Sequence[Network]], flows: int, seed: int = 1) -> FlowLoad:
    """``prefixes`` by OPD: disjoint, each OPD with one of IPv4 and one of IPv6. At least one datagram of each kind."""
    random = np.random.default_rng(seed)
    receive = np.zeros(len(prefixes) + 1, np.uint64)
    transmit = np.zeros(len(prefixes) + 1, np.uint64)
    # One more than there are OPDs: number -1 (a stranger) adds to the last place, which is left away.
    streams: list[list[bytes]] = []
    total = unassigned = number_of_flows = 0
    for kind, share in _SHARES:
        number = max(1, round(flows * share / RECORDS)) * RECORDS
        version = 6 if kind == _IPFIX6 else 4
        source, target = _sides(random, prefixes, version, number)
        size = random.integers(40, 1_000_000, number, np.uint64)
        np.add.at(receive, target.owner, size)
        np.add.at(transmit, source.owner, size)
        total, number_of_flows = total + int(size.sum()), number_of_flows + number
        unassigned += int(size[(source.owner < 0) & (target.owner < 0)].sum())
        streams.append(list(_datagrams(kind, source, target, size)))
    return FlowLoad(
        datagrams=tuple(_interleave(streams)),
        flows=number_of_flows,
        receive=tuple(receive[:-1].tolist()),
        transmit=tuple(transmit[:-1].tolist()),
        total=total,
        unassigned=unassigned,
    )


def _sides(
    random: np.random.Generator, prefixes: Sequence[Sequence[Network]], version: int, number: int
) -> tuple[Sides, Sides]:
    """45 % downloads, 45 % uploads, 7 % office to office, 3 % strangers among themselves."""
    nets = [next(prefix for prefix in rows if prefix.version == version) for rows in prefixes]
    kind = random.choice(4, number, p=(0.45, 0.45, 0.07, 0.03))
    sides = []
    for inside in ((1, 2), (0, 2)):
        owner = np.where(np.isin(kind, inside), random.integers(0, len(nets), number), -1)
        base = [int(net.network_address) for net in nets]
        shift = 64 if version == 6 else 0
        high = np.array([first >> shift for first in base], np.uint64)[owner]
        low = random.integers(0, 1 << 64 if version == 6 else 1, number, np.uint64, endpoint=False)
        spread = np.array([net.num_addresses >> shift for net in nets], np.uint64)[owner]
        high = high + (random.integers(0, 1 << 62, number, np.uint64) % spread).astype(np.uint64)
        strange = random.integers(0x2600 << 48, 0x2700 << 48, number, np.uint64)
        if version == 4:
            strange = random.integers(0x40000000, 0x7F000000, number, np.uint64)
        sides.append(Sides(owner, np.where(owner < 0, strange, high), low))
    return sides[0], sides[1]


def _datagrams(kind: int, source: Sides, target: Sides, size: NDArray[np.uint64]) -> Iterator[bytes]:
    body = _rows(kind, source, target, size)
    step, sequence, packets = body.itemsize * RECORDS, 0, 0
    content = body.tobytes()
    for place in range(0, len(content), step):
        if kind != _V5 and packets % TEMPLATE_EVERY == 0:
            yield _packet(kind, _template(kind), sequence, packets, 0)
            packets += 1
        yield _packet(kind, content[place : place + step], sequence, packets, RECORDS)
        sequence, packets = sequence + RECORDS, packets + 1


def _packet(kind: int, content: bytes, flows: int, packets: int, records: int) -> bytes:
    if kind == _V5:
        # Version, count, uptime, seconds, nanoseconds, flow_sequence, engine type and id, sampling; none of the zeros
        # is read by anybody. struct takes its values by position only.
        return struct.pack("!HHIIIIHH", 5, records, 0, 0, 0, flows, 0, 0) + content
    if records:
        content = struct.pack("!HH", _number(kind), 4 + len(content)) + content
    if kind == _V9:
        # Version, count, uptime, seconds, packet sequence, source id (RFC 3954, 5.1).
        return struct.pack("!HHIIII", 9, max(1, records), 1000, 1_795_000_000, packets, 1) + content
    # Version, length, seconds, record sequence, observation domain (RFC 7011, 3.1).
    return struct.pack("!HHIII", 10, 16 + len(content), 1_795_000_000, flows, kind) + content


def _number(kind: int) -> int:
    return 256 + kind


def _template(kind: int) -> bytes:
    fields = V6_FIELDS if kind == _IPFIX6 else V4_FIELDS
    specs = b"".join(struct.pack("!HH", *field) for field in fields)
    return struct.pack("!HHHH", 0 if kind == _V9 else 2, 8 + len(specs), _number(kind), len(fields)) + specs


def _rows(kind: int, source: Sides, target: Sides, size: NDArray[np.uint64]) -> NDArray[np.void]:
    if kind == _V5:
        form = np.dtype([("s", ">u4"), ("t", ">u4"), ("a", "V8"), ("p", ">u4"), ("b", ">u4"), ("z", "V24")])
    elif kind == _IPFIX6:
        six = [(name, ">u8") for name in ("s", "sl", "t", "tl")]
        form = np.dtype([*six, ("i", "V8"), ("p", ">u8"), ("b", ">u8"), ("z", "V21")])
    else:
        form = np.dtype([("s", ">u4"), ("t", ">u4"), ("n", "V12"), ("p", ">u4"), ("b", ">u4"), ("z", "V13")])
    rows = np.zeros(len(size), form)
    rows["s"], rows["t"], rows["b"], rows["p"] = source.high, target.high, size, size // np.uint64(1400) + np.uint64(1)
    if kind == _IPFIX6:
        rows["sl"], rows["tl"] = source.low, target.low
    return rows


def _interleave(streams: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
    """The streams side by side, each in its own order, evenly spread."""
    places = [
        (place / len(stream), number, place) for number, stream in enumerate(streams) for place in range(len(stream))
    ]
    for _, number, place in sorted(places):
        yield streams[number][place]
