"""What the network has that the file does not: each kind with its edit, and silence where nothing differs."""

from ipaddress import ip_network
from typing import Any

import pytest

from inventory.answers import Walk
from inventory.divergence import Divergence, DriftKind
from inventory.drift import drift_of
from inventory.reading import parse_city

CITY = """\
city: {name: Kota, watch_from: core, management: [10.99.0.0/24]}
credentials:
- {name: snmp, community: "env:C"}
devices:
- {name: core, address: 10.0.0.1, snmp: snmp, title: Router Inti}
- {name: dist, address: 10.0.0.2, snmp: snmp}
uplinks:
- {name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}
links:
- {name: core-dist, upstream: {device: core, interface: e2}, device: dist, interface: up, speed: 1 Gbit/s}
- {name: l-dinkes, upstream: {device: dist, interface: e1}, opd: dinkes, speed: 100 Mbit/s}
- {name: l-dinsos, upstream: {device: dist, interface: e3}, opd: dinsos, speed: 100 Mbit/s}
opds:
- {code: dinkes, name: Dinas Kesehatan, prefixes: [10.1.0.0/24]}
- {code: dinsos, name: Dinas Sosial, prefixes: [10.2.0.0/24], measured: queue, queue: Dinsos, queue_device: dist}
"""
WITHIN = [ip_network("10.0.0.0/8")]


def port(name: str, **more: Any) -> dict[str, Any]:
    return {"index": sum(name.encode()), "name": name, "speed_bps": 10**9, "octets": 10**6, **more}


def core(**more: Any) -> dict[str, Any]:
    towards = {"protocol": "lldp", "interface": "e2", "name": "dist", "address": "10.0.0.2"}
    ports = [port("wan", addresses=["203.0.113.2/30"]), port("e2", addresses=["10.0.1.1/30"])]
    return {"address": "10.0.0.1", "name": "core", "interfaces": ports, "neighbours": [towards], **more}


def dist(*ports: dict[str, Any], **more: Any) -> dict[str, Any]:
    written = [port("up", addresses=["10.0.1.2/30"]), port("e1", addresses=["10.1.0.1/24"]), port("e3")]
    row = {"address": "10.0.0.2", "name": "dist", "interfaces": [*written, *ports]}
    return row | {"queues": [{"name": "Dinsos", "targets": ["10.2.0.0/24"]}], **more}


def drift(*walks: dict[str, Any], city: str = CITY) -> tuple[Divergence, ...]:
    return drift_of(parse_city(city), [Walk.model_validate(row) for row in walks], WITHIN)


def only(differences: tuple[Divergence, ...]) -> Divergence:
    (difference,) = differences
    return difference


def test_a_network_that_is_as_written_has_no_difference() -> None:
    assert drift(core(), dist()) == ()
    assert drift() == ()


def test_a_port_that_carries_something_and_is_not_written_is_told_with_the_line_to_add() -> None:
    difference = only(drift(core(), dist(port("e9", alias="gudang"))))
    assert (difference.kind, difference.subject) == (DriftKind.PORT, "dist/e9")
    assert difference.indonesian.startswith("port dist/e9 (gudang) aktif, 1000000 bita terhitung")
    assert difference.edits[0].lines == (
        "- {name: dist-e9, upstream: {device: dist, interface: e9}, opd: KODE, speed: 1 Gbit/s}",
    )


@pytest.mark.parametrize(
    "quiet",
    [
        {"octets": 0},
        {"oper": "down"},
        {"admin": "down"},
        {"type": 24},
    ],
)
def test_a_port_that_is_not_in_use_is_not_told(quiet: dict[str, Any]) -> None:
    assert drift(core(), dist(port("e9", **quiet))) == ()


def test_a_trunk_whose_vlan_is_written_is_not_told() -> None:
    city = CITY.replace("interface: e1}", "interface: e8.10}")
    ports = [port("up"), port("e8"), port("e8.10", addresses=["10.1.0.1/24"]), port("e3")]
    assert drift(core(), dist(interfaces=ports), city=city) == ()


def test_what_a_port_has_carried_may_be_unknown_and_is_not_nought() -> None:
    assert "nobody knows how many bytes" in only(drift(core(), dist(port("e9", octets=None)))).english


def test_an_office_that_a_port_speaks_of_is_told_with_office_and_link() -> None:
    difference = only(drift(core(), dist(port("e9", alias="RSUD", addresses=["10.3.0.1/24"]))))
    assert [edit.where for edit in difference.edits] == ["opds", "links"]
    assert difference.edits[0].lines == ("- {code: rsud, name: RSUD, prefixes: [10.3.0.0/24]}",)


def test_a_new_neighbour_is_told_with_its_device_and_its_link() -> None:
    seen = {"protocol": "lldp", "interface": "e9", "name": "ap-1", "address": "10.9.0.1"}
    difference = only(drift(core(), dist(port("e9"), neighbours=[seen])))
    assert (difference.kind, difference.subject) == (DriftKind.NEIGHBOUR, "ap-1")
    assert [edit.lines[0].partition(",")[0] for edit in difference.edits] == ["- {name: ap-1", "- {name: dist-ap-1"]


