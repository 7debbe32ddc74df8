"""What to measure where: a checked city in, the ports of each device out. Pure.

Point of view is the offices': **receive is towards them** (download). A link is measured at its upstream end, whose
interface faces the offices, so receive is what that interface sends (ifHCOutOctets). An uplink's interface faces the
ISP, so receive is what it receives (ifHCInOctets). The inventory names exactly one interface per line, so members of a
bundle and VLANs on top of a counted port are counted only if the inventory lists them, and never twice in one sum.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inventory.model import City, Measured


@dataclass(frozen=True, slots=True)
class Port:
    """One line of the inventory at the device that measures it. ``speed`` is the inventory's, in bytes per second.

    ``opd`` is the OPD whose usage is counted here, None where it is measured otherwise or several share the port.
    """

    link: str
    interface: str
    faces_opds: bool
    speed: int
    opd: str | None = None


@dataclass(frozen=True, slots=True)
class OpdQueue:
    """An OPD measured by its RouterOS simple queue on this device."""

    name: str
    opd: str


@dataclass(frozen=True)
class DevicePlan:
    """Everything to measure at one device; ``shared`` are interfaces that more than one line names.

    ``ends`` are the interfaces here that are an end of a line, with that line: also the end away from the core.
    """

    device: str
    ports: tuple[Port, ...]
    queues: tuple[OpdQueue, ...] = ()
    shared: tuple[str, ...] = ()
    ends: tuple[tuple[str, str], ...] = ()

    @property
    def interfaces(self) -> tuple[str, ...]:
        """The interfaces to ask for, each once."""
        return tuple(dict.fromkeys(port.interface for port in self.ports))

    @property
    def counted_for_opds(self) -> frozenset[str]:
        """The interfaces whose packets are wanted too."""
        return frozenset(port.interface for port in self.ports if port.opd)


def counted_twice(ports: tuple[Port, ...], stacked: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """The lines whose interface carries another one that counts for the same sum; only the upper layer is counted.

    ``stacked`` are pairs of higher and lower interface (ifStackTable, RFC 2863): a bundle is above its members, a VLAN
    above its trunk. Sums are made over OPDs and over uplinks; a link that leads on to an OPD's VLAN is no doubling.
    """
    sums = {
        port.interface: "uplink" if not port.faces_opds else "opd" for port in ports if port.opd or not port.faces_opds
    }
    lower = {low for high, low in stacked if high in sums and sums[high] == sums.get(low)}
    return frozenset(port.link for port in ports if port.interface in lower)


@dataclass(frozen=True)
class CityPlan:
    """All the poller needs of a city: ``city`` with its devices and credentials but without links and OPDs.

    ``opds`` are code, name, district and link of every OPD, as the labels of ``lebarpita_opd_info``.
    """

    city: City
    plans: Mapping[str, DevicePlan]
    opds: tuple[tuple[str, str, str, str], ...]


def plan_city(city: City) -> CityPlan:
    """The plans of all devices that speak SNMP. A city of ten thousand OPDs is not kept for them."""
    links = {link.opd: link.name for link in city.links if link.opd}
    opds = tuple((opd.code, opd.name, opd.district, links.get(opd.code, "")) for opd in city.opds)
    plans = {device.name: plan_device(city, device.name) for device in city.devices if device.snmp}
    return CityPlan(city.model_copy(update={"links": (), "opds": ()}), plans, opds)


def plan_device(city: City, device: str) -> DevicePlan:
    """The plan of one device; KeyError if the city has none of that name."""
    name = city.device(device).name
    by_interface = {opd.code for opd in city.opds if opd.measured is Measured.INTERFACE}
    lines = [
        *((u.name, u.interface, False, u.receive_capacity, None) for u in city.uplinks if u.device == name),
        *(
            (link.name, link.upstream.interface, True, link.speed, link.opd if link.opd in by_interface else None)
            for link in city.links
            if link.upstream.device == name
        ),
    ]
    uses = Counter(line[1] for line in lines)
    shared = tuple(interface for interface, count in uses.items() if count > 1)
    ports = tuple(Port(*line[:4], opd=None if line[1] in shared else line[4]) for line in lines)
    queues = tuple(
        OpdQueue(opd.queue or opd.code, opd.code)
        for opd in city.opds
        if opd.measured is Measured.QUEUE and opd.queue_device == name
    )
    ends = (*((line[1], line[0]) for line in lines), *_far_ends(city, name))
    return DevicePlan(name, ports, queues, shared, ends)


def _far_ends(city: City, device: str) -> Iterator[tuple[str, str]]:
    for link in city.links:
        if link.device == device and link.interface:
            yield link.interface, link.name
