"""Records in, NumPy columns out: fixed-size records at once, records with variable lengths one by one. Pure."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporter.flows.decode import fields as f
from exporter.flows.decode.templates import FieldSpec, FlowTemplate, put_place

Numbers = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
FieldPlace = tuple[int, int]
IANA = 0

# A variable length of 255 bytes or more stands in the two bytes after this one (RFC 7011 7).
_LONG_LENGTH = 255

# A v5 record as the elements that a v9 template would name (Cisco, NetFlow Export Datagram Format, version 5): next hop
# 15, flags 6, masks 9 and 13, autonomous systems 16 and 17; 210 is padding.
V5_FIELDS = tuple(
    FieldSpec(element, length)
    for element, length in (
        *((f.SOURCE4, 4), (f.TARGET4, 4), (15, 4), (f.INPUT, 2), (f.OUTPUT, 2), (f.IN_PACKETS, 4), (f.IN_BYTES, 4)),
        *((f.FIRST_SWITCHED, 4), (f.LAST_SWITCHED, 4), (7, 2), (11, 2), (210, 1), (6, 1), (4, 1), (5, 1), (16, 2)),
        *((17, 2), (9, 1), (13, 1), (210, 2)),
    )
)
# Lengths that NumPy reads as they stand; others are put together byte by byte (RFC 7011 6.2, reduced-size encoding).
_WORDS: dict[int, np.dtype[Any]] = {1: np.dtype(">u1"), 2: np.dtype(">u2"), 4: np.dtype(">u4"), 8: np.dtype(">u8")}

# Counters have at most 8 bytes (RFC 7012); some exporters send more, of which the upper ones are zero.
_LONGEST_NUMBER, _LARGEST_NUMBER = 64, np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True)
class Records:
    """``count`` records as one block of bytes (count, size), and where each field stands in a record."""

    count: int
    block: Bytes
    places: Mapping[tuple[int, int], FieldPlace]

    def has(self, element: int, enterprise: int = IANA) -> bool:
        """True where every record has the field."""
        return (enterprise, element) in self.places

    def numbers(self, element: int, enterprise: int = IANA) -> Numbers | None:
        """The field as unsigned numbers, of 1 to 64 bytes; None where there is none (or of no length).

        What is larger than 64 bits is told as the largest number of 64 bits.
        """
        place = self.places.get((enterprise, element))
        if place is None or not 1 <= place[1] <= _LONGEST_NUMBER:
            return None
        offset, length = place
        if length > 8:
            upper = self.block[:, offset : offset + length - 8].any(axis=1)
            lower = np.ascontiguousarray(self.block[:, offset + length - 8 : offset + length]).view(_WORDS[8])
            return np.where(upper, _LARGEST_NUMBER, lower[:, 0].astype(np.uint64))
        if length in _WORDS:
            words: NDArray[Any] = self.block[:, offset : offset + length].view(_WORDS[length])
            return words[:, 0].astype(np.uint64)
        # 3, 5, 6 and 7 bytes.
        total = np.zeros(self.count, np.uint64)
        for column in range(offset, offset + length):
            total = (total << np.uint64(8)) | self.block[:, column].astype(np.uint64)
        return total

    def raw(self, element: int, length: int) -> Bytes | None:
        """The field as bytes (count, length); None where there is none of that length."""
        place = self.places.get((IANA, element))
        return self.block[:, place[0] : place[0] + length] if place is not None and place[1] == length else None


def records_of(template: FlowTemplate, content: bytes) -> Iterator[Records]:
    """The records of a data set, in blocks."""
    if template.fixed:
        yield fixed_records(template, content)
    else:
        yield from variable_records(template, content)


def fixed_records(template: FlowTemplate, content: bytes) -> Records:
    """All whole records of a data set's content; what is left over is padding."""
    count = len(content) // template.size
    block = np.frombuffer(content, np.uint8, count * template.size).reshape(count, template.size)
    return Records(count, block, template.places)


def variable_records(template: FlowTemplate, content: bytes) -> Iterator[Records]:
    """One record after the other, for templates with variable lengths; ends where a record does not fit.

    Each takes a byte at least: that of its variable length.
    """
    place = 0
    while place < len(content):
        places: dict[tuple[int, int], FieldPlace] = {}
        begin = place
        for spec in template.fields:
            length = spec.length
            if length == f.VARIABLE:
                if place >= len(content):
                    return
                length, place = content[place], place + 1
                if length == _LONG_LENGTH:
                    if place + 2 > len(content):
                        return
                    length, place = struct.unpack_from("!H", content, place)[0], place + 2
            if place + length > len(content):
                return
            put_place(places, spec, (place - begin, length))
            place += length
        yield Records(1, np.frombuffer(content, np.uint8, place - begin, begin).reshape(1, -1), places)
