"""What is asked of a device seldom: where its interfaces are, what they are like. A Session in, an InterfaceMap out."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from exporter.snmp.device import objects as c
from exporter.snmp.device.bundles import PROP_VIRTUAL, is_bundle
from exporter.snmp.device.columns import TableReader, ask_around
from exporter.snmp.device.doubt import width
from exporter.snmp.device.interface_match import InterfaceMatch, InterfacePlace, bare, match
from exporter.snmp.device.manners import Columns, Manners
from exporter.snmp.device.plan import DevicePlan
from exporter.snmp.device.queues import QueuePlace, find_queues
from exporter.snmp.device.reading import Traits, counter, counter_bits, keys, wrong_type
from exporter.snmp.device.requests import DeviceAnswer, ObjectGroup, batches, greet
from exporter.snmp.device.resources import Resources, learn_resources
from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.engines.interface import Session
from exporter.snmp.wire.ber import Value

T = TypeVar("T")
# Indexes by the index that stands on top of them.
Layers = Mapping[str, set[str]]
# dot3StatsDuplexStatus (RFC 3635): unknown(1), halfDuplex(2), fullDuplex(3).
_HALF_DUPLEX = 2


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
    narrowed: tuple[str, ...] = ()

    @cached_property
    def proofs(self) -> tuple[tuple[str, Value], ...]:
        """Every object that must still hold what it held, or the answer is about something else."""
        ports = ((place.oid, place.value) for place in self.match.places.values())
        return (*ports, *((place.oid, place.queue.name.encode()) for place in self.queues))


@dataclass(frozen=True)
class Believed:
    """What is believed of a device while it is learnt anew.

    ``doubted``: that it has lost anything of it is not believed yet. ``anew``: it was started since.
    """

    interface_map: InterfaceMap
    doubted: bool = True
    anew: bool = False

    def better_than(self, fresh: InterfaceMap) -> bool:
        """Whether something was lost."""
        before = self.interface_map
        return bool(
            fresh.narrowed
            or before.match.places.keys() & fresh.match.problems.keys()
            or len(fresh.queues) < len(before.queues)
            or (before.resources.oids and not fresh.resources.oids)
        )

    def bits(self, name: str, index: str, learnt: int, values: Mapping[str, Value]) -> int:
        """The width to read an interface with (see ``width``)."""
        traits = self.interface_map.traits.get(name)
        wide = [counter(values.get(f"{column}.{index}")) for column in c.OCTETS_64]
        # That a port without traffic so far has 64-bit counters that stay at 0 is news and no loss.
        stuck = name in self.interface_map.idle and None not in wide
        return width(traits.counter_bits, learnt, wide, self.doubted and not stuck, self.anew) if traits else learnt


async def learn(session: Session, plan: DevicePlan, manners: Manners, believed: Believed | None = None) -> InterfaceMap:
    """Walk the names, find the plan's interfaces, and learn which of their objects the device has.

    No series changes its width for a loss that is doubted. Raises SnmpFailure.
    """
    await greet(session, manners)
    manners.before_learning()
    interface_match = await find(session, plan.interfaces, manners.columns)
    seldom = [
        ObjectGroup(place.oid, tuple(f"{column}.{place.index}" for column in c.SELDOM))
        for place in interface_match.places.values()
    ]
    answer = await ask_around(session, batches(seldom, manners.varbinds), manners) if seldom else DeviceAnswer()
    index_of = {name: place.index for name, place in interface_match.places.items()}
    traits = {
        name: replace(traits_of(answer.values, place.index), packets=name in plan.counted_for_opds)
        for name, place in interface_match.places.items()
    }
    narrow = {name for name, trait in traits.items() if trait.counter_bits == 32}
    if believed:
        traits = {
            name: replace(trait, counter_bits=believed.bits(name, index_of[name], trait.counter_bits, answer.values))
            for name, trait in traits.items()
        }
    layers = await _layers(session, traits)
    traits = {name: bundled(trait, name, index_of[name], layers, answer.values) for name, trait in traits.items()}
    # What cannot be read now is as it was: a layer is not counted again.
    stacked_before = believed.interface_map.stacked if believed else ()
    names = {index: name for name, index in index_of.items()}
    stacked = stacked_before if layers is None else stacked_pairs(layers, names)
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
        narrowed=tuple(name for name in narrow if traits[name].counter_bits != 32),
    )


async def unless(answer: Awaitable[T], otherwise: T) -> T:
    """What is good to have but no reason to lose the ports over: some agents turn in circles in their other tables."""
    try:
        return await answer
    except SnmpFailure:
        return otherwise


async def find(session: Session, interfaces: tuple[str, ...], columns: Columns) -> InterfaceMatch:
    """Where the interfaces are. The other columns are walked only when ifName leaves something unfound.

    Raises SnmpFailure, also where columns failed and nothing at all was found by the others.
    """
    if not interfaces:
        return InterfaceMatch()
    table = TableReader(session, columns)
    names = await table.rows(c.IF_NAME)
    interface_match = match(interfaces, names, (), ())
    if interface_match.problems:
        rows = {column: await table.rows(column) for column in (c.IF_DESCR, c.IF_ALIAS)}
        # Only a number can be an index.
        by_number = any(name.isdecimal() for name in interface_match.problems)
        indexes = await table.rows(c.IF_INDEX) if by_number else []
        interface_match = match(interfaces, names, rows[c.IF_ALIAS], rows[c.IF_DESCR], indexes)
    table.settle(bool(interface_match.places))
    return interface_match


def traits_of(values: Mapping[str, Value], index: str) -> Traits:
    """What one answer about the SELDOM objects says of the interface at ``index``."""
    speed, kind = values.get(f"{c.IF_SPEED}.{index}"), values.get(f"{c.IF_TYPE}.{index}")
    alias = values.get(f"{c.IF_ALIAS}.{index}")
    return Traits(
        counter_bits=counter_bits(values, index),
        speed_bits=speed if isinstance(speed, int) and speed > 0 else 0,
        kind=kind if isinstance(kind, int) else 0,
        alias=alias if isinstance(alias, bytes) else b"",
        half_duplex=values.get(f"{c.DUPLEX}.{index}") == _HALF_DUPLEX,
    )


def _idle(answer: DeviceAnswer, place: InterfacePlace) -> bool:
    """Whether the 64-bit octets are still 0, so that a stuck counter cannot yet be told from an idle port."""
    return not any(answer.values.get(f"{column}.{place.index}") for column in c.OCTETS_64)


def _group(place: InterfacePlace, traits: Traits, idle: bool) -> ObjectGroup:
    """What is read each time, and of an idle port the 32-bit octets that would show its 64-bit ones to be stuck."""
    usual = keys(place.index, traits.counter_bits, traits.packets)
    watched = c.OCTETS_32 if traits.counter_bits == 64 and idle else ()
    return ObjectGroup(place.oid, (*usual, *(f"{column}.{place.index}" for column in watched)) if watched else usual)


async def _layers(session: Session, traits: Mapping[str, Traits]) -> Layers | None:
    """ifStackTable where it matters: of several ports one may carry another, and a virtual one may be a bundle."""
    if len(traits) > 1 or any(trait.kind == PROP_VIRTUAL for trait in traits.values()):
        return await unless(layers_below(session), None)
    return {}


def bundled(traits: Traits, name: str, index: str, layers: Layers | None, values: Mapping[str, Value]) -> Traits:
    """The traits with what the name and the layers say of a virtual port."""
    names = (name.encode(), bare(values.get(f"{c.IF_DESCR}.{index}")))
    return replace(traits, bundle=is_bundle(traits.kind, names, (layers or {}).get(index, set())))


async def layers_below(session: Session) -> Layers:
    """The rows below each row of the interface table, from ifStackTable (RFC 2863). Raises SnmpFailure."""
    below: dict[str, set[str]] = {}
    for oid, _ in await session.walk(c.IF_STACK_STATUS):
        # ifStackTable's index: the higher layer's ifIndex, then the lower's; 0 is "none".
        higher, lower = oid.split(".")[-2:]
        below.setdefault(higher, set()).add(lower)
    return below


def stacked_pairs(below: Layers, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of named interfaces (names by index) of which one carries the other: the same bytes, counted twice.

    Higher and lower.
    """
    return tuple(
        (names[index], names[under])
        for index in names
        for under in sorted(_under(below, index))
        if under in names and under != index
    )


def _under(below: Layers, index: str) -> set[str]:
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
    indexes = {name: place.index for name, place in interface_match.places.items()}
    stuck = [name for name in narrow if counter(values.get(f"{c.IF_HC_IN_OCTETS}.{indexes[name]}")) is not None]
    oddities = {
        "interface_not_found": bool(interface_match.problems),
        "shared_interface": bool(plan.shared),
        "stacked_interfaces": bool(stacked),
        "matched_by_alias": bool(interface_match.by_alias),
        "matched_by_description": bool(interface_match.by_descr),
        "matched_by_index": bool(interface_match.by_index),
        "counters_32_bit": bool(narrow),
        "counters_64_bit_stuck": bool(stuck),
        "half_duplex": any(trait.half_duplex for trait in traits.values()),
        "speed_not_trusted": any(trait.speed_invented for trait in traits.values()),
        "counter_wrong_type": any(wrong_type(values, index) for index in indexes.values()),
    }
    return tuple(name for name, is_so in oddities.items() if is_so)
