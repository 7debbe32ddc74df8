"""Reads devices with their profiles beside the scrapes, a few at a time and seldom; the last samples wait for a scrape.

Sessions are their own, so that no counter waits for a slow table. A device is read only while its counters are: one
that is silent costs nothing here. Samples older than three turns are left out: unknown is grey.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.engines.interface import Engine
from exporter.snmp.profiles.collecting import ProfileReader
from exporter.snmp.profiles.model import Profile
from exporter.snmp.scrape.scrapes import DeviceScrapes, Scrapes
from runtime.jobs import Job, Next

LOG = logging.getLogger("exporter.snmp")
# How soon the next few are looked for.
PAUSE_SECONDS = 1.0
# Devices read at once. Their answers are held together, and their packets go out beside those of the counters.
AT_ONCE = 4
# A turn of one device: beyond it its tables are too slow for what they tell.
TURN_SECONDS = 20.0
# Turns that may fail before the last samples are no longer shown.
_TURNS_SHOWN = 3


def profile_job(scrapes: Scrapes, engine: Engine, profiles: Sequence[Profile], every_seconds: float) -> Job:
    """The job that reads the devices that are due, the longest waiting first."""
    # By the ends too: a city file read anew may give a device others.
    readers: dict[tuple[str, object], ProfileReader] = {}
    read_at: dict[str, float] = {}

    async def turn() -> Next | None:
        if not profiles:
            return None
        now = asyncio.get_running_loop().time()
        due = [
            device
            for device in scrapes.devices()
            if device.poller.interface_map is not None
            and not device.poller.suspect
            and now - read_at.get(device.poller.target.name, -every_seconds) >= every_seconds
        ]
        due.sort(key=lambda device: read_at.get(device.poller.target.name, 0.0))
        for device in due[:AT_ONCE]:
            name = device.poller.target.name
            # Before it is read: one whose answers raise something unexpected keeps no other waiting.
            read_at[name] = now
            readers.setdefault(_key(device), ProfileReader(name, profiles, device.poller.plan.ends))
        await asyncio.gather(*(_read(device, readers[_key(device)], engine, every_seconds) for device in due[:AT_ONCE]))
        return Next(0.0) if len(due) > AT_ONCE else None

    return Job("profile_reading", PAUSE_SECONDS, turn)


def _key(device: DeviceScrapes) -> tuple[str, object]:
    return device.poller.target.name, device.poller.plan.ends


async def _read(device: DeviceScrapes, reader: ProfileReader, engine: Engine, every_seconds: float) -> None:
    session = engine(device.poller.target)
    now = asyncio.get_running_loop().time()
    try:
        # A device that is silent or too slow keeps its last samples until they are too old.
        with suppress(SnmpFailure, TimeoutError):
            async with asyncio.timeout(TURN_SECONDS):
                extras = await reader.read(session, now)
            device.profiled = extras
            device.profiled_until = now + _TURNS_SHOWN * every_seconds
    finally:
        session.close()
