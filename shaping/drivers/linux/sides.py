"""Which interfaces are the offices' and which the line's: the inventory's tree in, sides of the router out. Pure."""

from collections.abc import Mapping

from shaping.drivers.base import Site
from shaping.drivers.linux.nft import RouterSides


def sides_of(site: Site, minors: Mapping[str, int]) -> RouterSides:
    """The sides of the router that shapes this uplink.

    An interface of ``management_from`` (shaping.yaml) is on neither side: there management addresses are believed.
    """
    device = site.city.uplink(site.uplink).device
    trusted = set(site.management_from)
    links = [link for link in site.city.links if link.upstream.device == device]
    offices = {site.place("receive"), *(link.upstream.interface for link in links)} - trusted
    line = {site.place("transmit")} - trusted
    # An interface with two offices behind it says of neither that a packet is his.
    interfaces = [link.upstream.interface for link in links]
    ports = {
        link.upstream.interface: minors[link.opd]
        for link in links
        if link.opd is not None and link.opd in minors and interfaces.count(link.upstream.interface) == 1
    }
    ports = {name: minor for name, minor in ports.items() if name in offices}
    return RouterSides(tuple(sorted(offices)), tuple(sorted(line)), ports, site.spoofed == "drop")
