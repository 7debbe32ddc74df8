"""The agent's own clock: how seldom it renews its counters, and rates that respect it. Samples in, seconds out.

net-snmp renews its interface table every 3 seconds, other agents every 1 to 60: a rate over a shorter window, or over
one that begins and ends anywhere inside the agent's period, is invented. net-snmp tells its period; others are watched.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from exporter.snmp.device.objects import SYS_UPTIME
from exporter.snmp.device.reading import counter
from exporter.snmp.device.requests import looked_up
from exporter.snmp.engines.interface import Session
from exporter.snmp.wire.ber import Value

# nsCacheTimeout of the ifTable (NET-SNMP-AGENT-MIB).
NET_SNMP_IF_TABLE_SECONDS = "1.3.6.1.4.1.8072.1.5.3.1.2.1.3.6.1.2.1.2.2"
# Agents renew every 1 to 60 seconds: a renewal is seen to a quarter of the shortest period.
STEP_SECONDS = 0.25
# Three renewals are needed (``period``); net-snmp's three seconds fit four times.
WATCH_SECONDS = 12.0
# One GET, sysUpTime included, stays below MAX_VARBINDS.
MAX_WATCHED = 40


@dataclass(frozen=True)
class Look:
    """Counters at one moment: ``at`` in seconds of any steady clock, counters in the order they were asked for."""

    at: float
    counters: tuple[Value | None, ...]


async def declared_period(session: Session) -> float | None:
    """The period the agent tells of itself, in seconds; None where it tells none."""
    answer = await looked_up(session, [NET_SNMP_IF_TABLE_SECONDS])
    seconds = answer.get(NET_SNMP_IF_TABLE_SECONDS)
    return float(seconds) if isinstance(seconds, int) and seconds > 0 else None


async def watched(
    session: Session, oids: Sequence[str], seconds: float, clock: Callable[[], float], step: float = STEP_SECONDS
) -> list[Look]:
    """Look at the counters again and again for that long. At most MAX_WATCHED of them; raises SnmpFailure."""
    oids = oids[:MAX_WATCHED]
    looks: list[Look] = []
    end = clock() + seconds
    while clock() < end:
        answer = await session.get([SYS_UPTIME, *oids])
        looks.append(Look(clock(), tuple(answer.get(oid) for oid in oids)))
        await asyncio.sleep(step)
    return looks


def changes(looks: Sequence[Look]) -> list[Look]:
    """The looks at which something had changed since the one before: each is just after a renewal."""
    return [after for before, after in pairwise(looks) if after.counters != before.counters]


def period(looks: Sequence[Look]) -> float | None:
    """The shortest time between two renewals that were seen, in seconds; None where fewer than three were seen."""
    moments = [look.at for look in changes(looks)]
    return min(b - a for a, b in pairwise(moments)) if len(moments) >= 3 else None


def rate(first: Look, last: Look, place: int, bits: int, speed_bytes: int) -> float | str:
    """Bytes per second of one counter between two renewals, or the sentence why there is none."""
    a, b, seconds = counter(first.counters[place]), counter(last.counters[place]), last.at - first.at
    if a is None or b is None:
        return "the agent does not have this counter"
    # Half of a Counter32: see ports._WRAP_LIMIT.
    if bits == 32 and seconds * speed_bytes > 2**31:
        return f"refused: a 32-bit counter of a {speed_bytes * 8 / 1e6:g} Mbit/s port can wrap within {seconds:.0f} s"
    if b < a and bits == 32:
        # One wrap at most: more are excluded by the speed above.
        b += 2**32
    return (b - a) / seconds if b >= a else "the counter was reset"
