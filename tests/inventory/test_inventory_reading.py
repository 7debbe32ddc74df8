"""The city file: it works, then each thing that can be wrong with it, named with its line."""

from pathlib import Path

import pytest

from inventory.generate import generate_city
from inventory.reading import InventoryError, parse_city, read_city

EXAMPLE = Path("inventory/example/city.yaml")
GOOD = """\
city: {name: Kota, watch_from: core}
devices:
  - {name: core, address: 10.0.0.1}
  - {name: dist, address: 10.0.0.2}
uplinks:
  - {name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}
links:
  - {name: trunk, upstream: {device: core, interface: d1}, device: dist, speed: 1 Gbit/s}
  - {name: access, upstream: {device: dist, interface: o1}, opd: dinkes, speed: 100 Mbit/s}
opds:
  - {code: dinkes, name: Dinas Kesehatan, prefixes: [10.1.0.0/24]}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(InventoryError) as caught:
        parse_city(text, "city.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_the_example_city_is_in_order() -> None:
    city = read_city(EXAMPLE)
    assert (len(city.devices), len(city.links), len(city.opds)) == (5, 16, 12)
    assert city.uplink("isp-utama").receive_capacity == 25_000_000


def test_a_generated_city_of_600_offices_is_in_order() -> None:
    assert len(parse_city(generate_city(600)).opds) == 600


def test_all_problems_are_reported_together_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("10.0.0.2", "10.0.0.300").replace("100 Mbit/s", "100 Mbps").replace("10.1.0.0/24", "10.1.0.0/33")
    )
    assert problems_of(text) == [
        "city.yaml line 4: device dist: address: '10.0.0.300' is not an IPv4 or IPv6 address",
        "city.yaml line 9: link access: speed: '100 Mbps' is not a rate; write a number and one of "
        "bit/s, kbit/s, Mbit/s, Gbit/s, Tbit/s",
        "city.yaml line 11: opd dinkes: prefixes.0: '10.1.0.0/33' is not a network; "
        "write for example 10.1.0.0/24; the length is 0 to 32",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("address: 10.0.0.2", "adress: 10.0.0.2", "line 4: device dist: unknown key 'adress'"),
        ("\nlinks:", "\nlink:", "line 7: unknown key 'link'"),
        ("name: dist,", "name: core,", "line 4: name 'core' is already a device"),
        ("10.0.0.2", "10.0.0.1", "line 4: device dist: address 10.0.0.1 is that of device core"),
        ("device: core, interface: d1", "device: cor, interface: d1", "line 8: link trunk: device 'cor' is not one of"),
        ("opd: dinkes", "opd: dinkess", "line 9: link access: opd 'dinkess' is not one of the opds"),
        ("watch_from: core", "watch_from: cor", "line 1: city: watch_from 'cor' is not one of the devices"),
        ("1 Gbit/s, transmit", "8 bit/s, transmit", "receive_capacity is not between 256 kbit/s and 1 Tbit/s"),
        ("name: access", "name: isp", "line 9: name 'isp' is already a uplink"),
        ("10.1.0.0/24", "10.1.0.1/24", "host bits are set; write 10.1.0.0/24"),
        ("opd: dinkes", "opd: dinkes, device: dist", "link access must lead to either a device or an opd"),
        ("interface: o1}, opd: dinkes", "interface: o1}, device: core", "core is where the watch stands"),
        ("name: Dinas Kesehatan", "name: D, measured: queue", "measured: queue needs queue and queue_device"),
        (
            "{device: core, interface: d1}",
            "{device: dist, interface: d1}",
            "the upstreams go in a circle: dist -> dist",
        ),
    ],
)
def test_each_fault_is_named_with_its_place(old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert any(said in problem for problem in problems_of(GOOD.replace(old, new, 1))), problems_of(
        GOOD.replace(old, new, 1)
    )


def test_a_circle_of_two_devices_is_drawn() -> None:
    text = GOOD.replace("  - {name: dist,", "  - {name: far, address: 10.0.0.3}\n  - {name: dist,")
    text = text.replace("{device: core, interface: d1}", "{device: far, interface: d1}")
    text = text.replace(
        "links:\n", "links:\n  - {name: back, upstream: {device: dist, interface: x}, device: far, speed: 1 Gbit/s}\n"
    )
    assert any(
        "circle: dist -> far -> dist" in told or "circle: far -> dist -> far" in told for told in problems_of(text)
    )


def test_a_prefix_of_two_offices_names_both() -> None:
    text = GOOD + "  - {code: disdik, name: Dinas Pendidikan, prefixes: [10.1.0.128/25]}\n"
    text = text.replace(
        "opds:\n", "  - {name: a2, upstream: {device: dist, interface: o2}, opd: disdik, speed: 1 Gbit/s}\nopds:\n"
    )
    assert problems_of(text) == ["city.yaml line 13: prefix 10.1.0.128/25 of disdik overlaps 10.1.0.0/24 of dinkes"]


SHAPED = "shaping: {driver: linux, transmit_interface: wan, receive_interface: d1}"


@pytest.mark.parametrize("driver", ["mikrotik", "vyos", "liunx", "", "7", "[linux]", "null"])
def test_a_driver_that_nothing_carries_out_is_an_error_where_it_is_read(driver: str) -> None:
    text = GOOD.replace("transmit_capacity: 1 Gbit/s", f"transmit_capacity: 1 Gbit/s, {SHAPED}")
    assert parse_city(text).uplinks[0].shaping is not None
    (problem,) = problems_of(text.replace("driver: linux", f"driver: {driver}"))
    assert problem.startswith("city.yaml line 6: uplink isp: shaping.driver: ")
    assert "is not a driver of lebarpita-shaping; use libreqos or linux or manual or routeros" in problem


def test_two_uplinks_of_one_machine_are_not_shaped_on_the_same_interface() -> None:
    first = "{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s"
    second = first.replace("name: isp", "name: isp-dua").replace("interface: wan", "interface: wan2")
    both = f"{first}, {SHAPED}}}\n  - {second}, {SHAPED.replace('interface: wan', 'interface: wan2')}}}"
    text = GOOD.replace(f"{first}}}", both)
    assert problems_of(text) == [
        "city.yaml line 7: uplink isp-dua: receive_interface d1 of core is shaped for isp already; "
        "each uplink needs interfaces of its own (for what comes in, an ifb)"
    ]
    assert len(parse_city(text.replace("receive_interface: d1", "receive_interface: ifb1", 1)).uplinks) == 2
    assert len(parse_city(text.replace("driver: linux", "driver: manual")).uplinks) == 2


def test_what_the_line_adds_to_a_frame_is_refused_where_nothing_counts_it() -> None:
    text = GOOD.replace("transmit_capacity: 1 Gbit/s", f"transmit_capacity: 1 Gbit/s, {SHAPED}", 1)
    for key, value in (("overhead_bytes", 8), ("smallest_frame_bytes", 64)):
        told = text.replace("driver: linux", f"driver: linux, {key}: {value}")
        assert getattr(parse_city(told).uplinks[0].shaping, key) == value
        (problem,) = problems_of(told.replace("driver: linux", "driver: manual"))
        assert problem.endswith(f"uplink isp: {key} is counted by driver linux only, not by manual; take it out")
        (problem,) = problems_of(told.replace(f"{key}: {value}", f"{key}: 999"))
        assert f"shaping.{key}" in problem


def test_a_value_that_is_not_known_is_named_with_those_that_are() -> None:
    assert problems_of(GOOD.replace("address: 10.0.0.2", "address: 10.0.0.2, kind: huawei")) == [
        "city.yaml line 4: device dist: kind: 'huawei' is not known here; "
        "the values are 'router', 'switch', 'routeros', 'linux' or 'cisco'"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "interface: d1}, device: dist",
            "interface: wan}, device: dist",
            [
                "city.yaml line 6: uplink isp: interface wan of core is also that of link trunk",
                "city.yaml line 8: link trunk: interface wan of core is also that of uplink isp",
            ],
        ),
        (
            "device: dist, speed: 1 Gbit/s",
            "device: dist, interface: o1, speed: 1 Gbit/s",
            [
                "city.yaml line 8: link trunk: interface o1 of dist is also that of link access",
                "city.yaml line 9: link access: interface o1 of dist is also that of link trunk",
            ],
        ),
    ],
)
def test_an_interface_of_two_lines_names_both_with_their_places(old: str, new: str, said: list[str]) -> None:
    assert problems_of(GOOD.replace(old, new, 1)) == said


def test_offices_measured_by_flow_or_queue_may_share_a_port_and_one_measured_by_it_may_not() -> None:
    text = GOOD.replace("prefixes: [10.1", "measured: flow, prefixes: [10.1")
    text += "  - {code: disdik, name: D, prefixes: [10.2.0.0/24], measured: flow}\n"
    text = text.replace(
        "opds:\n", "  - {name: a2, upstream: {device: dist, interface: o1}, opd: disdik, speed: 1 Gbit/s}\nopds:\n"
    )
    assert len(parse_city(text).links) == 3
    both = problems_of(text.replace("D, prefixes: [10.2.0.0/24], measured: flow", "D, prefixes: [10.2.0.0/24]"))
    assert [problem.split(":")[0] for problem in both] == ["city.yaml line 9", "city.yaml line 10"]


def test_a_device_nobody_leads_to_is_named() -> None:
    text = GOOD.replace("uplinks:", "  - {name: lost, address: 10.0.0.9}\nuplinks:")
    assert problems_of(text) == ["city.yaml line 5: device lost has no link towards core, where the watch stands"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("city: [", "not YAML"),
        ("- 1\n- 2\n", "line 1: must hold the keys"),
        ("", "line 1: must hold the keys"),
        ("city: {name: X, watch_from: core}\ndevices: 7\nuplinks: [x]\n", "line 2: devices must be a list"),
        ("a: 1\na: 2\n", "not YAML"),
        ("city: {name: X, watch_from: core}\ndevices:\n  - 7\nuplinks: []\n", "line 3: device number 1"),
    ],
)
def test_what_is_not_a_city_is_said_to_be_none(text: str, said: str) -> None:
    assert any(said in problem for problem in problems_of(text)), problems_of(text)


def test_a_missing_file_is_a_sentence() -> None:
    with pytest.raises(InventoryError, match=r"nowhere\.yaml: cannot be read: No such file"):
        read_city("nowhere.yaml")


def test_a_file_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InventoryError, match="not UTF-8 text"):
        read_city(tmp_path / "city.yaml")


def test_a_context_needs_version_3() -> None:
    asked = "{name: core, address: 10.0.0.1, snmp: v2, snmp_context: vlan-10}"
    text = GOOD.replace("{name: core, address: 10.0.0.1}", asked).replace(
        "devices:", "credentials: [{name: v2, community: 'env:C'}]\ndevices:", 1
    )
    said = "snmp_context 'vlan-10' needs a credential of version 3; v2 is version 2c"
    assert any(said in problem for problem in problems_of(text)), problems_of(text)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{name: s, version: 2c}", "version 2c needs a community"),
        ("{name: s, version: '3'}", "version 3 needs a user"),
        ("{name: s, version: '3', user: u, auth: SHA}", "auth and auth_key go together"),
        ("{name: s, version: '3', user: u, privacy: AES, privacy_key: 'env:K'}", "privacy needs auth"),
        ("{name: s, community: public}", "String should match pattern"),
    ],
)
def test_a_credential_is_whole_and_holds_no_secret(given: str, said: str) -> None:
    text = GOOD.replace("devices:", f"credentials:\n  - {given}\ndevices:")
    assert any(said in problem for problem in problems_of(text)), problems_of(text)
