"""Speeds: a bundle is the sum of its active members, an invented claim is none, and what runs too slowly is told."""

from dataclasses import replace

import pytest
from snmp_scene import ENGINE, agent, awaited, line, poller, read_page, target, value

from exporter.metrics import page
from exporter.snmp.device import objects as c
from exporter.snmp.device.bundles import is_bundle
from exporter.snmp.device.plan import DevicePlan, Port
from exporter.snmp.device.poller import DeviceReading, Poller
from exporter.snmp.device.ports import PortPage
from exporter.snmp.device.survey import survey
from exporter.snmp.device.table import families
from exporter.snmp.poll import as_json
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.wire import ber

MEMBERS = [ScriptedInterface(n, f"Gi0/{n}".encode()) for n in (1, 2)]
PORT_CHANNEL = ScriptedInterface(9, b"Po1", kind=53, high_speed_mbit=2000)
LAG = replace(PORT_CHANNEL, name=b"trunk", kind=161)
PPPOE = ScriptedInterface(5, b"pppoe-out1", kind=23, high_speed_mbit=10)
GIGABIT = 125_000_000


def rare(plan: DevicePlan, *readings: DeviceReading) -> str:
    """What the page says of bundles, contracts and duplex after the last reading."""
    ports = PortPage(plan)
    for reading in readings:
        ports.write(reading)
    return page(families(ports.extras)).decode()


@pytest.mark.parametrize("bundle", [PORT_CHANNEL, LAG])
@awaited
async def test_the_speed_of_a_bundle_is_what_its_active_members_add_up_to(bundle: ScriptedInterface) -> None:
    assert bundle.name is not None
    async with agent(*MEMBERS, bundle) as (scripted, port):
        dut = poller(port, line(bundle.name.decode(), speed=2 * GIGABIT, link="core-agg"))
        whole = await dut.poll()
        scripted.rows = device([*MEMBERS, replace(bundle, high_speed_mbit=1000)])
        fallen = await dut.poll()
    before, after = rare(dut.plan, whole), rare(dut.plan, fallen)
    assert value(before, "lebarpita_link_bundle_speed_bytes_per_second", link="core-agg") == 2 * GIGABIT
    assert value(before, "lebarpita_link_below_contract", link="core-agg") is None
    assert value(after, "lebarpita_link_bundle_speed_bytes_per_second", link="core-agg") == GIGABIT
    assert value(after, "lebarpita_link_below_contract", link="core-agg") == 1
    text = PortPage(dut.plan).write(fallen)
    assert value(text, "lebarpita_link_speed_bytes_per_second", link="core-agg") == GIGABIT


@awaited
async def test_a_virtual_port_that_stands_on_several_is_a_bundle_whatever_it_is_called() -> None:
    async with agent(*MEMBERS, replace(PORT_CHANNEL, name=b"to-agg", descr=b"to-agg")) as (scripted, port):
        stack = {f"{c.IF_STACK_STATUS}.9.{n}": ber.integer(1) for n in (1, 2)}
        scripted.rows = {**scripted.rows, **stack}
        reading = await poller(port, line("to-agg")).poll()
        shown = await survey(ENGINE(target(port)))
    assert reading.interfaces["to-agg"].speed_bytes == 2 * GIGABIT
    assert as_json("dut", "direct", shown)["interfaces"][-1]["speed_bps"] == 2_000_000_000


@awaited
async def test_a_virtual_port_whose_claim_is_invented_has_no_speed_and_poll_says_so() -> None:
    vlan = ScriptedInterface(6, b"Vlan10", kind=53, high_speed_mbit=1000)
    async with agent(PPPOE, vlan) as (_, port):
        shown = await survey(ENGINE(target(port)))
        reading = await poller(port, line("pppoe-out1")).poll()
    assert [row["speed_bps"] for row in as_json("dut", "direct", shown)["interfaces"]] == [None, None]
    assert "speed_not_trusted: pppoe-out1, Vlan10" in shown.quirks
    assert not any(quirk.startswith("no_speed:") for quirk in shown.quirks)
    assert "speed_not_trusted" in reading.quirks


