"""Packet headers in, the outermost IP header out: Ethernet with VLAN, QinQ, MPLS, PPPoE, SNAP; PPP, 802.11, raw IP.

Read by captures (whose datagram is it) and by sampled packets (sFlow, IPFIX 315: whose bytes are they). A tunnel's
outer header counts: what is inside is its load.
"""

import struct
from typing import NamedTuple

# EtherTypes and the IP protocol of UDP (IANA).
IPV4, IPV6, UDP = 0x0800, 0x86DD, 17

# EtherTypes of tags: IEEE 802.1Q, 802.1ad, and the two that switches used for QinQ before it; MPLS unicast, multicast.
VLANS, _MPLS = frozenset({0x8100, 0x88A8, 0x9100, 0x9200}), frozenset({0x8847, 0x8848})

# Bytes from a tag's EtherType to the next one: VLANs; a provider's backbone (IEEE 802.1ah: a service tag and two inner
# addresses), a virtual interface (802.1BR) and Cisco's metadata (a security group).
_TAGS = {**dict.fromkeys(VLANS, 4), 0x88E7: 18, 0x8926: 6, 0x8909: 8}

# Up to this an EtherType is a length (IEEE 802.3 3.2.6), and LLC follows it; with SNAP the EtherType stands 8 bytes on.
_LONGEST_802_3, _SNAP_TYPE = 1500, 8

# PPPoE session frames (RFC 2516 4): a header of six bytes, then a PPP protocol (RFC 1661 2; IANA PPP numbers).
_PPPOE_SESSION, _PPPOE_HEADER = 0x8864, 6
_PPP_ADDRESS, _PPP_MPLS, _PPP_TYPES = b"\xff\x03", 0x0281, {0x0021: IPV4, 0x0057: IPV6}

# LLC that announces SNAP (IEEE 802.2), and bits of an 802.11 frame's two control bytes (IEEE 802.11 9.2.4.1).
_SNAP = b"\xaa\xaa\x03"
# Ethernet, bridged with and without its check sequence (RFC 2684 5.2, RFC 2427 4.2).
_BRIDGED = (b"\0\x80\xc2\0\1", b"\0\x80\xc2\0\7")
_WIRELESS_KIND, _WIRELESS_DATA, _WIRELESS_QUALITY = 0x4C, 0x08, 0x80
_WIRELESS_BOTH, _WIRELESS_PROTECTED, _WIRELESS_ORDER = 0x03, 0x40, 0x80

# The bit of an 802.11 quality field for several packets in a frame, and the header of each (IEEE 802.11 9.3.2.2).
_WIRELESS_SEVERAL, _SUBFRAME = 0x80, 14

# IPv6 extension headers with a length of their own: hop-by-hop, routing, destination, mobility; then those with
# another form of it: fragment (RFC 8200 4.5) and authentication (RFC 4302 2.2).
_EXTENSIONS, _FRAGMENT, _AUTHENTICATION = frozenset({0, 43, 60, 135}), 44, 51

# Bounds against hostile frames; real ones have two tags, three labels and one or two extensions at most.
_MOST_TAGS, _MOST_EXTENSIONS = 16, 8

# An IPv4 header's fragment field: offset and the flag that more follow. IPv6's has two reserved bits between.
_FRAGMENT4, _FRAGMENT6 = 0x3FFF, 0xFFF9


class IpHeader(NamedTuple):
    """Addresses as bytes, the packet's whole length (0: none given), what it carries and where that begins."""

    source: bytes
    target: bytes
    total: int
    protocol: int
    payload: int
    fragment: bool


def after_ethernet(data: bytes, start: int = 0) -> tuple[int, int] | None:
    """Where the payload of an Ethernet frame begins and its type; None where the frame is cut short."""
    return after_tags(data, start + 12)


def after_tags(data: bytes, place: int) -> tuple[int, int] | None:
    """From an EtherType on, past VLAN tags and MPLS labels: where the payload begins and its type."""
    for _ in range(_MOST_TAGS):
        if place + 2 > len(data):
            return None
        kind = struct.unpack_from("!H", data, place)[0]
        if kind in _MPLS:
            return past_labels(data, place + 2)
        if kind == _PPPOE_SESSION:
            return after_ppp(data, place + 2 + _PPPOE_HEADER)
        if kind <= _LONGEST_802_3 and data[place + 2 : place + 5] == _SNAP:
            place += _SNAP_TYPE
        elif kind in _TAGS:
            place += _TAGS[kind]
        else:
            return place + 2, kind
    return None


def after_ppp(data: bytes, place: int) -> tuple[int, int] | None:
    """From a PPP protocol on, behind its address and control bytes where they stand: the payload and its type."""
    if data[place : place + 2] == _PPP_ADDRESS:
        place += 2
    if place + 2 > len(data):
        return None
    # A protocol may be sent as one byte where the other one is nought (RFC 1661 6.5): only its last bit is ever odd.
    if data[place] & 1:
        return place + 1, _PPP_TYPES.get(data[place], 0)
    kind = struct.unpack_from("!H", data, place)[0]
    if kind == _PPP_MPLS:
        return past_labels(data, place + 2)
    return place + 2, _PPP_TYPES.get(kind, 0)


