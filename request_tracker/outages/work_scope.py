"""What announced work covers: a name of the city in, the roots of every outage it explains out. Pure.

Work on a trunk is work on everything behind it: while it runs a child may flicker before its parent is seen down.
"""

from inventory.model import City
from inventory.topology import Branch, branches


def scopes(city: City) -> tuple[str, ...]:
    """What work can be announced on: a branch or a device; the one that the watch stands at is the whole city."""
    tree = branches(city)
    return tuple(sorted({branch.name for branch in tree} | {device.name for device in city.devices}))


def covered(city: City, scope: str) -> frozenset[str]:
    """The roots that work on ``scope`` explains: itself, the line to it where it is a device, and all behind."""
    tree = branches(city)
    by_name = {branch.name: branch for branch in tree}
    return frozenset({scope} | {branch.name for branch in tree if _touches(by_name, branch, scope)})


def _touches(by_name: dict[str, Branch], branch: Branch, scope: str) -> bool:
    above: Branch | None = branch
    # A tree of links has no circle (the inventory refuses one), so this ends at the watch.
    while above is not None:
        if scope in (above.name, above.device) or (scope == above.far and above.kind == "link"):
            return True
        above = by_name[above.parent] if above.parent else None
    return False
