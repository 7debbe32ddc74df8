"""Where an outage is, for the person who goes there: a city and a root in; both ends, the way there, first looks out.

Pure. A root that the city file no longer has gives an empty place: what is not known is not drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inventory.model import City
from inventory.titles import titles
from inventory.topology import Branch, Kind, branches
from request_tracker.words.bilingual import Both

# How near a map opens: buildings with their names are seen.
MAP_ZOOM = 17


@dataclass(frozen=True, kw_only=True)
class Waypoint:
    """One end of a line: its name, where it stands, and how to get there ('' where no coordinates are written).

    ``line`` leads to it from the one before; ``fails``: that line, or the thing itself, is what the outage is about.
    """

    name: str
    place: str = ""
    map_link: str = ""
    line: str = ""
    fails: bool = False


@dataclass(frozen=True, kw_only=True)
class TicketPlace:
    """The way from the monitor to what failed, with the end on either side; ``interface`` is the near end's."""

    way: tuple[Waypoint, ...] = ()
    near: Waypoint | None = None
    far: Waypoint | None = None
    interface: str = ""
    line_place: str = ""


def place_of(city: City, root: str) -> TicketPlace:
    """The place of an outage's root: a line, an uplink or a device."""
    by_name = {branch.name: branch for branch in branches(city)}
    if root in by_name:
        return _of_line(city, by_name, root)
    if any(device.name == root for device in city.devices):
        return _of_device(city, by_name, root)
    return TicketPlace()


def first_looks(kind: str, cause: str, uplink: bool) -> tuple[Both, ...]:
    """What to look at, in this order, before anything is taken apart."""
    if kind == "device":
        return _DEVICE
    return (*_LINE.get(cause, _LINE["link_down"]), *((_ISP,) if uplink else ()))


def _of_line(city: City, by_name: Mapping[str, Branch], root: str) -> TicketPlace:
    failed, links = by_name[root], {link.name: link for link in city.links}
    way = _way(city, by_name, root, root)
    return TicketPlace(
        way=way,
        near=way[-2],
        far=way[-1],
        interface=failed.interface,
        line_place=links[root].place if root in links else "",
    )


def _of_device(city: City, by_name: Mapping[str, Branch], root: str) -> TicketPlace:
    leading = next(
        (branch.name for branch in by_name.values() if branch.kind is Kind.LINK and branch.far == root), None
    )
    way = _way(city, by_name, leading, root)
    return TicketPlace(way=way, near=way[-2] if len(way) > 1 else None, far=way[-1])


def _way(city: City, by_name: Mapping[str, Branch], last: str | None, root: str) -> tuple[Waypoint, ...]:
    """The stops from the device that the monitor stands at to the far end of ``last``."""
    names, chain = titles(city), []
    while last is not None:
        chain.append(by_name[last])
        last = by_name[last].parent
    begin = city.city.watch_from
    stops = [_stop(city, begin, "", begin == root)]
    for branch in reversed(chain):
        far = branch.far or branch.name
        stops.append(_stop(city, far, names[branch.name], root in (branch.name, branch.far)))
    return tuple(stops)


def _stop(city: City, name: str, line: str, fails: bool) -> Waypoint:
    devices, offices = {device.name: device for device in city.devices}, {opd.code: opd for opd in city.opds}
    if name in offices:
        office = offices[name]
        return Waypoint(
            name=office.name,
            place=office.district,
            map_link=_map(office.coordinates),
            line="" if line == office.name else line,
            fails=fails,
        )
    title = titles(city)[name]
    device = devices.get(name)
    return Waypoint(
        name=title,
        place=device.place if device else "",
        map_link=_map(device.coordinates if device else None),
        line="" if line == title else line,
        fails=fails,
    )


def _map(at: tuple[float, float] | None) -> str:
    return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map={MAP_ZOOM}/{at[0]}/{at[1]}" if at else ""


_POWER = Both("daya dan lampu perangkat di ujung jauh", "power and lights of the device at the far end")
_CABLE = Both("kabel atau serat antara kedua ujung: konektor, tekukan, putus", "the cable or fibre between the ends")
_PORT = Both("lampu antarmuka di ujung dekat", "the light of the interface at the near end")
_ADDRESSES = Both("alamat dan konfigurasi perangkat di ujung jauh", "addresses and configuration at the far end")
_LINE = {
    "link_down": (_PORT, _CABLE, _POWER),
    # The light is on: what stands behind it answers nothing.
    "silent": (
        _POWER,
        _CABLE,
        Both("alamat dan konfigurasi perangkat di ujung jauh", "addresses and configuration there"),
    ),
}
_ISP = Both("modem atau ONT milik ISP: daya dan lampunya, lalu hubungi ISP", "the ISP's modem, then call the ISP")
_DEVICE = (
    Both(
        "switch dan kabel antara pemantau dan perangkat ini: bila mati, perangkatnya tampak seperti mati",
        "switch and cable between the monitor and this device: where they are dead, it looks as if the device were",
    ),
    Both("daya perangkat: steker, UPS, sekring", "the device's power: plug, UPS, fuse"),
    Both("lampu dan suara kipas perangkat", "lights and fans of the device"),
)
