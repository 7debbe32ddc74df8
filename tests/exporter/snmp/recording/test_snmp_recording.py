"""Recordings: every type comes back, private parts are gone, and profiles still read what they read before."""

import asyncio
import re
from pathlib import Path

import pytest
from device_families import FAMILIES
from hypothesis import given
from hypothesis import strategies as st
from snmp_scene import ENGINE, agent, awaited, target

from exporter.cli import main
from exporter.errors import ExporterError
from exporter.snmp.engines.gufo_engine import GufoSession
from exporter.snmp.profiles.collecting import ProfileReader
from exporter.snmp.profiles.loading import SHIPPED, read_profile
from exporter.snmp.recording import command
from exporter.snmp.recording.anonymous import anonymise
from exporter.snmp.recording.command import ROOTS, read_device, recording_text
from exporter.snmp.recording.rows import AgentRow, read_recording, recording_lines
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.wire import ber

OFFICE = ScriptedInterface(1, b"ether1-dinkes", alias=b"Dinas Kesehatan, Bp. Contoh", in_octets=5)
PLAIN = ScriptedInterface(2, b"GigabitEthernet0/2", in_octets=6)
SYSTEM, ENTITY = "1.3.6.1.2.1.1", "1.3.6.1.2.1.47.1.1.1.1"
MAC = bytes.fromhex("4c5e0c1a2b3c")


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB", "lab")


def octets(text: bytes) -> bytes:
    return ber.tlv(ber.OCTETS, text)


PRIVATE = {
    f"{SYSTEM}.1.0": octets(b"RouterOS CCR2004 of kota-contoh"),
    f"{SYSTEM}.2.0": ber.oid("1.3.6.1.4.1.14988.1"),
    f"{SYSTEM}.4.0": octets(b"noc@kota-contoh.example 0341555000111"),
    f"{SYSTEM}.5.0": octets(b"core-kota-contoh"),
    f"{SYSTEM}.6.0": octets("Jalan Merdeka 1, lantai 2 é".encode()),
    f"{ENTITY}.11.1": octets(b"HGX09A1B2C3"),
    "1.3.6.1.2.1.4.20.1.1.10.7.8.9": ber.tlv(ber.IP_ADDRESS, bytes((10, 7, 8, 9))),
    "1.3.6.1.2.1.4.20.1.3.10.7.8.9": ber.tlv(ber.IP_ADDRESS, bytes((255, 255, 255, 0))),
    "1.3.6.1.2.1.4.22.1.2.1.10.7.8.20": octets(MAC),
    "1.0.8802.1.1.2.1.4.1.1.9.0.1.1": octets(b"sw-disdik.kota-contoh.example"),
    "1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.10.7.8.9": ber.integer(1),
    f"1.3.6.1.4.1.14988.1.1.1.2.1.3.{'.'.join(map(str, MAC))}.7": ber.integer(-61),
    "1.3.6.1.4.1.99999.1.5.10.6.98.117.100.105.45.120": octets(b"session of budi-x at 10.7.8.20, 4C:5E:0C:1A:2B:3C"),
    "1.3.6.1.6.3.18.1.1.1.2.1": octets(b"rahasia"),
}
GONE = (
    *("dinkes", "Kesehatan", "Contoh", "contoh", "Merdeka", "disdik", "HGX09A1B2C3", "10.7.8", "0341555000111", "budi"),
    *("4c5e0c", "4C:5E", "76.94.12", "98.117.100.105", "rahasia", "example"),
)


async def recorded(rows: dict[str, bytes], *arguments: str, manner: Manner | None = None) -> int:
    scripted = ScriptedAgent(rows, manner or Manner())
    transport, port = await start_agent(scripted)
    try:
        words = ["record", "127.0.0.1", "--port", str(port), "--community-from", "env:LAB", *arguments]
        return await asyncio.to_thread(main, words)
    finally:
        transport.close()


@awaited
async def test_nothing_private_is_left_and_the_device_is_what_it_was(tmp_path: Path) -> None:
    out = tmp_path / "mt.snmprec"
    assert await recorded(device([OFFICE, PLAIN]) | PRIVATE, "--anonymise", "--out", str(out)) == 0
    text = out.read_text()
    assert [word for word in GONE if word in text] == []
    rows = {row.oid: row for row in read_recording(text.splitlines())}
    assert rows["1.3.6.1.2.1.31.1.1.1.6.1"].value == ber.integer(5, ber.COUNTER64)
    assert rows["1.3.6.1.2.1.31.1.1.1.1.2"].content == b"GigabitEthernet0/2"
    assert rows[f"{SYSTEM}.1.0"].content.startswith(b"RouterOS CCR2004 of ")
    assert rows["1.3.6.1.2.1.31.1.1.1.1.1"].content.startswith(b"ether1-nama")
    assert not any(oid.startswith("1.3.6.1.6.3.") for oid in rows)


