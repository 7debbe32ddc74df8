"""The GET plan: groups of objects in, one answer out, in as few requests as the agent can carry.

A group is what must come from one moment of one interface: its identity (ifName or ifAlias) is asked in every request
that asks anything else of it. sysUpTime is in every request, so that an empty answer (tooBig, which the engine does
not report) is told from missing objects. What an agent cannot carry is halved, and the size is remembered.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from exporter.snmp.device.manners import Manners
from exporter.snmp.device.objects import SYS_UPTIME
from exporter.snmp.engines.failure import ErrorStatusError, Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.interface import MAX_VARBINDS, Session
from exporter.snmp.wire.ber import Value

# Requests looked at for room; looking at all of them would cost the square of a large switch's ports.
_LOOK_BACK = 8


@dataclass(frozen=True, slots=True)
class ObjectGroup:
    """One interface's objects: ``identity`` goes along with any part of ``columns``. '' has no identity."""

    identity: str
    columns: tuple[str, ...]

    @property
    def oids(self) -> tuple[str, ...]:
        """Everything to ask for."""
        return (self.identity, *self.columns) if self.identity else self.columns


@dataclass(frozen=True)
class RequestBatch:
    """The groups of one request."""

    groups: tuple[ObjectGroup, ...]

    @property
    def oids(self) -> tuple[str, ...]:
        """Everything to ask for, without sysUpTime."""
        return tuple(oid for group in self.groups for oid in group.oids)

    @cached_property
    def request(self) -> tuple[str, ...]:
        """Everything to ask for, sysUpTime first; one object for ever, so that an engine knows it again."""
        return (SYS_UPTIME, *self.oids)


@dataclass
class DeviceAnswer:
    """What came: values by OID, and every sysUpTime seen in the order of the requests (hundredths of a second).

    ``cut`` says that the agent cuts its answers: asked for again, what was missing came.
    """

    values: dict[str, Value] = field(default_factory=dict)
    uptimes: list[int] = field(default_factory=list)
    cut: bool = False


def batches(groups: Iterable[ObjectGroup], varbinds: int) -> list[RequestBatch]:
    """Pack the groups into requests of at most that many varbinds, sysUpTime included; wide groups are cut.

    A group goes into the first request with room for it, among the last few, so that small ones fill the gaps.
    """
    packed: list[list[ObjectGroup]] = []
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
    return [RequestBatch(tuple(batch)) for batch in packed]


@dataclass(frozen=True, slots=True)
class _Talk:
    """One plan being asked: with whom, what has been learnt of that agent, and where its values go."""

    session: Session
    manners: Manners
    answer: DeviceAnswer


async def ask(session: Session, plan: Sequence[RequestBatch], manners: Manners) -> DeviceAnswer:
    """Ask the whole plan. Raises SnmpFailure; objects the agent lacks, or answers with an error, are left out."""
    talk = _Talk(session, manners, DeviceAnswer())
    requests = [_request(batch, manners) for batch in plan]
    answers = await session.get_each(requests)
    for batch, request, values in zip(plan, requests, answers, strict=True):
        if values is None:
            await _halved(talk, batch)
        else:
            await _take(talk, batch, request, values)
    if plan and not talk.answer.uptimes and (manners.uptime is not False or not talk.answer.values):
        raise SnmpFailure(Reason.AGENT_ERROR, "every request is answered with an error, or with nothing")
    return talk.answer


async def greet(session: Session, manners: Manners) -> None:
    """Ask for sysUpTime alone: whether the agent answers, and whether its view has sysUpTime. Raises SnmpFailure."""
    try:
        values = await session.get((SYS_UPTIME,))
    except ErrorStatusError as error:
        raise SnmpFailure(Reason.AGENT_ERROR, f"sysUpTime is answered with an error: {error}") from error
    except TooBigError:
        # RFC 1157, 4.1.2: an SNMPv1 agent refuses what it does not have.
        values = {}
    has = isinstance(values.get(SYS_UPTIME), int)
    # Gone from one answer is a bad answer; gone from two, the agent's view was changed.
    had, manners.uptime = manners.uptime, has or (False if manners.uptime is not True else None)
    if had and not has:
        raise SnmpFailure(Reason.BAD_ANSWER, "sysUpTime is missing from an answer that had it before")


async def looked_up(session: Session, oids: Sequence[str]) -> dict[str, Value]:
    """What the agent has of these objects, outside of any plan. Raises SnmpFailure."""
    return (await ask(session, batches([ObjectGroup("", tuple(oids))], MAX_VARBINDS), Manners())).values