def after_snap(data: bytes, place: int, padding: int = 0) -> tuple[int, int] | None:
    """From an LLC header on, which a SNAP header follows (IEEE 802.2): the payload and its type.

    ``padding``: bytes before an Ethernet frame that is bridged within (RFC 2684 5.2: two).
    """
    if data[place : place + 3] != _SNAP or place + 8 > len(data):
        return None
    return after_organization(data, place + 3, padding)


def after_organization(data: bytes, place: int, padding: int = 0) -> tuple[int, int] | None:
    """From the organization of a SNAP header on: an EtherType, or a bridged Ethernet frame."""
    if data[place : place + 5] in _BRIDGED:
        return after_ethernet(data, place + 5 + padding)
    return after_tags(data, place + 3)


def after_wireless(data: bytes) -> tuple[int, int] | None:
    """From an IEEE 802.11 header on; None where the frame carries no data that can be read."""
    if len(data) < 24 or data[0] & _WIRELESS_KIND != _WIRELESS_DATA or data[1] & _WIRELESS_PROTECTED:
        return None
    # Four addresses where the frame goes from one distribution system to another; quality of service adds two bytes,
    # its control field four more where the order bit is set.
    place = 30 if data[1] & _WIRELESS_BOTH == _WIRELESS_BOTH else 24
    if data[0] & _WIRELESS_QUALITY:
        # Several packets in one frame begin with the header of the first: two addresses and a length.
        several = place < len(data) and bool(data[place] & _WIRELESS_SEVERAL)
        place += (6 if data[1] & _WIRELESS_ORDER else 2) + (_SUBFRAME if several else 0)
    return after_snap(data, place)


def past_labels(data: bytes, place: int) -> tuple[int, int] | None:
    """From an MPLS label stack on: where the payload begins and its type; None where it is cut short."""
    for _ in range(_MOST_TAGS):
        if place + 5 > len(data):
            return None
        # A label entry has 4 bytes: label (20 bits), class (3), bottom of stack (1), time to live (8) (RFC 3032 2.1).
        bottom = data[place + 2] & 1
        place += 4
        if bottom:
            # MPLS names no type of its payload: the IP version is in its first four bits.
            kind = {4: IPV4, 6: IPV6}.get(data[place] >> 4, 0)
            return (place, kind) if kind else _in_pseudowire(data, place)
    return None


def _in_pseudowire(data: bytes, place: int) -> tuple[int, int]:
    """The IP packet in the Ethernet frame behind labels, with a control word (RFC 4385 3) or without one."""
    for start in (place + 4, place) if data[place] >> 4 == 0 else (place,):
        at = start + 12
        while data[at : at + 2] and int.from_bytes(data[at : at + 2], "big") in VLANS:
            at += 4
        kind = int.from_bytes(data[at : at + 2], "big")
        if kind in (IPV4, IPV6) and at + 2 < len(data) and data[at + 2] >> 4 == {IPV4: 4, IPV6: 6}[kind]:
            return at + 2, kind
    return place, 0


def read_ip(data: bytes, place: int) -> IpHeader | None:
    """The IP header at ``place``; None where there is none or it is cut short."""
    version = data[place] >> 4 if place < len(data) else 0
    if version == 4:
        return _ip4(data, place)
    return _ip6(data, place) if version == 6 else None


def _ip4(data: bytes, place: int) -> IpHeader | None:
    if place + 20 > len(data):
        return None
    length, fragment = struct.unpack_from("!H2xH", data, place + 2)
    # The header's length in words of 32 bits; addresses stand at its bytes 12 and 16.
    head = (data[place] & 15) * 4
    if head < 20:
        return None
    source, target = data[place + 12 : place + 16], data[place + 16 : place + 20]
    return IpHeader(source, target, length, data[place + 9], place + head, bool(fragment & _FRAGMENT4))


def _ip6(data: bytes, place: int) -> IpHeader | None:
    if place + 40 > len(data):
        return None
    length, following = struct.unpack_from("!HB", data, place + 4)
    source, target = data[place + 8 : place + 24], data[place + 24 : place + 40]
    at, fragment = place + 40, False
    for _ in range(_MOST_EXTENSIONS):
        if following not in _EXTENSIONS and following not in (_FRAGMENT, _AUTHENTICATION):
            break
        if at + 8 > len(data):
            break
        if following == _FRAGMENT:
            fragment, size = bool(struct.unpack_from("!H", data, at + 2)[0] & _FRAGMENT6), 8
        else:
            # Lengths without the first 8 bytes: in units of 8 bytes, of an authentication header in units of 4.
            size = (data[at + 1] + 2) * 4 if following == _AUTHENTICATION else (data[at + 1] + 1) * 8
        following, at = data[at], at + size
    # A payload length of 0 is a jumbogram's, whose length stands in an option that is not read (RFC 2675).
    return IpHeader(source, target, 40 + length if length else 0, following, at, fragment)
