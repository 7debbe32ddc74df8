"""Scrapes: an inventory name in, that device's page out. One poll per device at a time, each with its own deadline.

Two Prometheus servers that ask at the same moment share one poll. A device that is dead, slow or hostile costs its own
scrape only: nothing here waits for another device. A failure is a page too: ``lebarpita_snmp_up 0`` and the reason.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from exporter.metrics import page
from exporter.names import NamesPage
from exporter.snmp import metrics as m
from exporter.snmp.device.plan import CityPlan, DevicePlan
from exporter.snmp.device.poller import DeviceReading, Poller
from exporter.snmp.device.ports import PortPage
from exporter.snmp.device.table import Extra, families
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Engine, target_of
from exporter.snmp.scrape.slots import Slots

LOG = logging.getLogger("exporter.snmp")


class UnknownTargetError(Exception):
    """Nothing of that name is in the inventory; nothing else is ever polled."""


class DeviceScrapes:
    """The scrapes of one device."""

    def __init__(self, poller: Poller, slots: Slots, refresh_seconds: float | None = None) -> None:
        self.poller = poller
        self._slots = slots
        self.refresh_seconds = refresh_seconds
        # What device profiles tell of it, and until when (the loop's time) that is not too old to be shown.
        self.profiled: Sequence[Extra] = ()
        self.profiled_until = 0.0
        self._page = PortPage(poller.plan)
        self._last: Reason | None = None
        self._flight: asyncio.Task[DeviceReading] | None = None
        self._waiting = 0

    def replanned(self, plan: DevicePlan, refresh_seconds: float | None) -> "DeviceScrapes":
        """The scrapes of the same device for other ports."""
        refresh = self.refresh_seconds if refresh_seconds is None else refresh_seconds
        other = DeviceScrapes(self.poller.replanned(plan), self._slots, refresh)
        other._last = self._last
        return other

    def retire(self) -> None:
        """Give the session back once whoever waits for a poll has its answer."""
        if self._flight is not None and self.in_flight:
            self._flight.add_done_callback(lambda _: self.poller.close())
        else:
            self.poller.close()

    @property
    def in_flight(self) -> bool:
        """Whether a poll is under way."""
        return self._flight is not None and not self._flight.done()

    @property
    def reading(self) -> DeviceReading | None:
        """The reading of the last poll, where it is over and was read."""
        flight = self._flight
        if flight is None or not flight.done() or flight.cancelled() or flight.exception() is not None:
            return None
        return flight.result()

    @property
    def last_reason(self) -> Reason | None:
        """Why the device was not read last time; None where it was, or was not asked yet."""
        return self._last

    @property
    def ports(self) -> PortPage:
        """What the page keeps of its lines."""
        return self._page

    def again(self, reading: DeviceReading, seconds: float) -> str:
        """The page of a reading once more, as it was written or with other numbers."""
        return self._read_page(reading, seconds)

    async def scrape(self, seconds: float) -> tuple[str, Reason | None]:
        """The page, and the reason if the device could not be read within that many seconds."""
        began = time.perf_counter()
        try:
            reading = await self._read(seconds)
        except SnmpFailure as failure:
            self._tell(failure)
            return self._failed(failure.reason, time.perf_counter() - began), failure.reason
        self._tell(None)
        return self._read_page(reading, time.perf_counter() - began), None

    async def _polled(self) -> DeviceReading:
        """A device that failed last time does not wait for a slot, nor does anybody wait for it."""
        if self.poller.suspect:
            return await self.poller.poll()
        async with self._slots.slot():
            return await self.poller.poll()

    async def _read(self, seconds: float) -> DeviceReading:
        """Join the poll under way or begin one. The last to give up ends it; a longer deadline is not cut short."""
        if not self.in_flight:
            # Needs no supervisor: whoever waits for it gets what it raises, and the page says so.
            self._flight, self._waiting = asyncio.create_task(self._polled()), 0
        flight = self._flight
        assert flight is not None
        self._waiting += 1
        try:
            # wait and not wait_for: giving up must not cancel the poll that others still wait for.
            await asyncio.wait((flight,), timeout=seconds)
            if flight.done():
                return flight.result()
            if self._waiting == 1:
                flight.cancel()
        finally:
            self._waiting -= 1
        name = self.poller.target.name
        raise SnmpFailure(Reason.DEADLINE, f"{name} was not read within the scrape's {seconds:.1f} s")

    def _read_page(self, reading: DeviceReading, seconds: float) -> str:
        device, boot = (reading.device,), reading.boot
        ports = self._page.write(reading)
        head = page(
            [
                (m.SNMP_UP, [(device, 1)]),
                (m.SNMP_DURATION, [(device, round(seconds, 6))]),
                (m.SNMP_QUIRK, [((*device, quirk), 1) for quirk in reading.quirks]),
                (m.DEVICE_BOOT, [(device, round(boot.started, 2))] if boot else []),
                (m.DEVICE_REBOOTS, [(device, boot.reboots)] if boot else []),
                (m.SNMP_REFRESH, [(device, self.refresh_seconds)] if self.refresh_seconds else []),
                *families((*_unlike(self._shown_profiled(), reading.extras), *self._page.extras)),
            ]
        )
        return head.decode() + ports

    def _shown_profiled(self) -> Sequence[Extra]:
        return self.profiled if asyncio.get_running_loop().time() < self.profiled_until else ()

    def _failed(self, reason: Reason, seconds: float) -> str:
        return failure_page(self.poller.target.name, reason, seconds)

    def _tell(self, failure: SnmpFailure | None) -> None:
        """One log line when a device's state changes, none while it lasts."""
        reason = failure.reason if failure else None
        if reason != self._last:
            fields = f"reason={reason} message={str(failure)!r}" if failure else "reason=none message='read again'"
            LOG.warning("event=snmp device=%s %s", self.poller.target.name, fields)
        self._last = reason


