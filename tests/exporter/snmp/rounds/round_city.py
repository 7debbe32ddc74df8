"""A city of scripted agents for the tests of rounds: its scrapes, and both ways to read it."""

import ctypes
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address

import pytest
from snmp_scene import ENGINE, LONG

from exporter.snmp.device.plan import CityPlan, DevicePlan, OpdQueue, Port
from exporter.snmp.engines.interface import Engine
from exporter.snmp.native.library import LIBRARY, SOURCE, load
from exporter.snmp.rounds.city_round import CityRounds
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from inventory.model import City, Credential, Device, Settings

SECRET = "LEBARPITA_TEST_COMMUNITY"
# Times of reading differ from scrape to scrape, and so does the way.
_TIMES = re.compile(rb"^(lebarpita_snmp_scrape_duration_seconds\{[^}]*\}) .*$", re.MULTILINE)


@dataclass
class Rounds:
    """Both ways over the same scripted agents, by the device's name."""

    agents: dict[str, ScriptedAgent]
    compiled: CityRounds
    python: CityRounds
    now: list[float]

    async def pages(self) -> tuple[bytes, bytes]:
        """The page of the compiled way, and Python's, at the same moment and without the times."""
        return timeless(await self.compiled.page(LONG)), timeless(await self.python.page(LONG))

    def move(self, seconds: float = 1.0) -> None:
        """Let time go on, by all clocks: ours and the agents'."""
        self.now[0] += seconds


def timeless(page: memoryview | bytes) -> bytes:
    return _TIMES.sub(rb"\1 T", bytes(page))


def functions() -> ctypes.CDLL:
    """The compiled code of the source that stands here."""
    library = load()
    assert library.functions is not None, library.reason
    return library.functions