@awaited
async def test_a_port_at_half_duplex_or_below_its_contract_is_told_while_it_is_up() -> None:
    slow = replace(MEMBERS[0], high_speed_mbit=100)
    half = {f"{c.DUPLEX}.1": ber.integer(2), f"{c.DUPLEX}.2": ber.integer(3)}
    async with agent(slow, MEMBERS[1]) as (scripted, port):
        scripted.rows = {**scripted.rows, **half}
        dut = poller(port, line("Gi0/1", link="a"), line("Gi0/2", link="b"))
        text = rare(dut.plan, await dut.poll())
        scripted.rows = {**scripted.rows, f"{c.IF_OPER}.1": ber.integer(2)}
        down = rare(dut.plan, await dut.poll())
    assert {name for name, _ in read_page(text)} == {"lebarpita_link_half_duplex", "lebarpita_link_below_contract"}
    assert value(text, "lebarpita_link_half_duplex", link="a") == 1
    assert value(text, "lebarpita_link_below_contract", link="a") == 1
    assert down == ""


@pytest.mark.parametrize(("claimed", "is_told"), [(237_000, True), (248_000, False), (0, False)])
@awaited
async def test_a_claim_a_little_below_the_contract_is_no_port_below_it(claimed: int, is_told: bool) -> None:
    e1 = ScriptedInterface(1, b"e1", speed_bits=claimed * 8, high_speed_mbit=0)
    async with agent(e1) as (_, port):
        plan = DevicePlan("dut", (Port("l", "e1", True, 250_000),))
        reading = await Poller(target(port), plan, ENGINE, lambda: 1_800_000_000.0).poll()
    assert ("lebarpita_link_below_contract" in rare(plan, reading)) is is_told


@pytest.mark.parametrize(
    ("claimed", "towards_offices", "says"), [(GIGABIT, False, GIGABIT), (0, False, None), (GIGABIT, True, None)]
)
@awaited
async def test_what_an_uplink_s_port_can_carry_is_told_beside_its_contract(
    claimed: int, towards_offices: bool, says: int | None
) -> None:
    e1 = ScriptedInterface(1, b"e1", speed_bits=0, high_speed_mbit=claimed * 8 // 10**6)
    async with agent(e1) as (_, port):
        plan = DevicePlan("dut", (Port("isp", "e1", towards_offices, 12_500_000),))
        reading = await Poller(target(port), plan, ENGINE, lambda: 1_800_000_000.0).poll()
    assert value(rare(plan, reading), "lebarpita_link_port_speed_bytes_per_second", link="isp") == says


@pytest.mark.parametrize(
    ("kind", "name", "members", "is_one"),
    [
        (161, b"anything", (), True),
        (53, b"Port-channel12", (), True),
        (53, b"Bundle-Ether1", (), True),
        (53, b"ae0", (), True),
        (53, b"Eth-Trunk3", (), True),
        (53, b"smartgroup1", (), True),
        (53, b"AggregatePort 1", (), True),
        (53, b"RAGG1", (), True),
        (53, b"lacp1", (), True),
        (53, b"Link-Aggregation1", (), True),
        (53, b"bonding1", (), True),
        (53, b"Po1.100", ("3",), False),
        (53, b"Vlan10", (), False),
        (53, b"Vlan10", ("0",), False),
        (53, b"Vlan10", ("0", "3"), False),
        (53, b"uplink", ("3", "4"), True),
        (6, b"Po1", ("3", "4"), False),
    ],
)
def test_what_is_a_bundle(kind: int, name: bytes, members: tuple[str, ...], is_one: bool) -> None:
    assert is_bundle(kind, [name], members) is is_one