def test_a_new_neighbour_that_was_walked_is_asked_with_the_credential_that_was_right() -> None:
    seen = {"protocol": "lldp", "interface": "e9", "name": "sw", "address": "10.9.0.1"}
    login = {"name": "snmp-2", "version": "2c", "community": "env:D"}
    new = {"address": "10.9.0.1", "name": "sw", "interfaces": [port("p1")], "credential": login}
    kinds = {row.kind: row for row in drift(core(), dist(port("e9"), neighbours=[seen]), new)}
    assert kinds[DriftKind.NEIGHBOUR].edits[0].where == "credentials"
    assert kinds[DriftKind.PORT].subject == "sw/p1"


def test_a_device_that_calls_itself_otherwise_is_told_and_sys_name_mends_it() -> None:
    renamed = core() | {"name": "RB 1100, ruang server"}
    difference = only(drift(renamed, dist()))
    assert difference.kind is DriftKind.NAME
    (line,) = difference.edits[0].lines
    mended = CITY.replace("title: Router Inti", line)
    assert drift(renamed, dist(), city=mended) == ()
    assert only(drift(core() | {"name": "lain"}, dist(), city=mended)).english == "core calls itself 'lain' now"


@pytest.mark.parametrize("name", ["core", "Core.kota.example", "Router Inti", ""])
def test_a_device_may_be_called_by_its_key_its_title_or_its_whole_name(name: str) -> None:
    assert drift(core() | {"name": name}, dist()) == ()


def test_a_port_that_is_gone_is_told_with_where_its_office_is_now() -> None:
    ports = [port("up"), port("sfp1", alias="dinkes"), port("e3")]
    differences = {row.kind: row for row in drift(core(), dist(interfaces=ports))}
    line = differences[DriftKind.LINE]
    assert line.english == "l-dinkes: no port dist/e1; it is sfp1"
    assert line.edits[0].where == "links l-dinkes"
    assert line.edits[0].lines == ("upstream: {device: dist, interface: sfp1}",)


def test_a_port_that_is_gone_without_a_trace_names_the_place_to_fill() -> None:
    line = only(drift(core(interfaces=[port("e2")]), dist()))
    assert (line.subject, line.edits[0].lines) == ("isp", ("interface: PORT",))


def test_a_device_that_is_heard_at_another_port_has_moved() -> None:
    moved = {"protocol": "lldp", "interface": "e5", "name": "dist", "address": "10.0.0.2"}
    rows = drift(core(interfaces=[port("wan"), port("e2"), port("e5")], neighbours=[moved]), dist())
    assert only(rows).english == "core-dist: is at e5 now, not core/e2"
    bundle = [port("wan"), port("e2", type=161), port("e5")]
    assert drift(core(interfaces=bundle, neighbours=[moved]), dist()) == ()


def test_a_queue_of_another_name_is_found_by_its_target() -> None:
    difference = only(drift(core(), dist(queues=[{"name": "Dinas Sosial: baru", "targets": ["10.2.0.0/24"]}])))
    assert difference.edits[0].where == "opds dinsos"
    assert difference.edits[0].lines == ("queue: 'Dinas Sosial: baru'",)


def test_addresses_outside_every_prefix_are_told_by_network_with_the_longer_list() -> None:
    seen = [{"interface": "e1", "address": text} for text in ("10.1.0.9", "10.7.3.4", "10.7.3.5", "169.254.1.1")]
    difference = only(drift(core(), dist(arp=seen)))
    assert difference.indonesian == "10.7.3.0/24 di dist/e1 bukan milik siapa pun (2 alamat terlihat)"
    assert difference.edits[0].lines == ("prefixes: [10.1.0.0/24, 10.7.3.0/24]",)


def test_a_second_network_on_an_offices_port_is_told_although_nobody_was_seen_in_it() -> None:
    ports = [port("up"), port("e1", addresses=["10.1.0.1/24", "2001:db8:7::1/64"]), port("e3")]
    assert only(drift(core(), dist(interfaces=ports))).edits[0].lines == ('prefixes: [10.1.0.0/24, "2001:db8:7::/64"]',)


def test_addresses_on_a_port_of_nobody_may_be_management_and_those_of_trunks_and_lines_are_not_looked_at() -> None:
    seen = [{"interface": name, "address": "10.44.0.9"} for name in ("wan", "e2", "e2")]
    assert drift(core(arp=seen), dist()) == ()
    spare = port("vlan44", type=53, octets=0, addresses=["10.44.0.1/26"])
    difference = only(drift(core(), dist(spare, arp=[{"interface": "vlan44", "address": "10.44.0.9"}])))
    assert difference.edits[0].lines == ("management: [10.99.0.0/24, 10.44.0.0/26]",)
