"""RouterOS queues as an OPD's measure, and the router's own CPU, memory and temperature."""

from pathlib import Path

from snmp_scene import ENGINE, agent, awaited, line, poller, read_page, snmpd, target, value

from exporter.metrics import page
from exporter.snmp.device.interface_map import learn
from exporter.snmp.device.manners import Manners
from exporter.snmp.device.plan import DevicePlan, OpdQueue, plan_device
from exporter.snmp.device.poller import Poller
from exporter.snmp.device.ports import PortPage
from exporter.snmp.device.resources import learn_resources, read_resources
from exporter.snmp.device.table import families
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device, numbers, queue_rows
from exporter.snmp.wire import ber
from inventory.reading import parse_city

PLAN = DevicePlan("dut", (line("wan", opd="rsud"),), (OpdQueue("q-dinkes", "dinkes"),))
WAN = ScriptedInterface(1, b"wan", in_octets=1, out_octets=2)
CITY = """
city: {name: Kota, watch_from: core}
devices: [{name: core, address: 10.0.0.1, kind: routeros}]
uplinks: [{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}]
links: [{name: l, upstream: {device: core, interface: e1}, opd: dinkes, speed: 100 Mbit/s}]
opds: [{code: dinkes, name: D, prefixes: [10.1.0.0/24], measured: queue, queue: q-dinkes, queue_device: core}]
"""


def queued(port: int) -> Poller:
    return Poller(target(port), PLAN, ENGINE, lambda: 1_800_000_000.0)


def test_the_inventory_says_which_queue_of_which_device_measures_an_opd() -> None:
    plan = plan_device(parse_city(CITY), "core")
    assert plan.queues == (OpdQueue("q-dinkes", "dinkes"),)
    assert all(port.opd is None for port in plan.ports)


@awaited
async def test_an_opd_is_measured_by_its_queue_beside_one_measured_by_its_port() -> None:
    async with agent(WAN) as (scripted, port):
        scripted.rows = {**scripted.rows, **queue_rows((1, b"other", 5, 6), (2, b"q-dinkes", 3000, 9000))}
        text = PortPage(PLAN).write(await queued(port).poll())
    assert value(text, "lebarpita_opd_receive_bytes_total", opd="dinkes", source="queue") == 9000
    assert value(text, "lebarpita_opd_transmit_bytes_total", opd="dinkes", source="queue") == 3000
    assert value(text, "lebarpita_opd_receive_packets_total", opd="dinkes", source="queue") == 9
    assert value(text, "lebarpita_opd_receive_bytes_total", opd="rsud", source="interface") == 2
    assert text.count("# TYPE lebarpita_opd_receive_bytes_total") == 1


@awaited
async def test_queues_that_are_numbered_anew_are_never_read_as_each_other() -> None:
    async with agent(WAN) as (scripted, port):
        scripted.rows = {**scripted.rows, **queue_rows((1, b"q-dinkes", 1, 2), (2, b"other", 3, 4))}
        dut = queued(port)
        await dut.poll()
        scripted.rows = device([WAN]) | queue_rows((1, b"other", 3, 4), (2, b"q-dinkes", 11, 12))
        reading = await dut.poll()
    assert reading.queues["dinkes"][:2] == (12, 11)


@awaited
async def test_a_queue_that_is_not_there_is_told_and_gives_no_sample() -> None:
    async with agent(WAN) as (_, port):
        reading = await queued(port).poll()
    assert "queue_not_found" in reading.quirks
    assert value(PortPage(PLAN).write(reading), "lebarpita_opd_receive_bytes_total", opd="dinkes") is None


RESOURCES = numbers(
    {
        "1.3.6.1.2.1.25.3.3.1.2.1": 20,
        "1.3.6.1.2.1.25.3.3.1.2.2": 60,
        "1.3.6.1.2.1.25.2.3.1.4.65536": 1024,
        "1.3.6.1.2.1.25.2.3.1.5.65536": 1_000,
        "1.3.6.1.2.1.25.2.3.1.6.65536": 250,
        "1.3.6.1.4.1.14988.1.1.3.10.0": 415,
        "1.3.6.1.2.1.99.1.1.1.1.7": 8,
        "1.3.6.1.2.1.99.1.1.1.2.7": 9,
        "1.3.6.1.2.1.99.1.1.1.3.7": 1,
        "1.3.6.1.2.1.99.1.1.1.4.7": 385,
        "1.3.6.1.2.1.99.1.1.1.1.8": 5,
    }
) | {"1.3.6.1.2.1.25.2.3.1.2.65536": ber.oid("1.3.6.1.2.1.25.2.1.2")}


@awaited
async def test_cpu_memory_and_temperature_are_read_where_a_router_has_them() -> None:
    async with agent(WAN) as (scripted, port):
        scripted.rows = {**scripted.rows, **RESOURCES}
        reading = await poller(port, line("wan")).poll()
    text = page(families(reading.extras)).decode()
    assert value(text, "lebarpita_device_cpu_load_ratio", device="dut") == 0.4
    assert value(text, "lebarpita_device_memory_size_bytes") == 1_024_000
    assert value(text, "lebarpita_device_memory_used_bytes") == 256_000
    assert value(text, "lebarpita_device_temperature_celsius", sensor="board") == 41.5
    assert value(text, "lebarpita_device_temperature_celsius", sensor="entity-7") == 38.5
    assert len(read_page(text)) == 5


@awaited
async def test_a_device_without_any_of_these_is_read_all_the_same() -> None:
    async with agent(WAN) as (_, port):
        reading = await poller(port, line("wan")).poll()
    assert not reading.extras
    assert reading.interfaces["wan"].in_octets == 1


@awaited
async def test_an_agent_that_turns_in_circles_beside_its_ports_keeps_its_ports() -> None:
    async with agent(WAN) as (scripted, port):
        scripted.rows = {**scripted.rows, **RESOURCES}
        session = ENGINE(target(port))
        names = session.walk

        async def walk(oid: str, limit: int = 100) -> list[tuple[str, int | float | bytes | str]]:
            scripted.manner = Manner(endless=oid.startswith("1.3.6.1.2.1.25"))
            return await names(oid, limit)

        session.walk = walk  # type: ignore[method-assign]  # the agent turns in circles from this walk on
        known = await learn(session, DevicePlan("dut", (line("wan"),)), Manners())
    assert "wan" in known.match.places
    assert not known.resources.oids


def test_a_real_snmpd_tells_its_memory(tmp_path: Path) -> None:
    @awaited
    async def story(port: int) -> None:
        session = ENGINE(target(port))
        known = await learn_resources(session)
        answer = await session.get(["1.3.6.1.2.1.1.3.0", *known.oids])
        samples = {metric.name: number for metric, _, number in read_resources(known, "dut", answer)}
        assert 0 <= samples.get("lebarpita_device_cpu_load_ratio", 0) <= 1  # not known in an agent's first minute
        assert 0 < samples["lebarpita_device_memory_used_bytes"] < samples["lebarpita_device_memory_size_bytes"]

    with snmpd(tmp_path) as real:
        story(real.port)
