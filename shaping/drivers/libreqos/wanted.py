"""What both files should hold of ours: neutral queues and what is there in, circuits and nodes out. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from inventory.admission import DIRECTIONS, LOWEST_BYTES_PER_SECOND, RatePair, capacity_of
from inventory.model import City, Network
from shaping.drivers.base import Site
from shaping.drivers.libreqos.circuits import SIDES, Circuit, LibreQosTag, mbps
from shaping.drivers.libreqos.grouping import Sides, grouped, node_size
from shaping.drivers.libreqos.sheet import SheetLine, lasting_extras, networks
from shaping.drivers.libreqos.tree import TreeNode
from shaping.errors import ShapingError
from shaping.queues import Queue


@dataclass(frozen=True)
class FilePair:
    """Circuits by OPD and nodes by name: what is ours in both files."""

    circuits: Mapping[str, Circuit]
    nodes: Mapping[str, TreeNode]


NOTHING = FilePair({}, {})


def wanted_files(site: Site, core: int, wanted: Sequence[Queue], present: FilePair) -> FilePair:
    """Ours of both files. Raises ShapingError for an OPD or a sum that LibreQoS could not carry."""
    if not wanted:
        return NOTHING
    tag, uplink = LibreQosTag(site.uplink), site.city.uplink(site.uplink)
    size = node_size({way: capacity_of(uplink, way) for way in DIRECTIONS}, core)
    rates = _rates(site, wanted)
    numbers = {tag.node(number): number for number in range(1, size.count + 1)}
    here = {opd: numbers[row.parent] for opd, row in present.circuits.items() if row.parent in numbers}
    groups = grouped(size, rates, here)
    down, up = size.mbps["receive"], size.mbps["transmit"]
    nodes = {}
    for number in range(1, size.count + 1):
        name, extras = tag.node(number), present.nodes.get(tag.node(number))
        nodes[name] = TreeNode(name, tag.node_id(number), down, up, extras.extras if extras else "{}")
    titles = {opd.code: opd.name for opd in site.city.opds}
    prefixes = _prefixes(site.city, set(rates))
    circuits = {
        opd: Circuit(
            opd=opd,
            circuit=tag.circuit(opd),
            name=titles[opd],
            parent=tag.node(groups[opd]),
            comment=tag.comment(opd),
            ipv4=frozenset(str(prefix) for prefix in prefixes[opd] if isinstance(prefix, IPv4Network)),
            ipv6=frozenset(str(prefix) for prefix in prefixes[opd] if isinstance(prefix, IPv6Network)),
            rates=_columns(sides),
            extras=lasting_extras(present.circuits.get(opd)),
        )
        for opd, sides in rates.items()
    }
    return FilePair(circuits, nodes)


def in_the_way(circuits: Mapping[str, Circuit], foreign: Iterable[SheetLine]) -> dict[str, list[str]]:
    """By OPD: rows of others that take packets of it, because LibreQoS goes by the longest prefix."""
    owners = {prefix: opd for opd, row in circuits.items() for prefix in (*row.ipv4, *row.ipv6)}
    hindrances: dict[str, list[str]] = {}
    for line in foreign:
        for prefix in networks(f"{line.cells.get('ipv4', '')},{line.cells.get('ipv6', '')}"):
            opd = next((owners[text] for text in _above(prefix) if text in owners), None)
            if opd is not None:
                row = line.cells.get("circuitid", "?")
                sentence = f"the row of circuit {row} takes {prefix} out of {opd}; take it out of that row"
                hindrances.setdefault(opd, []).append(sentence)
    return hindrances


def _above(prefix: Network) -> Iterator[str]:
    for length in range(prefix.prefixlen, -1, -1):
        yield str(prefix.supernet(new_prefix=length))


def _rates(site: Site, wanted: Sequence[Queue]) -> dict[str, Sides]:
    by_key = {queue.key: queue.pair for queue in wanted}
    uplink = site.city.uplink(site.uplink)
    # A direction of which the ledger says nothing has the whole line and the least that there is.
    open_ = {way: RatePair(LOWEST_BYTES_PER_SECOND, capacity_of(uplink, way)) for way in DIRECTIONS}
    return {
        opd: {way: by_key.get((opd, way), open_[way]) for way in DIRECTIONS}
        for opd in sorted({queue.opd for queue in wanted})
    }


def _columns(sides: Sides) -> dict[str, str]:
    columns = {}
    for way, (least, most) in SIDES.items():
        columns[least], columns[most] = mbps(sides[way].guaranteed), mbps(sides[way].ceiling)
    return columns


def _prefixes(city: City, opds: set[str]) -> dict[str, list[Network]]:
    """Each OPD's, without what is the management network's: LibreQoS knows nobody's addresses by their absence."""
    left = {opd.code: _without(opd.prefixes, city.city.management) for opd in city.opds if opd.code in opds}
    if empty := sorted(opd for opd, prefixes in left.items() if not prefixes):
        raise ShapingError(f"{empty[0]}: all of its prefixes are of the management network; see the city file")
    return left


def _without(prefixes: Sequence[Network], holes: Sequence[Network]) -> list[Network]:
    left: list[Network] = list(prefixes)
    for hole in holes:
        left = [part for whole in left for part in _cut(whole, hole)]
    fours = collapse_addresses(part for part in left if isinstance(part, IPv4Network))
    sixes = collapse_addresses(part for part in left if isinstance(part, IPv6Network))
    return [*fours, *sixes]


def _cut(whole: Network, hole: Network) -> Iterable[Network]:
    if isinstance(whole, IPv4Network) and isinstance(hole, IPv4Network) and hole.overlaps(whole):
        return whole.address_exclude(hole) if hole.subnet_of(whole) else ()
    if isinstance(whole, IPv6Network) and isinstance(hole, IPv6Network) and hole.overlaps(whole):
        return whole.address_exclude(hole) if hole.subnet_of(whole) else ()
    return (whole,)
