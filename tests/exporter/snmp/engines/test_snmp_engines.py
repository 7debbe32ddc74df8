"""What every engine must do with an agent that behaves badly, and gufo-snmp's sharp edges, each covered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from snmp_scene import SHORT, agent, awaited, target

from exporter.snmp.device import objects as c
from exporter.snmp.engines.easysnmp_engine import EasySession
from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.interface import Session, SnmpTarget
from exporter.snmp.engines.registry import ENGINES
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface

ONE = ScriptedInterface(1, b"e1", in_octets=42)
HC_IN = f"{c.IF_HC_IN_OCTETS}.1"


Opened = Callable[[SnmpTarget], AbstractAsyncContextManager[Session]]


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Opened:
    """Opens a session of each engine in turn; easysnmp's worker is ended and waited for."""

    @asynccontextmanager
    async def opened(dut: SnmpTarget) -> AsyncIterator[Session]:
        session = ENGINES[request.param](dut)
        try:
            yield session
        finally:
            worker = session._worker if isinstance(session, EasySession) else None
            session.close()
            if worker is not None:
                await worker.wait()

    return opened


async def refused(engine: Opened, manner: Manner, **how: Any) -> SnmpFailure:
    async with agent(ONE, manner=manner) as (_, port), engine(target(port, timeout=SHORT, **how)) as session:
        with pytest.raises(SnmpFailure) as caught:
            await session.get([c.SYS_UPTIME, HC_IN])
    return caught.value


@awaited
async def test_a_value_is_read(engine: Opened) -> None:
    async with agent(ONE) as (_, port), engine(target(port)) as session:
        assert (await session.get([c.SYS_UPTIME, HC_IN]))[HC_IN] == 42


@awaited
async def test_too_big_is_an_error_and_not_an_empty_answer(engine: Opened) -> None:
    async with agent(ONE, manner=Manner(too_big_above=1)) as (_, port), engine(target(port)) as session:
        with pytest.raises(TooBigError):
            await session.get([c.SYS_UPTIME, HC_IN])


@awaited
async def test_more_than_fifty_varbinds_are_never_sent(engine: Opened) -> None:
    async with agent(ONE) as (scripted, port), engine(target(port)) as session:
        with pytest.raises(TooBigError):
            await session.get([f"{c.IF_NAME}.{n}" for n in range(51)])
    assert scripted.requests == 0


@awaited
async def test_missing_objects_are_left_out_beside_those_that_are_there(engine: Opened) -> None:
    async with agent(ONE) as (_, port), engine(target(port)) as session:
        assert await session.get([c.SYS_UPTIME, f"{c.IF_NAME}.9"]) == {c.SYS_UPTIME: 100_000}


@pytest.mark.parametrize(
    "garbage", [b"\0" * 40, b"0\x84\xff\xff\xff\xff", b"HTTP/1.1 400 Bad Request\r\n", b"0", b"0\x82\x01"]
)
@awaited
async def test_garbage_is_a_reason_and_never_a_panic(engine: Opened, garbage: bytes) -> None:
    failure = await refused(engine, Manner(garbage=garbage))
    assert failure.reason in (Reason.NOT_SNMP, Reason.BAD_ANSWER, Reason.TIMEOUT)


@awaited
async def test_a_silent_device_is_a_timeout_that_names_it(engine: Opened) -> None:
    failure = await refused(engine, Manner(silent=True))
    assert failure.reason is Reason.TIMEOUT
    assert "dut (127.0.0.1" in str(failure)


@awaited
async def test_another_requests_id_is_never_taken_for_an_answer(engine: Opened) -> None:
    failure = await refused(engine, Manner(other_request_id=True))
    assert failure.reason in (Reason.TIMEOUT, Reason.BAD_ANSWER)


@awaited
async def test_a_lost_datagram_is_asked_again(engine: Opened) -> None:
    async with (
        agent(ONE, manner=Manner(drop=1)) as (scripted, port),
        engine(target(port, timeout=1, retries=1)) as session,
    ):
        assert (await session.get([c.SYS_UPTIME, HC_IN]))[HC_IN] == 42
    assert scripted.requests == 2


@awaited
async def test_two_callers_of_one_session_take_turns(engine: Opened) -> None:
    async with agent(ONE, manner=Manner(delay_seconds=0.01)) as (_, port), engine(target(port)) as session:
        answers = await asyncio.gather(*(session.get([c.SYS_UPTIME, HC_IN]) for _ in range(5)))
    assert all(answer[HC_IN] == 42 for answer in answers)


@awaited
async def test_a_table_is_walked_to_its_end(engine: Opened) -> None:
    ports = [ScriptedInterface(n, f"e{n}".encode()) for n in range(1, 101)]
    async with agent(*ports) as (_, port), engine(target(port)) as session:
        rows = await session.walk(c.IF_NAME)
    assert [value for _, value in rows] == [f"e{n}".encode() for n in range(1, 101)]


@awaited
async def test_a_v1_table_is_walked_to_its_end(engine: Opened) -> None:
    async with agent(ONE, ScriptedInterface(2, b"e2")) as (_, port), engine(target(port, version="1")) as session:
        rows = await session.walk(c.IF_NAME)
    assert [value for _, value in rows] == [b"e1", b"e2"]


@pytest.mark.parametrize("version", ["1", "2c"])
@awaited
async def test_a_table_that_turns_in_circles_is_left(engine: Opened, version: str) -> None:
    async with (
        agent(ONE, manner=Manner(endless=True)) as (scripted, port),
        engine(target(port, version=version)) as session,
    ):
        with pytest.raises(SnmpFailure) as caught:
            assert await session.walk(c.IF_NAME) is None
    assert caught.value.reason is Reason.ENDLESS
    assert scripted.requests < 5


@awaited
async def test_a_table_longer_than_its_bound_is_left(engine: Opened) -> None:
    async with agent(*(ScriptedInterface(n, b"e") for n in range(1, 50))) as (_, port), engine(target(port)) as session:
        with pytest.raises(SnmpFailure) as caught:
            await session.walk(c.IF_NAME, limit=20)
    assert caught.value.reason is Reason.ENDLESS
