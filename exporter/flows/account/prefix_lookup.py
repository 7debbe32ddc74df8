"""Whose an address is: the inventory's prefixes in, OPD numbers for whole columns of addresses out. -1: nobody's.

Nested prefixes are cut into disjoint ranges once, longest prefix first. IPv4 is then one table look-up by the first 24
bits (a second by the last 8 where a /24 is divided); what no prefix covers stays untouched memory and costs none.
IPv6 is a binary search over the first 64 bits, and over all 128 only where a /64 is divided. Whose an IPv4 address is,
his is the one mapped into IPv6.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exporter.errors import ExporterError

if TYPE_CHECKING:
    from inventory.model import City

OpdNumbers = NDArray[np.int32]
Cells = NDArray[np.uint16]
Row = tuple[int, int]
Prefix = tuple[IPv4Network | IPv6Network, int]
# A cell of the IPv4 table has 16 bits: 0 for nobody, an OPD's number + 1, or, with the high bit, a page's number.
MAX_OPDS = 0x7FFE
_DIVIDED, _PAGE = 0x8000, 0x7FFF

# The table has a cell for every /24; a page has one for each of its 256 addresses.
_BLOCKS, _BLOCK_BITS, _PAGE_CELLS = 1 << 24, 8, 256
_LOW64 = (1 << 64) - 1
# Where an exporter with one field for both versions writes IPv4 addresses (RFC 4291 2.5.5.2).
_MAPPED = IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True)
class Table4:
    """``blocks``: 2^24 cells of owner + 1, or of a page of ``pages`` (256 cells each) where the high bit is set."""

    blocks: Cells
    pages: Cells

    def find(self, addresses: NDArray[np.intp]) -> OpdNumbers:
        """The OPD of every address."""
        # Of the table's 32 MB only what prefixes cover was ever written: the rest is the kernel's one page of zeros.
        cells = self.blocks.take(addresses >> _BLOCK_BITS)
        if self.pages.size:
            divided = np.flatnonzero(cells & _DIVIDED)
            if divided.size:
                page = (cells[divided] & _PAGE).astype(np.intp)
                # The page has owner + 1 too, so one subtraction at the end serves both.
                cells[divided] = self.pages[page, addresses[divided] & 0xFF]
        return cells.astype(np.int32) - 1


@dataclass(frozen=True)
class Ranges6:
    """Ascending first addresses and the owner from there on; ``halves`` are their first 64 bits, each once."""

    halves: NDArray[np.uint64]
    owner: OpdNumbers
    divided: NDArray[np.bool_]
    first: NDArray[np.bytes_]
    exact: OpdNumbers

    def find(self, raw: NDArray[np.uint8]) -> OpdNumbers:
        """The OPD of every address, given as (n, 16) bytes."""
        # Big-endian words compare as the addresses do.
        place = np.searchsorted(self.halves, raw.view(">u8")[:, 0].astype(np.uint64), side="right") - 1
        opds: OpdNumbers = self.owner[place]
        # Hardly a /64 is divided: the comparison of whole addresses as strings of 16 bytes is made for those alone.
        unclear = np.flatnonzero(self.divided[place])
        if unclear.size:
            addresses = raw.view("S16")[:, 0][unclear]
            opds[unclear] = self.exact[np.searchsorted(self.first, addresses, side="right") - 1]
        return opds


@dataclass(frozen=True)
class PrefixLookup:
    """Both IP versions; ``codes`` names the OPDs by number."""

    codes: tuple[str, ...]
    v4: Table4
    v6: Ranges6

    def of4(self, raw: NDArray[np.uint8]) -> OpdNumbers:
        """OPDs of IPv4 addresses given as (n, 4) bytes."""
        return self.v4.find(raw.view(">u4")[:, 0].astype(np.intp))

    def of6(self, raw: NDArray[np.uint8]) -> OpdNumbers:
        """OPDs of IPv6 addresses given as (n, 16) bytes."""
        return self.v6.find(raw)


def city_lookup(city: "City") -> PrefixLookup:
    """The look-up tables of a city."""
    return prefix_lookup(tuple(opd.code for opd in city.opds), prefixes(city))


def prefixes(city: "City") -> tuple[Prefix, ...]:
    """Every prefix of a city with the place of its OPD."""
    return tuple((prefix, number) for number, opd in enumerate(city.opds) for prefix in opd.prefixes)


def empty_lookup() -> PrefixLookup:
    """The look-up tables of no city: every address is nobody's."""
    return prefix_lookup((), [])


