"""A proposal is a file that can be used: neighbours that only answer a ping, ports, rates, networks, queues."""

from ipaddress import ip_network
from typing import Any

from inventory.answers import Walk
from inventory.discovery import propose_from_walks
from inventory.model import City
from inventory.proposal import proposal_text
from inventory.reading import parse_city

WITHIN = [ip_network("10.0.0.0/8")]
ISP = {"index": 99, "name": "wan", "alias": "ISP Contoh", "speed_bps": 10**9}


def port(index: int, name: str, **more: Any) -> dict[str, Any]:
    return {"index": index, "name": name, "speed_bps": 10**9, **more}


def heard(interface: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"protocol": "lldp", "interface": interface, "name": name, **more}


def walk(address: str, name: str, *ports: dict[str, Any], **more: Any) -> Walk:
    return Walk.model_validate({"address": address, "name": name, "interfaces": ports, **more})


def city_of(*walks: Walk) -> tuple[City, str]:
    """The proposed city, which passes its own check, and its text."""
    text = proposal_text(propose_from_walks(walks, WITHIN))
    assert "still to mend" not in text, text
    return parse_city(text), text


def test_a_switch_with_125_access_points_that_do_not_answer_has_125_devices_and_links() -> None:
    ports = [port(n, f"ge-0/0/{n}") for n in range(1, 126)]
    points = [heard(f"ge-0/0/{n}", f"AP Lantai {n}", address=f"10.9.0.{n}") for n in range(1, 126)]
    city, text = city_of(walk("10.0.0.1", "Switch", ISP, *ports, neighbours=points))
    assert len(city.devices) == 126
    link = next(link for link in city.links if link.device == "ap-lantai-77")
    assert (link.upstream.device, link.upstream.interface) == ("switch", "ge-0/0/77")
    point = city.device("ap-lantai-77")
    assert (str(point.address), point.snmp, point.title) == ("10.9.0.77", None, "AP Lantai 77")
    assert "# unsure: device ap-lantai-77: it did not answer SNMP; it is watched by ping alone" in text


def test_a_neighbour_without_an_address_is_found_by_its_mac_address_in_the_arp_table() -> None:
    arp = [{"interface": "vlan9", "address": "10.9.0.7", "mac": "00:11:22:33:44:55"}]
    rows = [heard("e1", mac="00:11:22:33:44:55"), heard("e2", "nowhere")]
    city, text = city_of(walk("10.0.0.1", "core", ISP, port(1, "e1"), port(2, "e2"), neighbours=rows, arp=arp))
    assert str(city.device("device-10-9-0-7").address) == "10.9.0.7"
    assert "its neighbour nowhere was not walked; it tells no address" in text


def test_one_neighbour_heard_by_three_protocols_is_one_device() -> None:
    rows = [
        heard("e1", "ap-1"),
        heard("e1", "ap-1", address="10.9.0.1"),
        {**heard("e1", "ap-1.kota.example", address="10.9.0.1"), "protocol": "cdp"},
    ]
    city, _ = city_of(walk("10.0.0.1", "core", ISP, port(1, "e1"), neighbours=rows))
    assert [device.name for device in city.devices] == ["core", "ap-1"]


def test_two_neighbours_behind_one_port_are_both_watched_and_the_doubt_says_what_stands_between() -> None:
    rows = [heard("e1", "ap-1", address="10.9.0.1"), heard("e1", "ap-2", address="10.9.0.2")]
    city, text = city_of(walk("10.0.0.1", "core", ISP, port(1, "e1"), neighbours=rows))
    assert [link.upstream.interface for link in city.links] == ["e1", "ap-2"]
    assert "its port at core is unknown (e1 is that of link core-ap-1 too); 'ap-2' was put" in text


def test_a_port_is_found_by_what_the_other_side_says_of_it() -> None:
    core = walk("10.0.0.1", "core", ISP, port(1, "e1"), neighbours=[heard("?", "dist", address="10.0.0.2")])
    dist = walk("10.0.0.2", "dist", port(5, "up5"), neighbours=[heard("up5", "core", remote_interface="e1")])
    city, _ = city_of(core, dist)
    (link,) = city.links
    assert (link.upstream.interface, link.interface) == ("e1", "up5")


