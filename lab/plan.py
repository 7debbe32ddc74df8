"""A checked city in, the network to build out: nodes, wires, addresses and routes. Pure; touches no kernel.

Every device and every OPD becomes a node, as do the internet (``isp``) and the office's own machine (``noc``).
What the city file leaves open - transfer networks, the far end's interface - is allotted here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_interface, ip_network
from itertools import count

from inventory.model import Address, City, Link, Network, Opd, Uplink
from lab import LabError

ISP, NOC = "isp", "noc"
# TEST-NET-2 (RFC 5737) and 2001:db8::/32 (RFC 3849): addresses that are nobody's, should a packet ever get out.
INTERNET = ("198.51.100.1/24", "2001:db8:ffff::10/128", "2001:db8:ffff::11/128", "2001:db8:ffff::12/128")
# Transfer networks in this order: private ones at the far end of 172.16.0.0/12, then the carriers' shared 100.64.0.0/10
# (RFC 6598), for cities that use the others themselves. The IPv6 one is a unique local prefix (RFC 4193).
DEFAULT_MANAGEMENT = ip_network("10.99.0.0/24")
TRANSFER4 = ("172.31.0.0/16", "172.30.0.0/16", "100.64.0.0/10")
TRANSFER6 = ip_network("fd4c:4250::/48")


@dataclass(frozen=True)
class WireEnd:
    """One end of a wire: an interface of a node."""

    node: str
    interface: str


@dataclass(frozen=True)
class Wire:
    """A cable. ``upper`` is the end nearer to the root; for an uplink that is our device, ``lower`` the ISP."""

    name: str
    upper: WireEnd
    lower: WireEnd


@dataclass(frozen=True)
class LabPlan:
    """The network, ready to build. Addresses and routes are arguments of ``ip``, by node, in their order."""

    routers: tuple[str, ...]
    opds: tuple[str, ...]
    wires: tuple[Wire, ...]
    addresses: dict[str, list[tuple[str, str]]]
    routes: dict[str, list[str]]
    noc_address: Address

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node, the internet first."""
        return (ISP, NOC, *self.routers, *self.opds)

    def wire(self, name: str) -> Wire:
        """The wire of that link or uplink."""
        for wire in self.wires:
            if wire.name == name:
                return wire
        raise LabError(f"no link is called {name!r}; the links are {', '.join(wire.name for wire in self.wires)}")

    def touching(self, node: str) -> tuple[Wire, ...]:
        """The wires that end at a node."""
        return tuple(wire for wire in self.wires if node in (wire.upper.node, wire.lower.node))


def plan(city: City) -> LabPlan:
    """The network of a city. Raises LabError where Linux could not carry a name, or the tree is not one."""
    _check_names(city)
    work = _Work(city)
    _place_noc(work)
    for device in city.devices:
        work.address(device.name, "lo", f"{device.address}/{device.address.max_prefixlen}")
    for link in city.links:
        _place_link(work, link)
    for index, uplink in enumerate(city.uplinks):
        _place_uplink(work, index, uplink)
    for internet in INTERNET:
        work.address(ISP, "lo", internet)
    management = city.city.management or (DEFAULT_MANAGEMENT,)
    devices = tuple(device.name for device in city.devices)
    opds = tuple(opd.code for opd in city.opds)
    return LabPlan(devices, opds, tuple(work.wires), work.addresses, work.routes, management[0][10])


