"""Links from what devices say of their neighbours: those that were walked, then those that only answer a ping.

LLDP, CDP and MNDP rows in, devices and links of the proposal out. Pure.
"""

from collections.abc import Iterator

from inventory.answers import Neighbour, Walk
from inventory.draft import CityDraft, speed_or
from inventory.model import Address
from inventory.proposal import Row, slug

# What a trunk between devices has where neither end says its speed.
_TRUNK = "1 Gbit/s"


def add_links(draft: CityDraft) -> None:
    """Links between walked devices, breadth first from the first one, so that upstream is the end nearer to it.

    Beside a city file from every device that has its link there.
    """
    queue = list(dict.fromkeys((0, *(place for place, name in enumerate(draft.names) if name in draft.hung))))
    reached = set(queue)
    while queue:
        here = queue.pop(0)
        for neighbour in draft.walks[here].neighbours:
            there = draft.walk_of(neighbour)
            if there is None or there == here:
                continue
            if there not in reached:
                reached.add(there)
                queue.append(there)
                _add_link(draft, here, there, neighbour)
            _take_ends(draft, here, there, neighbour)
    draft.proposal.doubts += [
        f"device {name}: no neighbour names it" for place, name in enumerate(draft.names) if place not in reached
    ]


def _add_link(draft: CityDraft, here: int, there: int, neighbour: Neighbour) -> None:
    near, far = draft.walks[here], draft.walks[there]
    upstream, name = draft.names[here], draft.names[there]
    if name in draft.hung:
        return
    draft.hung.add(name)
    near_port, far_port = _ports(draft, here, there, neighbour)
    line = draft.line_name(f"{upstream}-{name}")
    end = {"device": upstream, "interface": draft.port_for(upstream, near_port, name, f"link {line}")}
    row: Row = {"name": line, "upstream": end, "device": name}
    if far_port and (name, far_port) not in draft.ends:
        draft.ends[name, far_port] = f"link {line}"
        row["interface"] = far_port
    draft.proposal.links.append(speed_or(draft, row, _TRUNK, near.port_named(near_port), far.port_named(far_port)))


def _take_ends(draft: CityDraft, here: int, there: int, neighbour: Neighbour) -> None:
    """A port towards a walked device is a trunk, also where it only closes a ring: no office is sought behind it."""
    for place, port in zip((here, there), _ports(draft, here, there, neighbour), strict=True):
        if port:
            draft.ends.setdefault((draft.names[place], port), "a trunk")


def _ports(draft: CityDraft, here: int, there: int, neighbour: Neighbour) -> tuple[str, str]:
    """The port of both ends by ifName: as this side says, else as the other side says it; '' where neither does."""
    near, far = draft.walks[here], draft.walks[there]
    back = [row for row in far.neighbours if draft.walk_of(row) == here]
    near_port = _first_port(near, neighbour.interface, *(row.remote_interface for row in back))
    far_port = _first_port(far, neighbour.remote_interface, *(row.interface for row in back))
    return near_port, far_port


def _first_port(walk: Walk, *names: str) -> str:
    ports = (walk.port_named(name) for name in names)
    return next((port.name for port in ports if port), "")


def ports_towards(draft: CityDraft, place: int) -> dict[str, str]:
    """The ports of a walked device behind which another device of the city is heard, and which."""
    walk, ports = draft.walks[place], dict[str, str]()
    for neighbour in walk.neighbours:
        there, owner = draft.walk_of(neighbour), draft.addresses.get(str(neighbour.address), "")
        by_address = owner.removeprefix("device ") if owner.startswith("device ") else slug(neighbour.name)
        far, port = by_address if there is None else draft.names[there], _first_port(walk, neighbour.interface)
        if port and far in draft.devices:
            ports[port] = far
    return ports


def add_unwalked(draft: CityDraft) -> None:
    """A neighbour that cannot be walked becomes a device that the watch asks by ping, with its link."""
    macs = {arp.mac: arp.address for walk in draft.walks for arp in walk.arp if arp.mac}
    named: set[tuple[str, str]] = set()
    for here, neighbour in _unwalked(draft):
        upstream = draft.names[here]
        address = neighbour.address or macs.get(neighbour.mac)
        if address is None or not any(address in network for network in draft.within):
            why = "it tells no address" if address is None else "it is outside the networks given"
            if (upstream, neighbour.called) not in named:
                draft.proposal.doubts.append(
                    f"device {upstream}: its neighbour {neighbour.called} was not walked; {why}"
                )
            named.add((upstream, neighbour.called))
        elif str(address) not in draft.addresses:
            _add_device(draft, here, neighbour, address)


def _unwalked(draft: CityDraft) -> Iterator[tuple[int, Neighbour]]:
    """Those with an address first, so that a second row of the same one, without it, is seen to be the same."""
    rows = [(n, row) for n, walk in enumerate(draft.walks) for row in walk.neighbours if draft.walk_of(row) is None]
    addressed = {(n, row.interface, slug(row.name)) for n, row in rows if row.address}
    yield from (pair for pair in rows if pair[1].address)
    yield from (
        pair
        for pair in rows
        if not pair[1].address and (pair[0], pair[1].interface, slug(pair[1].name)) not in addressed
    )


def _add_device(draft: CityDraft, here: int, neighbour: Neighbour, address: Address) -> None:
    upstream, walk = draft.names[here], draft.walks[here]
    name = draft.device_name(slug(neighbour.name) or f"device-{slug(str(address))}")
    draft.addresses[str(address)] = f"device {name}"
    draft.hung.add(name)
    row: Row = {"name": name, "address": str(address)}
    # What people wrote on it, where the key had to lose letters of it.
    draft.proposal.devices.append(row | ({"title": neighbour.name} if slug(neighbour.name) != neighbour.name else {}))
    port = _first_port(walk, neighbour.interface)
    line = draft.line_name(f"{upstream}-{name}")
    end = {"device": upstream, "interface": draft.port_for(upstream, port, name, f"link {line}")}
    link: Row = {"name": line, "upstream": end, "device": name}
    draft.proposal.links.append(speed_or(draft, link, _TRUNK, walk.port_named(port)))
    draft.proposal.doubts.append(f"device {name}: it did not answer SNMP; it is watched by ping alone")
