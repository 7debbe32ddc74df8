"""What the SNMP tests share: scripted agents and a real snmpd on loopback, pollers for them, and pages read back."""

import asyncio
import functools
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from children import child, until
from ports import free_port
from prometheus_client.parser import text_string_to_metric_families

from exporter.snmp.device.plan import DevicePlan, Port
from exporter.snmp.device.poller import Poller
from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.engines.interface import Login, SnmpTarget
from exporter.snmp.engines.registry import DEFAULT, ENGINES
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device

ENGINE = ENGINES[DEFAULT]
# No test waits for an answer so long; one that needs an agent given up says a short time of its own.
LONG, SHORT = 30.0, 0.2
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def awaited(story: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test to its end."""

    @functools.wraps(story)
    def told(*args: Any, **kwargs: Any) -> None:
        asyncio.run(story(*args, **kwargs))

    return told


@asynccontextmanager
async def agent(
    *interfaces: ScriptedInterface, manner: Manner | None = None, **scalars: int
) -> AsyncIterator[tuple[ScriptedAgent, int]]:
    """A scripted agent with those interfaces on a free port of 127.0.0.1."""
    scripted = ScriptedAgent(device(interfaces, **scalars), manner or Manner())
    transport, port = await start_agent(scripted)
    try:
        yield scripted, port
    finally:
        transport.close()


def target(
    port: int, version: str = "2c", community: str = "lab", timeout: float = LONG, retries: int = 0
) -> SnmpTarget:
    return SnmpTarget("dut", "127.0.0.1", Login(version, community), port, timeout, retries)


def poller(port: int, *ports: Port, clock: Callable[[], float] = time.time, **how: Any) -> Poller:
    return Poller(target(port, **how), DevicePlan("dut", ports), ENGINE, clock)


def line(interface: str, speed: int = 125_000_000, opd: str | None = None, link: str | None = None) -> Port:
    return Port(link or f"link-{interface}", interface, True, speed, opd)


def read_page(text: str) -> Samples:
    """Every sample of a page by name and sorted labels, read by prometheus-client's own parser."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float | None:
    """The one sample of that name with those labels among its own, None where there is none."""
    found = [v for (n, pairs), v in read_page(text).items() if n == name and labels.items() <= dict(pairs).items()]
    assert len(found) <= 1, f"{len(found)} samples of {name} {labels}"
    return found[0] if found else None


@dataclass(frozen=True)
class Snmpd:
    """A real snmpd: where it listens, and what the processes that read it need in their environment."""

    port: int
    addresses: tuple[str, ...] = ("127.0.0.1",)


USERS = """
createUser none
rouser none noauth
createUser md5 MD5 authpass12345
rouser md5 auth
createUser shades SHA authpass12345 DES privpass12345
rouser shades priv
createUser strong SHA-256 authpass12345 AES privpass12345
rouser strong priv
createUser longest SHA-512 authpass12345 AES privpass12345
rouser longest priv
"""


@contextmanager
def snmpd(folder: Path, addresses: tuple[str, ...] = ("127.0.0.1",), extra: str = "", port: int = 0) -> Iterator[Snmpd]:
    """Start a real snmpd with its own configuration as a child, wait until it answers, end it by its own process."""
    port = port or free_port()
    listen = ",".join(f"udp6:[{a}]:{port}" if ":" in a else f"udp:{a}:{port}" for a in addresses)
    configuration = folder / "snmpd.conf"
    configuration.write_text(f"agentaddress {listen}\nrocommunity lab\nrocommunity6 lab\n{USERS}{extra}")
    environment = {**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder / "state")}
    command = ["/usr/sbin/snmpd", "-f", "-C", "-c", str(configuration), "-Lf", str(folder / "snmpd.log"), "-r"]
    with child(command, env=environment, stdin=subprocess.DEVNULL) as agent_of_its_own:
        until(lambda: asyncio.run(_answers(port)), configuration, agent_of_its_own)
        yield Snmpd(port, addresses)


async def _answers(port: int) -> bool:
    session = ENGINE(target(port, timeout=1))
    try:
        return bool(await session.get(["1.3.6.1.2.1.1.3.0"]))
    except SnmpFailure:
        return False
    finally:
        session.close()
