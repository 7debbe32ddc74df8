"""A v1 or v2c notification (RFC 1157 section 4.1.6, RFC 3416 section 4.2): a datagram in, a TrapMessage out.

Pure. Reading is bounded by the datagram and raises ValueError on whatever is no notification. Version 3 is pysnmp's.
"""

from itertools import islice
from typing import NamedTuple

from exporter.snmp.wire import ber

# PDUs: Trap-PDU (RFC 1157, 4.1.6), InformRequest and SNMPv2-Trap (RFC 3416, 3).
TRAP_V1, INFORM, TRAP_V2 = 0xA4, 0xA6, 0xA7
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
GENERIC = "1.3.6.1.6.3.1.1.5"
# generic-trap enterpriseSpecific(6) (RFC 1157, 4.1.6).
_ENTERPRISE_SPECIFIC = 6
# snmpTrapOID stands second (RFC 3416, 4.2.6); some agents put a few others before it.
_BINDS_LOOKED_AT = 8


class TrapMessage(NamedTuple):
    """What was sent: ``trap`` is the OID of snmpTrapOID, ``reply`` is to be sent back (informs) or empty."""

    community: bytes
    trap: str
    reply: bytes = b""


def version(datagram: bytes) -> int:
    """The message's version field: 0 is v1, 1 is v2c, 3 is v3. Raises ValueError."""
    tag, message, _ = ber.element(datagram)
    if tag != ber.SEQUENCE:
        raise ValueError("not an SNMP message")
    return ber.whole(ber.element(message)[1])


class TrapSender(NamedTuple):
    """Who signed a v3 message; ``level`` is 0, 1 (authenticated) or 3 (encrypted too)."""

    engine_id: bytes
    user: str
    level: int


def read_sender(datagram: bytes) -> TrapSender:
    """Engine, user and level of a v3 message (RFC 3412 section 6, RFC 3414 section 2.4). Raises ValueError."""
    _, (_, header), (_, security) = _first(ber.element(datagram)[1], 3)
    _, _, (_, flags) = _first(header, 3)
    (_, engine_id), _, _, (_, user) = _first(ber.element(security)[1], 4)
    if len(flags) != 1:
        raise ValueError("flags of more than one byte")
    # msgFlags: authFlag is bit 0, privFlag bit 1, reportableFlag bit 2 (RFC 3412, 6.4); the last says nothing of the
    # level.
    return TrapSender(engine_id, user.decode("utf-8", "replace"), flags[0] & 3)


def read_trap(datagram: bytes) -> TrapMessage:
    """The notification of a v1 or v2c message. Raises ValueError."""
    message = ber.element(datagram)[1]
    (_, number), (_, community), (kind, pdu) = _first(message, 3)
    if kind == TRAP_V1:
        return TrapMessage(community, _trap_of_v1(pdu))
    if kind not in (TRAP_V2, INFORM):
        raise ValueError("not a notification")
    (_, request), _, _, (_, binds) = _first(pdu, 4)
    reply = b""
    if kind == INFORM:
        head = ber.sequence(
            ber.tlv(ber.INTEGER, request),
            ber.integer(0),
            ber.integer(0),
            ber.tlv(ber.SEQUENCE, binds),
            tag=ber.RESPONSE,
        )
        # An inform is answered by a Response with its own request-id and varbinds and no error (RFC 3416, 4.2.7).
        reply = ber.sequence(ber.tlv(ber.INTEGER, number), ber.tlv(ber.OCTETS, community), head)
    return TrapMessage(community, _trap_of_v2(binds), reply)


def _first(content: bytes, count: int) -> list[tuple[int, bytes]]:
    elements = list(islice(ber.elements(content), count))
    if len(elements) < count:
        raise ValueError("a notification is cut short")
    return elements


def _trap_of_v1(pdu: bytes) -> str:
    """RFC 3584 section 3.1: the generic traps have the OIDs of SNMPv2-MIB, the others enterprise.0.specific."""
    (_, enterprise), _, (_, generic), (_, specific) = _first(pdu, 4)
    if ber.whole(generic) == _ENTERPRISE_SPECIFIC:
        return f"{ber.dotted(enterprise)}.0.{ber.whole(specific)}"
    # generic-trap counts from 0 (coldStart), snmpTraps from 1.
    return f"{GENERIC}.{ber.whole(generic) + 1}"


def _trap_of_v2(binds: bytes) -> str:
    """The value of snmpTrapOID, which stands second, behind sysUpTime."""
    for _, bind in islice(ber.elements(binds), _BINDS_LOOKED_AT):
        (_, name), (kind, value) = _first(bind, 2)
        if kind == ber.OID and ber.dotted(name) == TRAP_OID:
            return ber.dotted(value)
    raise ValueError("no snmpTrapOID")
