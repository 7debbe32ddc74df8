"""Prefixes: which OPD an address belongs to (longest prefix wins), and which prefixes overlap. Pure functions."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import TypeVar

from inventory.model import Address, City, Network

Row = TypeVar("Row", bound=tuple[Network, str, object])

# RFC 1918 and RFC 4193: where an office's own devices are; the internet is nobody's to walk.
PRIVATE: tuple[Network, ...] = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def overlaps(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of rows whose networks overlap, the row that stands first in the file first.

    Two networks overlap only where one holds the other, so a walk in address order with the stack of open
    networks finds every nearest pair in O(n log n).
    """
    # The size negated: of two networks with the same first address the larger one comes first.
    placed = [
        (row[0].version, int(row[0].network_address), -row[0].num_addresses, place, row)
        for place, row in enumerate(rows)
    ]
    stack: list[tuple[int, Row]] = []
    for version, first, _, place, row in sorted(placed, key=lambda entry: entry[:4]):
        while stack and not _holds(stack[-1][1][0], version, first):
            stack.pop()
        for other_place, other in stack:
            yield (other, row) if other_place < place else (row, other)
        stack.append((place, row))


def _holds(network: Network, version: int, address: int) -> bool:
    return network.version == version and int(network.network_address) <= address <= int(network.broadcast_address)


def whose(city: City, address: Address) -> tuple[str, Network] | None:
    """The OPD an address belongs to and the prefix that says so; None where nobody owns it."""
    owners = [(prefix, opd.code) for opd in city.opds for prefix in opd.prefixes if address in prefix]
    if not owners:
        return None
    prefix, code = max(owners, key=lambda pair: pair[0].prefixlen)
    return code, prefix
