"""Agents that lose ports or lie about them, each scripted after a fault of the field."""

from dataclasses import replace

import pytest
from snmp_scene import ENGINE, SHORT, agent, awaited, line, poller, target, value

from exporter.snmp.device import objects as c
from exporter.snmp.device.ports import PortPage
from exporter.snmp.device.survey import Survey, survey
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.poll import as_json
from exporter.snmp.testing.scripted_agent import GEN_ERR, NO_SUCH_NAME, Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface
from exporter.snmp.wire import ber

WAN = ScriptedInterface(1, b"wan", in_octets=1000, out_octets=2000)
LAN = ScriptedInterface(2, b"lan", in_octets=3000, out_octets=4000)
PORTS = [ScriptedInterface(n, f"e{n}".encode(), in_octets=n) for n in range(1, 33)]


async def surveyed(port: int) -> Survey:
    dut = target(port, timeout=SHORT)
    return await survey(ENGINE(dut), dut.habits)


@awaited
async def test_a_counter_that_comes_as_a_negative_integer_is_read_as_the_32_bits_that_are_well() -> None:
    wrong = {f"{column}.1": ber.integer(-1_000_000) for column in c.OCTETS_64}
    async with agent(replace(WAN, in_octets_32=77, out_octets_32=88)) as (scripted, port):
        scripted.rows = {**scripted.rows, **wrong}
        reading = await poller(port, line("wan")).poll()
        (row,) = as_json("dut", "direct", await surveyed(port))["interfaces"]
    assert (reading.interfaces["wan"].in_octets, reading.interfaces["wan"].counter_bits) == (77, 32)
    assert reading.quirks == ("counters_32_bit", "counter_wrong_type")
    assert (row["receive_bytes"], row["counter_bits"]) == (77, 32)


@awaited
async def test_a_counter_of_the_wrong_type_without_another_is_no_sample() -> None:
    wrong = {f"{column}.1": ber.integer(-5) for column in (*c.OCTETS_64, *c.OCTETS_32, *c.FAULTS)}
    async with agent(WAN) as (scripted, port):
        scripted.rows = {**scripted.rows, **wrong}
        wan = (await poller(port, line("wan")).poll()).interfaces["wan"]
        shown = await surveyed(port)
    assert (wan.in_octets, wan.out_octets, wan.in_errors, wan.out_discards) == (None, None, None, None)
    assert as_json("dut", "direct", shown)["interfaces"][0]["receive_bytes"] is None
    assert "counter_wrong_type: wan" in shown.quirks


@awaited
async def test_an_agent_without_sys_uptime_is_read_and_says_what_is_not_seen() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        scripted.rows = {oid: row for oid, row in scripted.rows.items() if oid != c.SYS_UPTIME}
        dut = poller(port, line("wan"), line("lan"))
        text = PortPage(dut.plan).write(await dut.poll())
        before = scripted.requests
        reading = await dut.poll()
        asked = scripted.requests - before
        shown = await surveyed(port)
    assert value(text, "lebarpita_link_receive_bytes_total", link="link-wan") == 2000
    assert value(text, "lebarpita_link_last_change_timestamp_seconds", link="link-wan") is None
    assert (reading.boot, reading.quirks, asked) == (None, ("no_sys_uptime",), 1)
    assert as_json("dut", "direct", shown)["uptime_seconds"] is None
    assert any(quirk.startswith("no_sys_uptime: reboots") for quirk in shown.quirks)
    assert len(shown.interfaces) == 2


@awaited
async def test_sys_uptime_that_was_there_and_is_missing_once_is_a_bad_answer() -> None:
    async with agent(WAN) as (scripted, port):
        dut, rows = poller(port, line("wan")), scripted.rows
        await dut.poll()
        scripted.rows = {oid: row for oid, row in rows.items() if oid != c.SYS_UPTIME}
        with pytest.raises(SnmpFailure) as caught:
            await dut.poll()
        scripted.rows = rows
        assert (await dut.poll()).boot is not None
    assert caught.value.reason is Reason.BAD_ANSWER


