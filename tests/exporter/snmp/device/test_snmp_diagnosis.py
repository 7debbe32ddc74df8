"""Bad input has its own clear reason each: shown on a real snmpd and on ports where there is none."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ports import free_port
from snmp_scene import ENGINE, SHORT, Snmpd, agent, awaited, line, snmpd, target

from exporter.snmp.device.diagnosis import read_report
from exporter.snmp.device.plan import DevicePlan
from exporter.snmp.device.poller import Poller
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Login, SnmpTarget
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface

STRONG = Login("3", "", "strong", "SHA-256", "authpass12345", "AES", "privpass12345")
PLAN = DevicePlan("dut", (line("lo"),))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd")) as started:
        yield started


async def failure_of(dut: SnmpTarget) -> SnmpFailure:
    with pytest.raises(SnmpFailure) as caught:
        await Poller(dut, PLAN, ENGINE, lambda: 0.0).poll()
    return caught.value


@pytest.mark.parametrize(
    ("login", "reason", "words"),
    [
        (Login("2c", "wrong"), Reason.WRONG_COMMUNITY, "does not answer this community"),
        (Login("1", "wrong"), Reason.WRONG_COMMUNITY, "does not answer this community"),
        (replace(STRONG, user="nobody"), Reason.UNKNOWN_USER, "knows no user 'nobody'"),
        (replace(STRONG, auth_key="wrongpass123"), Reason.WRONG_KEY, "authentication key"),
        (replace(STRONG, auth="MD5"), Reason.WRONG_KEY, "authentication key"),
        (replace(STRONG, privacy_key="wrongpass123"), Reason.WRONG_PRIVACY_KEY, "privacy key"),
    ],
)
@awaited
async def test_a_real_agent_that_refuses_is_told_from_one_that_is_not_there(
    login: Login, reason: Reason, words: str, real: Snmpd
) -> None:
    failure = await failure_of(replace(target(real.port, timeout=1), login=login))
    assert failure.reason is reason
    assert words in str(failure)
    assert not any(secret and secret in str(failure) for secret in (login.community, login.auth_key, login.privacy_key))


@awaited
async def test_a_closed_port_says_that_no_agent_runs_there() -> None:
    assert (await failure_of(target(free_port(), timeout=1))).reason is Reason.NO_AGENT


@awaited
async def test_silence_stays_a_timeout() -> None:
    async with agent(ScriptedInterface(1, b"lo"), manner=Manner(silent=True)) as (_, port):
        assert (await failure_of(target(port, timeout=SHORT))).reason is Reason.TIMEOUT


@awaited
async def test_something_that_is_not_snmp_is_told() -> None:
    async with agent(manner=Manner(garbage=b"220 mail.example ESMTP\r\n")) as (_, port):
        assert (await failure_of(target(port))).reason in (Reason.NOT_SNMP, Reason.BAD_ANSWER)


@awaited
async def test_the_reason_is_looked_into_once_a_minute_and_not_at_every_scrape() -> None:
    async with agent(ScriptedInterface(1, b"lo"), manner=Manner(silent=True)) as (scripted, port):
        dut = Poller(target(port, timeout=0.05), PLAN, ENGINE, lambda: 1000.0)
        asked = []
        for _ in range(3):
            before = scripted.requests
            with pytest.raises(SnmpFailure):
                await dut.poll()
            await asyncio.sleep(0)
            asked.append(scripted.requests - before)
    assert asked == [2, 1, 1]


@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_but_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_report(data)