@dataclass
class _Work:
    city: City
    wires: list[Wire] = field(default_factory=list)
    addresses: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    routes: dict[str, list[str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        opd_prefixes = [prefix for opd in self.city.opds for prefix in opd.prefixes]
        pools = [ip_network(text) for text in TRANSFER4]
        free = [pool for pool in pools if not any(p.version == 4 and p.overlaps(pool) for p in opd_prefixes)]
        if not free:
            raise LabError(f"the lab's transfer networks {', '.join(TRANSFER4)} all overlap prefixes of the city")
        self.pool = free[0]

    def address(self, node: str, interface: str, address: str) -> None:
        self.addresses.setdefault(node, []).append((interface, address))

    def route(self, node: str, network: Network | str, via: Address, extra: str = "") -> None:
        source = self._source(node) if via.version == 4 else ""
        self.routes.setdefault(node, []).append(f"{network} via {via}{source}{extra}")

    def _source(self, node: str) -> str:
        """Routers speak from their management address, else their traps would come from a transfer network."""
        own = next((d.address for d in self.city.devices if d.name == node), None)
        return f" src {own}" if own is not None and own.version == 4 else ""

    def transfer(self) -> tuple[tuple[Address, Address, int], tuple[Address, Address, int]]:
        """Upper address, lower address and prefix length of a new transfer network, for IPv4 and IPv6."""
        number = next(self.numbers)
        if number * 4 + 3 >= self.pool.num_addresses:
            raise LabError(f"the lab's transfer network {self.pool} is used up; the city has too many links for it")
        base = TRANSFER6.network_address + (number << 64)
        # A /30 is four addresses: network, upper, lower, broadcast; an IPv6 network is a /64 (RFC 4291).
        return (self.pool[number * 4 + 1], self.pool[number * 4 + 2], 30), (base + 1, base + 2, 64)


def _check_names(city: City) -> None:
    nodes = [ISP, NOC, *(device.name for device in city.devices), *(opd.code for opd in city.opds)]
    duplicates = sorted({name for name in nodes if nodes.count(name) > 1})
    if duplicates:
        raise LabError(
            f"the lab needs one name per node; {', '.join(duplicates)} stands for two (isp and noc are its own)"
        )
    ends = [(link.upstream.device, link.upstream.interface) for link in city.links]
    ends += [(uplink.device, uplink.interface) for uplink in city.uplinks]
    ends += [(link.device, link.interface) for link in city.links if link.device and link.interface]
    for device, interface in ends:
        # IFNAMSIZ is 16 with the zero at its end (linux/if.h).
        if not re.fullmatch(r"[^\s/:]{1,15}", interface) or interface in (".", ".."):
            raise LabError(
                f"interface {interface!r} of {device}: Linux takes up to 15 characters without / : or blanks"
            )


def _place_noc(work: _Work) -> None:
    management = (work.city.city.management or (DEFAULT_MANAGEMENT,))[0]
    root = work.city.city.watch_from
    work.wires.append(Wire(NOC, WireEnd(root, NOC), WireEnd(NOC, "eth0")))
    work.address(root, NOC, f"{management[1]}/{management.prefixlen}")
    work.address(NOC, "eth0", f"{management[10]}/{management.prefixlen}")
    work.route(NOC, "default", management[1])


def _place_link(work: _Work, link: Link) -> None:
    upper = WireEnd(link.upstream.device, link.upstream.interface)
    if link.opd:
        _place_office(work, link, upper, work.city.opd(link.opd))
        return
    lower = WireEnd(link.device or "", link.interface or "up")
    work.wires.append(Wire(link.name, upper, lower))
    behind = list(_behind(work.city, lower.node))
    for above, below, length in work.transfer():
        work.address(upper.node, upper.interface, f"{above}/{length}")
        work.address(lower.node, lower.interface, f"{below}/{length}")
        work.route(lower.node, "default", above)
        for network in behind:
            if network.version == below.version:
                work.route(upper.node, network, below)


def _place_office(work: _Work, link: Link, upper: WireEnd, opd: Opd) -> None:
    lower = WireEnd(opd.code, link.interface or "eth0")
    work.wires.append(Wire(link.name, upper, lower))
    spare4, spare6 = work.transfer()
    for version, spare in ((4, spare4), (6, spare6)):
        own_prefixes = [prefix for prefix in opd.prefixes if prefix.version == version]
        if not own_prefixes:
            continue
        above, below, length = _attachment(opd, own_prefixes) or spare
        work.address(upper.node, upper.interface, f"{above}/{length}")
        work.address(lower.node, lower.interface, f"{below}/{length}")
        work.route(lower.node, "default", above)
        connected = ip_interface(f"{below}/{length}").network
        for prefix in own_prefixes:
            if prefix != connected:
                work.route(upper.node, prefix, below)
            if below not in prefix:
                work.address(lower.node, "lo", f"{prefix[min(1, prefix.num_addresses - 1)]}/{prefix.max_prefixlen}")


def _attachment(opd: Opd, prefixes: list[Network]) -> tuple[Address, Address, int] | None:
    """Gateway, host and length inside the office's own network; None where there is no room for both."""
    if prefixes[0].version == 6:
        first = prefixes[0]
        return (first[1], first[2], max(64, first.prefixlen)) if first.prefixlen <= 126 else None
    home = [p for p in prefixes if opd.address is None or opd.address in p]
    network = max(home, key=lambda p: p.prefixlen) if home else None
    if network is None or network.prefixlen > 30:
        return None
    host = opd.address or network[2]
    return (network[1] if network[1] != host else network[2]), host, network.prefixlen


def _place_uplink(work: _Work, index: int, uplink: Uplink) -> None:
    if uplink.device != work.city.city.watch_from:
        raise LabError(f"uplink {uplink.name}: the lab builds uplinks at {work.city.city.watch_from} only")
    upper, lower = WireEnd(uplink.device, uplink.interface), WireEnd(ISP, f"line{index}")
    work.wires.append(Wire(uplink.name, upper, lower))
    spare4, spare6 = work.transfer()
    users = [opd for opd in work.city.opds if (opd.uplink or work.city.uplinks[0].name) == uplink.name]
    networks = [prefix for opd in users for prefix in opd.prefixes]
    if index == 0:
        networks += list(work.city.city.management or (DEFAULT_MANAGEMENT,))
        networks += [ip_network(device.address) for device in work.city.devices]
    for ours, theirs, length in (_probed(uplink.probe) or spare4, spare6):
        work.address(upper.node, upper.interface, f"{ours}/{length}")
        work.address(lower.node, lower.interface, f"{theirs}/{length}")
        # Linux keeps 253 to 255 for itself; further uplinks are chosen by the source address, as a router's policy
        # would.
        table = "" if index == 0 else f" table {100 + index}"
        work.route(upper.node, "default", theirs, table)
        for network in networks:
            if network.version == ours.version:
                work.routes.setdefault(ISP, []).append(f"{network} via {ours}")
                if index:
                    work.routes[upper.node].append(f"rule from {network} lookup {100 + index} priority 100")


def _probed(probe: Address | None) -> tuple[Address, Address, int] | None:
    """Our address, the ISP's and the length of the small network that holds the address the watch asks."""
    if probe is None or probe.version == 6:
        return None
    # What ISPs lease: the smallest networks in which two ends have an address.
    for length in (30, 29):
        hosts: list[Address] = list(ip_interface(f"{probe}/{length}").network.hosts())
        if probe in hosts:
            return next(host for host in hosts if host != probe), probe, length
    return None


def _behind(city: City, device: str) -> Iterator[Network]:
    yield ip_network(city.device(device).address)
    for link in city.links:
        if link.upstream.device == device:
            if link.opd:
                yield from city.opd(link.opd).prefixes
            else:
                yield from _behind(city, link.device or "")
