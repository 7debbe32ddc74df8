"""First bytes of ATM, frame relay, FDDI and token ring in, where their payload begins and its EtherType out. Pure.

Switches of before Ethernet name them in sFlow (sflow_version_5.txt, header_protocol); DSL lines are ATM to this day.
"""

from exporter.flows.decode.headers import (
    IPV4,
    IPV6,
    after_ethernet,
    after_organization,
    after_ppp,
    after_snap,
    after_tags,
    after_wireless,
)

# Network layer protocols (ISO/IEC TR 9577; RFC 2684 5.1, RFC 2427 3): IPv4, IPv6, SNAP, PPP.
_NLPIDS, _NLPID_SNAP, _NLPID_PPP = {0xCC: IPV4, 0x8E: IPV6}, 0x80, 0xCF

# LLC that announces one, unnumbered information, and EtherTypes of Cisco's own frame relay.
_LLC_NLPID, _INFORMATION, _CISCO = b"\xfe\xfe\x03", 3, (b"\x08\0", b"\x86\xdd", b"\x88\x47", b"\x81\0")

# FDDI and token bus: frame control and two addresses of 6 bytes; token ring also access control. The first bit of its
# source address says that a route follows, whose length stands in its first five bits (IEEE 802.5 3.3).
_FDDI, _TOKEN_RING, _ROUTE_BIT, _ROUTE_LENGTH = 13, 14, 0x80, 0x1F

# SMDS: the header of its level 3 (RFC 1209). X.25: that of a packet of data.
_SMDS, _X25 = 36, 3

# An aggregated 802.11 frame's delimiter of four bytes ends so (IEEE 802.11 9.7.1).
_DELIMITER, _SIGNATURE = 4, 0x4E

Start = tuple[int, int] | None


def after_fddi(data: bytes) -> Start:
    """FDDI, and token bus."""
    return after_snap(data, _FDDI)


def after_token_ring(data: bytes) -> Start:
    """Token ring, past a source route."""
    route = data[_TOKEN_RING] & _ROUTE_LENGTH if len(data) > _TOKEN_RING and data[8] & _ROUTE_BIT else 0
    return after_snap(data, _TOKEN_RING + route)


def after_smds(data: bytes) -> Start:
    """Switched multi-megabit data service."""
    return after_snap(data, _SMDS)


def after_x25(data: bytes) -> Start:
    """IP in a packet of X.25."""
    return bare_ip(data, _X25) or after_nlpid(data, _X25)


def after_frame_relay(data: bytes) -> Start:
    """An address of two to four bytes, whose last one is odd, then RFC 2427 or Cisco's own way."""
    place = next((at + 1 for at in range(min(4, len(data))) if data[at] & 1), 0)
    if place < 2:
        return None
    if data[place : place + 2] in _CISCO:
        return after_tags(data, place)
    if data[place : place + 1] != bytes((_INFORMATION,)):
        return None
    # A byte of noughts fills up to an even place.
    return after_nlpid(data, place + (2 if data[place + 1 : place + 2] == b"\0" else 1))


def after_atm(data: bytes) -> Start:
    """AAL5 (RFC 2684): behind LLC, or of a channel that carries only IP, PPP or bridged Ethernet."""
    if data[:3] == _LLC_NLPID:
        return after_nlpid(data, 3)
    return after_snap(data, 0, padding=2) or bare_ip(data, 0) or _bridged(data) or after_ppp(data, 0)


def after_aggregate(data: bytes) -> Start:
    """The first 802.11 frame of an aggregate."""
    start = _DELIMITER if data[3:4] == bytes((_SIGNATURE,)) else 0
    payload = after_wireless(data[start:])
    return None if payload is None else (payload[0] + start, payload[1])


def after_nlpid(data: bytes, place: int) -> Start:
    """From a network layer protocol on."""
    kind = data[place] if place < len(data) else 0
    if kind == _NLPID_SNAP:
        return after_organization(data, place + 1)
    if kind == _NLPID_PPP:
        return after_ppp(data, place + 1)
    return (place + 1, _NLPIDS[kind]) if kind in _NLPIDS else None


def bare_ip(data: bytes, place: int) -> Start:
    """IP that nothing names: the version stands in its first four bits."""
    kind = {4: IPV4, 6: IPV6}.get(data[place] >> 4) if place < len(data) else None
    return None if kind is None else (place, kind)


def _bridged(data: bytes) -> Start:
    """Two bytes of noughts, then an Ethernet frame."""
    return after_ethernet(data, 2) if data[:2] == b"\0\0" else None