async def objects(session: Session, oids: Sequence[str]) -> dict[str, Value]:
    """The same of any agent, also without sysUpTime, and sysUpTime itself; none where it errs. Raises SnmpFailure."""
    wanted = tuple(oid for oid in oids if oid != SYS_UPTIME)
    plan = batches([ObjectGroup("", wanted)], MAX_VARBINDS)
    try:
        answer = await ask(session, plan, Manners(uptime=False))
    except SnmpFailure as failure:
        if failure.reason is not Reason.AGENT_ERROR:
            raise
        return {}
    uptime = {SYS_UPTIME: max(answer.uptimes)} if answer.uptimes and len(wanted) < len(oids) else {}
    return {**uptime, **answer.values}


def _request(batch: RequestBatch, manners: Manners) -> tuple[str, ...]:
    """The objects of a batch but for those the agent is known to lack, or never to answer."""
    missing, left = manners.missing, manners.columns.left
    if not missing and not left:
        return batch.request
    return tuple(oid for oid in batch.request if oid not in missing and oid.rpartition(".")[0] not in left)


async def _ask(talk: _Talk, batch: RequestBatch, absent: Collection[str] = ()) -> None:
    request = _request(batch, talk.manners)
    try:
        values = await talk.session.get(request)
    except TooBigError as error:
        await _halved(talk, batch, isinstance(error, ErrorStatusError))
        return
    talk.answer.cut |= any(oid in values for oid in absent)
    await _take(talk, batch, request, values)


async def _take(talk: _Talk, batch: RequestBatch, request: Sequence[str], values: dict[str, Value]) -> None:
    uptime = values.pop(SYS_UPTIME, None)
    if isinstance(uptime, int):
        talk.answer.uptimes.append(uptime)
    elif talk.manners.uptime is not False:
        raise SnmpFailure(Reason.BAD_ANSWER, "an answer came without sysUpTime; the agent answers something else")
    talk.answer.values |= values
    if len(values) + 1 < len(request) or uptime is None:
        absent = [oid for oid in request if oid not in values and oid != SYS_UPTIME]
        if absent:
            await _again(talk, batch, absent)


async def _again(talk: _Talk, batch: RequestBatch, absent: Sequence[str]) -> None:
    """Tell objects an agent lacks from those it left out of a long answer by asking for them alone."""
    wanted = set(absent)
    groups = tuple(
        ObjectGroup(group.identity, columns)
        for group in batch.groups
        if (columns := tuple(oid for oid in group.columns if oid in wanted)) or group.identity in wanted
    )
    # Asked for alone and still absent: the agent does not have them, and is not asked again until it is learnt anew.
    if groups == batch.groups or not groups:
        halves = _halves(batch) if talk.answer.cut else []
        if not halves:
            talk.manners.lacks(wanted)
        # Of an agent that cuts its answers the first few may be those that it lacks: the others stand behind them.
        for half in halves:
            await _ask(talk, half)
        return
    before = len(talk.answer.values)
    # What came of a part is behind what was cut: an answer that holds something new says that the one before was short.
    await _ask(talk, RequestBatch(groups), wanted)
    # It had them after all and cut its answer: next time it gets fewer at once.
    if len(talk.answer.values) > before:
        talk.manners.smaller(1 + len(batch.oids))


async def _halved(talk: _Talk, batch: RequestBatch, by_error: bool = False) -> None:
    """Ask the halves of what was too big. A single object that fails alone is one the agent does not have (SNMPv1)."""
    halves = _halves(batch)
    if not halves:
        lone = [oid for group in batch.groups for oid in (group.columns or group.oids)]
        talk.manners.lacks(lone, by_error)
        talk.manners.refused += 1
        return
    refused_before = talk.manners.refused
    for half in halves:
        await _ask(talk, half)
    # An SNMPv1 agent refuses the whole request for one missing object: that is no reason to ask for less at once.
    if talk.manners.refused == refused_before:
        talk.manners.smaller(1 + len(batch.oids))


def _halves(batch: RequestBatch) -> list[RequestBatch]:
    groups = batch.groups
    if len(groups) > 1:
        middle = len(groups) // 2
        return [RequestBatch(groups[:middle]), RequestBatch(groups[middle:])]
    group = groups[0]
    if len(group.columns) <= 1:
        return []
    middle = len(group.columns) // 2
    parts = (group.columns[:middle], group.columns[middle:])
    return [RequestBatch((ObjectGroup(group.identity, columns),)) for columns in parts]


def _cut(group: ObjectGroup, room: int) -> list[ObjectGroup]:
    width = max(1, room - (1 if group.identity else 0))
    if len(group.columns) <= width:
        return [group]
    return [ObjectGroup(group.identity, group.columns[n : n + width]) for n in range(0, len(group.columns), width)]
