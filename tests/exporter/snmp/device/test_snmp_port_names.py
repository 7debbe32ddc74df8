"""Every port has a name: its ifName, else ifDescr, else ifAlias, else its index - port by port, shown and declared."""

from dataclasses import replace

import pytest
from snmp_scene import ENGINE, agent, awaited, line, poller, target

from exporter.snmp.device import objects as c
from exporter.snmp.device.interface_match import match
from exporter.snmp.device.port_names import port_names
from exporter.snmp.device.survey import survey
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.walk import device as walked
from exporter.snmp.wire import ber

UPLINK = ScriptedInterface(1, b"xe-0/0/0", descr=b"10G uplink", in_octets=1)
PON = ScriptedInterface(2, None, descr=b"gpon_olt-1/2/1", in_octets=2)
EMPTY = ScriptedInterface(3, b"", descr=b"gpon_olt-1/2/2", in_octets=3)
ALIASED = ScriptedInterface(4, b"\0", descr=b"", alias=b"OPD Dinas Sosial", in_octets=4)
NAMELESS = ScriptedInterface(77, b"  ", descr=None, alias=b"", in_octets=77)
OLT = (UPLINK, PON, EMPTY, ALIASED, NAMELESS)
NAMES = ["xe-0/0/0", "gpon_olt-1/2/1", "gpon_olt-1/2/2", "OPD Dinas Sosial", "77"]


@awaited
async def test_a_port_without_a_name_of_its_own_is_shown_under_the_next_best_and_never_left_out() -> None:
    async with agent(*OLT) as (_, port):
        shown = await survey(ENGINE(target(port)))
        told = await walked(ENGINE(target(port)))
    assert [(row.name, row.reading.in_octets) for row in shown.interfaces] == list(
        zip(NAMES, (1, 2, 3, 4, 77), strict=True)
    )
    assert {
        "matched_by_description: gpon_olt-1/2/1, gpon_olt-1/2/2",
        "matched_by_alias: OPD Dinas Sosial",
        "matched_by_index: 77",
    } <= set(shown.quirks)
    assert [row["name"] for row in told["interfaces"]] == NAMES


@awaited
async def test_such_ports_can_be_declared_and_are_proven_in_every_poll() -> None:
    async with agent(*OLT) as (scripted, port):
        dut = poller(port, *map(line, NAMES))
        reading = await dut.poll()
        assert [reading.interfaces[name].in_octets for name in NAMES] == [1, 2, 3, 4, 77]
        assert {"matched_by_index", "matched_by_description", "matched_by_alias"} <= set(reading.quirks)
        # A card was swapped: another PON has the first one's index.
        scripted.rows = device([UPLINK, replace(PON, index=9), replace(EMPTY, index=2), ALIASED, NAMELESS])
        moved = await dut.poll()
    assert [moved.interfaces[name].in_octets for name in NAMES] == [1, 2, 3, 4, 77]


@awaited
async def test_a_row_that_only_the_counters_have_is_shown_by_its_index() -> None:
    async with agent(UPLINK) as (scripted, port):
        scripted.rows = {**scripted.rows, f"{c.IF_INDEX}.5": ber.integer(5)}
        shown = await survey(ENGINE(target(port)))
    assert [row.name for row in shown.interfaces] == ["xe-0/0/0", "5"]


def test_an_index_is_no_name_of_a_port_that_has_one() -> None:
    names = [(f"{c.IF_NAME}.7", b"e7")]
    assert "7" in match(["7"], names, [], [], [(f"{c.IF_INDEX}.7", 7)]).problems


@pytest.mark.parametrize("name", ["gpon_olt-1/2/1"])
def test_a_description_that_stands_twice_among_nameless_ports_matches_nothing(name: str) -> None:
    rows = [(f"{c.IF_DESCR}.{n}", name.encode()) for n in (1, 2)]
    assert "indexes 1, 2" in match([name], [(f"{c.IF_NAME}.3", b"e3")], [], rows).problems[name]


def test_rows_come_in_the_order_of_their_indexes() -> None:
    rows = {c.IF_NAME: {f"{c.IF_NAME}.10": b"b"}, c.IF_DESCR: {f"{c.IF_DESCR}.2": b"a"}}
    assert [name.value for name in port_names(rows)] == [b"a", b"b"]
