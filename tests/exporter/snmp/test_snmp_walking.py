"""Discovery's walk: a device's interfaces, addresses, neighbours and queues, from a scripted agent and a real snmpd."""

import asyncio
import json
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from snmp_scene import ENGINE, Snmpd, awaited, snmpd, target

from exporter.cli import main
from exporter.snmp.testing.scripted_agent import ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.walk import device as walked
from exporter.snmp.wire import ber
from inventory.cli import main as inventory

LLDP = "1.0.8802.1.1.2.1.4.1.1"
MNDP = "1.3.6.1.4.1.14988.1.1.11.1.1"
QUEUE = "1.3.6.1.4.1.14988.1.1.2.1.1"
CDP = "1.3.6.1.4.1.9.9.23.1.2.1.1"


def octets(value: bytes) -> bytes:
    return ber.tlv(ber.OCTETS, value)


def address(text: str) -> bytes:
    return ber.tlv(ber.IP_ADDRESS, bytes(map(int, text.split("."))))


TOLD = {
    "1.3.6.1.2.1.1.5.0": octets(b"Core"),
    "1.0.8802.1.1.2.1.3.7.1.4.7": octets(b"ether2"),
    f"{LLDP}.7.0.7.1": octets(b"ether1"),
    f"{LLDP}.9.0.7.1": octets(b"Dist-A"),
    "1.0.8802.1.1.2.1.4.2.1.3.0.7.1.1.4.10.0.0.2": ber.integer(2),
    f"{CDP}.4.3.1": octets(bytes([10, 0, 0, 3])),
    f"{CDP}.6.3.1": octets(b"switch-b"),
    f"{CDP}.7.3.1": octets(b"Gi0/1"),
    f"{MNDP}.2.1": address("10.0.0.4"),
    f"{MNDP}.6.1": octets(b"ap-c"),
    f"{MNDP}.8.1": ber.integer(3),
    f"{QUEUE}.2.1": octets(b"Dinas Sosial"),
    f"{QUEUE}.3.1": address("10.5.0.0"),
    f"{QUEUE}.4.1": address("255.255.255.0"),
    f"{QUEUE}.7.1": ber.integer(3),
    "1.3.6.1.2.1.4.20.1.2.10.1.0.1": ber.integer(3),
    "1.3.6.1.2.1.4.20.1.3.10.1.0.1": address("255.255.255.0"),
    "1.3.6.1.2.1.4.22.1.2.3.10.1.0.2": octets(b"\x02\0\0\0\0\1"),
}


@awaited
async def test_neighbours_of_three_protocols_addresses_and_queues_are_told() -> None:
    rows = device([ScriptedInterface(2, b"ether2"), ScriptedInterface(3, b"ether3", b'Dinas "Kesehatan"\n\xff')]) | TOLD
    transport, port = await start_agent(ScriptedAgent(rows))
    told = await walked(ENGINE(target(port)))
    transport.close()
    assert told["name"] == "Core"
    assert told["interfaces"][1]["addresses"] == ["10.1.0.1/24"]
    assert told["arp"] == [{"interface": "ether3", "address": "10.1.0.2", "mac": "02:00:00:00:00:01"}]
    assert told["queues"] == [{"name": "Dinas Sosial", "targets": ["10.5.0.0/24"], "interface": "ether3"}]
    seen = [(n["protocol"], n["interface"], n["name"], n["address"], n["remote_interface"]) for n in told["neighbours"]]
    assert seen == [
        ("lldp", "ether2", "Dist-A", "10.0.0.2", "ether1"),
        ("cdp", "ether3", "switch-b", "10.0.0.3", "Gi0/1"),
        ("mndp", "ether3", "ap-c", "10.0.0.4", ""),
    ]


@awaited
async def test_rows_that_make_no_sense_are_passed_over() -> None:
    nonsense = {f"{MNDP}.2.1": octets(b"xx"), f"{MNDP}.6.1": octets(b"\xff\0name"), f"{QUEUE}.2.1": octets(b"q")}
    transport, port = await start_agent(
        ScriptedAgent(device([ScriptedInterface(1, b"e")]) | TOLD | nonsense | {f"{LLDP}.9.9": octets(b"x")})
    )
    told = await walked(ENGINE(target(port)))
    transport.close()
    assert {n["name"] for n in told["neighbours"]} >= {"Dist-A", "switch-b"}


@pytest.fixture
def agent_process(tmp_path: Path) -> Iterator[Snmpd]:
    with snmpd(tmp_path) as running:
        yield running


def test_a_real_agent_is_walked_and_a_city_proposed(
    agent_process: Snmpd, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WALK_COMMUNITY", "lab")
    asked = ["--community-from", "env:WALK_COMMUNITY", "--port", str(agent_process.port)]
    assert main(["walk", "127.0.0.1", "--json", *asked]) == 0
    told = json.loads(capfd.readouterr().out)
    assert "127.0.0.1/8" in next(row for row in told["interfaces"] if row["name"] == "lo")["addresses"]
    assert inventory(["discover", "127.0.0.1", "--within", str(ip_network("127.0.0.0/8")), *asked]) == 0
    text = capfd.readouterr().out
    assert "community: env:WALK_COMMUNITY" in text
    assert "lab" not in [part.strip("{},") for part in text.split()]


def test_a_device_that_does_not_answer_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WALK_COMMUNITY", "lab")
    arguments = [
        "discover",
        "127.0.0.1",
        "--within",
        "127.0.0.0/8",
        "--community-from",
        "env:WALK_COMMUNITY",
        "--port",
        "9",
    ]
    assert inventory(arguments) == 1
    assert "127.0.0.1" in capfd.readouterr().err


def test_how_to_ask_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["walk", "127.0.0.1"]) == 1
    assert "give --community-from env:NAME, or --user for v3" in capsys.readouterr().err


def test_a_community_written_out_is_refused_and_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["walk", "127.0.0.1", "--community-from", "hunter2"]) == 1
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "hunter2" not in told


def test_the_walk_ends_even_where_the_agent_does_not() -> None:
    async def story() -> None:
        scripted = ScriptedAgent(device([ScriptedInterface(1, b"e")]) | TOLD)
        scripted.manner.endless = True
        transport, port = await start_agent(scripted)
        told = await asyncio.wait_for(walked(ENGINE(target(port))), 120)
        transport.close()
        assert told["neighbours"] == []

    asyncio.run(story())
