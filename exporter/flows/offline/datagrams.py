"""Frames of a capture in, UDP datagrams out: who sent it and what it carries, or why there is none. Pure."""

import struct
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import NamedTuple

from exporter.flows.decode.headers import IPV4, IPV6, UDP, VLANS, after_ethernet, after_tags, read_ip

Start = Callable[[bytes], tuple[int, int] | None]

# Stands where a link layer names no EtherType: what follows is IP of the version in its first bits.
IP = 0


class CaptureDatagram(NamedTuple):
    """``source`` and ``port`` are the sender's."""

    source: str
    port: int
    data: bytes


class UnreadFrame(NamedTuple):
    """Why a frame holds no datagram that could be read; ``quiet`` where nobody would expect one (ARP, TCP)."""

    reason: str
    quiet: bool = False


def datagram(link: int, frame: bytes) -> CaptureDatagram | UnreadFrame:
    """The UDP datagram of a frame of a link type in LINKS."""
    payload = LINKS[link](frame)
    if payload is None:
        return UnreadFrame("cut short")
    place, kind = payload
    if kind not in (IP, IPV4, IPV6):
        return UnreadFrame("not IP", quiet=True)
    header = read_ip(frame, place)
    if header is None:
        return UnreadFrame("cut short")
    # Also the first fragment: it begins with a UDP header, but its datagram is not whole.
    if header.fragment:
        return UnreadFrame("IP fragments")
    if header.protocol != UDP:
        return UnreadFrame("not UDP", quiet=True)
    end = place + header.total if header.total else len(frame)
    if header.payload + 8 > min(end, len(frame)):
        return UnreadFrame("cut short")
    port, size = struct.unpack_from("!H2xH", frame, header.payload)
    # A UDP length below its own header's 8 bytes is 0 for a jumbogram, or nonsense: the IP length decides.
    last = header.payload + size if size >= 8 else end
    if last > min(end, len(frame)):
        return UnreadFrame("cut short")
    return CaptureDatagram(str(ip_address(header.source)), port, frame[header.payload + 8 : last])


def _null(frame: bytes) -> tuple[int, int] | None:
    """BSD loopback: an address family in the writer's byte order; 2 is IPv4, IPv6 differs by system."""
    return (4, IP) if len(frame) > 4 else None


def _sll2(frame: bytes) -> tuple[int, int] | None:
    """Linux cooked v2: the EtherType stands first, the payload after 20 bytes."""
    kind = int.from_bytes(frame[:2], "big")
    if kind in VLANS:
        return after_tags(frame, 22)
    return (20, kind) if len(frame) > 20 else None


# Link types (tcpdump.org/linktypes.html): 0 and 108 BSD loopback, 1 Ethernet, 113 and 276 Linux cooked; others raw IP.
LINKS: Mapping[int, Start] = {
    0: _null,
    108: _null,
    1: after_ethernet,
    # Linux cooked v1: packet type, ARP type, length and address (8 bytes), then the EtherType at byte 14.
    113: lambda frame: after_tags(frame, 14),
    276: _sll2,
    **dict.fromkeys((12, 14, 101, 228, 229), lambda frame: (0, IP)),
}
