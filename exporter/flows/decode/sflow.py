"""sFlow v5 datagrams (sflow_version_5.txt): flow samples in, rows of flow records with their sampling rate out.

A sampled packet is a flow of one packet whose bytes are its IP total length. What a switch discarded is not traffic and
only counted; interface counters are kept. Nothing is read beyond the datagram; WireError where something does not fit.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from exporter.flows.decode import fields as f
from exporter.flows.decode.headers import (
    IPV4,
    IPV6,
    after_ethernet,
    after_ppp,
    after_snap,
    after_tags,
    after_wireless,
    past_labels,
    read_ip,
)
from exporter.flows.decode.old_links import (
    Start,
    after_aggregate,
    after_atm,
    after_fddi,
    after_frame_relay,
    after_smds,
    after_token_ring,
    after_x25,
    bare_ip,
)
from exporter.flows.decode.templates import FieldSpec
from exporter.flows.decode.wire import Packet, WireError

# sFlow counts its versions for itself: its 5 would be NetFlow's. 105 is a number of ours that no NetFlow version has.
SFLOW = 105

# An sFlow datagram begins with its version as 32 bits, a NetFlow one with its version as 16 bits.
SFLOW_START = b"\0\0\0\5"

# Bytes of an address; also the name of a row's layout.
_NO_ADDRESSES, _V4, _V6 = 0, 4, 16

# Formats of samples, of the records of flow samples, and of those of counter samples (sflow_version_5.txt, 5 and
# "Sample Data Types"; 5 is sflow_drops.txt).
_FLOW, _COUNTERS, _EXPANDED_FLOW, _EXPANDED_COUNTERS, _DISCARDED = 1, 2, 3, 4, 5
_HEADER, _ETHERNET, _SAMPLED4, _SAMPLED6 = 1, 2, 3, 4

# Of extended records: the addresses after NAT, and the payload of a wireless frame that was encrypted in the air.
_NAT, _WIRELESS_PAYLOAD = 1007, 1013
_GENERIC_COUNTERS = 1

# An interface of a plain sample: two bits of format (1: the packet was discarded), 30 of index.
_DISCARDED_OUTPUT, _INDEX = 1, 0x3FFFFFFF

# A row holds the bytes of a packet in 32 bits.
_LONGEST = 0xFFFFFFFF


# Packets over SONET in Cisco's own framing begin so, then an EtherType follows; else they are PPP (RFC 2615 4).
_CISCO_HDLC = (b"\x0f\0", b"\x8f\0")

# TCP, UDP and SCTP begin with both ports.
_WITH_PORTS = (6, 17, 132)


def _layout(*addresses: FieldSpec) -> tuple[FieldSpec, ...]:
    counts = ((f.IN_BYTES, 4), (f.IN_PACKETS, 1), (f.SAMPLING, 4), (f.INPUT, 4), (f.OUTPUT, 4))
    rest = ((f.PROTOCOL, 1), (f.SOURCE_PORT, 2), (f.TARGET_PORT, 2))
    return (*addresses, *(FieldSpec(*spec) for spec in (*counts, *rest)))


# Addresses by their length; after NAT they make another layout.
_PAIRS = {_NO_ADDRESSES: (), _V4: (f.SOURCE4, f.TARGET4), _V6: (f.SOURCE6, f.TARGET6)}
_NAT_PAIRS = {_NO_ADDRESSES: (), _V4: (f.POST_SOURCE4, f.POST_TARGET4), _V6: (f.POST_SOURCE6, f.POST_TARGET6)}
_NAT_LAYOUT = 32

# The fields of a row, by the length of its addresses and of those after NAT.
LAYOUTS = {
    size + _NAT_LAYOUT * nat: _layout(*(FieldSpec(e, size) for e in pair), *(FieldSpec(e, nat) for e in nat_pair))
    for size, pair in _PAIRS.items()
    for nat, nat_pair in _NAT_PAIRS.items()
}


class SflowInterface(NamedTuple):
    """Octets of an interface as its counter sample tells them."""

    number: int
    receive: int
    transmit: int


@dataclass
class SflowSamples:
    """What a datagram held: rows by their layout, and what is no flow."""

    rows: dict[int, list[bytes]] = field(default_factory=dict)
    discarded: int = 0
    drops: dict[int, int] = field(default_factory=dict)
    interfaces: list[SflowInterface] = field(default_factory=list)


class SampledPacket(NamedTuple):
    """A packet: its two addresses one after the other (or none), and its layer-3 bytes; ``nat``: those after NAT."""

    addresses: bytes
    size: int
    protocol: int = 0
    ports: tuple[int, int] = (0, 0)
    nat: bytes = b""


def read_sflow(data: bytes) -> Packet:
    """The header: the sub-agent is the domain, ``records`` the number of samples. Raises WireError."""
    kind = _word(data, 4)
    # Version and address type, then the agent's address: 1 is IPv4, 2 IPv6.
    place = 8 + {1: _V4, 2: _V6}.get(kind, 0)
    if kind not in (1, 2) or len(data) < place + 16:
        raise WireError(f"sFlow with an agent address of type {kind}, or cut short")
    agent, sequence, _, number = struct.unpack_from("!IIII", data, place)
    # The rate stands in each sample, not in the header.
    return Packet(
        version=SFLOW,
        domain=agent,
        sequence=sequence,
        start=place + 16,
        end=len(data),
        sampling=0,
        records=number,
    )


def read_samples(data: bytes, packet: Packet) -> SflowSamples:
    """Every sample of a datagram. Raises WireError where one does not fit."""
    samples = SflowSamples()
    for kind, start, end in _parts(data, packet.start, packet.end, packet.records):
        if kind in (_FLOW, _EXPANDED_FLOW):
            _flow(samples, data, start, end, kind == _EXPANDED_FLOW)
        elif kind in (_COUNTERS, _EXPANDED_COUNTERS):
            _counters(samples, data, start, end, kind == _EXPANDED_COUNTERS)
        elif kind == _DISCARDED:
            samples.discarded += 1
    return samples


def _parts(data: bytes, place: int, end: int, number: int) -> Iterator[tuple[int, int, int]]:
    """Format, where the content begins and ends, of samples or of the records of one; enterprises' own are passed.

    However many are promised, each takes eight bytes of the datagram.
    """
    for _ in range(number):
        kind, size = _word(data, place), _word(data, place + 4)
        if place + 8 + size > end:
            raise WireError(f"an sFlow part of format {kind} and length {size} does not fit")
        yield kind, place + 8, place + 8 + size
        # XDR: everything begins at a multiple of four bytes (RFC 4506 3).
        place += 8 + (size + 3) // 4 * 4


def _word(data: bytes, place: int) -> int:
    if place + 4 > len(data):
        raise WireError("an sFlow datagram is cut short")
    word: int = struct.unpack_from("!I", data, place)[0]
    return word


def _flow(samples: SflowSamples, data: bytes, start: int, end: int, expanded: bool) -> None:
    # flow_sample: sequence, source, rate, pool, drops, input, output, number of records; expanded: source, input and
    # output each in two words, of which the first is the kind.
    words = 11 if expanded else 8
    if start + words * 4 > end:
        raise WireError("an sFlow flow sample is cut short")
    numbers = struct.unpack_from(f"!{words}I", data, start)
    if expanded:
        _, _, source, rate, _, drops, _, incoming, kind, outgoing, records = numbers
    else:
        _, source, rate, _, drops, incoming, outgoing, records = numbers
        kind, incoming, outgoing = outgoing >> 30, incoming & _INDEX, outgoing & _INDEX
    # A counter of the agent since its start: the last value stands, it is not summed.
    samples.drops[source] = drops
    if kind == _DISCARDED_OUTPUT:
        samples.discarded += 1
        return
    packet = _packet(data, start + words * 4, end, records)
    if packet is None:
        return
    ways = struct.pack("!IBIII", packet.size, 1, rate, incoming, outgoing if kind == 0 else 0)
    rest = struct.pack("!BHH", packet.protocol & 255, *packet.ports)
    layout = len(packet.addresses) // 2 + _NAT_LAYOUT * (len(packet.nat) // 2)
    samples.rows.setdefault(layout, []).append(packet.addresses + packet.nat + ways + rest)


def _packet(data: bytes, start: int, end: int, records: int) -> SampledPacket | None:
    """The packet of a sample, counted once however many records describe it: by its header, else by its addresses."""
    packets: dict[int, SampledPacket] = {}
    nat = b""
    for kind, begin, stop in _parts(data, start, end, records):
        if kind == _HEADER and begin + 16 <= stop:
            protocol, length, stripped, size = struct.unpack_from("!IIII", data, begin)
            packets[kind] = from_header(data[begin + 16 : min(begin + 16 + size, stop)], protocol, length - stripped)
        elif kind in (_SAMPLED4, _SAMPLED6):
            address = _V4 if kind == _SAMPLED4 else _V6
            if begin + 24 + 2 * address > stop:
                raise WireError("an sFlow record of addresses is cut short")
            # sampled_ipv4 and _ipv6: length, protocol, both addresses, both ports.
            size, protocol = struct.unpack_from("!II", data, begin)
            ports = struct.unpack_from("!II", data, begin + 8 + 2 * address)
            pair = (ports[0] & 0xFFFF, ports[1] & 0xFFFF)
            packets[kind] = SampledPacket(data[begin + 8 : begin + 8 + 2 * address], size, protocol, pair)
        elif kind == _ETHERNET and begin + 4 <= stop:
            packets[kind] = SampledPacket(b"", _word(data, begin))
        elif kind == _NAT:
            nat = _translated(data, begin, stop)
        elif kind == _WIRELESS_PAYLOAD and begin + 8 <= stop:
            # A cipher, then the payload with its length before it; behind its LLC stands what the frame carries.
            payload = data[begin + 8 : min(begin + 8 + _word(data, begin + 4), stop)]
            packets[kind] = _packet_at(payload, after_snap(payload, 0) or (0, 0), len(payload))
    # The header is the packet itself; the other records are what an agent's chip made of it.
    by_rank = [
        packets[kind] for kind in (_HEADER, _WIRELESS_PAYLOAD, _SAMPLED4, _SAMPLED6, _ETHERNET) if kind in packets
    ]
    packet = next((packet for packet in by_rank if packet.addresses), by_rank[0] if by_rank else None)
    return packet._replace(nat=nat) if packet is not None and nat else packet


def _translated(data: bytes, place: int, stop: int) -> bytes:
    """Both addresses after NAT, each behind its type (1: IPv4, 2: IPv6); empty where they make no pair."""
    addresses = []
    for _ in range(2):
        size = {1: _V4, 2: _V6}.get(_word(data, place), 0)
        if not size or place + 4 + size > stop:
            return b""
        addresses.append(data[place + 4 : place + 4 + size])
        place += 4 + size
    return b"".join(addresses) if len(addresses[0]) == len(addresses[1]) else b""


def from_header(head: bytes, protocol: int, length: int) -> SampledPacket:
    """The packet whose first bytes are ``head``; ``length`` is the frame's, for what tells no length of its own."""
    start = _STARTS.get(protocol)
    payload = start(head) if start else None
    # Ethernet tells no further where it is cut: its header counts as such.
    return _packet_at(head, payload or (14 if protocol == _PROTOCOL_ETHERNET else 0, 0), length)


