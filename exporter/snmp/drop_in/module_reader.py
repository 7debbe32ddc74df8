"""A module of one device: walked seldom, then asked for by GET. A session in, snmp_exporter's page out.

A walk finds which rows there are; between two walks exactly those objects are asked for, in few requests that are
written once. Walked anew are: a device that was started, one of which a row is gone, and each after a minute: a
row that is new is seen within it.
"""

import time
from collections.abc import Callable, Sequence

from exporter.metrics import page
from exporter.snmp.device.objects import SYS_UPTIME
from exporter.snmp.device.requests import objects
from exporter.snmp.drop_in.module_form import ModuleForm, module_form
from exporter.snmp.drop_in.module_page import walk_module
from exporter.snmp.drop_in.scrape_cost import CostMeter
from exporter.snmp.drop_in.snmp_yml import YmlModule
from exporter.snmp.engines.interface import MAX_VARBINDS, Session
from exporter.snmp.wire.ber import Value

# How late a new row may be seen: as often as the names of a table that changes are walked (poller).
WALKED_SECONDS = 60.0
# An agent that does not answer by GET what it told in a walk is walked for so long before that is tried again.
_WALKED_ONLY_SECONDS = 600.0
# So often in ten minutes rows are missed before that; a table that loses some is an ordinary one.
_MOST_MISSES = 3
# More objects than these are a table of sessions or routes: those are never the same twice.
_MOST_OBJECTS = 4_000


class ModuleReader:
    """Keeps what was walked. ``clock`` gives steady seconds."""

    def __init__(self, module: YmlModule, clock: Callable[[], float] = time.monotonic) -> None:
        self._module = module
        self._clock = clock
        self._form: ModuleForm | None = None
        self._requests: list[tuple[str, ...]] = []
        self._walked_at = 0.0
        self._uptime = 0
        self._only_walked_until = 0.0
        self._missed = 0

    async def page(self, session: Session) -> bytes:
        """The device's page. Raises SnmpFailure."""
        cost = CostMeter(session)
        text = await self._by_get(session, cost)
        if text is None:
            text = await self._by_walk(session, cost)
        return text.encode() + page(cost.families())

    async def _by_get(self, session: Session, cost: CostMeter) -> str | None:
        form, now = self._form, self._clock()
        if form is None or not 0 <= now - self._walked_at < WALKED_SECONDS:
            return None
        values: dict[str, Value] = {}
        for answer in await session.get_each(self._requests):
            values |= answer or {}
        uptime = values.get(SYS_UPTIME)
        started = isinstance(uptime, int) and uptime < self._uptime
        self._uptime = uptime if isinstance(uptime, int) else self._uptime
        cost.walked(len(values))
        if started or not all(oid in values for oid in form.oids):
            # A row that is gone is gone from the next walk; one that only a GET does not find is walked for a while.
            self._form, self._missed = None, self._missed + (not started)
            if self._missed > _MOST_MISSES:
                self._missed, self._only_walked_until = 0, now + _WALKED_ONLY_SECONDS
            return None
        text = form.written(values)
        if text is None:
            # Another name, another state: the same objects, written anew.
            self._form = module_form(self._module, {oid: values[oid] for oid in form.oids})
            text = self._form.written(values)
        return text

    async def _by_walk(self, session: Session, cost: CostMeter) -> str:
        now = self._clock()
        values = await walk_module(session, self._module)
        cost.walked(len(values))
        form = module_form(self._module, values)
        if now >= self._only_walked_until and len(form.oids) <= _MOST_OBJECTS:
            self._form, self._walked_at = form, now
            self._requests = list(_requests(form.oids))
            # Beside the walk, which seldom has it: else the first asking could not tell that the device was started.
            uptime = (await objects(session, [SYS_UPTIME])).get(SYS_UPTIME)
            self._uptime = uptime if isinstance(uptime, int) else 0
        return form.written(values) or ""


def _requests(oids: Sequence[str]) -> list[tuple[str, ...]]:
    """The objects in requests of the usual size; sysUpTime, which says that a device was started, in the first."""
    wanted = (SYS_UPTIME, *(oid for oid in oids if oid != SYS_UPTIME))
    return [wanted[start : start + MAX_VARBINDS] for start in range(0, len(wanted), MAX_VARBINDS)]
