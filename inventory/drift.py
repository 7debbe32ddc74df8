"""A city file and what its devices told in, what the network has otherwise out, each with the edit that would mend it.

Pure. What discovery would add is what the file does not say yet; names, ports and addresses are held against the file.
"""

from collections.abc import Iterator, Mapping, Sequence

from inventory.answers import Interface, Walk
from inventory.discovery import NETWORK_TYPES, propose_from_walks
from inventory.divergence import Divergence, DriftKind, EditKind, divergence, edit
from inventory.draft import CityDraft, begin, speed_text
from inventory.drift_addresses import address_divergences
from inventory.merging import row_line
from inventory.model import City, Network
from inventory.neighbours import ports_towards
from inventory.proposal import Proposal, Row, slug
from inventory.sentences import Sentence

# IANAifType: ethernetCsmacd, gigabitEthernet.
_CABLE_TYPES = (6, 117)


def drift_of(city: City, walks: Sequence[Walk], within: Sequence[Network]) -> tuple[Divergence, ...]:
    """Every difference between the file and the devices that answered, the largest in meaning first."""
    if not walks:
        return ()
    proposal, draft = propose_from_walks(walks, within, city), begin(walks, within, city)
    proposed_ends = _ends(proposal)
    return (
        *_neighbours(proposal),
        *_new_lines(proposal),
        *_ports(draft, proposed_ends),
        *_names(city, draft),
        *_lost_ports(city, draft),
        *_queues(city, draft),
        *address_divergences(city, draft),
    )


def _neighbours(proposal: Proposal) -> Iterator[Divergence]:
    links = {row["device"]: row for row in proposal.links if row.get("device")}
    for device in proposal.devices:
        link = links.get(device["name"])
        logins = [row for row in proposal.credentials if row["name"] == device.get("snmp")]
        parts = (("credentials", logins), ("devices", [device]), ("links", [link] if link else []))
        edits = [edit(EditKind.ADD, key, [row_line(row) for row in rows]) for key, rows in parts if rows]
        at = f"{link['upstream']['device']}/{link['upstream']['interface']}" if link else "-"
        says = Sentence(
            f"perangkat {device['address']} di {at} belum tertulis",
            f"device {device['address']} at {at} is not written",
        )
        yield divergence(DriftKind.NEIGHBOUR, device["name"], says, *edits)


def _new_lines(proposal: Proposal) -> Iterator[Divergence]:
    """Offices and uplinks that a port or a queue speaks of."""
    links = {row["opd"]: row for row in proposal.links if row.get("opd")}
    for opd in proposal.opds:
        link = links[opd["code"]]
        at = f"{link['upstream']['device']}/{link['upstream']['interface']}"
        networks = ", ".join(opd["prefixes"])
        says = Sentence(
            f"{opd['name']} ({networks}) di {at} belum tertulis", f"{opd['name']} ({networks}) at {at} is not written"
        )
        edits = (edit(EditKind.ADD, "opds", [row_line(opd)]), edit(EditKind.ADD, "links", [row_line(link)]))
        yield divergence(DriftKind.PORT, at, says, *edits)
    for uplink in proposal.uplinks:
        at = f"{uplink['device']}/{uplink['interface']}"
        says = Sentence(f"{at} tampak sebagai jalur internet", f"{at} looks like a line to the internet")
        yield divergence(DriftKind.PORT, at, says, edit(EditKind.ADD, "uplinks", [row_line(uplink)]))


def _ends(proposal: Proposal) -> set[tuple[str, str]]:
    """The ports that the other differences speak of."""
    ends = {(row["upstream"]["device"], row["upstream"]["interface"]) for row in proposal.links}
    ends |= {(row["device"], row["interface"]) for row in proposal.links if row.get("device") and row.get("interface")}
    return ends | {(row["device"], row["interface"]) for row in proposal.uplinks}


def _ports(draft: CityDraft, proposed_ends: set[tuple[str, str]]) -> Iterator[Divergence]:
    """Ports that are up and carry something, and no line ends there."""
    for place, (walk, device) in enumerate(zip(draft.walks, draft.names, strict=True)):
        towards = ports_towards(draft, place)
        for interface in walk.interfaces:
            if (
                _is_spare(draft, device, interface)
                or (device, interface.name) in proposed_ends
                or interface.name in towards
            ):
                continue
            at, alias = f"{device}/{interface.name}", interface.alias or "-"
            much = "" if interface.octets is None else f"{interface.octets} "
            says = Sentence(
                f"port {at} ({alias}) aktif, {much or 'entah berapa '}bita terhitung, tetapi tidak tertulis",
                f"port {at} ({alias}) is up, {much or 'nobody knows how many '}bytes counted, and it is not written",
            )
            link: Row = {"name": f"{device}-{slug(interface.name)}"[:63].strip("-")}
            link |= {"upstream": {"device": device, "interface": interface.name}, "opd": "KODE"}
            link["speed"] = speed_text(interface) or "100 Mbit/s"
            yield divergence(DriftKind.PORT, at, says, edit(EditKind.ADD, "links", [row_line(link)]))