@pytest.mark.parametrize(
    ("manner", "quirk"),
    [
        (Manner(most_repetitions=10), "short_walks: 10 rows at once"),
        (Manner(most_repetitions=0), "short_walks: 1 rows at once"),
        (Manner(most_repetitions=0, bulk_status=GEN_ERR), "short_walks: 1 rows at once"),
        (Manner(most_repetitions=10, bulk_status=GEN_ERR), "short_walks: 10 rows at once"),
        (Manner(most_repetitions=0, bulk_status=NO_SUCH_NAME), "short_walks: 1 rows at once"),
        (Manner(most_repetitions=10, bulk_status=NO_SUCH_NAME), "short_walks: 10 rows at once"),
        (Manner(cut_after=4), "small_requests: 3 varbinds"),
        (Manner(unordered=True), "table_out_of_order: ifAlias, ifDescr, ifIndex, ifName"),
        (Manner(reply_from="127.0.0.2"), "answers_from_elsewhere: 127.0.0.2"),
    ],
)
@awaited
async def test_an_agent_that_cannot_be_walked_as_others_is_read_whole_and_poll_says_how(
    manner: Manner, quirk: str
) -> None:
    async with agent(*PORTS, manner=manner) as (_, port):
        shown = await surveyed(port)
        reading = await poller(port, line("e7"), line("e32"), timeout=SHORT).poll()
    assert [row.reading.in_octets for row in shown.interfaces] == list(range(1, 33))
    assert quirk in shown.quirks
    assert reading.interfaces["e32"].in_octets == 32
    assert quirk.partition(":")[0] in reading.quirks


@awaited
async def test_what_was_found_out_about_walking_is_not_found_out_again() -> None:
    async with agent(*PORTS, manner=Manner(most_repetitions=10)) as (scripted, port):
        dut = target(port, timeout=SHORT)
        first = ENGINE(dut)
        await first.walk(c.IF_NAME)
        first.close()
        before = scripted.requests
        await ENGINE(dut).walk(c.IF_NAME)
    assert scripted.requests - before == 4


@pytest.mark.parametrize("column", [c.IF_NAME, c.IF_ALIAS, c.IF_HIGH_SPEED, c.IF_DISCONTINUITY])
@pytest.mark.parametrize("silent", [True, False])
@awaited
async def test_a_column_that_is_never_answered_is_left_and_the_others_are_read(column: str, silent: bool) -> None:
    wan, lan = replace(WAN, descr=b"wan"), replace(LAN, descr=b"lan", alias=b"dinkes")
    manner = Manner(silent_columns=(column,)) if silent else Manner(error_columns=(column,))
    async with agent(wan, lan, manner=manner) as (_, port):
        shown = await surveyed(port)
        reading = await poller(port, line("wan"), timeout=SHORT).poll()
    assert [(row.name, row.reading.in_octets) for row in shown.interfaces] == [("wan", 1000), ("lan", 3000)]
    assert reading.interfaces["wan"].in_octets == 1000
    if silent or column in (c.IF_NAME, c.IF_ALIAS):
        assert f"column_unanswered: {c.NAME_OF[column]}" in shown.quirks


@pytest.mark.parametrize("scalar", [c.IF_NUMBER, c.IF_TABLE_LAST_CHANGE])
@awaited
async def test_an_object_beside_the_table_that_is_never_answered_loses_no_port(scalar: str) -> None:
    async with agent(WAN, LAN, manner=Manner(silent_columns=(scalar.removesuffix(".0"),))) as (_, port):
        shown = await surveyed(port)
        dut = poller(port, line("wan"), timeout=SHORT)
        readings = [(await dut.poll()).interfaces["wan"].in_octets for _ in range(2)]
    assert ([row.name for row in shown.interfaces], readings) == (["wan", "lan"], [1000, 1000])


@awaited
async def test_a_column_of_the_counters_that_falls_silent_later_is_left_at_the_second_failure() -> None:
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("wan"), timeout=SHORT)
        await dut.poll()
        scripted.manner.silent_columns = (c.IF_IN_ERRORS,)
        with pytest.raises(SnmpFailure):
            await dut.poll()
        reading = await dut.poll()
    assert (reading.interfaces["wan"].in_octets, reading.interfaces["wan"].in_errors) == (1000, None)
    assert reading.quirks == ("column_unanswered",)


@awaited
async def test_a_device_that_is_dead_is_not_asked_column_by_column() -> None:
    async with agent(WAN) as (scripted, port):
        dut = poller(port, line("wan"), timeout=0.05)
        await dut.poll()
        scripted.manner.silent = True
        asked = []
        for _ in range(4):
            before = scripted.requests
            with pytest.raises(SnmpFailure) as caught:
                await dut.poll()
            assert caught.value.reason is Reason.TIMEOUT
            asked.append(scripted.requests - before)
    assert max(asked) <= 3
