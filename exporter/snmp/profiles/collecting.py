"""Reads one device with the profiles that fit it: a session in, samples out. Asks seldom, and only what fits.

Which profiles fit, and columns of names and scales, are learnt every ten minutes, or when a row without a name comes.
A profile that fails leaves the others; a device that is silent ends the turn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exporter.snmp.device.requests import objects
from exporter.snmp.device.table import Extra
from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.interface import Session
from exporter.snmp.profiles import metrics as m
from exporter.snmp.profiles.items import without_name
from exporter.snmp.profiles.model import Profile
from exporter.snmp.profiles.reading import read_values
from exporter.snmp.wire.ber import Value

RELEARN_SECONDS = 600.0
# Rows of one column: more than any device has that a profile is written for; an agent that never ends stops here.
MAX_ROWS = 8192
_SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
# Of one column; everything else is the device's or the network's, and ends the turn.
_OF_A_COLUMN = (Reason.AGENT_ERROR, Reason.ENDLESS, Reason.BAD_ANSWER)
Rows = dict[str, Value]


@dataclass
class ProfileReader:
    """What was learnt of one device: the profiles that fit, and the columns that seldom change."""

    device: str
    profiles: Sequence[Profile]
    ends: tuple[tuple[str, str], ...] = ()
    fitting: tuple[Profile, ...] = ()
    steady: dict[str, Rows] = field(default_factory=dict)
    learnt_at: float | None = None

    async def read(self, session: Session, now: float) -> tuple[Extra, ...]:
        """One turn: the samples of every profile that fits. Raises SnmpFailure where the device does not answer."""
        if self.learnt_at is None or now - self.learnt_at >= RELEARN_SECONDS:
            self.fitting = await fitting(session, self.device, self.profiles)
            self.steady, self.learnt_at = {}, now
        extras: list[Extra] = []
        for profile in self.fitting:
            extras += await self._of(session, profile)
        return tuple(extras)

    async def _of(self, session: Session, profile: Profile) -> list[Extra]:
        columns: dict[str, Rows] = {}
        whole = True
        for reading in profile.readings:
            for oid in reading.moving:
                if oid not in columns:
                    columns[oid], fine = await _column(session, oid)
                    whole &= fine
            rows = columns[reading.oid]
            if rows:
                whole &= await self._learn(session, reading.steady, without_name(rows, reading.item, self.steady))
        samples = read_values(profile, self.device, {**self.steady, **columns}, self.ends)
        labels = (self.device, profile.name)
        return [*samples.extras, (m.PROFILE_UP, labels, int(whole)), (m.PROFILE_LEFT, labels, samples.left_out)]

    async def _learn(self, session: Session, oids: Iterable[str], anew: bool) -> bool:
        """Fetch the columns that are not known yet; once more where a row came that has no name."""
        whole = True
        for oid in oids:
            if oid not in self.steady or anew:
                self.steady[oid], fine = await _column(session, oid)
                whole &= fine
        return whole


async def fitting(session: Session, device: str, profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """The profiles that are for this device. Raises SnmpFailure."""
    kind = str((await objects(session, [_SYS_OBJECT_ID])).get(_SYS_OBJECT_ID, "")).removeprefix(".")
    has: dict[str, bool] = {}
    fit = []
    for profile in profiles:
        applies = profile.applies
        if device in applies.devices:
            fit.append(profile)
            continue
        if not (applies.sys_object_id or applies.has):
            continue
        if applies.sys_object_id and not any(f"{kind}.".startswith(f"{begin}.") for begin in applies.sys_object_id):
            continue
        if applies.has:
            if applies.has not in has:
                has[applies.has] = bool((await _column(session, applies.has))[0])
            if not has[applies.has]:
                continue
        fit.append(profile)
    return tuple(fit)


async def _column(session: Session, oid: str) -> tuple[Rows, bool]:
    """A column by index (or one object, ending in .0), and whether it was read whole. Raises SnmpFailure."""
    try:
        if oid.endswith(".0"):
            values: Mapping[str, Value] = await objects(session, [oid])
            return ({"0": values[oid]} if oid in values else {}), True
        return {name[len(oid) + 1 :]: value for name, value in await session.walk(oid, MAX_ROWS)}, True
    except TooBigError:
        return {}, False
    except SnmpFailure as failure:
        if failure.reason not in _OF_A_COLUMN:
            raise
        return {}, False
