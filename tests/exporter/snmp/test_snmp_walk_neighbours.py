"""Neighbour rows as devices really write them: indexes as text, no names, MAC addresses. Scripted agents: fakes."""

import asyncio
from typing import Any

import pytest
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


MAN, MAC = "1.0.8802.1.1.2.1.4.2.1", bytes.fromhex("0011223344ff")


@pytest.mark.parametrize(
    "address",
    [
        {f"{MAN}.3.0.10104.1.1.4.10.0.0.9": ber.integer(2)},
        {f"{MAN}.4.0.10104.1.1.4.10.0.0.9": ber.integer(2)},
        {f"{MAN}.3.0.10104.1.1.10.0.0.9": ber.integer(2)},
        {f"{CDP}.4.10104.1": octets(bytes([10, 0, 0, 9])), f"{CDP}.17.10104.1": octets(b"sw")},
    ],
)
def test_an_address_is_read_under_another_time_mark_without_its_length_and_from_any_column(
    address: dict[str, bytes],
) -> None:
    rows = (
        address if any(oid.startswith(CDP) for oid in address) else address | {f"{LLDP}.9.153.10104.1": octets(b"sw")}
    )
    row = neighbour(rows)
    assert (row["interface"], row["name"], row["address"]) == ("Gi0/4", "sw", "10.0.0.9")


def test_a_row_whose_index_has_one_arc_is_that_row_of_routeros_own_table_or_the_port() -> None:
    mndp = {f"{MNDP}.2.3": ber.tlv(ber.IP_ADDRESS, bytes([10, 0, 0, 4])), f"{MNDP}.8.3": ber.integer(10104)}
    lldp = {f"{LLDP}.4.3": ber.integer(4), f"{LLDP}.5.3": octets(MAC), f"{LLDP}.9.3": octets(b"mt-2")}
    row = told(mndp | lldp)["neighbours"][0]
    assert (row["protocol"], row["interface"], row["name"], row["mac"]) == (
        "lldp",
        "Gi0/4",
        "mt-2",
        "00:11:22:33:44:ff",
    )
    assert neighbour({f"{LLDP}.9.10103": octets(b"sw")})["interface"] == "Gi0/3"
    assert neighbour({f"{LLDP}.9.0.10103": octets(b"sw")})["interface"] == "Gi0/3"


@pytest.mark.parametrize("port", [MAC, b"\0\0\0\x05", b"\x01\x0a\0\0\x09", b"\xff\xfe"])
def test_a_port_told_as_octets_is_called_by_its_description(port: bytes) -> None:
    rows = {f"{LLDP}.7.0.3.1": octets(port), f"{LLDP}.8.0.3.1": octets(b"uplink"), f"{LLDP}.9.0.3.1": octets(b"sw")}
    local = {f"{LOCAL}.3.3": octets(port), f"{LOCAL}.4.3": octets(b"Gi0/3")}
    row = neighbour(rows | local)
    assert (row["interface"], row["remote_interface"]) == ("Gi0/3", "uplink")


def test_a_row_of_blanks_is_nobody_and_zeros_are_no_address() -> None:
    blank = {f"{LLDP}.{column}.0.3.1": octets(b"") for column in (5, 7, 8, 9)}
    assert told(blank)["neighbours"] == []
    assert neighbour({f"{CDP}.4.10103.1": octets(bytes(4)), f"{CDP}.6.10103.1": octets(b"x")})["address"] is None


def test_a_cdp_name_is_told_without_the_serial_number_behind_it_and_a_mac_address_is_no_name() -> None:
    assert neighbour({f"{CDP}.6.10103.1": octets(b"core1(FOC1234X0AB)")})["name"] == "core1"
    row = neighbour({f"{CDP}.6.10103.1": octets(MAC)})
    assert (row["name"], row["mac"]) == ("", "00:11:22:33:44:ff")


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
