"""NetFlow v5, v9 and IPFIX packets (RFC 3954, RFC 7011): a datagram in, header and sets out. Pure; bounded.

Whatever does not fit raises WireError naming what was wrong; nothing is read beyond the datagram.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from exporter.flows.decode.fields import INPUT
from exporter.flows.decode.templates import MAX_FIELDS, FieldSpec, FlowTemplate

# Compiled once: these run for every datagram and every set that is not usual.
_PAIR, _V9_TAIL, _IPFIX_TAIL = (struct.Struct(form).unpack_from for form in ("!HH", "!I4xII", "!HIII"))

# Bytes of the header and of a record; at most 30 records (Cisco, NetFlow Export Datagram Format, version 5).
V5_HEADER, V5_RECORD, MAX_V5_RECORDS = 24, 48, 30

# The low 14 bits of the v5 header's sampling field are the interval, the high two the mode.
V5_SAMPLING = 0x3FFF

# Set ids: 0 to 3 hold templates, from 256 on data by the template of that number (RFC 3954 5.2, RFC 7011 3.3.2).
V9_TEMPLATES, V9_OPTIONS, IPFIX_TEMPLATES, IPFIX_OPTIONS, FIRST_DATA_SET = 0, 1, 2, 3, 256

# A scope field of NetFlow v9 of this type is an interface (RFC 3954 6.1).
_SCOPE_INTERFACE = 2

# The high bit of an element of IPFIX says that an enterprise number follows (RFC 7011 3.2).
_ENTERPRISE_BIT = 0x8000


# Versions of NetFlow that routers still offer beside 5 and 9: 8 tells sums without hosts. The shortest header, of
# version 1, has 16 bytes.
_UNREAD, _SHORTEST_UNREAD = frozenset({1, 7, 8}), 16


class WireError(ValueError):
    """A datagram that is no NetFlow of ours."""


class TemplateRow(NamedTuple):
    """A template as it was sent; no ``fields``: withdrawn (IPFIX). ``scope``: how many lead as scope of ``options``."""

    number: int
    fields: tuple[FieldSpec, ...]
    scope: int = 0
    options: bool = False

    def tells(self, template: FlowTemplate | None) -> bool:
        """True where it is that template again."""
        if template is None:
            return False
        return (template.fields, template.scope, template.options) == (self.fields, self.scope, self.options)


class Packet(NamedTuple):
    """A header. ``sequence`` counts flows (v5), packets (v9) or data records (IPFIX); ``body`` begins at ``start``.

    ``stamp``: milliseconds since the exporter began (v9), its seconds since 1970 (IPFIX).
    """

    version: int
    domain: int
    sequence: int
    start: int
    end: int
    sampling: int = 0
    records: int = 0
    stamp: int = 0


def read_packet(data: bytes | memoryview) -> Packet:
    """The header of a datagram. Raises WireError."""
    if len(data) < 4:
        raise WireError("too short for a version")
    version, count = _PAIR(data)
    if version == 5:
        return _v5(data, count)
    if version == 9 and len(data) >= 20:
        stamp, sequence, domain = _V9_TAIL(data, 4)
        return Packet(9, domain, sequence, 20, len(data), stamp=stamp)
    if version == 10 and len(data) >= 16:
        length, stamp, sequence, domain = _IPFIX_TAIL(data, 2)
        if not 16 <= length <= len(data):
            raise WireError(f"IPFIX length {length} does not fit {len(data)} bytes")
        return Packet(10, domain, sequence, 16, length, stamp=stamp)
    raise WireError(f"version {version} is not 5, 9 or 10, or the header is cut short")


def unread_version(data: bytes | memoryview) -> int:
    """The version of a NetFlow datagram that is of none that is read; 0 where it is no such one."""
    version = int.from_bytes(data[:2], "big")
    return version if version in _UNREAD and len(data) >= _SHORTEST_UNREAD else 0


def sets(data: bytes | memoryview, packet: Packet) -> Iterator[tuple[int, int, int]]:
    """The sets of a v9 or IPFIX packet: id, where the content begins and ends. Raises WireError where none fits."""
    place = packet.start
    while place + 4 <= packet.end:
        number, length = _PAIR(data, place)
        # Some exporters fill the datagram's tail with zeros, which is no set.
        if length == 0 and not any(data[place : packet.end]):
            return
        if length < 4 or place + length > packet.end:
            raise WireError(f"set {number} of length {length} does not fit")
        yield number, place + 4, place + length
        place += length


def templates(content: bytes, ipfix: bool) -> Iterator[TemplateRow]:
    """The templates of a template set. Raises WireError."""
    place = 0
    while place + 4 <= len(content):
        number, count = struct.unpack_from("!HH", content, place)
        if number < FIRST_DATA_SET and not (ipfix and number == IPFIX_TEMPLATES and count == 0):
            return
        place += 4
        fields, place = _fields(content, place, count, ipfix)
        yield TemplateRow(number, fields)


def options_templates(content: bytes, ipfix: bool) -> Iterator[TemplateRow]:
    """The templates of an options template set. Raises WireError."""
    place = 0
    while place + (4 if ipfix else 6) <= len(content):
        if ipfix:
            number, count = struct.unpack_from("!HH", content, place)
            if count == 0 and (number >= FIRST_DATA_SET or number == IPFIX_OPTIONS):
                yield TemplateRow(number, (), 0, options=True)
                place += 4
                continue
            if number < FIRST_DATA_SET or place + 6 > len(content):
                return
            scope = struct.unpack_from("!H", content, place + 4)[0]
        else:
            number, scope_bytes, option_bytes = struct.unpack_from("!HHH", content, place)
            # v9 tells lengths in bytes, of specifications of four bytes each (RFC 3954 6.1).
            scope, count = scope_bytes // 4, (scope_bytes + option_bytes) // 4
        if number < FIRST_DATA_SET:
            return
        place += 6
        fields, place = _fields(content, place, count, ipfix)
        yield TemplateRow(number, fields if ipfix else _with_scopes(fields, scope), scope, options=True)


def _with_scopes(fields: tuple[FieldSpec, ...], scope: int) -> tuple[FieldSpec, ...]:
    """The fields of v9 options, whose scopes are numbered apart (RFC 3954 6.1): 2 is the input interface."""
    interface = (f._replace(element=INPUT) if f.element == _SCOPE_INTERFACE else f for f in fields[:scope])
    return (*interface, *fields[scope:])


def _fields(content: bytes, place: int, count: int, ipfix: bool) -> tuple[tuple[FieldSpec, ...], int]:
    if count > MAX_FIELDS:
        raise WireError(f"a template of {count} fields; {MAX_FIELDS} are read")
    fields = []
    for _ in range(count):
        if place + 4 > len(content):
            raise WireError("a template is cut short")
        element, length = struct.unpack_from("!HH", content, place)
        place += 4
        enterprise = 0
        if ipfix and element & _ENTERPRISE_BIT:
            if place + 4 > len(content):
                raise WireError("an enterprise field is cut short")
            enterprise, element, place = (
                struct.unpack_from("!I", content, place)[0],
                element & ~_ENTERPRISE_BIT,
                place + 4,
            )
        fields.append(FieldSpec(element, length, enterprise))
    return tuple(fields), place


def _v5(data: bytes | memoryview, count: int) -> Packet:
    if not 1 <= count <= MAX_V5_RECORDS or len(data) < V5_HEADER + count * V5_RECORD:
        raise WireError(f"NetFlow v5 with {count} records in {len(data)} bytes; 1 to {MAX_V5_RECORDS} must fit")
    # The last 8 of 24 bytes: flow_sequence, engine type and id (together the domain), sampling.
    sequence, engine, sampling = struct.unpack_from("!IHH", data, 16)
    return Packet(
        version=5,
        domain=engine,
        sequence=sequence,
        start=V5_HEADER,
        end=V5_HEADER + count * V5_RECORD,
        sampling=sampling & V5_SAMPLING,
        records=count,
    )
