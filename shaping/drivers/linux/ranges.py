"""Prefixes in, disjoint address ranges out, because nftables' interval maps cannot overlap. Pure.

The longest prefix wins: a smaller prefix inside a larger one cuts a hole into it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from inventory.model import Network


@dataclass(frozen=True, order=True)
class Range:
    """Addresses first to last, both included, as integers, and whose they are."""

    first: int
    last: int
    owner: str


def disjoint(prefixes: Iterable[tuple[Network, str]]) -> list[Range]:
    """The ranges of one IP version in ascending order; neighbours of one owner are joined."""
    # By first address, and the shorter prefix first: whatever contains another is on the stack before it.
    placed = sorted(prefixes, key=lambda row: (int(row[0].network_address), row[0].prefixlen))
    ranges: list[Range] = []
    # The prefixes that contain ``position``, the innermost on top: it owns the address.
    stack: list[tuple[int, str]] = []
    position = 0

    def emit(until: int) -> None:
        nonlocal position
        while stack and position <= until:
            last, owner = stack[-1]
            end = min(last, until)
            if position <= end:
                _append(ranges, Range(position, end, owner))
                position = end + 1
            if last <= end:
                stack.pop()
        position = max(position, until + 1)

    for network, owner in placed:
        emit(int(network.network_address) - 1)
        position = max(position, int(network.network_address))
        stack.append((int(network.broadcast_address), owner))
    while stack:
        # Nothing begins any more: what is left of each open prefix follows, from the inside out.
        emit(stack[-1][0])
        while stack and stack[-1][0] < position:
            stack.pop()
    return ranges


def without(ranges: Iterable[Range], holes: Iterable[Range]) -> list[Range]:
    """The first without the addresses of the second; both ascending and disjoint."""
    left: list[Range] = []
    cuts = list(holes)
    place = 0
    for row in ranges:
        first = row.first
        while place < len(cuts) and cuts[place].last < first:
            place += 1
        # A hole may reach into the next range, too: ``place`` stays at it.
        for hole in cuts[place:]:
            if hole.first > row.last:
                break
            if hole.first > first:
                left.append(Range(first, hole.first - 1, row.owner))
            first = max(first, hole.last + 1)
        if first <= row.last:
            left.append(Range(first, row.last, row.owner))
    return left


def _append(ranges: list[Range], fresh: Range) -> None:
    if ranges and ranges[-1].owner == fresh.owner and ranges[-1].last + 1 == fresh.first:
        ranges[-1] = Range(ranges[-1].first, fresh.last, fresh.owner)
    else:
        ranges.append(fresh)
