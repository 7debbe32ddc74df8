"""The plan of the lab's network: from a city file to nodes, wires, addresses and routes."""

import pytest

from inventory.reading import parse_city, read_city
from lab import LabError
from lab.options import EXAMPLE_CITY
from lab.plan import WireEnd, plan

SMALL = """
city: {name: Kota Kecil, watch_from: core}
devices:
  - {name: core, address: 10.255.0.1}
uplinks:
  - {name: isp-a, device: core, interface: wan, receive_capacity: 9 Mbit/s, transmit_capacity: 9 Mbit/s,
     probe: 203.0.113.1}
  - {name: isp-b, device: core, interface: wan2, receive_capacity: 9 Mbit/s, transmit_capacity: 9 Mbit/s}
links:
  - {name: core-a, upstream: {device: core, interface: ke-a}, opd: a, speed: 100 Mbit/s}
  - {name: core-b, upstream: {device: core, interface: ke-b}, opd: b, speed: 100 Mbit/s}
opds:
  - {code: a, name: A, prefixes: [10.1.0.0/24], address: 10.1.0.2}
  - {code: b, name: B, prefixes: [10.2.0.7/32], uplink: isp-b}
"""


def test_every_device_and_office_of_the_example_city_becomes_a_node() -> None:
    city = read_city(EXAMPLE_CITY)
    network = plan(city)
    assert set(network.nodes) == {"isp", "noc", *(d.name for d in city.devices), *(o.code for o in city.opds)}


def test_interfaces_have_the_names_of_the_inventory() -> None:
    network = plan(read_city(EXAMPLE_CITY))
    assert network.wire("agg-utara").upper == WireEnd("agg", "utara")
    assert network.wire("agg-utara").lower == WireEnd("dist-utara", "up")
    assert network.wire("isp-utama").upper == WireEnd("core", "wan")


def test_the_isp_has_the_address_the_watch_asks() -> None:
    assert ("line0", "203.0.113.1/30") in plan(read_city(EXAMPLE_CITY)).addresses["isp"]


def test_an_office_answers_at_its_address_and_in_each_of_its_prefixes() -> None:
    addresses = dict.fromkeys(address for _, address in plan(read_city(EXAMPLE_CITY)).addresses["rsud"])
    assert list(addresses) == ["10.10.5.2/24", "10.30.0.1/32", "10.30.1.1/32", "2001:db8:5::2/64"]


def test_routers_speak_from_their_management_address() -> None:
    routes = plan(read_city(EXAMPLE_CITY)).routes["dist-utara"]
    assert any(route.startswith("default via 172.31.") and route.endswith("src 10.255.0.11") for route in routes)


def test_an_office_on_the_second_uplink_is_routed_by_its_source() -> None:
    routes = plan(parse_city(SMALL)).routes["core"]
    assert "rule from 10.2.0.7/32 lookup 101 priority 100" in routes


def test_an_office_of_a_single_address_gets_a_transfer_network() -> None:
    addresses = plan(parse_city(SMALL)).addresses["b"]
    assert ("lo", "10.2.0.7/32") in addresses
    assert any(interface == "eth0" and address.startswith("172.31.") for interface, address in addresses)


def test_the_transfer_networks_avoid_the_prefixes_of_the_city() -> None:
    network = plan(parse_city(SMALL.replace("10.2.0.7/32", "172.31.0.0/16")))
    assert all(not address.startswith("172.31.0.1/30") for _, address in network.addresses["core"])


def test_an_interface_name_that_linux_cannot_carry_is_refused_by_name() -> None:
    with pytest.raises(LabError, match="interface 'GigabitEthernet0/1' of core: Linux takes up to 15 characters"):
        plan(parse_city(SMALL.replace("ke-a", "GigabitEthernet0/1")))


def test_a_name_that_stands_for_two_nodes_is_refused() -> None:
    with pytest.raises(LabError, match="one name per node; isp stands for two"):
        plan(parse_city(SMALL.replace("opd: a,", "opd: isp,").replace("code: a,", "code: isp,")))


def test_an_unknown_link_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LabError, match="no link is called 'agg-barat'; the links are noc, core-a"):
        plan(parse_city(SMALL)).wire("agg-barat")
