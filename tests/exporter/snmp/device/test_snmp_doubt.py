"""Errors are errors; what is worse than before is asked again before it is believed; no series changes its width."""

from dataclasses import replace

import pytest
from snmp_scene import ENGINE, agent, awaited, line, poller, target

from exporter.snmp.device import objects as c
from exporter.snmp.device.doubt import Doubt, width
from exporter.snmp.device.poller import DeviceReading, Poller
from exporter.snmp.device.survey import survey
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.walk import _interfaces as interfaces_walked
from exporter.snmp.wire import ber

WAN = ScriptedInterface(1, b"wan", in_octets=5_000_000_000, out_octets=2000, descr=b"wan")
LAN = ScriptedInterface(2, b"lan", in_octets=3000, out_octets=4000, descr=b"lan")
NARROW = replace(WAN, in_octets=None, out_octets=None, in_octets_32=7, out_octets_32=8)
# All of ifXTable (RFC 2863).
IF_X_TABLE = "1.3.6.1.2.1.31.1.1"


class Clock:
    """A clock that the story moves; the agent's goes with it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def without_if_x(rows: dict[str, bytes]) -> dict[str, bytes]:
    return {oid: row for oid, row in rows.items() if not oid.startswith(IF_X_TABLE)}


async def polled(dut: Poller) -> DeviceReading | Reason:
    try:
        return await dut.poll()
    except SnmpFailure as failure:
        return failure.reason


@pytest.mark.parametrize("manner", [Manner(errors=1000), Manner(error_columns=("1.3.6.1.2.1.2", "1.3.6.1.2.1.31"))])
@awaited
async def test_an_agent_that_answers_with_errors_is_a_failure_and_not_a_device_without_ports(manner: Manner) -> None:
    async with agent(WAN, manner=manner) as (_, port):
        sessions = [ENGINE(target(port)) for _ in range(2)]
        for asked in (survey(sessions[0]), poller(port, line("wan")).poll(), interfaces_walked(sessions[1], {})):
            with pytest.raises(SnmpFailure) as caught:
                await asked
            assert caught.value.reason is Reason.AGENT_ERROR


@pytest.mark.parametrize("errors", [1, 2, 3, 4, 5, 6, 7, 8, 12, 20, 40])
@awaited
async def test_errors_after_a_reboot_neither_lose_a_port_nor_change_its_width_for_longer_than_they_last(
    errors: int,
) -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("wan"), line("lan"))
        await dut.poll()
        scripted.rows = device([replace(WAN, in_octets=9), LAN], uptime_ticks=300)
        scripted.manner.errors = errors
        polls = []
        while scripted.manner.errors:
            polls.append(await polled(dut))
            assert len(polls) < 30
        polls.append(await polled(dut))
        last = await dut.poll()
    seen = [one.interfaces[name] for one in (*polls, last) if not isinstance(one, Reason) for name in one.interfaces]
    assert {reading.counter_bits for reading in seen} == {64}
    assert {reading.in_octets for reading in seen} <= {None, 9, 3000, 5_000_000_000}
    assert (last.interfaces["wan"].in_octets, last.interfaces["lan"].in_octets) == (9, 3000)


@awaited
async def test_an_if_x_table_that_is_still_empty_after_a_reboot_is_asked_again_at_the_next_poll() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("wan"), line("lan"))
        await dut.poll()
        whole = device([replace(WAN, in_octets=9), LAN], uptime_ticks=300)
        scripted.rows = without_if_x(whole)
        empty = await dut.poll()
        scripted.rows = whole
        reading = await dut.poll()
    assert [(one.counter_bits, one.in_octets) for one in empty.interfaces.values()] == [(64, None), (64, None)]
    assert [(one.counter_bits, one.in_octets) for one in reading.interfaces.values()] == [(64, 9), (64, 3000)]


@awaited
async def test_counters_that_are_missing_from_one_answer_are_there_in_the_next() -> None:
    async with agent(WAN) as (scripted, port):
        dut, rows = poller(port, line("wan")), scripted.rows
        await dut.poll()
        scripted.rows = {oid: row for oid, row in rows.items() if oid != f"{c.IF_HC_IN_OCTETS}.1"}
        without = (await dut.poll()).interfaces["wan"]
        scripted.rows = rows
        back = (await dut.poll()).interfaces["wan"]
    assert (without.in_octets, without.out_octets, back.in_octets) == (None, 2000, 5_000_000_000)


@awaited
async def test_what_stays_lost_is_asked_for_ever_more_seldom_and_believed_after_ten_minutes() -> None:
    clock = Clock()
    async with agent(WAN) as (scripted, port):
        dut = poller(port, line("wan"), clock=clock)
        await dut.poll()
        learnt, widths = [], []
        for second in range(0, 900, 15):
            clock.now += 15
            scripted.rows = device([NARROW], uptime_ticks=300 + second * 100)
            before = dut.interface_map
            widths.append((await dut.poll()).interfaces["wan"].counter_bits)
            if dut.interface_map is not before:
                learnt.append(second)
    assert learnt[:6] == [0, 15, 30, 60, 120, 240]
    assert len(learnt) <= 10
    assert widths[0] == 64
    assert widths[-1] == 32
    assert sorted(widths, reverse=True) == widths


@awaited
async def test_a_series_of_32_bits_goes_on_as_such_where_64_would_make_it_jump() -> None:
    clock = Clock()
    async with agent(NARROW) as (scripted, port):
        dut = poller(port, line("wan"), clock=clock)
        await dut.poll()
        clock.now += 700
        scripted.rows = device([replace(WAN, in_octets=10_000_000_000)], uptime_ticks=170_000)
        later = (await dut.poll()).interfaces["wan"]
        clock.now += 30
        scripted.rows = device([replace(WAN, in_octets=5)], uptime_ticks=700)
        rebooted = (await dut.poll()).interfaces["wan"]
    assert (later.counter_bits, later.in_octets) == (32, 10_000_000_000 % 2**32)
    assert (rebooted.counter_bits, rebooted.in_octets) == (64, 5)


@pytest.mark.parametrize(
    ("before", "now", "wide", "doubted", "anew", "bits"),
    [
        (64, 32, (None, None), True, True, 64),
        (64, 32, (None, None), False, True, 32),
        (32, 64, (5, 5), True, False, 64),
        (32, 64, (2**32, 5), True, False, 32),
        (32, 64, (2**32, 5), True, True, 64),
        (32, 32, (None, None), True, False, 32),
        (64, 64, (5, 5), True, False, 64),
    ],
)
def test_the_width_of_a_port_changes_only_where_nothing_jumps(
    before: int, now: int, wide: tuple[int | None, ...], doubted: bool, anew: bool, bits: int
) -> None:
    assert width(before, now, wide, doubted, anew) == bits


def test_a_doubt_is_due_at_once_then_after_ever_longer_times() -> None:
    doubt = Doubt(1000.0, 1000.0)
    assert doubt.due(1000.0)
    once = doubt.again(1015.0)
    assert (once.due(1029.0), once.due(1030.0)) == (False, True)
    twice = once.again(1030.0)
    assert (twice.due(1059.0), twice.due(1060.0)) == (False, True)
    assert (twice.holds(1600.0), twice.holds(1601.0)) == (True, False)


@awaited
async def test_a_device_that_has_just_begun_is_asked_again_for_a_port_that_it_does_not_show_yet() -> None:
    async with agent(WAN, uptime_ticks=500) as (scripted, port):
        dut = poller(port, line("wan"), line("pon"))
        early = await dut.poll()
        # Nothing in the table's head says that a row was added.
        scripted.rows = {
            **scripted.rows,
            **{oid: row for oid, row in device([replace(LAN, name=b"pon")]).items() if oid.endswith(".2")},
            c.SYS_UPTIME: ber.integer(500, ber.TICKS),
        }
        reading = await dut.poll()
    assert list(early.problems) == ["pon"]
    assert list(reading.interfaces) == ["wan", "pon"]