def _packet_at(head: bytes, start: tuple[int, int], length: int) -> SampledPacket:
    place, kind = start
    # Layer-3 bytes: the frame without what stood before the payload, as flow records of routers count.
    size = min(max(0, length - place), _LONGEST)
    ip = read_ip(head, place) if kind in (IPV4, IPV6) else None
    if ip is None:
        return SampledPacket(b"", size)
    with_ports = ip.protocol in _WITH_PORTS and not ip.fragment and ip.payload + 4 <= len(head)
    ports = struct.unpack_from("!HH", head, ip.payload) if with_ports else (0, 0)
    return SampledPacket(ip.source + ip.target, ip.total or size, ip.protocol, (ports[0], ports[1]))


def _pos(head: bytes) -> Start:
    return after_tags(head, 2) if head[:2] in _CISCO_HDLC else after_ppp(head, 0)


# header_protocol of a sampled header (sflow_version_5.txt): where the payload begins, and its EtherType.
_PROTOCOL_ETHERNET = 1
_STARTS: Mapping[int, Callable[[bytes], Start]] = {
    _PROTOCOL_ETHERNET: after_ethernet,
    2: after_fddi,
    3: after_token_ring,
    4: after_fddi,
    5: after_frame_relay,
    6: after_x25,
    7: lambda head: after_ppp(head, 0),
    8: after_smds,
    9: after_atm,
    10: lambda head: bare_ip(head, 0) or after_atm(head),
    11: lambda head: (0, IPV4),
    12: lambda head: (0, IPV6),
    13: lambda head: past_labels(head, 0),
    14: _pos,
    15: after_wireless,
    16: after_aggregate,
    # Two addresses of six bytes and a length of two, then LLC (IEEE 802.11 9.3.2.2).
    17: lambda head: after_snap(head, 14),
}


def _counters(samples: SflowSamples, data: bytes, start: int, end: int, expanded: bool) -> None:
    place = start + (12 if expanded else 8)
    for kind, begin, stop in _parts(data, place + 4, end, _word(data, place)):
        if kind == _GENERIC_COUNTERS and begin + 64 <= stop:
            # if_counters: ifIndex is word 0, ifInOctets the 64 bits at byte 24, ifOutOctets those at byte 56.
            index, receive, transmit = struct.unpack_from("!I20xQ24xQ", data, begin)
            samples.interfaces.append(SflowInterface(index, receive, transmit))
