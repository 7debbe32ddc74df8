"""Traps and informs by the real snmptrap: a known device's hint hurries the watch, everything else is thrown away."""

import asyncio
import os
import socket
import subprocess

import pytest

from exporter.config import WatchPart
from exporter.watch.traps import Traps
from inventory.reading import parse_city

CITY = """\
city: {name: Kota, watch_from: core}
credentials:
  - {name: v3, version: "3", user: strong, auth: SHA-256, auth_key: "env:TRAP_AUTH",
     privacy: AES, privacy_key: "env:TRAP_PRIVACY"}
devices:
  - {name: core, address: ADDRESS, snmp: v3}
uplinks:
  - {name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}
"""
LINK_DOWN, COLD_START = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.1"
V3 = [
    "-v3",
    "-u",
    "strong",
    "-l",
    "authPriv",
    "-a",
    "SHA-256",
    "-A",
    "authpass12345",
    "-x",
    "AES",
    "-X",
    "privpass12345",
]


def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def heard(
    monkeypatch: pytest.MonkeyPatch, address: str, *commands: list[str], expected: bool = True
) -> tuple[Traps, int]:
    """Start the receiver, run the commands, and give back what it counted and how often it hurried the watch."""
    monkeypatch.setenv("TRAP_COMMUNITY", "benar")
    monkeypatch.setenv("TRAP_AUTH", "authpass12345")
    monkeypatch.setenv("TRAP_PRIVACY", "privpass12345")
    hurried: list[int] = []
    listen = f"127.0.0.1:{port()}"
    part = WatchPart(traps=listen, trap_community="env:TRAP_COMMUNITY")
    traps = Traps(parse_city(CITY.replace("ADDRESS", address)), part, lambda: hurried.append(1))

    async def story() -> None:
        await traps.start()
        for command in commands:
            program, *words = command
            line = [program, *words[:-1], listen, "", words[-1]]
            environment = {**os.environ, "MIBS": ""}
            child = await asyncio.create_subprocess_exec(
                *line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            await asyncio.wait_for(child.wait(), 20)
        for _ in range(50 if expected else 5):
            if traps.received or traps.refused:
                break
            await asyncio.sleep(0.1)
        traps.stop()

    asyncio.run(story())
    return traps, len(hurried)


def test_a_known_devices_linkdown_hurries_the_watch_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    traps, hurried = heard(monkeypatch, "127.0.0.1", ["snmptrap", "-v2c", "-c", "benar", LINK_DOWN])
    assert (dict(traps.received), hurried) == ({("core", "linkDown"): 1}, 1)


def test_a_v3_inform_of_the_inventorys_user_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    traps, hurried = heard(monkeypatch, "127.0.0.1", ["snmpinform", *V3, COLD_START])
    assert (dict(traps.received), hurried) == ({("core", "coldStart"): 1}, 1)


def test_a_wrong_community_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    traps, hurried = heard(monkeypatch, "127.0.0.1", ["snmptrap", "-v2c", "-c", "salah", LINK_DOWN], expected=False)
    assert (dict(traps.received), hurried) == ({}, 0)


def test_an_unknown_address_is_counted_and_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    traps, hurried = heard(monkeypatch, "10.9.9.9", ["snmptrap", "-v2c", "-c", "benar", LINK_DOWN])
    assert (dict(traps.received), traps.refused["unknown_address"], hurried) == ({}, 1, 0)