def _unlike(profiled: Sequence[Extra], extras: Sequence[Extra]) -> Iterable[Extra]:
    """Both, each series once: what the counters' poll read is newer than what a profile did."""
    if not profiled:
        return extras
    return {(metric.name, labels): (metric, labels, value) for metric, labels, value in (*profiled, *extras)}.values()


def failure_page(device: str, reason: Reason, seconds: float | None = None) -> str:
    """The page of a device that was not read, after so many seconds where it was asked at all."""
    took = [] if seconds is None else [((device,), round(seconds, 6))]
    up, failure = [((device,), 0)], [((device, reason.value), 1)]
    return page([(m.SNMP_UP, up), (m.SNMP_DURATION, took), (m.SNMP_FAILURE, failure)]).decode()


class Scrapes:
    """Every device of the inventory; a poller is made when its device is first asked for."""

    def __init__(self, plan: CityPlan, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self.city = plan.city
        self._names = NamesPage()
        self._plan = plan
        self.engine = engine
        self._clock = clock
        self._devices = {device.name: device for device in plan.city.devices if device.snmp}
        self._scrapes: dict[str, DeviceScrapes] = {}
        self._failures: Counter[Reason] = Counter()
        self._slots = Slots()
        self._polls = 0
        self._shared = 0

    async def scrape(self, name: str, seconds: float) -> str:
        """The page of that device. Raises UnknownTargetError."""
        try:
            scrapes = self._of(name)
        except SnmpFailure as failure:
            LOG.warning("event=snmp device=%s reason=%s message=%r", name, failure.reason, str(failure))
            self._failures[failure.reason] += 1
            return failure_page(name, failure.reason)
        # True counts as 1.
        self._shared += scrapes.in_flight
        self._polls += not scrapes.in_flight
        text, reason = await scrapes.scrape(seconds)
        if reason:
            self._failures[reason] += 1
        return text

    def own_page(self) -> bytes:
        """What the part says of itself, who the OPDs are and what people call lines and devices."""
        opds = [(labels, 1.0) for labels in self._plan.opds]
        failures = [((reason.value,), float(self._failures[reason])) for reason in Reason]
        return page(
            [
                (m.OPD_INFO, opds),
                (m.POLLS, [((), self._polls)]),
                (m.POLLS_SHARED, [((), self._shared)]),
                (m.POLL_FAILURES, failures),
            ]
        ) + self._names.text(self.city)

    def adopt(self, plan: CityPlan) -> None:
        """Another plan of the city. What did not change of a device goes on; a poll under way ends by the old plan."""
        self.city, self._plan = plan.city, plan
        self._devices = {device.name: device for device in plan.city.devices if device.snmp}
        for name, before in tuple(self._scrapes.items()):
            after = self._adopted(name, before)
            if after is None:
                del self._scrapes[name]
            else:
                self._scrapes[name] = after
            if after is not before:
                before.retire()

    def _adopted(self, name: str, before: DeviceScrapes) -> DeviceScrapes | None:
        """The scrapes of that device by the new plan; None where its next scrape makes them."""
        device = self._devices.get(name)
        try:
            if device is None or target_of(self.city, device) != before.poller.target:
                return None
        except SnmpFailure:
            # Its secret cannot be had any more; the next scrape says so.
            return None
        plan, declared = self._plan.plans[name], device.refresh_seconds
        if plan == before.poller.plan and declared in (None, before.refresh_seconds):
            return before
        return before.replanned(plan, declared)

    def names(self) -> tuple[str, ...]:
        """Every device with SNMP."""
        return tuple(self._devices)

    def device(self, name: str) -> DeviceScrapes:
        """The scrapes of that device. Raises SnmpFailure where its secret cannot be had, UnknownTargetError."""
        return self._of(name)

    def count_polls(self, number: int) -> None:
        """Polls of a round, each of one device."""
        self._polls += number

    def devices(self) -> tuple[DeviceScrapes, ...]:
        """The devices asked for so far."""
        return tuple(self._scrapes.values())

    def close(self) -> None:
        """Give every session back."""
        for scrapes in self._scrapes.values():
            scrapes.poller.close()

    def _of(self, name: str) -> DeviceScrapes:
        if name not in self._devices:
            raise UnknownTargetError(f"target {name!r} is no device with SNMP in the inventory")
        if name not in self._scrapes:
            target = target_of(self.city, self._devices[name])
            poller = Poller(target, self._plan.plans[name], self.engine, self._clock)
            self._scrapes[name] = DeviceScrapes(poller, self._slots, self._devices[name].refresh_seconds)
        return self._scrapes[name]
