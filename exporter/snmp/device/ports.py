"""From readings to the samples of the inventory's lines: a DevicePlan and readings in, page text out.

Keeps of the last reading only what the next one needs: the traffic seen (a device may claim less speed than it
carries), the time between scrapes (32-bit counters wrap) and the discontinuities counted. Sends and asks nothing.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import NamedTuple

from exporter.snmp import metrics as m
from exporter.snmp.device.plan import DevicePlan, Port, counted_twice
from exporter.snmp.device.poller import DeviceReading
from exporter.snmp.device.reading import SLACK, InterfaceReading, line_speed
from exporter.snmp.device.table import Extra
from exporter.template import Family, PageTemplate

_LINK_METRICS = (
    m.LINK_UP,
    m.LINK_ADMIN_UP,
    m.LINK_RECEIVE,
    m.LINK_TRANSMIT,
    m.LINK_SPEED,
    m.LINK_LAST_CHANGE,
    m.LINK_COUNTER_BITS,
    m.LINK_REFUSED,
    m.LINK_DISCONTINUITIES,
    m.LINK_FOUND,
)
_OPD_METRICS = (m.OPD_RECEIVE, m.OPD_TRANSMIT, m.OPD_RECEIVE_PACKETS, m.OPD_TRANSMIT_PACKETS)
# Half a turn of a Counter32 at full speed: beyond it one wrap can no longer be told from none (RFC 2863, 3.1.6).
_WRAP_LIMIT = 2**31
# A row of a port that is not there: errors and discards by direction (4), the link's metrics (9), LINK_FOUND 0.
_NOT_FOUND: tuple[float | None, ...] = (*(None,) * 13, 0)
# As many as _OPD_METRICS.
_NO_OPD: tuple[float | None, ...] = (None,) * 4


class _Ways(NamedTuple):
    """How (in, out) of an interface become (receive, transmit) of the offices."""

    octets: Callable[[InterfaceReading], tuple[int | None, int | None]]
    packets: Callable[[InterfaceReading], tuple[int | None, int | None]]
    faults: Callable[[InterfaceReading], tuple[int | None, int | None, int | None, int | None]]


# An uplink's interface faces the ISP, a link's the offices: what is "in" for one is "out" for the other.
_FROM = _Ways(
    attrgetter("in_octets", "out_octets"),
    attrgetter("in_packets", "out_packets"),
    attrgetter("in_errors", "out_errors", "in_discards", "out_discards"),
)
_TOWARDS = _Ways(
    attrgetter("out_octets", "in_octets"),
    attrgetter("out_packets", "in_packets"),
    attrgetter("out_errors", "in_errors", "out_discards", "in_discards"),
)


class _Before(NamedTuple):
    at: float
    octets: tuple[int | None, int | None]
    discontinuity: int | None
    claimed: int
    discontinuities: int = 0
    fastest: float = 0.0


class PortPage:
    """The lines of one device's page that speak of links and OPDs."""

    def __init__(self, plan: DevicePlan) -> None:
        self.plan = plan
        self._template = PageTemplate(lambda: _families(plan))
        self._before: dict[str, _Before] = {}
        self.extras: list[Extra] = []

    def write(self, reading: DeviceReading) -> str:
        """The samples of one reading. Lines whose value the device lacks are left out.

        What is rare (uplinks, bundles, ports below their contract) is put into ``extras``: no page keeps room for it.
        """
        self.extras = []
        twice = counted_twice(self.plan.ports, reading.stacked) if reading.stacked else frozenset()
        rows = [self._row(port, reading, port.link in twice) for port in self.plan.ports]
        # The first 14 values are of the link (see _NOT_FOUND), the last four of the OPD.
        opds = [row[14:] for port, row in zip(self.plan.ports, rows, strict=True) if port.opd]
        opds += [reading.queues.get(queue.opd, _NO_OPD) for queue in self.plan.queues]
        values = [value for column in zip(*(row[:14] for row in rows), strict=True) for value in column]
        return self._template.write(values + [value for column in zip(*opds, strict=True) for value in column])

    def fastest(self, link: str) -> float:
        """The most that a line was seen to carry, in bytes per second."""
        before = self._before.get(link)
        return before.fastest if before is not None else 0.0

    def follow_octets(self, link: str, at: float, octets: tuple[int, int]) -> None:
        """Take note of octets that came beside the readings, at that Unix second."""
        before = self._before.get(link)
        if before is not None and before.at < at:
            self._before[link] = before._replace(at=at, octets=octets)

    def _row(self, port: Port, reading: DeviceReading, twice: bool) -> tuple[float | None, ...]:
        """One port's values: errors and discards by direction, the links' metrics in their order, the OPD's four."""
        interface = reading.interfaces.get(port.interface)
        if interface is None:
            return (*_NOT_FOUND, *_NO_OPD)
        now = self._followed(port, interface, reading)
        speed = line_speed(interface.speed_bytes, port.speed, now.fastest)
        refused = self._may_have_wrapped(port, interface, reading.at, speed) or (twice and not port.faces_opds)
        self._before[port.link] = now
        if interface.speed_bytes and not port.faces_opds:
            self.extras.append((m.LINK_PORT_SPEED, (port.link, self.plan.device), interface.speed_bytes))
        if interface.oper_up and (speed < port.speed or interface.bundle or interface.half_duplex):
            self.extras += _rare(port, interface, speed, self.plan.device)
        changed, up, admin_up = interface.last_change_ticks, interface.oper_up, interface.admin_up
        ways = _TOWARDS if port.faces_opds else _FROM
        octets: tuple[int | None, int | None] = (None, None) if refused else ways.octets(interface)
        return (
            *ways.faults(interface),
            None if up is None else int(up),
            None if admin_up is None else int(admin_up),
            *octets,
            speed,
            None if changed is None or reading.boot is None else round(reading.boot.moment(changed), 2),
            interface.counter_bits,
            int(refused),
            now.discontinuities,
            1,
            *(_NO_OPD if twice or port.opd is None else (*octets, *ways.packets(interface))),
        )

    def _followed(self, port: Port, interface: InterfaceReading, reading: DeviceReading) -> _Before:
        octets = (interface.in_octets, interface.out_octets)
        before = self._before.get(port.link)
        if before is None:
            return _Before(reading.at, octets, interface.discontinuity_ticks, interface.speed_bytes)
        # ifCounterDiscontinuityTime changed: the counters began anew without a reboot (RFC 2863, ifXTable).
        jumped = None not in (before.discontinuity, interface.discontinuity_ticks) and (
            before.discontinuity != interface.discontinuity_ticks
        )
        seconds = reading.at - before.at
        fastest = before.fastest if before.claimed == interface.speed_bytes else 0.0
        if not jumped and seconds >= 1 and interface.counter_bits == 64:
            fastest = max(fastest, _fastest(before.octets, octets) / seconds)
        count = before.discontinuities + jumped
        return _Before(reading.at, octets, interface.discontinuity_ticks, interface.speed_bytes, count, fastest)

    def _may_have_wrapped(self, port: Port, interface: InterfaceReading, at: float, speed: int) -> bool:
        """Whether 32-bit octets could have wrapped unseen since the last reading (RFC 2863 section 3.1.6)."""
        before = self._before.get(port.link)
        return interface.counter_bits == 32 and before is not None and (at - before.at) * speed > _WRAP_LIMIT


