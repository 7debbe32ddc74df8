"""The second engine: easysnmp in worker processes, and both engines as each other's oracle."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from snmp_scene import SHORT, Snmpd, agent, awaited, line, snmpd, target
from tree import ROOT

from exporter.snmp.device import objects as c
from exporter.snmp.device.plan import DevicePlan
from exporter.snmp.device.poller import Poller
from exporter.snmp.engines.easysnmp_engine import EasySession
from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.gufo_engine import GufoSession
from exporter.snmp.engines.interface import Login, Session, SnmpTarget
from exporter.snmp.engines.registry import ENGINES
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device

E1 = ScriptedInterface(1, b"e1", b"\xff\0caf\xc3\xa9", in_octets=2**63 + 5, out_octets=20, speed_bits=2**32 - 1)
HC_IN = f"{c.IF_HC_IN_OCTETS}.1"
MD5 = Login("3", "", "md5", "MD5", "authpass12345")
STRONG = Login("3", "", "strong", "SHA-256", "authpass12345", "AES", "privpass12345")


@asynccontextmanager
async def easy(dut: SnmpTarget) -> AsyncIterator[EasySession]:
    session = EasySession(dut)
    try:
        yield session
    finally:
        worker = session._worker
        session.close()
        if worker is not None:
            await worker.wait()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd"), ("127.0.0.1", "::1")) as started:
        yield started


async def whole(session: Session) -> list[tuple[str, object]]:
    rows = [*await session.walk("1.3.6.1.2.1.2"), *await session.walk("1.3.6.1.2.1.31.1.1")]
    return sorted((oid, value) for oid, value in rows)


@awaited
async def test_both_engines_read_the_same_values_of_a_scripted_agent() -> None:
    e2 = ScriptedInterface(2, b"", in_octets=0, high_speed_mbit=None)
    async with agent(E1, e2) as (_, port), easy(target(port)) as session:
        assert await whole(session) == await whole(GufoSession(target(port)))


@pytest.mark.parametrize(
    "login", [Login("2c", "lab"), Login("1", "lab"), MD5, STRONG], ids=["v2c", "v1", "MD5", "SHA-256"]
)
@awaited
async def test_both_engines_read_the_same_names_of_a_real_snmpd(login: Login, real: Snmpd) -> None:
    dut = replace(target(real.port), login=login)
    async with easy(dut) as session:
        assert await session.walk(c.IF_NAME) == await GufoSession(dut).walk(c.IF_NAME)
        (uptime,) = (await session.get([c.SYS_UPTIME])).values()
    assert isinstance(uptime, int)


@awaited
async def test_too_big_is_an_error_here_too() -> None:
    async with agent(E1, manner=Manner(too_big_above=1)) as (_, port), easy(target(port)) as session:
        with pytest.raises(TooBigError):
            await session.get([c.SYS_UPTIME, HC_IN])


@awaited
async def test_missing_objects_are_left_out() -> None:
    async with agent(E1) as (_, port), easy(target(port)) as session:
        assert list(await session.get([c.SYS_UPTIME, f"{c.IF_NAME}.9"])) == [c.SYS_UPTIME]


@awaited
async def test_a_table_in_circles_is_left() -> None:
    async with agent(E1, manner=Manner(endless=True)) as (_, port), easy(target(port)) as session:
        with pytest.raises(SnmpFailure) as caught:
            await session.walk(c.IF_NAME)
    assert caught.value.reason is Reason.ENDLESS


@awaited
async def test_a_silent_device_is_a_timeout() -> None:
    async with agent(E1, manner=Manner(silent=True)) as (_, port), easy(target(port, timeout=SHORT)) as session:
        with pytest.raises(SnmpFailure) as caught:
            await session.get([c.SYS_UPTIME])
    assert caught.value.reason is Reason.TIMEOUT


@awaited
async def test_a_crash_of_the_library_costs_one_request_and_not_the_exporter() -> None:
    async with agent(E1) as (_, port), easy(target(port)) as session:
        await session.get([c.SYS_UPTIME])
        assert session._worker is not None
        os.kill(session._worker.pid, signal.SIGSEGV)
        await session._worker.wait()
        with pytest.raises((SnmpFailure, OSError)):
            await session.get([c.SYS_UPTIME])
        assert HC_IN in await session.get([c.SYS_UPTIME, HC_IN])


@awaited
async def test_no_secret_stands_on_the_workers_command_line(real: Snmpd) -> None:
    dut = replace(target(real.port), login=STRONG)
    async with easy(dut) as session:
        await session.get([c.SYS_UPTIME])
        assert session._worker is not None
        with open(f"/proc/{session._worker.pid}/cmdline", "rb") as shown:  # noqa: PTH123
            words = shown.read()
    assert b"pass" not in words


@awaited
async def test_an_ipv6_device_is_read(real: Snmpd) -> None:
    async with easy(replace(target(real.port), address="::1")) as session:
        assert await session.walk(c.IF_NAME)


@pytest.mark.parametrize("engine", sorted(ENGINES))
@awaited
async def test_a_poller_is_right_with_either_engine_through_a_moved_index_and_small_requests(engine: str) -> None:
    async with agent(E1, ScriptedInterface(2, b"e2", in_octets=7), manner=Manner(too_big_above=12)) as (scripted, port):
        dut = Poller(target(port), DevicePlan("dut", (line("e1"), line("e2"))), ENGINES[engine], lambda: 1000.0)
        first = await dut.poll()
        scripted.rows = device([replace(E1, index=2), ScriptedInterface(1, b"e2", in_octets=9)])
        second = await dut.poll()
        workers = [session._worker for session in (dut._session,) if isinstance(session, EasySession)]
        dut.close()
        await asyncio.gather(*(worker.wait() for worker in workers if worker))
    assert (first.interfaces["e1"].in_octets, first.interfaces["e2"].in_octets) == (5, 7)
    assert (second.interfaces["e1"].in_octets, second.interfaces["e2"].in_octets) == (5, 9)


@awaited
async def test_an_office_without_the_extra_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "easysnmp.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    async with easy(target(161)) as session:
        with pytest.raises(SnmpFailure, match=r"pip install 'lebarpita\[easysnmp\]'"):
            await session.get([c.SYS_UPTIME])
