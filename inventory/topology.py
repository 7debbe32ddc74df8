"""The tree of links: who stands behind what. Pure functions over a checked city.

The root is the device the watch stands at (``city.watch_from``). Every link hangs one node - a device or an
OPD - under its upstream device; an uplink hangs the ISP's side under its device.
"""

from dataclasses import dataclass
from enum import StrEnum

from inventory.model import Address, City, Link


class Kind(StrEnum):
    """What an outage root is: a line to the ISP, a line to a device, or an office's own line."""

    UPLINK = "uplink"
    LINK = "link"
    OPD = "opd"


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One edge of the tree, named by its link or uplink, with the node at its far end.

    ``parent`` is the branch nearer to the root, None directly at the watch. ``tier`` counts from 1 at the root.
    ``device`` and ``interface`` are the upstream end; ``far`` names the device or OPD behind it ('' for an ISP).
    ``address`` is what the watch asks; None where the inventory names nothing to ask.
    """

    name: str
    kind: Kind
    parent: str | None
    tier: int
    device: str
    interface: str
    far: str
    address: Address | None
    offices: tuple[str, ...]


def branches(city: City) -> tuple[Branch, ...]:
    """Every branch, parents before children. The offices of an uplink are all that use it."""
    children = _children(city)
    opd_address = {opd.code: opd.address for opd in city.opds}
    device_address = {device.name: device.address for device in city.devices}
    reached: dict[str, tuple[str | None, int]] = {city.city.watch_from: (None, 0)}
    edges: list[Branch] = []

    def descend(device: str) -> None:
        parent, tier = reached[device]
        for link in children.get(device, ()):
            kind, far = (Kind.OPD, link.opd) if link.opd else (Kind.LINK, link.device or "")
            address = opd_address[far] if link.opd else device_address[far]
            offices = tuple(sorted(_offices(children, link)))
            interface = link.upstream.interface
            edges.append(
                Branch(
                    name=link.name,
                    kind=kind,
                    parent=parent,
                    tier=tier + 1,
                    device=device,
                    interface=interface,
                    far=far,
                    address=address,
                    offices=offices,
                )
            )
            if link.device:
                reached[far] = (link.name, tier + 1)
                descend(far)

    descend(city.city.watch_from)
    users = _users(city)
    for uplink in city.uplinks:
        parent, tier = reached[uplink.device]
        edges.append(
            Branch(
                name=uplink.name,
                kind=Kind.UPLINK,
                parent=parent,
                tier=tier + 1,
                device=uplink.device,
                interface=uplink.interface,
                far="",
                address=uplink.probe,
                offices=users[uplink.name],
            )
        )
    return tuple(edges)


def path_to(city: City, opd: str) -> tuple[str, ...]:
    """The names of the links from the root to that OPD, root first; empty where no link leads to it."""
    by_name = {branch.name: branch for branch in branches(city)}
    name = next((b.name for b in by_name.values() if b.kind is Kind.OPD and b.far == opd), None)
    path: list[str] = []
    while name is not None:
        path.append(name)
        name = by_name[name].parent
    return tuple(reversed(path))


def uplink_of(city: City, opd: str) -> str:
    """The name of the uplink an OPD uses: the one it names, else the first."""
    return city.opd(opd).uplink or city.uplinks[0].name


def _children(city: City) -> dict[str, list[Link]]:
    children: dict[str, list[Link]] = {}
    for link in city.links:
        children.setdefault(link.upstream.device, []).append(link)
    return children


def _offices(children: dict[str, list[Link]], link: Link) -> list[str]:
    if link.opd:
        return [link.opd]
    return [office for child in children.get(link.device or "", ()) for office in _offices(children, child)]


def _users(city: City) -> dict[str, tuple[str, ...]]:
    users: dict[str, list[str]] = {uplink.name: [] for uplink in city.uplinks}
    for opd in city.opds:
        users[opd.uplink or city.uplinks[0].name].append(opd.code)
    return {name: tuple(sorted(codes)) for name, codes in users.items()}