def _rare(port: Port, interface: InterfaceReading, speed: int, device: str) -> list[Extra]:
    """The samples of a port that is up and a bundle, below its contract or at half duplex."""
    labels = (port.link, device)
    samples: list[Extra] = []
    if interface.bundle and interface.speed_bytes:
        samples.append((m.LINK_BUNDLE_SPEED, labels, interface.speed_bytes))
    if speed * SLACK < port.speed:
        samples.append((m.LINK_BELOW_CONTRACT, labels, 1))
    if interface.half_duplex:
        samples.append((m.LINK_HALF_DUPLEX, labels, 1))
    return samples


def _fastest(before: tuple[int | None, int | None], now: tuple[int | None, int | None]) -> int:
    fastest = 0
    for was, is_now in zip(before, now, strict=True):
        if was is not None and is_now is not None and is_now - was > fastest:
            fastest = is_now - was
    return fastest


def _families(plan: DevicePlan) -> list[Family]:
    links = [(port.link, plan.device) for port in plan.ports]
    opds = [(port.opd, "interface") for port in plan.ports if port.opd]
    opds += [(queue.opd, "queue") for queue in plan.queues]
    both: list[Family] = [
        (metric, [(*link, way) for way in ("receive", "transmit") for link in links])
        for metric in (m.LINK_ERRORS, m.LINK_DISCARDS)
    ]
    return [
        *both,
        *((metric, links) for metric in _LINK_METRICS),
        *((metric, opds) for metric in _OPD_METRICS),
    ]