def test_the_same_is_replaced_by_the_same_wherever_it_stands() -> None:
    rows = [AgentRow(oid, *ber.element(value)[:2]) for oid, value in PRIVATE.items()]
    shown = anonymise(rows)
    text = "\n".join(recording_lines(shown))
    (own,) = re.findall(r"4\.20\.1\.1\.(\d+\.\d+\.\d+\.\d+)\|64\|(\S+)", text)
    assert own[0] == own[1] and own[0].startswith("100.64.") and own[0].endswith(".9")
    assert f"1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.{own[0]}|" in text
    assert "|64|255.255.255.0" in text
    mac = next(row.content for row in shown if row.oid.startswith("1.3.6.1.2.1.4.22"))
    assert f"14988.1.1.1.2.1.3.{'.'.join(map(str, mac))}.7|2|-61" in text
    assert mac.hex(":") in text.lower()


@pytest.mark.parametrize("name", sorted(FAMILIES))
@awaited
async def test_a_profile_reads_of_an_anonymous_recording_what_it_reads_of_the_device(name: str) -> None:
    family = FAMILIES[name]
    profile = read_profile(SHIPPED / f"{name}.yaml")

    async def samples(rows: dict[str, bytes]) -> list[tuple[str, float]]:
        transport, port = await start_agent(ScriptedAgent(rows))
        session = ENGINE(target(port))
        try:
            read = await ProfileReader("dut", (profile,)).read(session, 0.0)
        finally:
            session.close()
            transport.close()
        return sorted((metric.name, value) for metric, _, value in read if not metric.name.endswith("_profile_up"))

    rows = device([]) | family.encoded()
    whole = [AgentRow(oid, *ber.element(value)[:2]) for oid, value in rows.items()]
    text = "\n".join(recording_lines(anonymise(whole, ("dut",))))
    shown = {row.oid: row.value for row in read_recording(text.splitlines())}
    assert await samples(shown) == await samples(rows) != []


@given(st.lists(st.tuples(st.sampled_from((2, 4, 6, 64, 65, 66, 67, 68, 70)), st.binary(max_size=12)), max_size=8))
def test_every_value_comes_back_octet_by_octet(values: list[tuple[int, bytes]]) -> None:
    rows = [AgentRow(f"1.3.6.1.4.1.9.{n}", tag, content) for n, (tag, content) in enumerate(values, 1)]
    rows = [row for row in rows if row.tag != ber.OID]
    assert read_recording(recording_lines(rows)) == rows
    anonymise(rows)


@pytest.mark.parametrize(
    "line", ["1.3.6", "1.3.6.1|4", "x|4|a", "1.3.6.1|2|x", "1.3.6.1|4x|zz", "1.3.6.1|999|a", "1|4|a"]
)
def test_a_line_that_is_none_is_named_with_what_is_wrong(line: str) -> None:
    with pytest.raises(ValueError, match=r"line 2: .* is no row of a recording"):
        read_recording(["# head", line])


@awaited
async def test_a_part_that_is_never_answered_is_left_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    manner = Manner(error_columns=("1.3.6.1.2.1.25",))
    assert await recorded(device([PLAIN]) | PRIVATE, "--anonymise", manner=manner) == 0
    said = capsys.readouterr()
    assert "# left out: 1.3.6.1.2.1.25\n" in said.out and "1.3.6.1.2.1.25: " in said.err


@awaited
async def test_what_cannot_be_recorded_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "there").write_text("mine")
    for arguments, said in (
        (["--root", "enterprises"], "--root enterprises: is no OID; write numbers with points"),
        (["--root", "1.3.6.1.6.3.18"], "holds communities and users of SNMP and is never recorded"),
        (["--out", str(tmp_path / "there")], "exists already; name another file"),
        (["--root", "1.3.6.1.2.1.99"], "answered, but has nothing under 1.3.6.1.2.1.99"),
    ):
        assert await recorded(device([PLAIN]), *arguments) == 1
        assert said in capsys.readouterr().err
    assert (tmp_path / "there").read_text() == "mine"


def test_something_private_that_is_left_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "anonymise", lambda rows, words: list(rows))
    row = AgentRow(f"{SYSTEM}.5.0", *ber.element(octets(b"core-kota-contoh"))[:2])
    with pytest.raises(ExporterError, match=r"1\.3\.6\.1\.2\.1\.1\.5\.0: something private \(16 letters\) was left"):
        recording_text([row], target(161), True)
    assert "core-kota-contoh" in recording_text([row], target(161), False)


def test_no_part_that_is_recorded_holds_secrets_of_snmp() -> None:
    assert not any("1.3.6.1.6.3".startswith(root) for root in ROOTS)


@awaited
async def test_an_engine_without_types_tells_the_values() -> None:
    async with agent(PLAIN) as (scripted, port):
        scripted.rows = {**scripted.rows, **PRIVATE}
        rows, faults = await read_device(GufoSession(target(port)), ("1.3.6.1.2.1.31", "1.3.6.1.2.1.4.20"))
    contents = {row.oid: row.content for row in rows}
    assert (contents["1.3.6.1.2.1.31.1.1.1.1.2"], faults) == (b"GigabitEthernet0/2", [])
    assert contents["1.3.6.1.2.1.4.20.1.1.10.7.8.9"] == bytes((10, 7, 8, 9))
