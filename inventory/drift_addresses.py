"""Addresses that belong to nobody: a city file and what its devices told in, the networks that lack an owner out. Pure.

Networks on the ports of offices and hosts seen there, or on ports that no line has. What is seen on trunks and on lines
to the internet is of other devices and of the world, and not looked at.
"""

from collections.abc import Iterator
from ipaddress import ip_interface, ip_network

from inventory.answers import Interface, Walk
from inventory.divergence import Divergence, DriftKind, Edit, EditKind, divergence, edit
from inventory.draft import CityDraft
from inventory.model import Address, City, Network, Opd
from inventory.sentences import Sentence

# What one host without a network of its port is told as: the network of most offices, and a /64 (RFC 4291).
_HOST_PREFIX = {4: 24, 6: 64}


def address_divergences(city: City, draft: CityDraft) -> Iterator[Divergence]:
    """One difference for each network without an owner and the port it was seen on."""
    trunks = {(uplink.device, uplink.interface) for uplink in city.uplinks}
    trunks |= {(link.upstream.device, link.upstream.interface) for link in city.links if link.device}
    trunks |= {(link.device, link.interface) for link in city.links if link.device and link.interface}
    offices = {(link.upstream.device, link.upstream.interface): city.opd(link.opd) for link in city.links if link.opd}
    for walk, device in zip(draft.walks, draft.names, strict=True):
        for interface in walk.interfaces:
            ends = {(device, interface.name), (device, interface.alias)}
            if ends & trunks or interface.oper != "up":
                continue
            office = next((offices[end] for end in ends if end in offices), None)
            for network, hosts in _strangers(draft, walk, interface, is_office=office is not None).items():
                says = _sentence(f"{device}/{interface.name}", network, hosts)
                yield divergence(DriftKind.ADDRESS, str(network), says, _mending(city, network, office))


def _strangers(draft: CityDraft, walk: Walk, interface: Interface, is_office: bool) -> dict[Network, int]:
    """Networks without an owner with the hosts seen in each; that of an office's port also where no host was seen."""
    own = [ip_interface(text) for text in interface.addresses]
    strangers = {
        entry.network: 0 for entry in own if is_office and _counts(entry.ip) and not _has_owner(draft, entry.network)
    }
    for host in walk.behind(interface.name):
        if str(host) in draft.addresses or not _counts(host):
            continue
        network = next((entry.network for entry in own if host in entry.network), None)
        network = network or ip_network(f"{host}/{_HOST_PREFIX[host.version]}", strict=False)
        if not _has_owner(draft, ip_network(host)):
            strangers[network] = strangers.get(network, 0) + 1
    return strangers


def _counts(address: Address) -> bool:
    return not (address.is_link_local or address.is_loopback or address.is_multicast or address.is_unspecified)


def _has_owner(draft: CityDraft, network: Network) -> bool:
    return any(owned.version == network.version and owned.overlaps(network) for owned, _ in draft.prefixes)


def _sentence(at: str, network: Network, hosts: int) -> Sentence:
    return Sentence(
        f"{network} di {at} bukan milik siapa pun ({hosts} alamat terlihat)",
        f"{network} at {at} is nobody's ({hosts} addresses seen)",
    )


def _mending(city: City, network: Network, office: Opd | None) -> Edit:
    """Another network of the office on that port; of the city's own management where no office is known."""
    owned = office.prefixes if office else city.city.management
    key, where = ("prefixes", f"opds {office.code}") if office else ("management", "city")
    networks = ", ".join(_written(prefix) for prefix in (*owned, network))
    return edit(EditKind.CHANGE, where, [f"{key}: [{networks}]"])


def _written(network: Network) -> str:
    # A colon would be a key of YAML.
    return f'"{network}"' if network.version == 6 else str(network)
