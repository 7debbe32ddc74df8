"""Learns every agent's refresh period in the background, one device at a time, so that no scrape waits for it.

A device is tried once it has been read, and again after six hours where nothing could be learnt. The inventory's
``refresh_seconds`` wins. Scrapes in, their ``refresh_seconds`` set; a device that fails is left for later.
"""

import asyncio
from collections.abc import Iterable

from exporter.snmp.device import objects as c
from exporter.snmp.device.poller import Poller
from exporter.snmp.device.refresh import WATCH_SECONDS, period, told, watched
from exporter.snmp.engines.failure import SnmpFailure, TooBigError
from exporter.snmp.engines.interface import Engine
from exporter.snmp.scrape.scrapes import DeviceScrapes, Scrapes

PAUSE_SECONDS = 2.0
AGAIN_SECONDS = 6 * 3600.0


async def learn_clocks(scrapes: Scrapes, engine: Engine, watch_seconds: float = WATCH_SECONDS) -> None:
    """Run until cancelled."""
    tried: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    while True:
        for device in _unknown(scrapes.known()):
            name = device.poller.target.name
            if loop.time() - tried.get(name, -AGAIN_SECONDS) >= AGAIN_SECONDS:
                tried[name] = loop.time()
                device.refresh_seconds = await _learnt(device.poller, engine, watch_seconds)
        await asyncio.sleep(PAUSE_SECONDS)


def _unknown(devices: Iterable[DeviceScrapes]) -> list[DeviceScrapes]:
    return [device for device in devices if device.refresh_seconds is None and device.poller.knowledge is not None]


async def _learnt(poller: Poller, engine: Engine, seconds: float) -> float | None:
    session = engine(poller.target)
    try:
        declared = await told(session)
        if declared is not None or poller.knowledge is None:
            return declared
        known = poller.knowledge
        oids = [
            f"{column}.{place.index}"
            for name, place in known.match.places.items()
            for column in (c.OCTETS_64 if known.traits[name].counter_bits == 64 else c.OCTETS_32)
        ]
        return period(await watched(session, oids, seconds, asyncio.get_running_loop().time))
    except (SnmpFailure, TooBigError):
        return None
    finally:
        session.close()
