"""A city of scripted agents for the tests of rounds, read by both ways: compiled code, and Python alone."""

import ctypes
import functools
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest
from snmp_scene import ENGINE, LONG, line

from exporter.compiling import build
from exporter.snmp.device.plan import CityPlan, DevicePlan, OpdQueue
from exporter.snmp.native.library import SOURCE, load
from exporter.snmp.rounds.city_round import CityRounds
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from inventory.model import City, Credential, Device, Settings

SECRET = "LEBARPITA_TEST_COMMUNITY"
# How long a device took differs from scrape to scrape.
_TIMES = re.compile(rb"^(lebarpita_snmp_scrape_duration_seconds\{[^}]*\}) .*$", re.MULTILINE)
BEGIN_TICKS = 500_000


@dataclass
class ScriptedDevice:
    """One agent, its interfaces and what else it has, which a test changes between two rounds."""

    agent: ScriptedAgent
    interfaces: list[ScriptedInterface]
    begin_ticks: int = BEGIN_TICKS
    more: dict[str, bytes] = field(default_factory=dict)


@dataclass
class RoundCity:
    """Both ways over the same agents; ``now`` is the time by all clocks, ours and the agents'."""

    devices: list[ScriptedDevice]
    compiled: CityRounds
    python: CityRounds
    now: float = 1_000_000.0
    booted: float = 1_000_000.0

    async def pages(self, seconds: float = 1.0) -> tuple[bytes, bytes]:
        """The pages of the compiled way and of Python's, so much later, without what a reading took."""
        self.now += seconds
        for scripted in self.devices:
            ticks = scripted.begin_ticks + int((self.now - self.booted) * 100)
            scripted.agent.rows = device(scripted.interfaces, ticks) | scripted.more
        return timeless(await self.compiled.page(LONG)), timeless(await self.python.page(LONG))


def timeless(page: memoryview | bytes) -> bytes:
    return _TIMES.sub(rb"\1 0", bytes(page))


@functools.cache
def functions() -> ctypes.CDLL:
    """The compiled code of the source that stands here, built once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rounds.so")
        assert build(SOURCE, path) is None
        # Its file may go: what is loaded stays mapped.
        library = load(path)
    assert library.functions is not None, library.reason
    return library.functions


@asynccontextmanager
async def round_city(
    monkeypatch: pytest.MonkeyPatch,
    *cities: Sequence[ScriptedInterface],
    manner: Manner | None = None,
    queues: tuple[OpdQueue, ...] = (),
    agent: type[ScriptedAgent] = ScriptedAgent,
) -> AsyncIterator[RoundCity]:
    """A device for each list of interfaces, every one of them a line that an OPD is measured at."""
    monkeypatch.setenv(SECRET, "lab")
    async with AsyncExitStack() as stack:
        devices, plans, scripted = [], {}, []
        for number, interfaces in enumerate(cities):
            one = agent(device(interfaces), manner or Manner())
            transport, port = await start_agent(one)
            stack.callback(transport.close)
            name = f"d{number}"
            address = ip_address("127.0.0.1")
            devices.append(
                Device(name=name, address=address, snmp="c", snmp_port=port, snmp_retries=1, refresh_seconds=3)
            )
            ports = tuple(
                line(str(i.name, "utf-8"), opd=f"opd-{name}-{i.index}", link=f"{name}-{i.index}")
                for i in interfaces
                if i.name
            )
            plans[name] = DevicePlan(name, ports, queues)
            scripted.append(ScriptedDevice(one, list(interfaces)))
        plan = _plan(tuple(devices), plans)
        city: list[RoundCity] = []
        clock = lambda: city[0].now if city else 1_000_000.0  # noqa: E731
        both = []
        for way in (functions(), None):
            scrapes = Scrapes(plan, ENGINE, clock)
            stack.callback(scrapes.close)
            both.append(CityRounds(scrapes, way, clock))
        city.append(RoundCity(scripted, both[0], both[1]))
        for rounds in both:
            stack.callback(rounds.close)
        yield city[0]


def _plan(devices: tuple[Device, ...], plans: dict[str, DevicePlan]) -> CityPlan:
    credential = Credential(name="c", community=f"env:{SECRET}")
    lists = {"credentials": (credential,), "devices": devices, "uplinks": (), "links": (), "opds": ()}
    return CityPlan(City.model_construct(None, city=Settings(name="Test", watch_from="d0"), **lists), plans, ())
