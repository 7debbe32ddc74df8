"""What is asked of a device seldom: where its interfaces are and what they are like. A Session in, a Knowledge out."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from exporter.snmp.device import objects as c
from exporter.snmp.device.interface_match import Match, Place, match
from exporter.snmp.device.plan import DevicePlan
from exporter.snmp.device.queues import QueuePlace, find_queues
from exporter.snmp.device.reading import Traits, counter_bits, keys
from exporter.snmp.device.requests import Answer, Group, Manners, ask, batches
from exporter.snmp.device.resources import Resources, learn_resources
from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.engines.interface import Session
from exporter.snmp.wire.ber import Value

T = TypeVar("T")


@dataclass(frozen=True)
class Knowledge:
    """Where each interface is, what it is like, what to ask each time, and what is odd about the device."""

    match: Match
    traits: Mapping[str, Traits]
    groups: tuple[Group, ...]
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


async def learn(session: Session, plan: DevicePlan, manners: Manners) -> Knowledge:
    """Walk the names, find the plan's interfaces, and learn which of their objects the device has."""
    manners.missing.clear()
    found = await find(session, plan.interfaces)
    once = [
        Group(place.oid, tuple(f"{column}.{place.index}" for column in c.SELDOM)) for place in found.places.values()
    ]
    answer = await ask(session, batches(once, manners.varbinds), manners)
    traits = {
        name: replace(traits_of(answer.values, place.index), packets=name in plan.counted_for_opds)
        for name, place in found.places.items()
    }
    names = {place.index: name for name, place in found.places.items()}
    stacked = await unless(stacked_pairs(session, names), ()) if len(names) > 1 else ()
    idle = tuple(name for name, place in found.places.items() if _idle(answer, place))
    groups = tuple(_group(place, traits[name], name in idle) for name, place in found.places.items())
    queues = await find_queues(session, plan.queues)
    resources = await unless(learn_resources(session), Resources())
    quirks = _quirks(plan, found, traits, stacked, answer.values)
    if len(queues) < len(plan.queues):
        quirks = (*quirks, "queue_not_found")
    asked = (*groups, *(place.group for place in queues), *([Group("", resources.oids)] if resources.oids else []))
    return Knowledge(found, traits, asked, quirks, stacked, idle, queues, resources)


async def unless(asked: Awaitable[T], otherwise: T) -> T:
    """What is good to have but no reason to lose the ports over: some agents turn in circles in their other tables."""
    try:
        return await asked
    except SnmpFailure:
        return otherwise


async def find(session: Session, interfaces: tuple[str, ...]) -> Match:
    """Where the interfaces are. ifAlias and ifDescr are walked only when ifName leaves something unfound."""
    if not interfaces:
        return Match()
    names = await session.walk(c.IF_NAME)
    found = match(interfaces, names, (), ())
    if not found.problems:
        return found
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


def _idle(answer: Answer, place: Place) -> bool:
    """Whether the 64-bit octets are still 0, so that a stuck counter cannot yet be told from an idle port."""
    return not any(answer.values.get(f"{column}.{place.index}") for column in c.OCTETS_64)


def _group(place: Place, traits: Traits, idle: bool) -> Group:
    """What is read each time, and of an idle port the 32-bit octets that would show its 64-bit ones to be stuck."""
    usual = keys(place.index, traits.counter_bits, traits.packets)
    watched = c.OCTETS_32 if traits.counter_bits == 64 and idle else ()
    return Group(place.oid, (*usual, *(f"{column}.{place.index}" for column in watched)) if watched else usual)


async def stacked_pairs(session: Session, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of named interfaces (names by index) of which one carries the other: the same bytes, counted twice.

    Higher and lower, from ifStackTable (RFC 2863). Raises SnmpFailure.
    """
    below: dict[str, set[str]] = {}
    for oid, _ in await session.walk(c.IF_STACK_STATUS):
        higher, lower = oid.split(".")[-2:]
        below.setdefault(higher, set()).add(lower)
    return tuple(
        (names[index], names[under])
        for index in names
        for under in sorted(_under(below, index))
        if under in names and under != index
    )


def _under(below: Mapping[str, set[str]], index: str) -> set[str]:
    found: set[str] = set()
    waiting = [index]
    while waiting:
        new = below.get(waiting.pop(), set()) - found - {"0"}
        found |= new
        waiting += new
    return found


def _quirks(
    plan: DevicePlan,
    found: Match,
    traits: Mapping[str, Traits],
    stacked: Sequence[tuple[str, str]],
    values: Mapping[str, Value],
) -> tuple[str, ...]:
    """The names of what had to be worked around; each is a label value of ``lebarpita_snmp_quirk``."""
    narrow = [name for name, trait in traits.items() if trait.counter_bits == 32]
    stuck = [name for name in narrow if f"{c.IF_HC_IN_OCTETS}.{found.places[name].index}" in values]
    seen = {
        "interface_not_found": bool(found.problems),
        "shared_interface": bool(plan.shared),
        "stacked_interfaces": bool(stacked),
        "matched_by_alias": bool(found.by_alias),
        "matched_by_description": bool(found.by_descr),
        "counters_32_bit": bool(narrow),
        "counters_64_bit_stuck": bool(stuck),
    }
    return tuple(name for name, is_so in seen.items() if is_so)
