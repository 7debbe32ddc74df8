"""What is asked of a device seldom: where its interfaces are, what they are like. A Session in, an InterfaceMap out."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from exporter.snmp.device import objects as c
from exporter.snmp.device.interface_match import InterfaceMatch, InterfacePlace, match
from exporter.snmp.device.plan import DevicePlan
from exporter.snmp.device.queues import QueuePlace, find_queues
from exporter.snmp.device.reading import Traits, counter_bits, keys
from exporter.snmp.device.requests import DeviceAnswer, Manners, ObjectGroup, ask, batches
from exporter.snmp.device.resources import Resources, learn_resources
from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.engines.interface import Session
from exporter.snmp.wire.ber import Value

T = TypeVar("T")


@dataclass(frozen=True)
class InterfaceMap:
    """Where each interface is, what it is like, what to ask each time, and what is odd about the device."""

    match: InterfaceMatch
    traits: Mapping[str, Traits]
    groups: tuple[ObjectGroup, ...]
    quirks: tuple[str, ...] = ()
    stacked: tuple[tuple[str, str], ...] = ()
    idle: tuple[str, ...] = ()
    queues: tuple[QueuePlace, ...] = ()
    resources: Resources = field(default_factory=Resources)

    @cached_property
    def proofs(self) -> tuple[tuple[str, bytes], ...]:
        """Every object that must still hold what it held, or the answer is about something else."""
        ports = ((place.oid, place.value) for place in self.match.places.values())
        return (*ports, *((place.oid, place.queue.name.encode()) for place in self.queues))


async def learn(session: Session, plan: DevicePlan, manners: Manners) -> InterfaceMap:
    """Walk the names, find the plan's interfaces, and learn which of their objects the device has."""
    # Learnt anew: an agent that was updated may have objects that it lacked before.
    manners.missing.clear()
    interface_match = await find(session, plan.interfaces)
    seldom = [
        ObjectGroup(place.oid, tuple(f"{column}.{place.index}" for column in c.SELDOM))
        for place in interface_match.places.values()
    ]
    answer = await ask(session, batches(seldom, manners.varbinds), manners)
    traits = {
        name: replace(traits_of(answer.values, place.index), packets=name in plan.counted_for_opds)
        for name, place in interface_match.places.items()
    }
    names = {place.index: name for name, place in interface_match.places.items()}
    # One interface alone cannot be counted twice.
    stacked = await unless(stacked_pairs(session, names), ()) if len(names) > 1 else ()
    idle = tuple(name for name, place in interface_match.places.items() if _idle(answer, place))
    groups = tuple(_group(place, traits[name], name in idle) for name, place in interface_match.places.items())
    queues = await find_queues(session, plan.queues)
    resources = await unless(learn_resources(session), Resources())
    quirks = _quirks(plan, interface_match, traits, stacked, answer.values)
    if len(queues) < len(plan.queues):
        quirks = (*quirks, "queue_not_found")
    scraped = (
        *groups,
        *(place.group for place in queues),
        *([ObjectGroup("", resources.oids)] if resources.oids else []),
    )
    return InterfaceMap(
        match=interface_match,
        traits=traits,
        groups=scraped,
        quirks=quirks,
        stacked=stacked,
        idle=idle,
        queues=queues,
        resources=resources,
    )


async def unless(answer: Awaitable[T], otherwise: T) -> T:
    """What is good to have but no reason to lose the ports over: some agents turn in circles in their other tables."""
    try:
        return await answer
    except SnmpFailure:
        return otherwise


async def find(session: Session, interfaces: tuple[str, ...]) -> InterfaceMatch:
    """Where the interfaces are. ifAlias and ifDescr are walked only when ifName leaves something unfound."""
    if not interfaces:
        return InterfaceMatch()
    names = await session.walk(c.IF_NAME)
    by_name = match(interfaces, names, (), ())
    if not by_name.problems:
        return by_name
    descriptions = [] if names else await session.walk(c.IF_DESCR)
    return match(interfaces, names, await session.walk(c.IF_ALIAS), descriptions)


def traits_of(values: Mapping[str, Value], index: str) -> Traits:
    """What one answer about the SELDOM objects says of the interface at ``index``."""
    speed, kind = values.get(f"{c.IF_SPEED}.{index}"), values.get(f"{c.IF_TYPE}.{index}")
    alias = values.get(f"{c.IF_ALIAS}.{index}")
    return Traits(
        counter_bits=counter_bits(values, index),
        speed_bits=speed if isinstance(speed, int) else 0,
        kind=kind if isinstance(kind, int) else 0,
        alias=alias if isinstance(alias, bytes) else b"",
    )


def _idle(answer: DeviceAnswer, place: InterfacePlace) -> bool:
    """Whether the 64-bit octets are still 0, so that a stuck counter cannot yet be told from an idle port."""
    return not any(answer.values.get(f"{column}.{place.index}") for column in c.OCTETS_64)


def _group(place: InterfacePlace, traits: Traits, idle: bool) -> ObjectGroup:
    """What is read each time, and of an idle port the 32-bit octets that would show its 64-bit ones to be stuck."""
    usual = keys(place.index, traits.counter_bits, traits.packets)
    watched = c.OCTETS_32 if traits.counter_bits == 64 and idle else ()
    return ObjectGroup(place.oid, (*usual, *(f"{column}.{place.index}" for column in watched)) if watched else usual)


async def stacked_pairs(session: Session, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of named interfaces (names by index) of which one carries the other: the same bytes, counted twice.

    Higher and lower, from ifStackTable (RFC 2863). Raises SnmpFailure.
    """
    below: dict[str, set[str]] = {}
    for oid, _ in await session.walk(c.IF_STACK_STATUS):
        # ifStackTable's index: the higher layer's ifIndex, then the lower's; 0 is "none".
        higher, lower = oid.split(".")[-2:]
        below.setdefault(higher, set()).add(lower)
    return tuple(
        (names[index], names[under])
        for index in names
        for under in sorted(_under(below, index))
        if under in names and under != index
    )


def _under(below: Mapping[str, set[str]], index: str) -> set[str]:
    carried: set[str] = set()
    ahead = [index]
    while ahead:
        lower = below.get(ahead.pop(), set()) - carried - {"0"}
        carried |= lower
        ahead += lower
    return carried


def _quirks(
    plan: DevicePlan,
    interface_match: InterfaceMatch,
    traits: Mapping[str, Traits],
    stacked: Sequence[tuple[str, str]],
    values: Mapping[str, Value],
) -> tuple[str, ...]:
    """The names of what had to be worked around; each is a label value of ``lebarpita_snmp_quirk``."""
    narrow = [name for name, trait in traits.items() if trait.counter_bits == 32]
    stuck = [name for name in narrow if f"{c.IF_HC_IN_OCTETS}.{interface_match.places[name].index}" in values]
    oddities = {
        "interface_not_found": bool(interface_match.problems),
        "shared_interface": bool(plan.shared),
        "stacked_interfaces": bool(stacked),
        "matched_by_alias": bool(interface_match.by_alias),
        "matched_by_description": bool(interface_match.by_descr),
        "counters_32_bit": bool(narrow),
        "counters_64_bit_stuck": bool(stuck),
    }
    return tuple(name for name, is_so in oddities.items() if is_so)
