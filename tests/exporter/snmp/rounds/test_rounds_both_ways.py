"""A round by compiled code and one by Python give the same page to the byte, whatever the devices do."""

import random
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from round_city import RoundCity, round_city
from snmp_scene import awaited, value

from exporter.snmp.device.plan import OpdQueue
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, queue_rows

WAN = ScriptedInterface(1, b"wan", in_octets=1000, out_octets=2000, in_packets=10, out_packets=20, in_multicast=3)
LAN = ScriptedInterface(2, b"lan", in_octets=3000, out_octets=4000, in_errors=5)
IDLE = ScriptedInterface(3, b"idle")
MANY = [ScriptedInterface(n, f"e{n}".encode(), in_octets=n * 10**11, out_octets=n * 10**9) for n in range(1, 25)]


async def equal(city: RoundCity, seconds: float = 1.0) -> str:
    """The page, the same by both ways."""
    compiled, python = await city.pages(seconds)
    assert compiled == python
    return compiled.decode()


async def begun(city: RoundCity) -> None:
    """Two rounds: the devices are learnt, then read by compiled code."""
    await equal(city)
    await equal(city)
    assert (city.compiled.compiled, city.compiled.by_python) == (len(city.devices), 0)


def change(city: RoundCity, place: int = 0, device: int = 0, **to: Any) -> None:
    interfaces = city.devices[device].interfaces
    interfaces[place] = replace(interfaces[place], **to)


@awaited
async def test_counters_that_go_on_are_read_by_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN, LAN, IDLE], MANY) as city:
        await begun(city)
        for more in (1, 70_000, 10**9):
            change(city, in_octets=1000 + more, out_packets=20 + more, in_multicast=3 + more, in_discards=more)
            text = await equal(city, 100.0)
            assert (city.compiled.compiled, city.python.by_python) == (2, 2)
    assert value(text, "lebarpita_opd_receive_packets_total", opd="opd-d0-1") == 20 + 10**9
    assert value(text, "lebarpita_link_transmit_bytes_total", link="d0-1") == 1000 + 10**9


@awaited
async def test_the_page_is_by_metric_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN], MANY) as city:
        await begun(city)
        text = await equal(city)
    names = [family.name for family in text_string_to_metric_families(text)]
    assert len(names) == len(set(names))
    assert "lebarpita_snmp_up" in names


@awaited
async def test_a_port_that_goes_down_is_read_by_python_and_then_by_compiled_code_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with round_city(monkeypatch, [WAN, LAN], [WAN]) as city:
        await begun(city)
        change(city, oper=2, last_change_ticks=500_200)
        text = await equal(city)
        assert (city.compiled.compiled, city.compiled.by_python) == (1, 1)
        assert value(text, "lebarpita_link_up", link="d0-1") == 0
        await equal(city)
        assert city.compiled.compiled == 2


@awaited
async def test_a_reboot_is_a_reset_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN]) as city:
        await begun(city)
        city.devices[0].begin_ticks, city.booted = 300, city.now
        change(city, in_octets=5, out_octets=6, in_packets=0, out_packets=0, in_multicast=0)
        text = await equal(city)
        await equal(city)
    assert value(text, "lebarpita_device_reboots_total") == 1
    assert value(text, "lebarpita_link_transmit_bytes_total") == 5


@awaited
async def test_indexes_that_moved_are_noticed_in_the_same_round(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN, LAN]) as city:
        await begun(city)
        city.devices[0].interfaces = [replace(WAN, index=2), replace(LAN, index=1)]
        text = await equal(city)
        await equal(city)
    assert value(text, "lebarpita_link_transmit_bytes_total", link="d0-1") == 1000


@awaited
async def test_counters_of_32_bits_stay_with_python(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = replace(WAN, in_octets=None, out_octets=None, in_octets_32=100, out_octets_32=200)
    async with round_city(monkeypatch, [narrow], [LAN]) as city:
        await equal(city)
        for more in range(3):
            change(city, in_octets_32=100 + more)
            text = await equal(city)
            assert (city.compiled.compiled, city.compiled.by_python) == (1, 1)
    assert value(text, "lebarpita_link_counter_bits", link="d0-1") == 32


@awaited
async def test_a_64_bit_counter_that_stands_still_beside_one_that_moves_is_judged_by_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with round_city(monkeypatch, [IDLE]) as city:
        await begun(city)
        change(city, in_octets_32=7, out_octets_32=7)
        text = await equal(city)
    assert value(text, "lebarpita_link_counter_bits", link="d0-3") == 32


@awaited
async def test_an_idle_port_that_becomes_busy_is_soon_read_by_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [IDLE]) as city:
        await begun(city)
        change(city, in_octets=10, out_octets=10)
        await equal(city)
        for more in (20, 30):
            change(city, in_octets=more, out_octets=more)
            await equal(city)
            assert city.compiled.compiled == 1


