"""Contexts of SNMP v3 and agents over TCP, from real snmpds: read by net-snmp's library whichever engine is chosen."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from ports import free_port
from snmp_scene import Snmpd, awaited, snmpd, target

from exporter.cli import main
from exporter.snmp.drop_in.module_scrape import DropIn, UnknownNameError, View
from exporter.snmp.engines.easysnmp_engine import EasySession
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Login, SnmpTarget
from exporter.snmp.engines.registry import ENGINES
from inventory.reading import parse_city

SYS_NAME = "1.3.6.1.2.1.1.5.0"
VIEWER = Login("3", "", "viewer", "SHA-256", "authpass12345", "AES", "privpass12345")


@dataclass(frozen=True)
class Agents:
    """Two agents: the core, whose context vlan10 shows what the other tells (net-snmp's proxy), also over TCP."""

    core: Snmpd
    tcp_port: int


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agents]:
    tcp_port = free_port()
    behind, core = tmp_path_factory.mktemp("behind"), tmp_path_factory.mktemp("core")
    with snmpd(behind, extra="sysName vlan-ten\n") as other:
        views = (
            f"sysName the-core\nagentaddress tcp:127.0.0.1:{tcp_port}\n"
            "createUser viewer SHA-256 authpass12345 AES privpass12345\n"
            "view whole included .1\ngroup viewers usm viewer\n"
            'access viewers "" usm priv exact whole none none\n'
            "access viewers vlan10 usm priv exact whole none none\n"
            f"proxy -Cn vlan10 -v 2c -c lab 127.0.0.1:{other.port} .1.3.6.1.2.1\n"
        )
        with snmpd(core, extra=views) as started:
            yield Agents(started, tcp_port)


async def names(dut: SnmpTarget, engine: str) -> bytes:
    session = ENGINES[engine](dut)
    try:
        (name,) = (await session.get([SYS_NAME])).values()
    finally:
        worker = session._worker if isinstance(session, EasySession) else None
        session.close()
        if worker is not None:
            await worker.wait()
    assert isinstance(name, bytes)
    return name


@pytest.mark.parametrize("engine", sorted(ENGINES))
@awaited
async def test_a_context_is_another_view_of_the_same_device(engine: str, agents: Agents) -> None:
    core = replace(target(agents.core.port), login=VIEWER)
    assert await names(core, engine) == b"the-core"
    assert await names(replace(core, context="vlan10"), engine) == b"vlan-ten"


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("transport", ["udp", "tcp"])
@awaited
async def test_an_agent_is_read_over_its_transport(
    engine: str, transport: Literal["udp", "tcp"], agents: Agents
) -> None:
    port = agents.tcp_port if transport == "tcp" else agents.core.port
    agent = replace(target(port), transport=transport)
    assert await names(agent, engine) == b"the-core"
    assert await names(replace(agent, login=VIEWER), engine) == b"the-core"


@awaited
async def test_a_context_that_the_agent_does_not_have_is_a_failure_and_no_empty_view(agents: Agents) -> None:
    with pytest.raises(SnmpFailure) as caught:
        await names(replace(target(agents.core.port, timeout=2), login=VIEWER, context="vlan99"), "direct")
    assert caught.value.reason in (Reason.TIMEOUT, Reason.BAD_ANSWER, Reason.AUTHENTICATION)


CITY = """
city: {{name: Kota, watch_from: core}}
credentials:
  - {{name: c, community: "env:T_COMMUNITY"}}
  - {{name: viewer, version: "3", user: viewer, auth: SHA-256, auth_key: "env:T_AUTH",
      privacy: AES, privacy_key: "env:T_PRIVACY"}}
devices: [{{name: core, address: 127.0.0.1, snmp: viewer, snmp_port: {port}, snmp_timeout_seconds: 5}}]
uplinks: [{{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}}]
"""


@awaited
async def test_a_modules_scrape_asks_for_a_context(agents: Agents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_COMMUNITY", "lab")
    monkeypatch.setenv("T_AUTH", "authpass12345")
    monkeypatch.setenv("T_PRIVACY", "privpass12345")
    city = parse_city(CITY.format(port=agents.core.port))
    drop_in = DropIn(lambda: city, ENGINES["direct"])
    try:
        page = await drop_in.scrape("core", "if_mib", View(context="vlan10"), 60)
        assert b"ifHCInOctets" in page
        with pytest.raises(UnknownNameError, match="snmp_context 'vlan10' needs a credential of version 3"):
            await drop_in.scrape("core", "if_mib", View("c", "vlan10"), 60)
    finally:
        workers = [s._worker for s in drop_in._sessions if isinstance(s, EasySession)]
        drop_in.close()
        for worker in workers:
            if worker is not None:
                await worker.wait()


@awaited
async def test_a_closed_tcp_port_is_a_failure_that_names_the_device() -> None:
    nobody = replace(target(free_port(), timeout=2), transport="tcp")
    with pytest.raises(SnmpFailure, match=f"dut .127.0.0.1 port {nobody.port}."):
        await names(nobody, "direct")


def test_poll_asks_for_a_context_by_its_options(
    agents: Agents, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTH", "authpass12345")
    monkeypatch.setenv("PRIVACY", "privpass12345")
    user = ["--user", "viewer", "--auth", "SHA-256", "--auth-key-from", "env:AUTH"]
    privacy = ["--privacy", "AES", "--privacy-key-from", "env:PRIVACY"]
    where = ["--port", str(agents.core.port), "--context", "vlan10"]
    assert main(["walk", "127.0.0.1", "--json", *user, *privacy, *where]) == 0
    assert "vlan-ten" in json.dumps(json.loads(capsys.readouterr().out))
    assert main(["walk", "127.0.0.1", "--json", "--community-from", "env:AUTH", *where]) != 0
    assert "--context vlan10 is of SNMP v3 and needs --user" in capsys.readouterr().err
