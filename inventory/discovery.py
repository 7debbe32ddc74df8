"""What devices told about themselves in, a proposed city out. Pure: asking the devices is ``walking``'s work.

The first walk is the root, where the watch will stand. Links come from LLDP, CDP and MNDP neighbours; offices are
guessed from ifAlias words, RouterOS queues and the networks on an interface. Every guess is a doubt.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_interface, ip_network

from pydantic import BaseModel, ConfigDict, Field

from inventory.model import AddressField, Network
from inventory.proposal import Proposal, Row, slug

# Kinds of Indonesian government offices and how technicians shorten them in an ifAlias; guesses, and told as such.
_OFFICE = re.compile(
    r"\b(dinas|badan|kantor|kecamatan|kec|kelurahan|kel|desa|rsud|puskesmas|opd|bagian|sekretariat|setda|setwan|satpol"
    r"|inspektorat|bappeda|bkd|bpkad|diskominfo|disdik|dinkes|dishub|dinsos|dukcapil|pasar|upt|uptd|sekolah|sd|smp)\b",
    re.IGNORECASE,
)
# Words and providers by which lines to the internet are described in Indonesia.
_ISP = re.compile(
    r"\b(isp|uplink|internet|wan|upstream|transit|metro-?e|astinet|telkom|icon|lintasarta)\b", re.IGNORECASE
)
# IANAifType: ethernetCsmacd, propVirtual, gigabitEthernet, l2vlan, l3ipvlan, ieee8023adLag.
_NETWORK_TYPES = (6, 53, 117, 135, 136, 161)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Interface(_Answer):
    """A row of ifTable/ifXTable with its addresses (``10.1.0.1/24``)."""

    index: int
    name: str
    alias: str = ""
    type: int = 6
    speed_bps: int = 0
    admin: str = "up"
    oper: str = "up"
    addresses: tuple[str, ...] = ()


class Neighbour(_Answer):
    """Who stands at the far end of an interface, as LLDP, CDP or MNDP say."""

    protocol: str
    interface: str
    name: str = ""
    address: AddressField | None = None
    remote_interface: str = ""


class Arp(_Answer):
    """A host seen on an interface."""

    interface: str
    address: AddressField


class SimpleQueue(_Answer):
    """A RouterOS simple queue and its targets."""

    name: str
    targets: tuple[str, ...] = ()


class Walk(_Answer):
    """Everything one device told, as ``lebarpita-exporter walk ADDRESS --json`` prints it."""

    address: AddressField
    name: str
    description: str = ""
    interfaces: tuple[Interface, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    arp: tuple[Arp, ...] = ()
    queues: tuple[SimpleQueue, ...] = ()
    credential: Row = Field(default_factory=dict)


# What sysDescr says of a device whose commands the manual driver knows, and its ``kind:``.
_FAMILIES = {"routeros": "routeros", "cisco ios": "cisco"}


def propose_from_walks(walks: Sequence[Walk], within: Sequence[Network]) -> Proposal:
    """Propose a city from what the devices told; ``within`` are the networks an office's prefix may come from."""
    names = _names(walks)
    proposal = Proposal(name="Kota", watch_from=names[0])
    used = _add_links(proposal, walks, names)
    for walk, name in zip(walks, names, strict=True):
        kind = next((kind for word, kind in _FAMILIES.items() if word in walk.description.lower()), "router")
        snmp = walk.credential.get("name")
        proposal.devices.append({"name": name, "address": str(walk.address), "snmp": snmp, "kind": kind})
        if walk.credential and walk.credential not in proposal.credentials:
            proposal.credentials.append(walk.credential)
        _add_uplinks(proposal, walk, name, used)
        _add_interfaces(proposal, walk, name, used, within)
        _add_queues(proposal, walk, name, within)
    if not proposal.uplinks:
        rates = {"receive_capacity": "1 Gbit/s", "transmit_capacity": "1 Gbit/s"}
        proposal.uplinks.append({"name": "isp-1", "device": names[0], "interface": "wan", **rates})
        proposal.doubts.append(f"no interface of {names[0]} looks like a line to an ISP; wan with 1 Gbit/s was put")
    return proposal


def _names(walks: Sequence[Walk]) -> list[str]:
    names: list[str] = []
    for walk in walks:
        name = slug(walk.name) or f"device-{slug(str(walk.address))}"
        names.append(name if name not in names else f"{name}-{slug(str(walk.address))}")
    return names


