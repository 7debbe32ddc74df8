"""One device's poller: an SnmpTarget and a DevicePlan in, a DeviceReading a poll out.

Names are learnt seldom: at the start, when an interface is no longer where it was, when the device was rebooted, else
every ten minutes; when its table changed they are walked to see whether anything moved. No reading mixes what belongs
to two interfaces or to two lives of a device.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from exporter.snmp.device import objects as c
from exporter.snmp.device.columns import ask_around
from exporter.snmp.device.diagnosis import explained
from exporter.snmp.device.doubt import DOUBTED_SECONDS, Doubt
from exporter.snmp.device.interface_map import Believed, InterfaceMap, find, learn
from exporter.snmp.device.manners import Manners, quirks_of_agent
from exporter.snmp.device.plan import DevicePlan
from exporter.snmp.device.queues import read_queues
from exporter.snmp.device.reading import InterfaceReading, counter_bits, read_interface
from exporter.snmp.device.requests import DeviceAnswer, ObjectGroup, RequestBatch, ask, batches
from exporter.snmp.device.resources import read_resources
from exporter.snmp.device.table import Extra
from exporter.snmp.device.uptime import Boot, follow
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Engine, Session, SnmpTarget

# Names that move are noticed at once (InterfaceMap.proofs); this is for what nobody sees, a new trait or resource.
RELEARN_SECONDS = 600.0
# A PPPoE server changes its table with every session: its names are walked once a minute, not in every scrape.
NAMES_AFTER_CHANGE_SECONDS = 60.0
# A reason holds for a few scrapes; looking into it costs the silent device up to three datagrams more.
EXPLAINED_SECONDS = 60.0
# A device that failed once may have lost a datagram; at the second time in a row its silence is looked into.
_LOOKED_INTO_AFTER = 1
# No two requests of one poll lie so far apart (in timeouts): one of them was answered by another life of the agent.
TORN_TIMEOUTS = 60
# How many interfaces there are and when their table changed, asked with every poll.
HEAD_GROUPS = (ObjectGroup("", (c.IF_NUMBER,)), ObjectGroup("", (c.IF_TABLE_LAST_CHANGE,)))


@dataclass(frozen=True)
class DeviceReading:
    """A device at one moment (``at`` in Unix seconds): interfaces by their name in the inventory, problems likewise."""

    device: str
    at: float
    boot: Boot | None
    interfaces: Mapping[str, InterfaceReading]
    problems: Mapping[str, str] = field(default_factory=dict)
    quirks: tuple[str, ...] = ()
    queues: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    extras: Sequence[Extra] = ()
    stacked: tuple[tuple[str, str], ...] = ()


class Poller:
    """Keeps the session and what was learnt of one device. ``clock`` gives Unix seconds."""

    def __init__(self, target: SnmpTarget, plan: DevicePlan, engine: Engine, clock: Callable[[], float]) -> None:
        self.target = target
        self.plan = plan
        self._engine = engine
        self._clock = clock
        self._session: Session | None = None
        self.manners = Manners()
        self.interface_map: InterfaceMap | None = None
        self._requests: list[RequestBatch] = []
        self._planned_for = 0
        self._learnt_at = 0.0
        self._named_at = 0.0
        self._table: tuple[object, ...] = ()
        self._boot: Boot | None = None
        self._believed: InterfaceMap | None = None
        self._doubt: Doubt | None = None
        self._anew = False
        self._learn_next = False
        self._failures = 0
        self._why: tuple[Reason, SnmpFailure] | None = None
        self._why_at = 0.0
        self.suspect = False
        # Where the answer of the last poll is wanted for a round's plan, it is left here; else it is not kept.
        self.keeps_answer = False
        self.last_answer: DeviceAnswer | None = None

    @property
    def boot(self) -> Boot | None:
        """When the device was started, as the last answer said."""
        return self._boot

    @property
    def due(self) -> bool:
        """Whether the next poll learns first."""
        return self._to_learn()

    def follow_boot(self, ticks: int, at: float) -> None:
        """Take note of a sysUpTime that came beside the polls, at that Unix second."""
        self._boot = follow(self._boot, ticks, at)

    async def poll(self) -> DeviceReading:
        """Read the device once. Raises SnmpFailure with the reason found out, looked into once a minute at most."""
        try:
            reading = await self._poll()
        except BaseException as error:
            self.close()
            self.suspect = True
            self._failures += 1
            if isinstance(error, SnmpFailure):
                raise await self._explained(error) from error
            raise
        self.suspect, self._why, self._failures = False, None, 0
        return reading

    def replanned(self, plan: DevicePlan) -> "Poller":
        """A poller of the same device for other ports; what is no port's, its boots and its manners, goes on."""
        other = Poller(self.target, plan, self._engine, self._clock)
        other.manners, other._boot, other.suspect = self.manners, self._boot, self.suspect
        return other

    def close(self) -> None:
        """Give the session back; the next poll opens a new one. What was learnt is kept."""
        if self._session is not None:
            self._session.close()
        self._session = None

    async def _explained(self, failure: SnmpFailure) -> SnmpFailure:
        since = self._clock() - self._why_at
        if self._why is None or not 0 <= since < EXPLAINED_SECONDS or self._why[0] is not failure.reason:
            self._why, self._why_at = (failure.reason, await explained(failure, self.target)), self._clock()
        return self._why[1]

    async def _poll(self) -> DeviceReading:
        if self._to_learn():
            await self._learn()
        answer = await self._answer()
        if self._moved(answer) or (self._table_changed(answer) and not await self._named_as_before()):
            self._learn_next = True
            await self._learn()
            answer = await self._answer()
            if self._moved(answer):
                raise SnmpFailure(Reason.BAD_ANSWER, f"{self.target.name}: its interfaces move while they are read")
            self._table_changed(answer)
        self._doubt_of_the_young()
        self.last_answer = answer if self.keeps_answer else None
        return self._reading(answer)

    def _to_learn(self) -> bool:
        """At the start, after ten minutes, when it failed last time, and while something is worse than before."""
        now = self._clock()
        if self.interface_map is None or self._learn_next or now - self._learnt_at > RELEARN_SECONDS:
            return True
        return self._doubt is not None and self._doubt.due(now)

    def _doubt_of_the_young(self) -> None:
        """A device that has just begun may not have filled its tables; what is sought is asked for again soon."""
        assert self.interface_map is not None
        young = self._boot is not None and self._boot.uptime_seconds < DOUBTED_SECONDS
        if young and self.interface_map.match.problems and self._doubt is None:
            now = self._clock()
            self._doubt = Doubt(now, now)

    async def _named_as_before(self) -> bool:
        """Whether the names, walked anew, are where they were; what else was learnt then holds too.

        A table may change all the time without touching the inventory's interfaces: every PPPoE session is a row.
        """
        assert self.interface_map is not None
        self._named_at = self._clock()
        return await find(self._talking(), self.plan.interfaces, self.manners.columns) == self.interface_map.match

    async def _learn(self) -> None:
        now = self._clock()
        doubted = self._doubt is None or self._doubt.holds(now)
        believed = Believed(self._believed, doubted, self._anew) if self._believed else None
        fresh = await learn(self._talking(), self.plan, self.manners, believed)
        worse = believed is not None and believed.better_than(fresh)
        if doubted and (worse or (self._doubt and fresh.match.problems)):
            self._doubt = self._doubt.again(now) if self._doubt else Doubt(now, now)
        else:
            self._doubt = None
        if not (worse and doubted):
            self._believed, self._anew = fresh, False
        self.interface_map, self._learn_next = fresh, False
        # Spread over a minute: devices that were learnt together at the start are not walked together for ever.
        self._named_at = self._learnt_at = self._clock() - random.uniform(0, RELEARN_SECONDS / 10)
        self._table = ()
        self._requests = []

    async def _answer(self) -> DeviceAnswer:
        assert self.interface_map is not None
        if not self._requests or self._planned_for != self.manners.varbinds:
            self._requests = batches((*self.interface_map.groups, *HEAD_GROUPS), self.manners.varbinds)
            self._planned_for = self.manners.varbinds
        self.manners.before_poll()
        answer = await self._answer_around()
        self.manners.after_poll(answer.values)
        return answer

    async def _answer_around(self) -> DeviceAnswer:
        """The answer. Of a device just learnt, and where it failed twice, a silence may be that of one column."""
        if self.manners.settled and self._failures != _LOOKED_INTO_AFTER:
            return await ask(self._talking(), self._requests, self.manners)
        return await ask_around(self._talking(), self._requests, self.manners)

    def _talking(self) -> Session:
        """The session. A device that failed last time is asked without retries, so that the reason fits the scrape."""
        if self._session is None:
            self._session = self._engine(replace(self.target, retries=0) if self.suspect else self.target)
        return self._session

    def _moved(self, answer: DeviceAnswer) -> bool:
        """Whether what was learnt no longer holds: a reboot, or another interface in the place."""
        assert self.interface_map is not None
        rebooted = torn = False
        if answer.uptimes:
            boot = follow(self._boot, max(answer.uptimes), self._clock())
            rebooted = self._boot is not None and boot.reboots > self._boot.reboots
            torn = max(answer.uptimes) - min(answer.uptimes) > 100 * self.target.timeout_seconds * TORN_TIMEOUTS
            self._boot = boot
        self._anew |= rebooted
        values = answer.values
        wrong = any(
            # First as it came: stripping every name in every scrape would cost more than the few agents that pad them.
            values.get(oid) != value and _said(answer, oid) != value
            for oid, value in self.interface_map.proofs
        )
        return rebooted or torn or wrong

    def _table_changed(self, answer: DeviceAnswer) -> bool:
        """Whether the table changed: at once if an interface is still sought, else at most once a minute."""
        assert self.interface_map is not None
        table = tuple(answer.values.get(oid) for oid in (c.IF_NUMBER, c.IF_TABLE_LAST_CHANGE))
        before, self._table = self._table, table
        if not before or before == table:
            return False
        sought = bool(self.interface_map.match.problems)
        return sought or self._clock() - self._named_at > NAMES_AFTER_CHANGE_SECONDS

    def _reading(self, answer: DeviceAnswer) -> DeviceReading:
        assert self.interface_map is not None
        self._unstick(answer)
        interface_map = self.interface_map
        interfaces = {
            name: read_interface(answer.values, place.index, interface_map.traits[name])
            for name, place in interface_map.match.places.items()
        }
        quirks = (*interface_map.quirks, *quirks_of_agent(self.manners, self.target.habits))
        return DeviceReading(
            device=self.target.name,
            at=self._clock(),
            boot=self._boot if self.manners.uptime is not False else None,
            interfaces=interfaces,
            problems=interface_map.match.problems,
            quirks=quirks,
            queues=read_queues(interface_map.queues, answer.values),
            extras=read_resources(interface_map.resources, self.target.name, answer.values),
            stacked=interface_map.stacked,
        )

    def _unstick(self, answer: DeviceAnswer) -> None:
        """An idle port whose 32-bit octets begin to move while the 64-bit ones stay at 0 is read with 32 bits."""
        assert self.interface_map is not None
        interface_map = self.interface_map
        stuck = {
            name: replace(interface_map.traits[name], counter_bits=32)
            for name in interface_map.idle
            if (place := interface_map.match.places[name])
            and interface_map.traits[name].counter_bits == 64
            and answer.values.get(f"{c.IF_HC_IN_OCTETS}.{place.index}") == 0
            and counter_bits(answer.values, place.index) == 32
        }
        if stuck:
            quirks = tuple(dict.fromkeys((*interface_map.quirks, "counters_32_bit", "counters_64_bit_stuck")))
            self.interface_map = replace(interface_map, traits={**interface_map.traits, **stuck}, quirks=quirks)


def _said(answer: DeviceAnswer, oid: str) -> bytes | None:
    value = answer.values.get(oid)
    return value.rstrip(b"\0") if isinstance(value, bytes) else None
