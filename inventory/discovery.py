"""What devices told about themselves in, a proposed city out. Pure: asking the devices is ``walking``'s work.

The first walk is the root, where the watch will stand. Links come from LLDP, CDP and MNDP neighbours; offices are
guessed from ifAlias words, RouterOS queues and the networks on an interface. Every guess is a doubt.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network

from inventory.answers import Interface, SimpleQueue, Walk
from inventory.draft import CityDraft, begin, speed_or, speed_text
from inventory.model import City, Network
from inventory.neighbours import add_links, add_unwalked
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
NETWORK_TYPES = (6, 53, 117, 135, 136, 161)
# What sysDescr says of a device whose commands the manual driver knows, and its ``kind:``.
_FAMILIES = {"routeros": "routeros", "cisco ios": "cisco"}
# What an office's line has where its port does not say its speed.
_OFFICE_LINE = "100 Mbit/s"


def propose_from_walks(walks: Sequence[Walk], within: Sequence[Network], base: City | None = None) -> Proposal:
    """Propose a city from what the devices told; ``within`` are the networks an office's prefix may come from.

    With ``base``, only what that city does not say yet: nothing of it is proposed again or otherwise.
    """
    draft = begin(walks, within, base)
    written = {device.name for device in base.devices} if base else set[str]()
    add_links(draft)
    for walk, name in zip(walks, draft.names, strict=True):
        if name not in written:
            _add_device(draft, walk, name)
        _add_uplinks(draft, walk, name)
    for walk, name in zip(walks, draft.names, strict=True):
        _add_interfaces(draft, walk, name)
    add_unwalked(draft)
    _add_queues(draft)
    if base is None and not draft.proposal.uplinks:
        _add_unknown_uplink(draft)
    return draft.proposal


def _add_device(draft: CityDraft, walk: Walk, name: str) -> None:
    kind = next((kind for word, kind in _FAMILIES.items() if word in walk.description.lower()), "router")
    row: Row = {"name": name, "address": str(walk.address), "snmp": walk.credential.get("name"), "kind": kind}
    if slug(walk.name) not in ("", name):
        row["sys_name"] = walk.name
    # RFC 3417, 3.1: agents listen at 161 where nothing else is said, and so the city file has it.
    draft.proposal.devices.append(row if walk.port == 161 else {**row, "snmp_port": walk.port})
    if walk.credential and walk.credential not in draft.proposal.credentials:
        draft.proposal.credentials.append(walk.credential)


def _add_uplinks(draft: CityDraft, walk: Walk, name: str) -> None:
    for interface in _candidates(draft, walk, name):
        if not _ISP.search(f"{interface.alias} {interface.name}"):
            continue
        line = draft.line_name(slug(interface.alias) or slug(interface.name) or "isp")
        draft.ends[name, interface.name] = f"uplink {line}"
        speed = speed_text(interface)
        row: Row = {"name": line, "device": name, "interface": interface.name}
        capacity = speed or _OFFICE_LINE
        draft.proposal.uplinks.append(row | {"receive_capacity": capacity, "transmit_capacity": capacity})
        doubt = f"the port's speed {speed}; the contract may say less" if speed else f"unknown, {capacity} was put"
        draft.proposal.doubts.append(f"uplink {line}: its capacity is {doubt}")


def _add_unknown_uplink(draft: CityDraft) -> None:
    root = draft.names[0]
    rates = {"receive_capacity": "1 Gbit/s", "transmit_capacity": "1 Gbit/s"}
    draft.proposal.uplinks.append({"name": draft.line_name("isp-1"), "device": root, "interface": "wan", **rates})
    draft.proposal.doubts.append(f"no interface of {root} looks like a line to an ISP; wan with 1 Gbit/s was put")


def _add_interfaces(draft: CityDraft, walk: Walk, name: str) -> None:
    """Ports whose description names an office and that hold its network."""
    heard = {neighbour.interface for neighbour in walk.neighbours}
    for interface in _candidates(draft, walk, name):
        is_office = bool(_OFFICE.search(interface.alias))
        code = draft.code(slug(interface.alias)) if is_office and interface.addresses else ""
        prefixes = draft.free_networks(interface.addresses, f"opd {code}") if code else []
        if not prefixes:
            draft.codes.discard(code)
            # A port with a neighbour is told by that neighbour.
            if interface.oper == "up" and (interface.addresses or interface.alias) and interface.name not in heard:
                draft.proposal.doubts.append(
                    f"device {name}: interface {interface.name} ({interface.alias}) was not understood"
                )
            continue
        row: Row = {"code": code, "name": interface.alias.strip(), "prefixes": prefixes}
        draft.proposal.opds.append(row | {"address": _host(draft, walk, interface, code)})
        _hang(draft, code, name, interface)
        draft.proposal.doubts.append(f"opd {code}: guessed from the description of {name} {interface.name}")


def _host(draft: CityDraft, walk: Walk, interface: Interface, code: str) -> str | None:
    """The office's own router: the one neighbour on its port that tells an address, else the one host seen there."""
    heard = [n.address for n in walk.neighbours if n.interface == interface.name and n.address]
    for hosts in ({str(address) for address in heard}, {str(address) for address in walk.behind(interface.name)}):
        free = hosts - draft.addresses.keys()
        if len(free) == 1:
            (address,) = free
            draft.addresses[address] = f"opd {code}"
            return address
    return None


