"""Indexes and values as snmp_exporter shows them in labels: numbers of an OID, or a value, in, text out. Pure."""

import re
from collections.abc import Mapping, Sequence

from exporter.snmp.wire.ber import Value

_BROKEN = re.compile("\N{REPLACEMENT CHARACTER}+")
_NUMBERS = frozenset(("Integer", "Integer32", "gauge", "counter"))
# How many numbers the types of fixed length take.
_FIXED = {"PhysAddress48": 6, "InetAddressIPv4": 4, "InetAddressIPv6": 16}


def index_text(
    arcs: Sequence[int], kind: str, size: int = 0, implied: bool = False, words: Mapping[int, str] | None = None
) -> tuple[str, list[int], list[int]]:
    """The first index as text, the numbers it took, and what is left. What is missing counts as 0."""
    if kind in _NUMBERS or kind == "EnumAsInfo":
        part, rest = _cut(arcs, 1)
        return (words or {}).get(part[0], str(part[0])), part, rest
    if kind in _FIXED:
        part, rest = _cut(arcs, _FIXED[kind])
        return _fixed(kind, part), part, rest
    length = len(arcs) if implied else size
    head: list[int] = []
    if length == 0:
        head, arcs = _cut(arcs, 1)
        length = head[0]
    # A length that the OID does not have room for would be filled with zeros for ever.
    part, rest = _cut(arcs, min(length, len(arcs)))
    return _text(kind, bytes(arc & 255 for arc in part)), [*head, *part], rest


def value_text(value: Value, kind: str) -> str:
    """A value as it stands in a label."""
    if isinstance(value, bytes):
        if kind in _FIXED:
            return _fixed(kind, _cut(list(value), _FIXED[kind])[0])
        return _text(kind, value)
    return value.removeprefix(".") if isinstance(value, str) else str(value)


def _cut(arcs: Sequence[int], number: int) -> tuple[list[int], list[int]]:
    part = list(arcs[:number])
    return part + [0] * (number - len(part)), list(arcs[number:])


def _fixed(kind: str, part: Sequence[int]) -> str:
    if kind == "PhysAddress48":
        return ":".join(f"{arc:02X}" for arc in part)
    if kind == "InetAddressIPv4":
        return ".".join(map(str, part))
    return ":".join(f"{part[n]:02X}{part[n + 1]:02X}" for n in range(0, 16, 2))


def _text(kind: str, value: bytes) -> str:
    if kind == "DisplayString":
        # Each run of bytes that is no UTF-8 becomes one replacement character, as in if_mib.
        return _BROKEN.sub("\N{REPLACEMENT CHARACTER}", value.decode("utf-8", "replace"))
    return f"0x{value.hex().upper()}" if value else ""