def test_the_port_of_the_agents_and_rates_as_people_read_them_are_written() -> None:
    core = walk("10.0.0.1", "core", {**ISP, "speed_bps": 2_500_000_000}, port=1161)
    _, text = city_of(core)
    assert "snmp_port: 1161" in text
    assert "receive_capacity: 2.5 Gbit/s" in text


def test_a_router_of_an_office_that_is_heard_on_its_port_is_the_offices_address_and_no_device() -> None:
    office = port(1, "e1", alias="Dinas Kesehatan", addresses=["10.1.0.1/24"])
    row = heard("e1", "MikroTik", address="10.1.0.2")
    city, _ = city_of(walk("10.0.0.1", "core", ISP, office, neighbours=[row]))
    assert [device.name for device in city.devices] == ["core"]
    assert str(city.opd("dinas-kesehatan").address) == "10.1.0.2"


def test_a_neighbour_outside_the_networks_does_not_hide_the_line_to_the_isp() -> None:
    row = heard("wan", "isp-router", address="192.0.2.1")
    city, text = city_of(walk("10.0.0.1", "core", ISP, neighbours=[row]))
    assert city.uplinks[0].interface == "wan"
    assert "its neighbour isp-router was not walked; it is outside the networks given" in text


def queue(name: str, target: str, interface: str = "") -> dict[str, Any]:
    return {"name": name, "targets": [target], "interface": interface}


def test_offices_behind_queues_share_the_port_that_their_networks_are_on() -> None:
    bridge = port(1, "bridge", addresses=["10.5.0.1/16"])
    queues = [queue("Dinas Sosial", "10.5.1.0/24"), queue("Dishub", "10.5.2.0/24"), queue("Setda", "10.6.0.0/24", "e7")]
    city, _ = city_of(walk("10.0.0.1", "core", ISP, bridge, port(7, "e7"), queues=queues))
    ends = {link.opd: link.upstream.interface for link in city.links}
    assert ends == {"dinas-sosial": "bridge", "dishub": "bridge", "setda": "e7"}


def test_a_parents_queue_and_one_host_of_an_office_are_no_offices() -> None:
    office = port(1, "e1", alias="RSUD", addresses=["10.1.0.1/24"])
    queues = [queue("TOTAL", "10.0.0.0/8"), queue("direktur", "10.1.0.9/32"), queue("Bappeda", "10.2.0.0/24")]
    city, text = city_of(walk("10.0.0.1", "core", ISP, office, queues=queues))
    assert [opd.code for opd in city.opds] == ["rsud", "bappeda"]
    assert "opd direktur: 10.1.0.9/32 overlaps a network of opd rsud, it was left out" in text


def test_an_office_behind_a_queue_on_the_port_of_another_device_hangs_from_that_device() -> None:
    core = walk(
        "10.0.0.1",
        "core",
        ISP,
        port(1, "e1"),
        neighbours=[heard("e1", "switch-b", address="10.9.0.2")],
        queues=[queue("Disdik", "10.7.0.0/24", "e1")],
    )
    city, _ = city_of(core)
    assert next(link for link in city.links if link.opd == "disdik").upstream.device == "switch-b"


def test_two_devices_that_nobody_named_are_two() -> None:
    far = [walk(f"10.0.0.{n}", "MikroTik", port(1, "e1", addresses=[f"10.0.0.{n}/32"])) for n in (2, 3)]
    rows = [heard("e2", "MikroTik", address="10.0.0.2"), heard("e3", "MikroTik", address="10.0.0.3")]
    city, _ = city_of(walk("10.0.0.1", "core", ISP, port(2, "e2"), port(3, "e3"), neighbours=rows), *far)
    assert [device.name for device in city.devices] == ["core", "mikrotik", "mikrotik-10-0-0-3"]
    assert far[0].is_device_of(far[1]) is False
