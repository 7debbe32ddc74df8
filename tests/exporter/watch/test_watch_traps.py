"""Traps and informs by the real snmptrap and snmpinform: a known device's hint is passed on, all else thrown away."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ports import free_port

from exporter.config import WatchPart
from exporter.errors import ExporterError
from exporter.snmp.wire import ber
from exporter.watch.trap_message import INFORM, TRAP_OID, read_sender, read_trap, version
from exporter.watch.trap_polls import TrapPolls
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
LINK_DOWN, AUTHENTICATION_FAILURE = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.5"
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


def receiver(monkeypatch: pytest.MonkeyPatch, address: str, listen: str, hint: Callable[[str], None]) -> Traps:
    monkeypatch.setenv("TRAP_COMMUNITY", "benar")
    monkeypatch.setenv("TRAP_AUTH", "authpass12345")
    monkeypatch.setenv("TRAP_PRIVACY", "privpass12345")
    part = WatchPart(traps=listen, trap_community="env:TRAP_COMMUNITY")
    return Traps(parse_city(CITY.replace("ADDRESS", address)), part, hint)


def heard(monkeypatch: pytest.MonkeyPatch, address: str, command: list[str]) -> tuple[dict[str, int], list[str]]:
    """Start the receiver, run the command, and give back what was counted by its name or reason, and the hints."""
    hinted: list[str] = []
    listen = f"127.0.0.1:{free_port()}"
    traps = receiver(monkeypatch, address, listen, hinted.append)
    counted: dict[str, int] = {}

    async def story() -> None:
        await traps.start()
        program, *words = command
        uptime = [""] if "-v1" not in words else []
        line = [program, "-r", "0", *words[:-1], listen, *uptime, *words[-1].split()]
        environment = {**os.environ, "MIBS": ""}
        child = await asyncio.create_subprocess_exec(
            *line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await asyncio.wait_for(child.wait(), 120)
        for _ in range(6000):
            if traps.received or traps.refused:
                break
            await asyncio.sleep(0.02)
        counted.update({name: count for (_, name), count in traps.received.items()} | dict(traps.refused))
        traps.stop()

    asyncio.run(story())
    return counted, hinted


COMMUNITY = ["-v2c", "-c", "benar"]
TAKEN = [
    ([*COMMUNITY, LINK_DOWN], "linkDown", 1),
    ([*COMMUNITY, AUTHENTICATION_FAILURE], "authenticationFailure", 0),
    ([*COMMUNITY, "1.3.6.1.4.1.9.9.1"], "other", 0),
    ([*V3, "-e", "0x80001f8804aabbcc01", LINK_DOWN], "linkDown", 1),
]


@pytest.mark.parametrize("program", ["snmptrap", "snmpinform"])
@pytest.mark.parametrize(("words", "name", "hints"), TAKEN)
def test_a_known_devices_notification_is_counted_and_hints_where_a_link_changed(
    program: str, words: list[str], name: str, hints: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if program == "snmpinform":
        words = [word for word in words if word not in ("-e", "0x80001f8804aabbcc01")]
    assert heard(monkeypatch, "127.0.0.1", [program, *words]) == ({name: 1}, ["core"] * hints)


def test_a_v1_trap_counts_as_its_v2_name(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["snmptrap", "-v1", "-c", "benar", "1.3.6.1.4.1.14988 127.0.0.1 2 0 1"]
    assert heard(monkeypatch, "127.0.0.1", words) == ({"linkDown": 1}, ["core"])


def test_an_inform_is_answered_so_that_its_sender_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    message = read_trap(inform(b"benar", LINK_DOWN))
    (_, number), (_, community), (kind, _) = ber.elements(ber.element(message.reply)[1])
    assert (number, community, kind) == (b"\x01", b"benar", ber.RESPONSE)


REFUSED = [
    (["-v2c", "-c", "salah"], "wrong_community"),
    ([*(word if word != "strong" else "nobody" for word in V3)], "unknown_user"),
    ([*(word if word != "authpass12345" else "wrongpass12345" for word in V3)], "wrong_key"),
    (["-v3", "-u", "strong", "-l", "noAuthNoPriv"], "wrong_level"),
]


@pytest.mark.parametrize("program", ["snmptrap", "snmpinform"])
@pytest.mark.parametrize(("words", "reason"), REFUSED)
def test_a_wrong_secret_is_counted_by_its_reason_and_hints_nothing(
    program: str, words: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ["-e", "0x80001f8804aabbcc02"] if "-v3" in words and program == "snmptrap" else []
    assert heard(monkeypatch, "127.0.0.1", [program, "-t", "1", *words, *engine, LINK_DOWN]) == ({reason: 1}, [])


def test_an_unknown_address_is_counted_and_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    assert heard(monkeypatch, "10.9.9.9", ["snmptrap", *COMMUNITY, LINK_DOWN]) == ({"unknown_address": 1}, [])


def test_an_address_that_cannot_be_had_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        traps = receiver(monkeypatch, "127.0.0.1", f"127.0.0.1:{taken.getsockname()[1]}", print)
        with pytest.raises(ExporterError, match="cannot be had: Address already in use"):
            asyncio.run(traps.start())


@given(st.binary(max_size=60), st.integers(0, 50))
def test_no_bytes_at_all_raise_anything_but_a_value_error(noise: bytes, place: int) -> None:
    whole = inform(b"benar", LINK_DOWN)
    for data in (noise, whole[:place] + noise, whole[:place]):
        with suppress(ValueError):
            version(data)
            read_sender(data)
        with suppress(ValueError):
            read_trap(data)


@pytest.mark.anyio
async def test_one_poll_a_device_is_under_way_however_many_hints_come() -> None:
    hurried: list[int] = []
    gate = asyncio.Event()

    async def poll(device: str) -> bool:
        await gate.wait()
        return device == "core"

    trap_polls = TrapPolls(lambda: hurried.append(1), poll)
    for _ in range(1000):
        trap_polls.take("core")
    trap_polls.take("edge")
    gate.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert (len(hurried), dict(trap_polls.polls)) == (1001, {("core", "answered"): 1, ("edge", "failed"): 1})
    await trap_polls.stop()


def inform(community: bytes, trap: str) -> bytes:
    binds = ber.sequence(
        ber.sequence(ber.oid("1.3.6.1.2.1.1.3.0"), ber.integer(1, ber.TICKS)),
        ber.sequence(ber.oid(TRAP_OID), ber.oid(trap)),
    )
    pdu = ber.sequence(ber.integer(7), ber.integer(0), ber.integer(0), binds, tag=INFORM)
    return ber.sequence(ber.integer(1), ber.tlv(ber.OCTETS, community), pdu)


@pytest.mark.parametrize(("address", "listen"), [("::1", "[::1]"), ("127.0.0.1", "[::]")])
def test_a_trap_over_ipv6_and_over_a_socket_of_both_is_its_devices(
    address: str, listen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinted: list[str] = []
    number = free_port()
    traps = receiver(monkeypatch, address, f"{listen}:{number}", hinted.append)

    async def story() -> None:
        await traps.start()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as device:
            device.settimeout(120)
            device.sendto(inform(b"benar", LINK_DOWN), (address, number))
            for _ in range(6000):
                if traps.received or traps.refused:
                    break
                await asyncio.sleep(0.02)
            assert device.recv(2000)
        traps.stop()

    asyncio.run(story())
    assert dict(traps.received) == {("core", "linkDown"): 1}
    assert hinted == ["core"]
