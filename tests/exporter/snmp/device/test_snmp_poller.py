"""A device over time: reboots, moving indexes, changed tables, stuck counters - never a mixed sample."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from ports import free_port
from snmp_scene import ENGINE, agent, awaited, line, poller, snmpd, target

from exporter.snmp.device.plan import DevicePlan
from exporter.snmp.device.poller import Poller
from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.engines.interface import Login
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device

WAN = ScriptedInterface(1, b"wan", in_octets=1000, out_octets=2000)
LAN = ScriptedInterface(2, b"lan", in_octets=3000, out_octets=4000)


@awaited
async def test_the_inventorys_interfaces_are_read_and_no_others() -> None:
    async with agent(WAN, LAN) as (_, port):
        reading = await poller(port, line("lan")).poll()
    assert list(reading.interfaces) == ["lan"]
    assert (reading.interfaces["lan"].in_octets, reading.interfaces["lan"].out_octets) == (3000, 4000)


@awaited
async def test_names_are_walked_once_and_not_at_every_poll() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("lan"))
        await dut.poll()
        before = scripted.requests
        await dut.poll()
    assert scripted.requests - before == 1


@awaited
async def test_indexes_that_moved_without_any_sign_are_noticed_in_the_same_request() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("wan"), line("lan"))
        await dut.poll()
        scripted.rows = device([replace(WAN, index=2), replace(LAN, index=1)])
        reading = await dut.poll()
    assert reading.interfaces["wan"].in_octets == 1000
    assert reading.interfaces["lan"].in_octets == 3000


@awaited
async def test_a_reboot_that_moves_indexes_and_clears_counters_is_let_through_as_a_reset() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("wan"))
        await dut.poll()
        scripted.rows = device([ScriptedInterface(7, b"wan", in_octets=5)], uptime_ticks=300)
        reading = await dut.poll()
    assert reading.interfaces["wan"].in_octets == 5
    assert reading.boot is not None
    assert reading.boot.reboots == 1


@awaited
async def test_an_interface_that_is_gone_is_a_problem_and_comes_back_with_the_table() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("wan"), line("lan"))
        await dut.poll()
        scripted.rows = device([WAN])
        gone = await dut.poll()
        scripted.rows = device([WAN, replace(LAN, index=9)])
        back = await dut.poll()
    assert list(gone.interfaces) == ["wan"]
    assert "no interface has the ifName or ifAlias 'lan'" in gone.problems["lan"]
    assert gone.quirks == ("interface_not_found",)
    assert list(back.interfaces) == ["wan", "lan"]


@awaited
async def test_an_interface_renamed_while_its_index_stays_is_not_read_as_the_old_one() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("lan"))
        await dut.poll()
        scripted.rows = device([WAN, replace(LAN, name=b"other")])
        reading = await dut.poll()
    assert not reading.interfaces


@awaited
async def test_one_found_by_its_alias_is_checked_by_its_alias() -> None:
    async with agent(replace(WAN, alias=b"dinkes"), LAN) as (scripted, port):
        dut = poller(port, line("dinkes"))
        assert (await dut.poll()).interfaces["dinkes"].in_octets == 1000
        scripted.rows = device([WAN, replace(LAN, alias=b"dinkes")])
        reading = await dut.poll()
    assert reading.interfaces["dinkes"].in_octets == 3000
    assert "matched_by_alias" in reading.quirks


@awaited
async def test_an_agent_without_64_bit_counters_is_read_with_32_and_says_so() -> None:
    async with agent(
        ScriptedInterface(1, b"wan", in_octets=None, out_octets=None, in_octets_32=77, out_octets_32=88)
    ) as (
        _,
        port,
    ):
        reading = await poller(port, line("wan")).poll()
    assert (reading.interfaces["wan"].in_octets, reading.interfaces["wan"].counter_bits) == (77, 32)
    assert reading.quirks == ("counters_32_bit",)


@awaited
async def test_64_bit_counters_stuck_at_zero_from_the_start_are_not_believed() -> None:
    async with agent(replace(WAN, in_octets=0, out_octets=0, in_octets_32=77, out_octets_32=88)) as (_, port):
        reading = await poller(port, line("wan")).poll()
    assert reading.interfaces["wan"].in_octets == 77
    assert "counters_64_bit_stuck" in reading.quirks


@awaited
async def test_64_bit_counters_that_stay_at_zero_when_traffic_begins_are_found_out() -> None:
    idle = replace(WAN, in_octets=0, out_octets=0, in_octets_32=0, out_octets_32=0)
    async with agent(idle) as (scripted, port):
        dut = poller(port, line("wan"))
        first = await dut.poll()
        scripted.rows = device([replace(idle, in_octets_32=500, out_octets_32=600)])
        second = await dut.poll()
    assert (first.interfaces["wan"].counter_bits, first.interfaces["wan"].in_octets) == (64, 0)
    assert (second.interfaces["wan"].counter_bits, second.interfaces["wan"].in_octets) == (32, 500)


@awaited
async def test_a_64_bit_counter_missing_from_one_answer_is_no_sample_and_never_a_32_bit_one() -> None:
    async with agent(WAN) as (scripted, port):
        dut = poller(port, line("wan"))
        await dut.poll()
        scripted.rows = device([replace(WAN, in_octets=None, out_octets=None, in_octets_32=9, out_octets_32=9)])
        reading = await dut.poll()
    assert reading.interfaces["wan"].in_octets is None


@awaited
async def test_a_v1_device_is_read_with_its_32_bit_counters() -> None:
    v1 = ScriptedInterface(
        1, b"wan", in_octets=None, out_octets=None, in_octets_32=7, out_octets_32=8, high_speed_mbit=None
    )
    async with agent(v1, manner=Manner(too_big_above=20)) as (_, port):
        reading = await poller(port, line("wan"), version="1").poll()
    assert (reading.interfaces["wan"].in_octets, reading.interfaces["wan"].oper_up) == (7, True)


@awaited
async def test_one_interface_stacked_on_another_counted_one_is_told() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        scripted.rows = {
            **scripted.rows,
            "1.3.6.1.2.1.31.1.2.1.3.2.9": b"\2\1\1",
            "1.3.6.1.2.1.31.1.2.1.3.9.1": b"\2\1\1",
        }
        dut = poller(port, line("wan"), line("lan"))
        reading = await dut.poll()
    assert reading.quirks == ("stacked_interfaces",)
    assert dut.interface_map is not None
    assert dut.interface_map.stacked == (("lan", "wan"),)


@awaited
async def test_a_device_that_fails_once_is_read_again_with_what_was_learnt() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("lan"), timeout=3)
        await dut.poll()
        scripted.manner.silent = True
        with pytest.raises(SnmpFailure, match="did not answer within"):
            await dut.poll()
        scripted.manner.silent = False
        before = scripted.requests
        await dut.poll()
    assert scripted.requests - before == 1


@awaited
async def test_a_large_device_is_read_over_several_sessions_at_once() -> None:
    ports = [ScriptedInterface(n, f"e{n}".encode(), in_octets=n) for n in range(1, 49)]
    async with agent(*ports, manner=Manner(delay_seconds=0.005)) as (_, port):
        dut = poller(port, *(line(f"e{n}") for n in range(1, 49)))
        await dut.poll()
        reading = await dut.poll()
    assert [reading.interfaces[f"e{n}"].in_octets for n in range(1, 49)] == list(range(1, 49))


@awaited
async def test_a_device_that_failed_is_asked_once_until_it_answers_again() -> None:
    async with agent(WAN, manner=Manner(silent=True)) as (scripted, port):
        dut = poller(port, line("wan"), timeout=0.05, retries=2, clock=lambda: 1000.0)
        asked = []
        for _ in range(3):
            before = scripted.requests
            with pytest.raises(SnmpFailure):
                await dut.poll()
            asked.append(scripted.requests - before)
        scripted.manner.silent = False
        await dut.poll()
        dut.close()
        scripted.manner.drop = 2
        assert (await dut.poll()).interfaces["wan"].in_octets == 1000
    assert asked == [4, 1, 1]


@pytest.mark.parametrize("user", ["none", "md5", "strong"])
def test_a_v3_device_that_was_rebooted_is_read_at_once_with_its_new_clock(user: str, tmp_path: Path) -> None:
    keys = {"md5": ("MD5", "authpass12345"), "strong": ("SHA-256", "authpass12345", "AES", "privpass12345")}
    login, port, now = Login("3", "", user, *keys.get(user, ())), free_port(), [1_800_000_000.0]
    dut = Poller(
        replace(target(port, timeout=5, retries=5), login=login),
        DevicePlan("dut", (line("lo"),)),
        ENGINE,
        lambda: now[0],
    )
    with asyncio.Runner() as runner:
        for _ in range(2):
            with snmpd(tmp_path, port=port):
                reading = runner.run(dut.poll())
            now[0] += 600
        runner.run(_closed(dut))
    assert reading.interfaces["lo"].oper_up
    assert reading.boot is not None
    assert reading.boot.reboots == 1


async def _closed(dut: Poller) -> None:
    dut.close()
