"""Trees to look for ill links in: the example city's, a province's of 506 nodes, and one's own node by node."""

from ipaddress import ip_address

from tree import EXAMPLE_CITY

from exporter.watch.decide import Node, watched
from inventory.reading import read_city


def node(name: str, parent: str | None, number: int) -> Node:
    return Node(name, "link", parent, parent or name, "x", ip_address(0x0A000001 + number), "", ())


def province() -> tuple[Node, ...]:
    """A core, its trunk, 24 distributions with 20 offices and a router each: 506 nodes."""
    nodes = [node("core", None, 0), node("trunk", "core", 1)]
    for number in range(24):
        nodes.append(node(f"d{number}", "trunk", len(nodes)))
        nodes += [node(f"d{number}-o{office}", f"d{number}", len(nodes) + office) for office in range(20)]
    return tuple(nodes)


CITY, PROVINCE = watched(read_city(EXAMPLE_CITY)), province()
TREES = {"city": (CITY, "core-agg", "agg-timur", "timur-rsud"), "province": (PROVINCE, "trunk", "d3", "d3-o7")}