def _is_spare(draft: CityDraft, device: str, interface: Interface) -> bool:
    """Whether nothing is to be said of a port: no port of a network, not in use, or written, itself or its VLANs."""
    if interface.type not in NETWORK_TYPES or interface.admin != "up" or interface.oper != "up":
        return True
    ends = [name for owner, name in draft.ends if owner == device]
    same = {interface.name, interface.alias} - {""}
    return interface.octets == 0 or any(end in same or end.startswith(f"{interface.name}.") for end in ends)


def _names(city: City, draft: CityDraft) -> Iterator[Divergence]:
    """Devices that call themselves otherwise than the file does, by name, title or ``sys_name``."""
    devices = {device.name: device for device in city.devices}
    for walk, name in zip(draft.walks, draft.names, strict=True):
        device = devices.get(name)
        if device is None or not slug(walk.name):
            continue
        written = {slug(word) for word in (device.name, device.title, device.sys_name) if word}
        if not {slug(walk.name), slug(walk.name.partition(".")[0])} & written:
            says = Sentence(f"{name} kini menyebut dirinya “{walk.name}”", f"{name} calls itself {walk.name!r} now")
            lines = [f"sys_name: {_quoted(walk.name)}"]
            yield divergence(DriftKind.NAME, name, says, edit(EditKind.CHANGE, f"devices {name}", lines))


def _lost_ports(city: City, draft: CityDraft) -> Iterator[Divergence]:
    """Lines whose port the device has no more, or whose far device is heard at another one."""
    places = {name: place for place, name in enumerate(draft.names)}
    for link in city.links:
        device, interface = link.upstream.device, link.upstream.interface
        if device not in places:
            continue
        heard = ports_towards(draft, places[device])
        at_port = next((port for port, far in heard.items() if far == link.device), "") if link.device else ""
        has = draft.walks[places[device]].port_named(interface)
        # A bundle or a VLAN is not heard by itself: its members are.
        if has and (not at_port or has.type not in _CABLE_TYPES or heard.get(has.name) == link.device):
            continue
        yield _lost(f"links {link.name}", device, interface, _instead(draft, places[device], link.opd, at_port), has)
    for uplink in city.uplinks:
        if uplink.device in places and not draft.walks[places[uplink.device]].port_named(uplink.interface):
            yield _lost(f"uplinks {uplink.name}", uplink.device, uplink.interface, "", None)


def _lost(where: str, device: str, interface: str, instead: str, has: Interface | None) -> Divergence:
    subject, at = where.partition(" ")[2], f"{device}/{interface}"
    if has:
        says = Sentence(
            f"{subject}: kini terlihat di {instead}, bukan {at}", f"{subject}: is at {instead} now, not {at}"
        )
    elif instead:
        says = Sentence(f"{subject}: port {at} tidak ada; kini {instead}", f"{subject}: no port {at}; it is {instead}")
    else:
        says = Sentence(f"{subject}: port {at} tidak ada lagi", f"{subject}: there is no port {at} any more")
    put = _quoted(instead) if instead else "PORT"
    lines = (
        [f"interface: {put}"] if where.startswith("uplinks") else [f"upstream: {{device: {device}, interface: {put}}}"]
    )
    return divergence(DriftKind.LINE, subject, says, edit(EditKind.CHANGE, where, lines))


def _instead(draft: CityDraft, place: int, opd: str | None, at_port: str) -> str:
    """The port where the far device is heard, else the free one whose description is the office's code."""
    if at_port or not opd:
        return at_port
    device = draft.names[place]
    free = [port for port in draft.walks[place].interfaces if (device, port.name) not in draft.ends]
    named = [port.name for port in free if opd in (slug(port.alias), slug(port.name))]
    return named[0] if len(named) == 1 else ""


def _queues(city: City, draft: CityDraft) -> Iterator[Divergence]:
    """Queues that have another name now: by their target, which is still the office's network."""
    walks: Mapping[str, Walk] = dict(zip(draft.names, draft.walks, strict=True))
    for opd in city.opds:
        walk = walks.get(opd.queue_device or "")
        if walk is None or any(queue.name == opd.queue for queue in walk.queues):
            continue
        networks = {str(prefix) for prefix in opd.prefixes}
        new = next((queue.name for queue in walk.queues if networks & set(queue.targets)), "")
        at, put = f"{opd.queue_device}", _quoted(new) if new else "ANTREAN"
        says = Sentence(
            f"antrean “{opd.queue}” di {at} tidak ada" + (f"; kini “{new}”" if new else ""),
            f"there is no queue {opd.queue!r} on {at}" + (f"; it is {new!r} now" if new else ""),
        )
        yield divergence(DriftKind.NAME, opd.code, says, edit(EditKind.CHANGE, f"opds {opd.code}", [f"queue: {put}"]))


def _quoted(text: str) -> str:
    """A value as YAML needs it, taken from a row written by the same hand as all others."""
    return row_line({"v": text}).removeprefix("- {v: ").removesuffix("}")
