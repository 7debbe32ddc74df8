"""SNMPv2c messages written once and read by their expected shape: OIDs in, bytes out; an answer's bytes in, values out.

An answer repeats the objects of its request in their order (RFC 3416, 4.2.1), so that each value stands where it is
expected and nothing but its length has to be read. Whatever deviates is read again element by element; what is not well
formed raises ValueError. Reading is bounded by the bytes given.
"""

import math
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address

from exporter.snmp.wire import ber
from exporter.snmp.wire.ber import Value

# The message's version field (RFC 1901, 3).
VERSION_2C = 1
# Rows of one GETBULK: so many names fit into one Ethernet frame; an agent cuts what does not (RFC 3416, 4.2.3).
REPETITIONS = 30
# Above ten rows at once some agents fall silent.
FEWER_REPETITIONS = 10
# Request ids have exactly four bytes, so that their place in the message never moves.
LOWEST_ID = 0x01000000
# X.690, 8.1.3: a length in one byte, or in one or two more; no UDP datagram needs three.
_LENGTH = rb"(?:[\x00-\x7f]|\x81.|\x82..)"
# SEQUENCE, version 1 (v2c), community (its length and its text, lazily up to 256 letters), Response-PDU. An agent that
# writes its lengths in other ways takes the slower road below.
_HEAD = re.compile(
    rb"\x30"
    + _LENGTH
    + rb"\x02\x01\x01\x04.{1,260}?\xa2"
    + _LENGTH
    # request-id, error-status, error-index, the list of varbinds
    + rb"\x02\x04(.{4})\x02\x01(.)\x02(?:\x01.|\x02..)\x30"
    + _LENGTH,
    re.DOTALL,
)
# Bits of the unsigned types (RFC 2578, 7.1); what is greater is none of them.
_BITS = {ber.COUNTER32: 32, ber.GAUGE32: 32, ber.TICKS: 32, ber.COUNTER64: 64}
# So many bytes fit whatever they say; one more, the leading zero of the upper half, is looked at.
_FITTING = {tag: bits // 8 for tag, bits in _BITS.items()}
# States and kinds are small numbers; each is made once. Those of one byte without a sign (X.690, 8.3).
_SMALL = tuple(map(ber.Integer, range(128)))
_EXCEPTIONS = (ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_MIB_VIEW)
# What is made of a value's tag and content.
ReadValue = Callable[[int, bytes], Value | None]
# Opaque (RFC 2578, 7.1.9); net-snmp wraps floats in it, under the two headers of _FLOATS.
_OPAQUE = 0x44
_FLOATS = {b"\x9f\x78\x04": ">f", b"\x9f\x79\x08": ">d"}


class ResponsePdu:
    """The outer part of an answer: which request it belongs to, its error status, and where its varbinds begin."""

    __slots__ = ("data", "elsewhere", "number", "place", "retried", "status")

    def __init__(self, data: bytes) -> None:
        """Raises ValueError where the bytes are no SNMPv2c response."""
        self.retried, self.elsewhere = 0, ""
        head = _HEAD.match(data)
        if head is not None:
            self.number, self.status = int.from_bytes(head[1], "big"), head[2][0]
            self.data, self.place = data, head.end()
            return
        parts = list(ber.elements(data))
        (_, version), _, (kind, pdu), *_ = ber.elements(parts[0][1] if parts else b"")
        (_, number), (_, status), _, (_, binds), *_ = ber.elements(pdu)
        if kind != ber.RESPONSE or ber.whole(version) != VERSION_2C:
            raise ValueError("not a response of SNMPv2c")
        self.number, self.status = ber.whole(number), ber.whole(status)
        self.data, self.place = binds, 0


class GetRequest:
    """A GET of those objects for one community, all of it written but the request's id."""

    __slots__ = ("_after", "_before", "_expected", "oids")

    def __init__(self, community: str, oids: Sequence[str]) -> None:
        self.oids = tuple(oids)
        names = [ber.oid(oid) for oid in oids]
        self._before, self._after = _written(community, ber.GET, 0, 0, names)
        # What stands before a value's own tag: the varbind's tag and length, and its name. Twice: as a distance from
        # its beginning, and as what its length must be but for the value.
        self._expected = [(oid, name, 2 + len(name), 2 + len(name)) for oid, name in zip(self.oids, names, strict=True)]

    def bytes_for(self, number: int) -> bytes:
        """The datagram with that request id, LOWEST_ID or more."""
        return self._before + number.to_bytes(4, "big") + self._after

    def read(self, answer: ResponsePdu) -> dict[str, Value]:
        """The values by OID; what the agent does not have, or left out, is missing. Raises ValueError."""
        try:
            values = self._as_expected(answer.data, answer.place)
        except IndexError:
            values = None
        if values is None:
            wanted = set(self.oids)
            rows = ((ber.dotted(name), value_of(tag, content)) for name, tag, content in varbinds(answer))
            values = {oid: value for oid, value in rows if value is not None and oid in wanted}
        return values

    def _as_expected(self, data: bytes, place: int) -> dict[str, Value] | None:
        """The values where the answer has the very shape of the request; None where it has not."""
        values: dict[str, Value] = {}
        whole, fitting = int.from_bytes, _FITTING
        for oid, name, ahead, rest in self._expected:
            at = place + ahead
            begin = at + 2
            size = data[at + 1]
            # Lengths up to 127 are one byte, and the whole varbind moves with the value; longer ones take the slow way.
            if data[place + 2 : at] != name or data[place + 1] != rest + size or size > 127:
                return None
            place = begin + size
            tag = data[at]
            if tag == ber.OCTETS:
                values[oid] = data[begin:place]
            elif 0 < size <= fitting.get(tag, 0):
                values[oid] = whole(data[begin:place], "big")
            elif (value := value_of(tag, data[begin:place])) is not None:
                values[oid] = value
        return values if place == len(data) else None


class SubtreeWalk:
    """GETBULK requests along one subtree, or GETNEXT where one row is asked for at a time, for one community."""

    def __init__(self, community: str, root: str, read: ReadValue | None = None) -> None:
        self._community, self._root, self.repetitions = community, root, REPETITIONS
        self._read = read or value_of
        self._under = ber.oid(root)[2:]

    def bytes_for(self, after: bytes | None, number: int) -> bytes:
        """The request that goes on after an object (the content of its OID), or begins where there is none."""
        name = ber.tlv(ber.OID, self._under if after is None else after)
        kind, rows = (ber.GET_BULK, self.repetitions) if self.repetitions > 1 else (ber.GET_NEXT, 0)
        before, behind = _written(self._community, kind, 0, rows, [name])
        return before + number.to_bytes(4, "big") + behind

    def rows(self, answer: ResponsePdu) -> tuple[list[tuple[bytes, str, Value | None]], bool]:
        """Encoded name, OID and value of each object under the root; whether the subtree ended. Raises ValueError."""
        rows: list[tuple[bytes, str, Value | None]] = []
        length = len(self._under)
        for name, tag, content in varbinds(answer):
            # An encoded prefix is compared as bytes: each arc ends by itself, so no other arc begins with the same
            # bytes.
            if tag == ber.END_OF_MIB_VIEW or name[:length] != self._under or len(name) == length:
                return rows, True
            rows.append((name, f"{self._root}.{_arcs(name[length:])}", self._read(tag, content)))
        return rows, not rows


def varbinds(answer: ResponsePdu) -> Iterator[tuple[bytes, int, bytes]]:
    """Encoded name, tag and content of each varbind. Raises ValueError."""
    for kind, bind in ber.elements(answer.data[answer.place :]):
        (named, name), (tag, content), *_ = ber.elements(bind)
        if (kind, named) != (ber.SEQUENCE, ber.OID):
            raise ValueError("a varbind without a name")
        yield name, tag, content


def value_of(tag: int, content: bytes) -> Value | None:
    """A value from its element; None for what is not there, or of a type that no MIB of ours has. Raises ValueError."""
    if tag == ber.INTEGER:
        whole = ber.whole(content)
        return _SMALL[whole] if 0 <= whole < len(_SMALL) else ber.Integer(whole)
    if tag in _BITS:
        if not content:
            raise ValueError("a number without digits")
        # Unsigned whatever the first bit says: some agents leave out the leading zero of a counter above half of its
        # range.
        count = int.from_bytes(content, "big")
        return count if count < 2 ** _BITS[tag] else ber.Integer(count)
    if tag == ber.OCTETS:
        return content
    if tag == ber.OID:
        return ber.dotted(content)
    if tag == ber.IP_ADDRESS and len(content) == 4:
        return str(IPv4Address(content))
    if tag == _OPAQUE and content[:3] in _FLOATS:
        number: float = struct.unpack(_FLOATS[content[:3]], content[3:])[0] if len(content) in (7, 11) else math.nan
        return None if math.isnan(number) else number
    return None


def raw_value(tag: int, content: bytes) -> Value | None:
    """A value as it was sent: its tag and its content; None for what is not there."""
    return None if tag in _EXCEPTIONS else bytes((tag,)) + content


def _written(community: str, kind: int, first: int, second: int, names: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The message before and after the four bytes of its request id."""
    null = ber.tlv(ber.NULL, b"")
    binds = ber.sequence(*(ber.sequence(name, null) for name in names))
    body = ber.integer(first) + ber.integer(second) + binds
    mark = ber.integer(LOWEST_ID)
    pdu = ber.tlv(kind, mark + body)
    message = ber.sequence(ber.integer(VERSION_2C), ber.tlv(ber.OCTETS, community.encode()), pdu)
    # Everything behind the request id has a fixed length, so the id's four bytes are found from the end.
    end = len(message) - len(body)
    return message[: end - 4], message[end:]


def _arcs(content: bytes) -> str:
    """Arcs below a known prefix, dotted. Raises ValueError."""
    if content[-1] >= 128:
        raise ValueError("an object identifier is cut short")
    arcs, arc = [], 0
    for byte in content:
        # Seven bits a byte, the high bit set on all but the last (X.690, 8.19.2).
        arc = arc << 7 | byte & 127
        if byte < 128:
            arcs.append(str(arc))
            arc = 0
    return ".".join(arcs)
