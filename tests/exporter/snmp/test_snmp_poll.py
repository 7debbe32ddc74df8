"""``poll``: what the exporter sees of one device, for a person and as JSON."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from ports import free_port
from snmp_scene import ENGINE, Snmpd, agent, awaited, snmpd, target

from exporter.cli import main
from exporter.snmp.device.survey import survey
from exporter.snmp.poll import as_json
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device

KEYS = "name alias admin oper speed_bps receive_bytes transmit_bytes receive_errors transmit_errors receive_discards"
E1 = ScriptedInterface(1, b"e1", b"Dinas Kesehatan", in_octets=10, out_octets=20, in_errors=1, out_discards=2)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd")) as started:
        yield started


@contextmanager
def agent_in_a_thread(*interfaces: ScriptedInterface, manner: Manner | None = None) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    transport, port = loop.run_until_complete(start_agent(ScriptedAgent(device(interfaces), manner or Manner())))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        transport.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_COMMUNITY", "lab")


def asked(port: int, *more: str) -> int:
    return main(["poll", "127.0.0.1", "--port", str(port), "--community-from", "env:T_COMMUNITY", *more])


def test_a_real_snmpd_is_shown_as_json_with_exactly_these_keys(real: Snmpd, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(real.port, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["device", "uptime_seconds", "engine", "quirks", "interfaces"]
    assert all(list(row) == [*KEYS.split(), "transmit_discards", "counter_bits"] for row in told["interfaces"])
    lo = next(row for row in told["interfaces"] if row["name"] == "lo")
    assert (lo["admin"], lo["oper"], lo["counter_bits"]) == ("up", "up", 64)
    assert told["engine"] == "direct"
    assert told["uptime_seconds"] >= 0


@awaited
async def test_the_json_says_what_the_agent_says() -> None:
    async with agent(E1) as (_, port):
        (row,) = as_json("dut", "gufo", await survey(ENGINE(target(port))))["interfaces"]
    assert row == {
        "name": "e1",
        "alias": "Dinas Kesehatan",
        "admin": "up",
        "oper": "up",
        "speed_bps": 1_000_000_000,
        "receive_bytes": 10,
        "transmit_bytes": 20,
        "receive_errors": 1,
        "transmit_errors": 0,
        "receive_discards": 0,
        "transmit_discards": 2,
        "counter_bits": 64,
    }


@awaited
async def test_every_quirk_is_named_with_the_interfaces_it_is_about() -> None:
    odd = [
        replace(E1, in_octets=None, out_octets=None, in_octets_32=5, out_octets_32=6, discontinuity_ticks=None),
        ScriptedInterface(2, b"e2", in_octets=0, out_octets=0, in_octets_32=5, out_octets_32=5),
        ScriptedInterface(3, b"e2", speed_bits=0, high_speed_mbit=0),
    ]
    async with agent(*odd, manner=Manner(too_big_above=20)) as (_, port):
        quirks = (await survey(ENGINE(target(port)))).quirks
    assert {quirk.split(":")[0] for quirk in quirks} == {
        "duplicate_names",
        "counters_32_bit",
        "counters_64_bit_stuck",
        "no_speed",
        "no_discontinuity_time",
        "small_requests",
    }
    assert "duplicate_names: e2" in quirks


@awaited
async def test_which_interfaces_carry_which_is_told_as_a_quirk() -> None:
    async with agent(E1, ScriptedInterface(2, b"bond0"), ScriptedInterface(3, b"bond0.20")) as (scripted, port):
        stacked = {f"1.3.6.1.2.1.31.1.2.1.3.{pair}": b"\2\1\1" for pair in ("2.1", "3.2", "0.3", "1.0")}
        scripted.rows = {**scripted.rows, **stacked}
        quirks = (await survey(ENGINE(target(port)))).quirks
    assert "stacked_interfaces: bond0 over e1, bond0.20 over e1, bond0.20 over bond0" in quirks


@awaited
async def test_hostile_names_and_aliases_are_shown_on_one_line_and_never_raise() -> None:
    async with agent(ScriptedInterface(1, b'"\n\x1b[2J', b"\xff\xfe\x00"), ScriptedInterface(2, b"")) as (_, port):
        seen = await survey(ENGINE(target(port)))
    assert seen.interfaces[0].name == '"\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J'
    assert json.loads(json.dumps(as_json("dut", "gufo", seen)))["interfaces"][0]["alias"].startswith(
        "\N{REPLACEMENT CHARACTER}"
    )


def test_a_person_sees_units_states_quirks_and_the_agents_period(capsys: pytest.CaptureFixture[str]) -> None:
    with agent_in_a_thread(E1, ScriptedInterface(2, b"e2", admin=2, oper=2, high_speed_mbit=0, speed_bits=0)) as port:
        assert asked(port, "--seconds", "0.3") == 0
    told = capsys.readouterr().out
    assert "Mbit/s" in told
    assert "down (off)" in told
    assert "renewal period could not be learnt" in told
    assert "no rates: fewer than two renewals" in told


def test_a_device_of_the_inventory_is_polled_by_name_with_its_own_credential(
    real: Snmpd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "city.yaml").write_text(f"""