def _hang(draft: CityDraft, code: str, device: str, interface: Interface | None) -> None:
    line = draft.line_name(f"link-{code}")
    port = draft.port_for(device, interface.name if interface else "", code, f"link {line}")
    row: Row = {"name": line, "upstream": {"device": device, "interface": port}, "opd": code}
    draft.proposal.links.append(speed_or(draft, row, _OFFICE_LINE, interface))


def _add_queues(draft: CityDraft) -> None:
    """A queue whose target is nobody's network yet is an office behind a shared port.

    The smallest targets first: a parent's queue holds the networks of its children, and is no office.
    """
    rows = [(walk, name, queue) for walk, name in zip(draft.walks, draft.names, strict=True) for queue in walk.queues]
    for walk, name, queue in sorted(rows, key=lambda row: _size(row[2])):
        if (name, queue.name) in draft.queues or not slug(queue.name):
            continue
        code = draft.code(slug(queue.name))
        prefixes = draft.free_networks(queue.targets, f"opd {code}")
        if not prefixes:
            draft.codes.discard(code)
            continue
        measured = {"measured": "queue", "queue": queue.name, "queue_device": name}
        draft.proposal.opds.append({"code": code, "name": queue.name, "prefixes": prefixes, **measured})
        draft.proposal.doubts.append(f"opd {code}: guessed from the queue {queue.name!r} of {name}")
        _hang_queue(draft, code, name, _port_of(walk, queue, prefixes))


def _hang_queue(draft: CityDraft, code: str, device: str, interface: Interface | None) -> None:
    """Offices measured by their queues may share a port; behind a device's port they hang from that device."""
    port = interface.name if interface else ""
    sharing = draft.ends.get((device, port), "")
    lines = {f"link {link['name']}": link for link in draft.proposal.links}
    line = lines.get(sharing)
    if line and line.get("device") and line["upstream"]["device"] == device:
        _hang(draft, code, line["device"], None)
    elif line and any(opd.get("queue") for opd in draft.proposal.opds if opd["code"] == line.get("opd")):
        row: Row = {"name": draft.line_name(f"link-{code}"), "upstream": dict(line["upstream"]), "opd": code}
        draft.proposal.links.append(speed_or(draft, row, _OFFICE_LINE, interface))
    else:
        _hang(draft, code, device, interface)


def _port_of(walk: Walk, queue: SimpleQueue, prefixes: Sequence[str]) -> Interface | None:
    """The port that the queue is bound to, else the one that holds its network, else the one its hosts were seen on."""
    if queue.interface:
        return walk.port_named(queue.interface)
    targets = [ip_network(prefix) for prefix in prefixes]
    for interface in walk.interfaces:
        own = (ip_interface(text).network for text in interface.addresses)
        if any(_meet(network, target) for network in own for target in targets):
            return interface
    interfaces = (arp.interface for arp in walk.arp if any(arp.address in target for target in targets))
    return next((walk.port_named(name) for name in interfaces), None)


def _meet(network: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    return network.version == other.version and network.overlaps(other)


def _size(queue: SimpleQueue) -> int:
    """How many addresses its largest target holds; one that cannot be read counts as none, and is left out later."""
    sizes = [0]
    for text in queue.targets:
        with suppress(ValueError):
            sizes.append(ip_network(text, strict=False).num_addresses)
    return max(sizes)


def _candidates(draft: CityDraft, walk: Walk, name: str) -> Iterator[Interface]:
    for interface in walk.interfaces:
        if interface.type in NETWORK_TYPES and interface.admin == "up" and (name, interface.name) not in draft.ends:
            yield interface
