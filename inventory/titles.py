"""What people call a line or a device: a city in, a title for every root of an outage out. Pure.

The keys of the city file are for programs. Who has not written titles still gets names that he knows: the office, the
provider, what the device was described as.
"""

from collections.abc import Mapping

from inventory.model import City, Device, Link, Uplink


def titles(city: City) -> Mapping[str, str]:
    """The title of every device, link and uplink by its key; a link or uplink stands before a device of its name."""
    return {**device_titles(city), **link_titles(city)}


def device_titles(city: City) -> Mapping[str, str]:
    """The title of every device by its key."""
    return {device.name: _device(device) for device in city.devices}


def link_titles(city: City) -> Mapping[str, str]:
    """The title of every link and uplink by its key."""
    devices = device_titles(city)
    offices = {opd.code: opd.name for opd in city.opds}
    links = {link.name: _link(link, devices, offices) for link in city.links}
    return links | {uplink.name: _uplink(uplink) for uplink in city.uplinks}


def title(city: City, root: str) -> str:
    """The title of one root; a root that the city file no longer has keeps its key, which is all that is known."""
    return titles(city).get(root, root)


def _device(device: Device) -> str:
    # Descriptions say first what it is and then more: "Router inti, ruang server Diskominfo".
    return device.title or device.description.partition(",")[0].strip() or device.name


def _link(link: Link, devices: Mapping[str, str], offices: Mapping[str, str]) -> str:
    """A line without a title is called by what stands behind it."""
    return link.title or (offices[link.opd] if link.opd else devices[link.device or ""])


def _uplink(uplink: Uplink) -> str:
    return uplink.title or uplink.provider or uplink.name