city: {{name: Kota, watch_from: core}}
credentials: [{{name: c, community: "env:T_COMMUNITY"}}]
devices: [{{name: core, address: 127.0.0.1, snmp: c, snmp_port: {real.port}}}]
uplinks: [{{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}}]
""")
    (tmp_path / "exporter.yaml").write_text(f"inventory: {tmp_path}/city.yaml\nstate: {tmp_path}\n")
    for name in ("core", "127.0.0.1"):
        assert main(["poll", name, "--config", f"{tmp_path}/exporter.yaml", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["device"] == "core"
    assert main(["poll", "nobody", "--config", f"{tmp_path}/exporter.yaml"]) == 1
    assert "nobody is no device of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["127.0.0.1"], "needs --config FILE"),
        (["no-such-host.invalid", "--community-from", "env:T_COMMUNITY"], "[dns]"),
        (["127.0.0.1", "--community-from", "env:T_UNSET"], "T_UNSET is not set"),
        (["127.0.0.1", "--community-from", "env:T_COMMUNITY", "--port", str(free_port())], "[no_agent]"),
    ],
)
def test_what_went_wrong_is_one_sentence_with_its_reason(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["poll", *arguments, "--json"]) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert len(told.err.splitlines()) == 1
    assert not told.out


def test_a_wrong_community_is_told_by_poll(
    real: Snmpd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("T_COMMUNITY", "wrong")
    assert asked(real.port) == 1
    assert "[wrong_community]" in capsys.readouterr().err


V3 = ["--user", "strong", "--auth", "SHA-256", "--auth-key-from", "env:A", "--privacy", "AES"]


def test_an_address_is_polled_with_v3_and_its_secrets_from_the_environment(
    real: Snmpd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("A", "authpass12345")
    monkeypatch.setenv("P", "privpass12345")
    line = ["poll", "127.0.0.1", "--port", str(real.port), "--json", *V3, "--privacy-key-from", "env:P"]
    assert main(line) == 0
    assert json.loads(capsys.readouterr().out)["interfaces"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"--user": "nobody"}, "[unknown_user]"),
        ({"--auth-key-from": "env:WRONG"}, "[wrong_key]"),
        ({"--privacy-key-from": "env:WRONG"}, "[wrong_privacy_key]"),
        ({"--privacy": None, "--privacy-key-from": None}, "[wrong_level]"),
        ({"--privacy": None, "--privacy-key-from": None, "--auth-key-from": "env:WRONG"}, "[wrong_key]"),
        (dict.fromkeys(("--auth", "--auth-key-from", "--privacy", "--privacy-key-from")), "[wrong_level]"),
        ({"--user": "longest", "--auth": "SHA-512", "--privacy": None, "--privacy-key-from": None}, "[wrong_level]"),
    ],
)
def test_each_v3_mistake_has_its_own_sentence(
    changed: dict[str, str | None],
    reason: str,
    real: Snmpd,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (("A", "authpass12345"), ("P", "privpass12345"), ("WRONG", "wrongpass12345")):
        monkeypatch.setenv(name, value)
    words = [*V3, "--privacy-key-from", "env:P"]
    options = dict(zip(words[::2], words[1::2], strict=True)) | changed
    given = [word for name, value in options.items() if value for word in (name, value)]
    assert main(["poll", "127.0.0.1", "--port", str(real.port), *given]) == 1
    told = capsys.readouterr().err
    assert reason in told
    assert len(told.splitlines()) == 1
    assert "pass12345" not in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--user", "a", "--community-from", "env:A"], "give one of them"),
        (["--user", "a", "--auth", "SHA"], "--auth and --auth-key-from go together"),
        (["--user", "a", "--privacy", "AES", "--privacy-key-from", "env:A"], "--privacy needs --auth"),
        (["--user", "a", "--auth", "SHA-1024", "--auth-key-from", "hunter2"], "--auth, --auth-key-from: not one of"),
        (["--community-from", "public"], "--community-from: not one of the values"),
    ],
)
def test_a_credential_that_is_none_is_one_sentence_without_the_secret(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["poll", "127.0.0.1", *arguments]) == 1
    told = capsys.readouterr().err
    assert words in told
    assert "hunter2" not in told
    assert "public" not in told


def test_a_reader_that_went_away_is_no_traceback(real: Snmpd) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "exporter.cli", "poll", "127.0.0.1", "--community-from", "env:T_COMMUNITY"]
    environment = {**os.environ, "T_COMMUNITY": "lab"}
    words = [*command, "--port", str(real.port), "--json"]
    done = subprocess.run(words, stdout=writing, stderr=subprocess.PIPE, env=environment, timeout=240)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
