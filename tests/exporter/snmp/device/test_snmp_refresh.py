"""The agent's own clock is learnt, and no rate is given below it."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snmp_scene import ENGINE, agent, awaited, snmpd, target, value

from exporter.snmp.device.objects import IF_HC_IN_OCTETS
from exporter.snmp.device.plan import plan_city
from exporter.snmp.device.refresh import Look, changes, declared_period, period, rate, watched
from exporter.snmp.scrape.refresh_learning import refresh_learning_job
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.snmp.testing.scripted_agent import ScriptedAgent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.wire import ber
from inventory.reading import parse_city
from runtime.jobs import Jobs
from runtime.supervision import JobTasks


def looks(*pairs: tuple[float, int | None]) -> list[Look]:
    return [Look(at, (count,)) for at, count in pairs]


def cached(renewal: float, step: float, seconds: float, bytes_per_second: float) -> list[Look]:
    """What a poller sees of an agent that renews its counters only so often."""
    moments = [n * step for n in range(int(seconds / step))]
    return looks(*((at, int((at // renewal) * renewal * bytes_per_second)) for at in moments))


def test_net_snmp_tells_its_period_by_itself(tmp_path: Path) -> None:
    @awaited
    async def story(port: int) -> None:
        assert await declared_period(ENGINE(target(port))) == 3.0

    with snmpd(tmp_path) as real:
        story(real.port)


@given(st.floats(1, 5), st.floats(0.1, 0.3))
def test_the_period_of_a_cache_is_learnt_to_within_one_step(renewal: float, step: float) -> None:
    learnt = period(cached(renewal, step, 30, 1e6))
    assert learnt is not None
    assert abs(learnt - renewal) <= step + 1e-6


def test_too_few_renewals_teach_nothing() -> None:
    assert period(looks((0, 1), (1, 1), (2, 5), (3, 5), (4, 9))) is None


@given(st.floats(0.5, 4), st.integers(10_000, 10**9))
def test_a_steady_rate_is_told_true_between_renewals_whatever_the_period(renewal: float, bytes_per_second: int) -> None:
    moments = changes(cached(renewal, renewal / 8, 20, bytes_per_second))
    told_rate = rate(moments[0], moments[-1], 0, 64, 10**9)
    assert isinstance(told_rate, float)
    assert told_rate == pytest.approx(bytes_per_second, rel=0.05)


def test_a_32_bit_rate_over_a_time_in_which_it_can_wrap_is_refused_with_the_reason() -> None:
    first, last = looks((0, 5), (10, 99))
    assert "can wrap within 10 s" in str(rate(first, last, 0, 32, 1_250_000_000))


def test_a_32_bit_counter_of_a_slow_port_that_wrapped_once_is_followed() -> None:
    first, last = looks((0, 2**32 - 100), (10, 900))
    assert rate(first, last, 0, 32, 1_250_000) == 100


def test_a_counter_that_fell_gives_no_rate() -> None:
    first, last = looks((0, 100), (10, 5))
    assert rate(first, last, 0, 64, 10**9) == "the counter was reset"


@awaited
async def test_an_agent_that_tells_nothing_is_watched() -> None:
    loop = asyncio.get_running_loop()

    async def traffic(scripted: ScriptedAgent) -> None:
        for n in range(1, 100):
            scripted.rows = device([ScriptedInterface(1, b"wan", in_octets=n * 100)])
            await asyncio.sleep(0.08)

    async with agent(ScriptedInterface(1, b"wan")) as (scripted, port):
        moving = loop.create_task(traffic(scripted))
        session = ENGINE(target(port))
        assert await declared_period(session) is None
        seen = await watched(session, [f"{IF_HC_IN_OCTETS}.1"], 0.8, loop.time, step=0.01)
        moving.cancel()
    learnt = period(seen)
    assert learnt is not None
    assert 0.04 < learnt < 0.16


@awaited
async def test_the_served_page_tells_the_period_once_it_is_learnt_in_the_background(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("T_COMMUNITY", "lab")
    told_row = {"1.3.6.1.4.1.8072.1.5.3.1.2.1.3.6.1.2.1.2.2": ber.integer(7)}
    async with agent(ScriptedInterface(1, b"wan")) as (scripted, port):
        scripted.rows = {**scripted.rows, **told_row}
        city = parse_city(f"""
city: {{name: Kota, watch_from: core}}
credentials: [{{name: c, community: "env:T_COMMUNITY"}}]
devices: [{{name: core, address: 127.0.0.1, snmp: c, snmp_port: {port}}}]
uplinks: [{{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}}]
""")
        scrapes = Scrapes(plan_city(city), ENGINE)
        first = await scrapes.scrape("core", 5)
        async with JobTasks(Jobs("snmp", (refresh_learning_job(scrapes, ENGINE),))).running():
            while scrapes.devices()[0].refresh_seconds is None:
                await asyncio.sleep(0.01)
            second = await scrapes.scrape("core", 5)
    assert value(first, "lebarpita_snmp_refresh_seconds") is None
    assert value(second, "lebarpita_snmp_refresh_seconds", device="core") == 7
