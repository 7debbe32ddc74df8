"""Neighbour rows as devices really write them: indexes as text, no names, MAC addresses. Scripted agents: fakes."""

import asyncio
from typing import Any

from snmp_scene import ENGINE, target

from exporter.snmp.testing.scripted_agent import ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.walk import device as walked
from exporter.snmp.wire import ber

LOCAL, LLDP = "1.0.8802.1.1.2.1.3.7.1", "1.0.8802.1.1.2.1.4.1.1"
CDP, MNDP = "1.3.6.1.4.1.9.9.23.1.2.1.1", "1.3.6.1.4.1.14988.1.1.11.1.1"
PORTS = [ScriptedInterface(10103, b"Gi0/3"), ScriptedInterface(10104, b"Gi0/4"), ScriptedInterface(7, b"12")]


def octets(value: bytes) -> bytes:
    return ber.tlv(ber.OCTETS, value)


def told(rows: dict[str, bytes]) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        transport, port = await start_agent(ScriptedAgent(device(PORTS) | rows))
        facts = await walked(ENGINE(target(port)))
        transport.close()
        return facts

    return asyncio.run(ask())


def neighbour(rows: dict[str, bytes]) -> dict[str, Any]:
    (one,) = told(rows)["neighbours"]
    assert isinstance(one, dict)
    return one


def test_a_local_port_told_as_its_index_in_text_is_that_port() -> None:
    rows = {f"{LOCAL}.3.3": octets(b"10103"), f"{LLDP}.9.0.3.1": octets(b"ap-1")}
    assert neighbour(rows)["interface"] == "Gi0/3"


def test_a_port_whose_name_is_a_number_is_that_name_before_it_is_an_index() -> None:
    rows = {f"{LOCAL}.3.3": octets(b"12"), f"{LLDP}.9.0.3.1": octets(b"ap-1")}
    assert neighbour(rows)["interface"] == "12"


def test_an_lldp_neighbour_without_a_name_is_told_with_its_mac_address() -> None:
    rows = {
        f"{LOCAL}.3.3": octets(b"10103"),
        f"{LLDP}.4.0.3.1": ber.integer(4),
        f"{LLDP}.5.0.3.1": octets(bytes.fromhex("0011223344ff")),
        f"{LLDP}.6.0.3.1": ber.integer(3),
        f"{LLDP}.7.0.3.1": octets(bytes.fromhex("0011223344ff")),
    }
    row = neighbour(rows)
    assert (row["name"], row["mac"], row["remote_interface"]) == ("", "00:11:22:33:44:ff", "")


def test_a_chassis_that_is_an_address_is_where_the_neighbour_is_reached() -> None:
    rows = {f"{LLDP}.4.0.10104.1": ber.integer(5), f"{LLDP}.5.0.10104.1": octets(bytes([1, 10, 0, 0, 9]))}
    row = neighbour(rows)
    assert (row["interface"], row["address"]) == ("Gi0/4", "10.0.0.9")


def test_cdp_and_mndp_rows_without_a_name_are_kept() -> None:
    assert neighbour({f"{CDP}.4.10103.1": octets(bytes([10, 0, 0, 3]))})["address"] == "10.0.0.3"
    mac = {f"{MNDP}.3.1": octets(b"\x02\0\0\0\0\x09"), f"{MNDP}.8.1": ber.integer(10104)}
    row = neighbour({f"{MNDP}.2.1": ber.tlv(ber.IP_ADDRESS, bytes([10, 0, 0, 4]))} | mac)
    assert (row["interface"], row["address"], row["mac"]) == ("Gi0/4", "10.0.0.4", "02:00:00:00:00:09")


def test_what_a_port_has_carried_is_told_and_unknown_is_not_nought() -> None:
    silent = ScriptedInterface(2, b"b", in_octets=None, out_octets=None)

    async def ask() -> list[int | None]:
        busy = ScriptedInterface(1, b"a", in_octets=5_000_000, out_octets=7)
        transport, port = await start_agent(ScriptedAgent(device([busy, silent])))
        facts = await walked(ENGINE(target(port)))
        transport.close()
        return [row["octets"] for row in facts["interfaces"]]

    assert asyncio.run(ask()) == [5_000_007, None]