def prefix_lookup(codes: tuple[str, ...], rows: Sequence[Prefix]) -> PrefixLookup:
    """Tables of prefixes, each with its OPD's number. Raises ExporterError where they are more than the tables hold."""
    if len(codes) > MAX_OPDS:
        raise ExporterError(f"{len(codes)} OPDs; the flow part counts for at most {MAX_OPDS}")
    v4 = _disjoint_ranges([row for row in rows if row[0].version == 4], 32)
    v6 = _disjoint_ranges([(_MAPPED, -1), *((_in_v6(prefix), number) for prefix, number in rows)], 128)
    return PrefixLookup(codes, _table4(v4), _ranges6(v6))


def _in_v6(prefix: IPv4Network | IPv6Network) -> IPv6Network:
    """Where IPv6 addresses of that prefix lie: its own, or those that IPv4 is mapped to."""
    if isinstance(prefix, IPv6Network):
        return prefix
    return IPv6Network((int(_MAPPED.network_address) + int(prefix.network_address), 96 + prefix.prefixlen))


def _table4(rows: Sequence[Row]) -> Table4:
    blocks: Cells = np.zeros(_BLOCKS, np.uint16)
    divided = sorted({first >> _BLOCK_BITS for first, _ in rows if first & 0xFF})
    if len(divided) >= _DIVIDED:
        raise ExporterError(f"{len(divided)} blocks of 256 addresses are divided; at most {_DIVIDED - 1} are read")
    # Between two edges every /24 has one owner: the table is written in runs, not cell by cell.
    edges = {first >> _BLOCK_BITS for first, _ in rows} | {block + 1 for block in divided} | {_BLOCKS}
    for begin, end in pairwise(sorted(edges)):
        if (cell := _owner_at(rows, begin << _BLOCK_BITS) + 1) > 0:
            blocks[begin:end] = cell
    pages = [[_owner_at(rows, (block << _BLOCK_BITS) + last) + 1 for last in range(_PAGE_CELLS)] for block in divided]
    # Last, for the ranges above also wrote into the cells of divided blocks.
    blocks[divided] = np.arange(len(divided), dtype=np.uint16) | _DIVIDED
    return Table4(blocks, np.array(pages, np.uint16).reshape(-1, _PAGE_CELLS))


def _ranges6(rows: Sequence[Row]) -> Ranges6:
    divided = {first >> 64 for first, _ in rows if first & _LOW64}
    halves = sorted({first >> 64 for first, _ in rows} | {half + 1 for half in divided if half < _LOW64})
    return Ranges6(
        np.array(halves, np.uint64),
        np.array([_owner_at(rows, half << 64) for half in halves], np.int32),
        np.array([half in divided for half in halves], np.bool_),
        np.array([first.to_bytes(16, "big") for first, _ in rows], "S16"),
        np.array([owner for _, owner in rows], np.int32),
    )


def _owner_at(rows: Sequence[Row], address: int) -> int:
    return rows[bisect_right(rows, address, key=lambda row: row[0]) - 1][1]


def _disjoint_ranges(networks: Iterable[Prefix], bits: int) -> list[Row]:
    """(first address, owner) from address 0 on: where a range ends, the enclosing prefix goes on."""
    ranges: list[Row] = [(0, -1)]
    stack: list[Row] = []

    # The stack holds the prefixes around the present place, the innermost last. Sorted by first address, then by
    # length, an enclosing prefix always comes before what it encloses.
    def close(before: int) -> None:
        while stack and stack[-1][0] < before:
            last, _ = stack.pop()
            if last + 1 < 1 << bits:
                _put(ranges, last + 1, stack[-1][1] if stack else -1)

    for network, owner in sorted(networks, key=lambda row: (int(row[0].network_address), row[0].prefixlen)):
        close(int(network.network_address))
        _put(ranges, int(network.network_address), owner)
        stack.append((int(network.broadcast_address), owner))
    close(1 << bits)
    return ranges


def _put(ranges: list[Row], first: int, owner: int) -> None:
    if ranges[-1][0] == first:
        ranges[-1] = (first, owner)
    else:
        ranges.append((first, owner))
