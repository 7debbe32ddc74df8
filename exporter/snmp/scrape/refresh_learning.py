"""Learns every agent's refresh period in the background, one device at a time, so that no scrape waits for it.

A device is tried once it has been read, and again after six hours where nothing could be learnt. The inventory's
``refresh_seconds`` wins. Scrapes in, their ``refresh_seconds`` set by a job; a device that fails is left for later.
"""

import asyncio
from collections.abc import Iterable

from exporter.snmp.device import objects as c
from exporter.snmp.device.poller import Poller
from exporter.snmp.device.refresh import WATCH_SECONDS, declared_period, period, watched
from exporter.snmp.engines.failure import SnmpFailure, TooBigError
from exporter.snmp.engines.interface import Engine, SnmpTarget
from exporter.snmp.scrape.scrapes import DeviceScrapes, Scrapes
from runtime.jobs import Job, Next

# How soon a device that was just read for the first time is looked at; it costs a pass over the names.
PAUSE_SECONDS = 2.0
# A period changes with a firmware at most; a device that is quiet at night is tried again by day.
AGAIN_SECONDS = 6 * 3600.0


def refresh_learning_job(scrapes: Scrapes, engine: Engine, watch_seconds: float = WATCH_SECONDS) -> Job:
    """The job that learns of one device at a time, the next at once and otherwise after a pause.

    A device is marked as tried before it is: one whose answers raise something unexpected keeps no other waiting.
    """
    # By the target: a device that has another address or credential since is tried anew.
    tried: dict[SnmpTarget, float] = {}

    async def learn() -> Next | None:
        now = asyncio.get_running_loop().time()
        for device in _unknown(scrapes.devices()):
            target = device.poller.target
            if now - tried.get(target, -AGAIN_SECONDS) >= AGAIN_SECONDS:
                tried[target] = now
                device.refresh_seconds = await _learnt(device.poller, engine, watch_seconds)
                return Next(0.0)
        return None

    return Job("refresh_learning", PAUSE_SECONDS, learn)


def _unknown(devices: Iterable[DeviceScrapes]) -> list[DeviceScrapes]:
    return [device for device in devices if device.refresh_seconds is None and device.poller.interface_map is not None]


async def _learnt(poller: Poller, engine: Engine, seconds: float) -> float | None:
    session = engine(poller.target)
    try:
        declared = await declared_period(session)
        if declared is not None or poller.interface_map is None:
            return declared
        interface_map = poller.interface_map
        oids = [
            f"{column}.{place.index}"
            for name, place in interface_map.match.places.items()
            for column in (c.OCTETS_64 if interface_map.traits[name].counter_bits == 64 else c.OCTETS_32)
        ]
        return period(await watched(session, oids, seconds, asyncio.get_running_loop().time))
    except (SnmpFailure, TooBigError):
        return None
    finally:
        session.close()
