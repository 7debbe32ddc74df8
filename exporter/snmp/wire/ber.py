"""The little of BER (X.690) that SNMP messages need: Python values in, bytes out, and back.

Reading is bounded by the bytes given and raises ValueError on anything that is not well formed. For the scripted agent
and for finding out why a device is silent; devices are read by an engine.
"""

from collections.abc import Iterator
from functools import lru_cache

Value = int | float | bytes | str


class Integer(int):
    """A number that is no counter, whatever it is sent for: a plain INTEGER, or an unsigned one beyond its range."""

    __slots__ = ()


# Universal types of BER (X.690, 8.1.2).
INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
# Application types of SMIv2 (RFC 2578, 7.1).
IP_ADDRESS, COUNTER32, GAUGE32, TICKS, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x46
# Exceptions in the place of a value (RFC 3416, 3).
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
# PDUs (RFC 3416, 3).
GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8


def tlv(tag: int, content: bytes) -> bytes:
    """One element: tag, length, content."""
    size = len(content)
    # X.690, 8.1.3: one byte up to 127, else the number of length bytes with the high bit set.
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 128 | len(length))) + length + content


def integer(number: int, tag: int = INTEGER) -> bytes:
    """A whole number; unsigned types (counters, gauges, ticks) differ in the tag only."""
    # Always one bit more than the number has, for the sign: a Counter32 from 2^31 on has five bytes, the first of them
    # 0.
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


# The objects of a scrape are the same each time: as many as in reading.keys.
@lru_cache(65536)
def oid(text: str) -> bytes:
    """An object identifier from its dotted form."""
    first, second, *rest = map(int, text.split("."))
    # X.690, 8.19.4: the first two arcs share a byte, 40 to the first.
    return tlv(OID, b"".join(_arc(arc) for arc in (first * 40 + second, *rest)))


def sequence(*parts: bytes, tag: int = SEQUENCE) -> bytes:
    """Elements one after the other inside one."""
    return tlv(tag, b"".join(parts))


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every element of the data as tag and content. Raises ValueError."""
    place = 0
    while place < len(data):
        tag, content, place = element(data, place)
        yield tag, content


def element(data: bytes, place: int = 0) -> tuple[int, bytes, int]:
    """The element at that place: tag, content and the place after it. Raises ValueError."""
    if len(data) < place + 2:
        raise ValueError("an element is cut short")
    tag, size = data[place], data[place + 1]
    begin = place + 2
    if size >= 128:
        begin += size & 127
        # 0x80 alone is BER's indefinite length, which SNMP forbids (RFC 3417, 8); four bytes count more than UDP
        # carries.
        if not 1 <= size & 127 <= 4:
            raise ValueError("a length of more than four bytes")
        size = int.from_bytes(data[place + 2 : begin], "big")
    if len(data) < begin + size:
        raise ValueError("a content is cut short")
    return tag, data[begin : begin + size], begin + size


def whole(content: bytes) -> int:
    """A whole number from the content of its element. Raises ValueError when empty."""
    if not content:
        raise ValueError("a number without digits")
    return int.from_bytes(content, "big", signed=True)


def dotted(content: bytes) -> str:
    """An object identifier's dotted form. Raises ValueError."""
    arcs, value = [], 0
    for byte in content:
        # Seven bits a byte, the high bit set on all but the last (X.690, 8.19.2).
        value = value << 7 | byte & 127
        if byte < 128:
            arcs.append(value)
            value = 0
    if not arcs or content[-1] >= 128:
        raise ValueError("an object identifier is cut short")
    # X.690, 8.19.4: only under arc 2 may the second be 40 or more.
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - first * 40, *arcs[1:])))


def _arc(arc: int) -> bytes:
    low = bytes((arc & 127,))
    while arc := arc >> 7:
        low = bytes((arc & 127 | 128,)) + low
    return low
