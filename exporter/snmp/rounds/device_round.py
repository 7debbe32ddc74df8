"""One device in a round: its poller's last answer in, arrays for ``rounds.c`` out; None where it is not usual.

Only what is decided by plain numbers is left to the compiled code: counters of 64 bits go on, all else is as it was. A
state, a name, a table or a resource that is another than at the last poll, a counter that goes back, a line that
carries more than it claims: the device's poller reads it anew and decides.
"""

import socket
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporter.snmp.device.poller import HEAD_GROUPS, DeviceReading
from exporter.snmp.device.reading import EXACT, InterfaceReading
from exporter.snmp.device.requests import ObjectGroup
from exporter.snmp.engines.interface import MAX_VARBINDS, SnmpTarget
from exporter.snmp.native.library import RoundDevice
from exporter.snmp.rounds.forms import DURATION, PageForm, Slot, form_of, has_places
from exporter.snmp.rounds.round_requests import (
    FIELDS,
    QUEUE_CELLS,
    RoundRequests,
    Subject,
    UnusualError,
    round_requests,
)
from exporter.snmp.scrape.scrapes import DeviceScrapes

Sender = tuple[int, int]


class DeviceRound:
    """The arrays of one device, alive as long as the compiled code has their addresses, and what they were made for."""

    def __init__(
        self, scrapes: DeviceScrapes, reading: DeviceReading, form: PageForm, requests: RoundRequests, sender: Sender
    ) -> None:
        assert reading.boot is not None
        self.scrapes, self.form, self.reading_at, self.boot = scrapes, form, reading.at, reading.boot
        self.timeout_seconds = scrapes.poller.target.timeout_seconds
        self.request_count = len(requests.table)
        self._requests, self._sender = requests, sender
        self._map = scrapes.poller.interface_map
        self._profiled, self._refresh_seconds = scrapes.profiled, scrapes.refresh_seconds
        self._now, self._before = requests.values.copy(), requests.values
        self._cells = np.zeros(requests.cells, np.uint64)

    def write(self, row: RoundDevice) -> None:
        """Put the addresses into the device's row."""
        requests, form = self._requests, self.form
        row.requests, row.datagrams = address(requests.table), address(requests.datagrams)
        row.rules, row.texts = address(requests.rules), address(requests.texts)
        row.now, row.before, row.cells = address(self._now), address(self._before), address(self._cells)
        row.form, row.ends, row.slots = address(form.text), address(form.ends), address(form.slots)
        row.rule_count, row.cell_count = len(requests.rules), len(self._cells)
        row.address, row.port = self._sender

    def usual(self, now: float) -> bool:
        """Whether only the device itself can have changed since this was made; ``now`` is the loop's time."""
        scrapes = self.scrapes
        poller = scrapes.poller
        return (
            poller.interface_map is self._map
            and not poller.suspect
            and not scrapes.in_flight
            and scrapes.profiled is self._profiled
            and (not self._profiled or now < scrapes.profiled_until)
            and scrapes.refresh_seconds == self._refresh_seconds
            and not poller.due
        )

    def hand_over(self, at: float, ticks: int) -> None:
        """Tell the device's own way what the last round saw, so that it goes on from there."""
        self.scrapes.poller.follow_boot(ticks, at)
        for link, places in self._requests.octets.items():
            octets_in, octets_out = (int(self._before[place]) % EXACT for place in places)
            self.scrapes.ports.follow_octets(link, at, (octets_in, octets_out))


def device_round(scrapes: DeviceScrapes, narrow: bool = False) -> DeviceRound | None:
    """The device's round after its poll; None where something of it is not usual. ``narrow``: few objects at once."""
    poller, reading = scrapes.poller, scrapes.reading
    answer, poller.last_answer = poller.last_answer, None
    interface_map, sender = poller.interface_map, _sender(poller.target)
    if reading is None or answer is None or interface_map is None or sender is None or not _is_plain(scrapes, reading):
        return None
    most = MAX_VARBINDS if narrow else None
    subject = Subject(poller.target.login.community, interface_map, scrapes.ports, reading.interfaces, answer.values)
    try:
        requests = round_requests(subject, _without(interface_map.groups, poller.manners.missing), most)
    except UnusualError:
        return None
    if has_places(scrapes.again(reading, 0.0)):
        return None
    form = form_of(scrapes.again(_with_places(reading), Slot(0, DURATION)))
    return DeviceRound(scrapes, reading, form, requests, sender)


def _without(groups: tuple[ObjectGroup, ...], missing: set[str]) -> list[ObjectGroup]:
    """What is asked each time, but for what the agent lacks."""
    every = (*groups, *HEAD_GROUPS)
    if not missing:
        return list(every)
    left = [
        ObjectGroup(
            "" if group.identity in missing else group.identity, tuple(o for o in group.columns if o not in missing)
        )
        for group in every
    ]
    return [group for group in left if group.columns]


def _is_plain(scrapes: DeviceScrapes, reading: DeviceReading) -> bool:
    """Whether the agent does as most do, its counters have 64 bits and its sysUpTime has not wrapped yet."""
    poller = scrapes.poller
    target = poller.target
    return (
        poller.manners.settled
        and poller.manners.plain
        and not poller.manners.lost
        and not target.habits.elsewhere
        and target.login.version == "2c"
        and target.transport == "udp"
        and reading.boot is not None
        and not reading.boot.wraps
        and all(interface.counter_bits == 64 for interface in reading.interfaces.values())
    )


def _sender(target: SnmpTarget) -> Sender | None:
    """Address and port as the kernel writes them; None where it is no IPv4 address."""
    try:
        packed = socket.inet_pton(socket.AF_INET, target.address)
    except OSError:
        return None
    # As they stand in a sockaddr_in: bytes of the network's order, read as this machine reads a number.
    return int(np.frombuffer(packed, np.uint32)[0]), socket.htons(target.port)


def _with_places(reading: DeviceReading) -> DeviceReading:
    """The reading with a slot in the place of each counter."""
    interfaces = {
        name: _slotted(interface, len(FIELDS) * place)
        for place, (name, interface) in enumerate(reading.interfaces.items())
    }
    first = len(FIELDS) * len(interfaces)
    queues = {
        opd: tuple(None if n is None else Slot(n, first + QUEUE_CELLS * place + way) for way, n in enumerate(counts))
        for place, (opd, counts) in enumerate(reading.queues.items())
    }
    return replace(reading, interfaces=interfaces, queues=queues)


def _slotted(interface: InterfaceReading, first: int) -> InterfaceReading:
    cells = {field: first + place for place, field in enumerate(FIELDS)}
    values: list[Any] = [
        Slot(value, cells[field]) if field in cells and value is not None else value
        for field, value in zip(interface._fields, interface, strict=True)
    ]
    return InterfaceReading(*values)


def address(array: NDArray[Any]) -> int:
    """Where an array lies in memory."""
    return int(array.ctypes.data)
