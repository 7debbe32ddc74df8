"""The GET plan: groups of objects in, one answer out, in as few requests as the agent can carry.

A group is what must come from one moment of one interface: its identity (ifName or ifAlias) is asked in every request
that asks anything else of it. sysUpTime is in every request, so that an empty answer (tooBig, which the engine does
not report) is told from missing objects. What an agent cannot carry is halved, and the size is remembered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from exporter.snmp.device.objects import SYS_UPTIME
from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.interface import MAX_VARBINDS, Session
from exporter.snmp.wire.ber import Value

SMALLEST = 3
_LOOK_BACK = 8


@dataclass(frozen=True, slots=True)
class Group:
    """One interface's objects: ``identity`` goes along with any part of ``columns``. '' has no identity."""

    identity: str
    columns: tuple[str, ...]

    @property
    def oids(self) -> tuple[str, ...]:
        """Everything to ask for."""
        return (self.identity, *self.columns) if self.identity else self.columns


@dataclass(frozen=True)
class Batch:
    """The groups of one request."""

    groups: tuple[Group, ...]

    @property
    def oids(self) -> tuple[str, ...]:
        """Everything to ask for, without sysUpTime."""
        return tuple(oid for group in self.groups for oid in group.oids)

    @cached_property
    def request(self) -> tuple[str, ...]:
        """Everything to ask for, sysUpTime first; one object for ever, so that an engine knows it again."""
        return (SYS_UPTIME, *self.oids)


@dataclass
class Manners:
    """What has been learnt of an agent: how many varbinds it carries, which objects it lacks or refused one by one."""

    varbinds: int = MAX_VARBINDS
    missing: set[str] = field(default_factory=set)
    refused: int = 0

    def smaller(self, tried: int) -> None:
        """Remember that ``tried`` varbinds were too many."""
        self.varbinds = max(SMALLEST, min(self.varbinds, tried) // 2)


@dataclass
class Answer:
    """What came: values by OID, and every sysUpTime seen in the order of the requests (hundredths of a second)."""

    values: dict[str, Value] = field(default_factory=dict)
    uptimes: list[int] = field(default_factory=list)


def batches(groups: Iterable[Group], varbinds: int) -> list[Batch]:
    """Pack the groups into requests of at most that many varbinds, sysUpTime included; wide groups are cut.

    A group goes into the first request with room for it, among the last few, so that small ones fill the gaps.
    """
    packed: list[list[Group]] = []
    room: list[int] = []
    for group in (piece for whole in groups for piece in _cut(whole, varbinds - 1)):
        size = len(group.oids)
        recent = range(max(0, len(packed) - _LOOK_BACK), len(packed))
        place = next((n for n in recent if room[n] >= size), len(packed))
        if place == len(packed):
            packed.append([])
            room.append(varbinds - 1)
        packed[place].append(group)
        room[place] -= size
    return [Batch(tuple(batch)) for batch in packed]


async def ask(session: Session, plan: Sequence[Batch], manners: Manners) -> Answer:
    """Ask the whole plan. Raises SnmpFailure; objects the agent lacks are left out."""
    answer = Answer()
    requests = [_request(batch, manners) for batch in plan]
    told = await session.get_each(requests)
    for batch, request, values in zip(plan, requests, told, strict=True):
        if values is None:
            await _halved(session, batch, manners, answer)
        else:
            await _take(session, batch, request, values, manners, answer)
    return answer


async def looked_up(session: Session, oids: Sequence[str]) -> dict[str, Value]:
    """What the agent has of these objects, outside of any plan. Raises SnmpFailure."""
    return (await ask(session, batches([Group("", tuple(oids))], MAX_VARBINDS), Manners())).values


def _request(batch: Batch, manners: Manners) -> tuple[str, ...]:
    """The objects of a batch but for those the agent is known to lack."""
    if not manners.missing:
        return batch.request
    return tuple(oid for oid in batch.request if oid not in manners.missing)


async def _ask(session: Session, batch: Batch, manners: Manners, answer: Answer) -> None:
    request = _request(batch, manners)
    try:
        values = await session.get(request)
    except TooBigError:
        await _halved(session, batch, manners, answer)
        return
    await _take(session, batch, request, values, manners, answer)


async def _take(
    session: Session,
    batch: Batch,
    request: Sequence[str],
    values: dict[str, Value],
    manners: Manners,
    answer: Answer,
) -> None:
    uptime = values.pop(SYS_UPTIME, None)
    if not isinstance(uptime, int):
        raise SnmpFailure(Reason.BAD_ANSWER, "an answer came without sysUpTime; the agent answers something else")
    answer.values |= values
    answer.uptimes.append(uptime)
    if len(values) + 1 < len(request):
        await _again(session, batch, manners, answer, [oid for oid in request[1:] if oid not in values])


async def _again(session: Session, batch: Batch, manners: Manners, answer: Answer, absent: Sequence[str]) -> None:
    """Tell objects an agent lacks from those it left out of a long answer by asking for them alone."""
    wanted = set(absent)
    groups = tuple(
        Group(group.identity, columns)
        for group in batch.groups
        if (columns := tuple(oid for oid in group.columns if oid in wanted)) or group.identity in wanted
    )
    if groups == batch.groups or not groups:
        manners.missing |= wanted
        return
    before = len(answer.values)
    await _ask(session, Batch(groups), manners, answer)
    if len(answer.values) > before:
        manners.smaller(1 + len(batch.oids))


async def _halved(session: Session, batch: Batch, manners: Manners, answer: Answer) -> None:
    """Ask the halves of what was too big. A single object that fails alone is one the agent does not have (SNMPv1)."""
    halves = _halves(batch)
    if not halves:
        lone = [oid for group in batch.groups for oid in (group.columns or group.oids)]
        manners.missing |= set(lone)
        manners.refused += 1
        return
    known = manners.refused
    for half in halves:
        await _ask(session, half, manners, answer)
    if manners.refused == known:
        manners.smaller(1 + len(batch.oids))


def _halves(batch: Batch) -> list[Batch]:
    groups = batch.groups
    if len(groups) > 1:
        middle = len(groups) // 2
        return [Batch(groups[:middle]), Batch(groups[middle:])]
    group = groups[0]
    if len(group.columns) <= 1:
        return []
    middle = len(group.columns) // 2
    parts = (group.columns[:middle], group.columns[middle:])
    return [Batch((Group(group.identity, columns),)) for columns in parts]


def _cut(group: Group, room: int) -> list[Group]:
    width = max(1, room - (1 if group.identity else 0))
    if len(group.columns) <= width:
        return [group]
    return [Group(group.identity, group.columns[n : n + width]) for n in range(0, len(group.columns), width)]
