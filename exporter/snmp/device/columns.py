"""Reading a table whose agent may leave columns unanswered: a session in, rows and what is left out of them out.

A column that never answers, or answers with an error, is left so that the others are read; where nothing at all could
be read the failure itself is raised. Then it is the device, or an error that passes by.
"""

from collections.abc import Iterable, Sequence

from exporter.snmp.device.manners import Columns, Manners
from exporter.snmp.device.objects import SYS_UPTIME
from exporter.snmp.device.requests import DeviceAnswer, ObjectGroup, RequestBatch, ask
from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.interface import MAX_ROWS, Session
from exporter.snmp.wire.ber import Value

# What one column can be guilty of; everything else is the device's or the network's.
_OF_A_COLUMN = (Reason.TIMEOUT, Reason.AGENT_ERROR, Reason.ENDLESS)


class TableReader:
    """The columns of one look at a table."""

    def __init__(self, session: Session, columns: Columns, limit: int = MAX_ROWS) -> None:
        self._session = session
        self._columns = columns
        self._limit = limit
        self._failures: dict[str, SnmpFailure] = {}

    async def rows(self, column: str) -> list[tuple[str, Value]]:
        """The column's rows; none where it is left or fails, which ``settle`` then judges. Raises SnmpFailure."""
        if column in self._columns.left:
            return []
        try:
            rows = await self._session.walk(column, self._limit)
        except SnmpFailure as failure:
            if failure.reason not in _OF_A_COLUMN:
                raise
            self._failures[column] = failure
            return []
        self._columns.came(column)
        return rows

    def settle(self, read: bool) -> None:
        """Leave what failed beside what was ``read``. Raises the first failure where nothing was."""
        for failure in self._failures.values() if not read else ():
            raise failure
        for column in self._failures:
            self._columns.leave(column)


async def ask_around(session: Session, plan: Sequence[RequestBatch], manners: Manners) -> DeviceAnswer:
    """As ``ask``, of an agent that is known to be there: where it is silent, the columns it never answers are left."""
    try:
        return await ask(session, plan, manners)
    except SnmpFailure as failure:
        groups = [group for batch in plan for group in batch.groups]
        if failure.reason is not Reason.TIMEOUT or not await _answers(session, SYS_UPTIME):
            raise
        if not await leave_silent(session, groups, manners):
            raise
    return await ask(session, plan, manners)


async def leave_silent(session: Session, groups: Iterable[ObjectGroup], manners: Manners) -> bool:
    """Ask for each column by itself, of the first interface that has it, and leave those without an answer."""
    first: dict[str, str] = {}
    for group in groups:
        for oid in group.columns:
            first.setdefault(oid.rpartition(".")[0], oid)
    silent = False
    for column, oid in first.items():
        if column in manners.columns.left:
            continue
        if await _answers(session, SYS_UPTIME, oid):
            manners.columns.came(column)
        elif await _answers(session, SYS_UPTIME):
            silent |= manners.columns.leave(column)
        else:
            return silent
    return silent


async def _answers(session: Session, *oids: str) -> bool:
    try:
        await session.get(oids)
    except TooBigError:
        return True
    except SnmpFailure as failure:
        if failure.reason is not Reason.TIMEOUT:
            raise
        return False
    return True