def _add_links(proposal: Proposal, walks: Sequence[Walk], names: Sequence[str]) -> set[tuple[str, str]]:
    """Links breadth first from the root, so that upstream is always the end nearer to it; returns the ends in use."""
    by_name = {slug(walk.name): place for place, walk in enumerate(walks)}
    by_address = {walk.address: place for place, walk in enumerate(walks)}
    reached, queue, used = {0}, [0], set[tuple[str, str]]()
    while queue:
        here = queue.pop(0)
        for neighbour in walks[here].neighbours:
            used.add((names[here], neighbour.interface))
            there = by_address.get(neighbour.address) if neighbour.address else None
            there = by_name.get(slug(neighbour.name)) if there is None else there
            if there is None:
                proposal.doubts.append(
                    f"device {names[here]}: its neighbour {neighbour.name or neighbour.address} was not walked"
                )
            elif there not in reached:
                reached.add(there)
                queue.append(there)
                used.add((names[there], neighbour.remote_interface))
                proposal.links.append(_link(walks[here], names[here], names[there], neighbour))
    proposal.doubts += [f"device {names[n]}: no neighbour names it" for n in range(len(names)) if n not in reached]
    return used


def _link(walk: Walk, here: str, there: str, neighbour: Neighbour) -> Row:
    end = {"device": here, "interface": neighbour.interface}
    speed = next(
        (_speed(interface) for interface in walk.interfaces if interface.name == neighbour.interface), "1 Gbit/s"
    )
    row: Row = {"name": f"{here}-{there}"[:63], "upstream": end, "device": there}
    return row | {"interface": neighbour.remote_interface or None, "speed": speed}


def _speed(interface: Interface) -> str:
    return f"{interface.speed_bps // 1000} kbit/s" if interface.speed_bps >= 256_000 else "100 Mbit/s"


def _add_uplinks(proposal: Proposal, walk: Walk, name: str, used: set[tuple[str, str]]) -> None:
    for interface in _candidates(walk, name, used):
        if _ISP.search(f"{interface.alias} {interface.name}"):
            used.add((name, interface.name))
            speed = _speed(interface)
            row: Row = {"name": slug(interface.alias or interface.name), "device": name, "interface": interface.name}
            proposal.uplinks.append(row | {"receive_capacity": speed, "transmit_capacity": speed})
            proposal.doubts.append(
                f"uplink {row['name']}: its capacity is the port's speed {speed}; the contract may say less"
            )


def _add_interfaces(
    proposal: Proposal, walk: Walk, name: str, used: set[tuple[str, str]], within: Sequence[Network]
) -> None:
    for interface in _candidates(walk, name, used):
        prefixes = [str(network) for network in _networks(interface.addresses, within)]
        if not prefixes or not _OFFICE.search(interface.alias):
            if interface.oper == "up" and (prefixes or interface.alias):
                proposal.doubts.append(
                    f"device {name}: interface {interface.name} ({interface.alias}) was not understood"
                )
            continue
        code = _unique(slug(interface.alias), proposal)
        hosts = [arp.address for arp in walk.arp if arp.interface == interface.name]
        row: Row = {"code": code, "name": interface.alias.strip(), "prefixes": prefixes}
        proposal.opds.append(row | {"address": str(hosts[0]) if len(hosts) == 1 else None})
        end = {"device": name, "interface": interface.name}
        proposal.links.append({"name": f"link-{code}"[:63], "upstream": end, "opd": code, "speed": _speed(interface)})
        proposal.doubts.append(f"opd {code}: guessed from the description of {name} {interface.name}")


def _add_queues(proposal: Proposal, walk: Walk, name: str, within: Sequence[Network]) -> None:
    """A queue whose target is no prefix known yet is an office behind a shared port."""
    owned = {prefix for row in proposal.opds for prefix in row["prefixes"]}
    for queue in walk.queues:
        prefixes = [str(network) for network in _networks(queue.targets, within) if str(network) not in owned]
        code = _unique(slug(queue.name), proposal)
        if not prefixes or not code:
            continue
        measured = {"measured": "queue", "queue": queue.name, "queue_device": name}
        proposal.opds.append({"code": code, "name": queue.name, "prefixes": prefixes, **measured})
        proposal.doubts.append(
            f"opd {code}: guessed from the queue {queue.name!r} of {name}; add the link that leads to it"
        )


def _candidates(walk: Walk, name: str, used: set[tuple[str, str]]) -> Iterator[Interface]:
    for interface in walk.interfaces:
        if interface.type in _NETWORK_TYPES and interface.admin == "up" and (name, interface.name) not in used:
            yield interface


def _networks(texts: Iterable[str], within: Sequence[Network]) -> Iterator[Network]:
    for text in texts:
        try:
            network = ip_interface(text).network if "/" in text else ip_network(text)
        except ValueError:
            continue
        if any(network.version == w.version and network.subnet_of(w) for w in within):  # type: ignore[arg-type]  # same version
            yield network


def _unique(code: str, proposal: Proposal) -> str:
    codes = {row["code"] for row in proposal.opds}
    return (
        code
        if code not in codes
        else next(f"{code}-{n}" for n in range(2, len(codes) + 3) if f"{code}-{n}" not in codes)
    )
