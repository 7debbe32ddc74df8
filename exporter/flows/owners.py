"""Whose an address is: the inventory's prefixes in, OPD numbers for whole columns of addresses out.

Nested prefixes are cut into disjoint ranges once, longest prefix first; a look-up is a binary search. -1: nobody's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inventory.model import City, Network

Owner = NDArray[np.int32]


@dataclass(frozen=True)
class Ranges:
    """Ascending first addresses and the owner from there on. IPv6 addresses are 16-byte strings."""

    first: NDArray[np.generic]
    owner: Owner

    def find(self, addresses: NDArray[np.generic]) -> Owner:
        """The owner of every address."""
        found: Owner = self.owner[np.searchsorted(self.first, addresses, side="right") - 1]
        return found


@dataclass(frozen=True)
class Owners:
    """Both IP versions; ``codes`` names the OPDs by number."""

    codes: tuple[str, ...]
    v4: Ranges
    v6: Ranges

    def of4(self, raw: NDArray[np.uint8]) -> Owner:
        """Owners of IPv4 addresses given as (n, 4) bytes."""
        return self.v4.find(np.ascontiguousarray(raw).view(">u4")[:, 0].astype(np.uint32))

    def of6(self, raw: NDArray[np.uint8]) -> Owner:
        """Owners of IPv6 addresses given as (n, 16) bytes."""
        return self.v6.find(np.ascontiguousarray(raw).view("S16")[:, 0])


def owners(city: City) -> Owners:
    """The look-up tables of a city."""
    rows = [(prefix, number) for number, opd in enumerate(city.opds) for prefix in opd.prefixes]
    return _tables(tuple(opd.code for opd in city.opds), rows)


def nobody() -> Owners:
    """The look-up tables of no city: every address is nobody's."""
    return _tables((), [])


def _tables(codes: tuple[str, ...], rows: Sequence[tuple[Network, int]]) -> Owners:
    v4 = _cut([row for row in rows if row[0].version == 4], 32)
    v6 = _cut([row for row in rows if row[0].version == 6], 128)
    first4 = np.array([first for first, _ in v4], np.uint32)
    first6 = np.array([first.to_bytes(16, "big") for first, _ in v6], "S16")
    return Owners(codes, Ranges(first4, _owner(v4)), Ranges(first6, _owner(v6)))


def _owner(rows: Sequence[tuple[int, int]]) -> Owner:
    return np.array([owner for _, owner in rows], np.int32)


def _cut(rows: Iterable[tuple[Network, int]], bits: int) -> list[tuple[int, int]]:
    """(first address, owner) from address 0 on: where a range ends, the enclosing prefix goes on."""
    found: list[tuple[int, int]] = [(0, -1)]
    stack: list[tuple[int, int]] = []

    def close(before: int) -> None:
        while stack and stack[-1][0] < before:
            last, _ = stack.pop()
            if last + 1 < 1 << bits:
                _put(found, last + 1, stack[-1][1] if stack else -1)

    for network, owner in sorted(rows, key=lambda row: (int(row[0].network_address), row[0].prefixlen)):
        close(int(network.network_address))
        _put(found, int(network.network_address), owner)
        stack.append((int(network.broadcast_address), owner))
    close(1 << bits)
    return found


def _put(found: list[tuple[int, int]], first: int, owner: int) -> None:
    if found[-1][0] == first:
        found[-1] = (first, owner)
    else:
        found.append((first, owner))
