"""Which addresses each OPD's queue takes: the city's prefixes in, disjoint targets out. Pure.

A router takes the first queue that matches, not the longest prefix. So what lies inside another's prefix is cut out of
it, and the order of our queues among themselves means nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from itertools import chain

from inventory.model import City, Network
from shaping.errors import ShapingError

# Reported as the most targets of one queue, as of one parent's children (facts 2.21); a hundred leaves room.
MOST_TARGETS = 100


def disjoint_targets(city: City, opds: Iterable[str]) -> dict[str, frozenset[str]]:
    """By OPD. Addresses of the management network are nobody's. Raises ShapingError where a router cannot hold it."""
    wanted = set(opds)
    owners: list[tuple[Network, str]] = [(prefix, opd.code) for opd in city.opds for prefix in opd.prefixes]
    owners += [(prefix, "") for prefix in city.city.management]
    left: dict[str, list[Network]] = {opd: [] for opd in wanted}
    for network, inner, owner in _nested(owners):
        if owner in wanted:
            left[owner] += _without(network, inner)
    targets = {opd: frozenset(map(str, _collapsed(networks))) for opd, networks in left.items()}
    for opd, networks in sorted(targets.items()):
        if not networks:
            raise ShapingError(f"{opd}: every prefix of it lies in another's; nothing is left for its queue")
        if len(networks) > MOST_TARGETS:
            cut = f"{opd}: {len(networks)} targets are left of its prefixes, and a simple queue takes {MOST_TARGETS}"
            raise ShapingError(f"{cut}; join its prefixes in the city file, or use driver: linux")
    return targets


def _nested(owners: list[tuple[Network, str]]) -> Iterator[tuple[Network, list[Network], str]]:
    """Each prefix with the prefixes of others directly or deeper inside it."""
    # Sorted so, whatever lies in a prefix follows it until one begins behind its end.
    ordered = sorted(owners, key=lambda row: (row[0].version, int(row[0].network_address), row[0].prefixlen))
    for place, (network, owner) in enumerate(ordered):
        inner: list[Network] = []
        for other, other_owner in ordered[place + 1 :]:
            if other.version != network.version or int(other.network_address) > int(network.broadcast_address):
                break
            if other_owner != owner:
                inner.append(other)
        yield network, inner, owner


def _without(network: Network, inner: Iterable[Network]) -> list[Network]:
    left = [network]
    for hole in inner:
        left = [part for whole in left for part in _cut(whole, hole)]
    return left


def _cut(whole: Network, hole: Network) -> Iterable[Network]:
    if isinstance(whole, IPv4Network) and isinstance(hole, IPv4Network) and hole.overlaps(whole):
        return whole.address_exclude(hole) if hole.subnet_of(whole) else ()
    if isinstance(whole, IPv6Network) and isinstance(hole, IPv6Network) and hole.overlaps(whole):
        return whole.address_exclude(hole) if hole.subnet_of(whole) else ()
    return (whole,)


def _collapsed(networks: Iterable[Network]) -> list[Network]:
    every = list(networks)
    fours = collapse_addresses(network for network in every if isinstance(network, IPv4Network))
    sixes = collapse_addresses(network for network in every if isinstance(network, IPv6Network))
    return [*fours, *sixes]


def parents_of(
    present: Mapping[str, str], targets: Mapping[str, frozenset[str]], top: str, most: int = MOST_TARGETS
) -> dict[str, str]:
    """The parent of each OPD's queue: ``top`` for the first hundred, then groups of a hundred targets.

    An OPD stays where it is (``present``), so that a new one moves nobody else.
    """
    parents: dict[str, str] = {}
    children: dict[str, int] = {}
    weights: dict[str, int] = {}
    for opd in sorted(targets, key=lambda code: (code not in present, code)):
        choices = [present[opd]] if opd in present else []
        for name in chain(choices, _names(top)):
            full = children.get(name, 0) + 1 > most or (name != top and weights.get(name, 0) + len(targets[opd]) > most)
            if not full:
                break
        parents[opd] = name
        children[name] = children.get(name, 0) + 1
        weights[name] = weights.get(name, 0) + len(targets[opd])
    return parents


def _names(top: str) -> Iterator[str]:
    """The parent, then its groups; as many as may stand beside a hundred direct children (128 in all, facts 2.21)."""
    yield top
    for number in range(1, 29):
        yield f"{top}-{number:02}"
    raise ShapingError(f"{top}: more OPDs than simple queues of one parent can hold (2,900); use driver: linux")