@awaited
async def test_a_line_that_carries_more_than_it_claims_changes_its_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [replace(WAN, speed_bits=10_000_000, high_speed_mbit=10)]) as city:
        await begun(city)
        change(city, in_octets=50_000_000)
        text = await equal(city)
        await equal(city)
        assert city.compiled.compiled == 1
    assert value(text, "lebarpita_link_speed_bytes_per_second") == 125_000_000


@awaited
async def test_a_discontinuity_is_counted_by_python(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN]) as city:
        await begun(city)
        change(city, in_octets=1, discontinuity_ticks=500_300)
        text = await equal(city)
    assert value(text, "lebarpita_link_counter_discontinuities_total") == 1


@awaited
async def test_queues_are_read_by_compiled_code_and_a_renumbered_one_by_python(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN], queues=(OpdQueue("dinkes", "dinkes"),)) as city:
        city.devices[0].more = queue_rows((5, b"dinkes", 100, 200))
        await begun(city)
        city.devices[0].more = queue_rows((5, b"dinkes", 300, 9400))
        text = await equal(city)
        assert city.compiled.compiled == 1
        city.devices[0].more = queue_rows((5, b"dinsos", 1, 2), (6, b"dinkes", 400, 9500))
        moved = await equal(city)
    assert value(text, "lebarpita_opd_receive_bytes_total", opd="dinkes") == 9400
    assert value(moved, "lebarpita_opd_receive_bytes_total", opd="dinkes") == 9500


@pytest.mark.parametrize(
    "manner",
    [
        Manner(too_big_above=20),
        Manner(cut_after=30),
        Manner(too_big_above=60),
        Manner(most_repetitions=10),
        Manner(reply_from="127.0.0.2"),
    ],
)
@awaited
async def test_agents_that_cannot_carry_what_is_asked_are_read_all_the_same(
    monkeypatch: pytest.MonkeyPatch, manner: Manner
) -> None:
    async with round_city(monkeypatch, MANY, manner=manner) as city:
        for more in range(12):
            change(city, in_octets=10**11 + more)
            text = await equal(city)
    assert value(text, "lebarpita_link_transmit_bytes_total", link="d0-1") == 10**11 + 11


class BrokenAgent(ScriptedAgent):
    """An agent that breaks a byte of every third answer, or cuts it."""

    dice = random.Random(7)
    breaks = False

    def answer(self, data: bytes) -> bytes | None:
        reply = super().answer(data)
        if reply is None or not self.breaks or self.dice.random() < 0.6:
            return reply
        place = self.dice.randrange(len(reply))
        if self.dice.random() < 0.2:
            return reply[:place]
        return reply[:place] + bytes((self.dice.randrange(256),)) + reply[place + 1 :]


@awaited
async def test_broken_answers_end_no_round_and_what_comes_after_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN, LAN], agent=BrokenAgent) as city:
        await begun(city)
        monkeypatch.setattr(BrokenAgent, "breaks", True)
        monkeypatch.setattr("exporter.snmp.rounds.city_round.EXCHANGE_SECONDS", 0.05)
        for _ in range(60):
            await city.compiled.page(0.2)
        monkeypatch.setattr(BrokenAgent, "breaks", False)
        text, _ = await city.pages()
        text, _ = await city.pages()
    assert value(text.decode(), "lebarpita_link_transmit_bytes_total", link="d0-2") == 3000


@awaited
async def test_nobody_waits_for_a_device_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with round_city(monkeypatch, [WAN], [LAN]) as city:
        await begun(city)
        city.devices[1].agent.manner.silent = True
        monkeypatch.setattr("exporter.snmp.rounds.city_round.EXCHANGE_SECONDS", 0.2)
        first = bytes(await city.compiled.page(0.6)).decode()
        second = bytes(await city.compiled.page(60.0)).decode()
    assert value(first, "lebarpita_snmp_up", device="d0") == 1
    assert value(first, "lebarpita_snmp_up", device="d1") == 0
    assert value(second, "lebarpita_snmp_up", device="d0") == 1
