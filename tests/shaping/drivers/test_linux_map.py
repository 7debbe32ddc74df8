"""The map in nftables: one transaction out, the same map back, and where a packet came from counts."""

import json
import subprocess
from ipaddress import ip_address
from subprocess import CompletedProcess
from typing import Any

import pytest
from ledgers import CITY

from shaping.drivers.linux import nft
from shaping.drivers.linux.nft import Interfaces, Map, RouterSides, compile_map, script
from shaping.drivers.linux.owners import owners_changed
from shaping.drivers.linux.ranges import Range
from shaping.errors import ShapingError

PLACES = Interfaces(transmit="wan", receive="lan")
V4, V6 = int(ip_address("10.1.0.0")), int(ip_address("2001:db8::"))


def said(monkeypatch: pytest.MonkeyPatch, code: int, out: str = "", error: str = "") -> list[Any]:
    calls: list[Any] = []

    def run(command: list[str], **more: Any) -> CompletedProcess[str]:
        calls.append((command, more.get("input")))
        return CompletedProcess(command, code, out, error)

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def listing(rules: int, *elements: Any, version: int = 4) -> str:
    rows = [{"map": {"name": f"opds{version}", "elem": list(elements)}}, *({"rule": {}} for _ in range(rules))]
    return json.dumps({"nftables": rows})


def test_the_whole_table_is_replaced_in_one_transaction() -> None:
    text = script(compile_map(CITY, {"dinkes": 0x10}), PLACES)
    assert text.startswith("table inet lebarpita {}\ndelete table inet lebarpita\ntable inet lebarpita {\n")
    # Two maps, two versions, two sides, two interfaces for what is believed; five rules for each side that is not.
    assert text.count("meta priority set") == 16 + 5 + 5 and text.count("10.10.1.0-10.10.1.255 : 1eb:10") == 1
    assert "2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff : 1eb:10" in text


def test_towards_the_offices_the_destination_decides_last_and_from_them_the_source() -> None:
    rules = [line for line in script(Map({}), PLACES).splitlines() if line.startswith("    oifname") and "ip " in line]
    assert [[*line.split()[5:7], line.split()[1], line.split()[-1]] for line in rules] == [
        ["ip", side, place, of]
        for place, sides in (('"lan"', ("saddr", "daddr")), ('"wan"', ("daddr", "saddr")))
        for side in sides
        for of in ("@opds4", "@managed4")
    ]


def test_one_address_is_written_alone() -> None:
    assert "10.1.0.0 : 1eb:10" in script(Map({4: (Range(V4, V4, "16"),), 6: ()}), PLACES)


@pytest.mark.parametrize(
    ("version", "elements", "ranges"),
    [
        (4, [["10.1.0.0", "1eb:10"]], [(V4, V4, "16")]),
        (4, [[{"prefix": {"addr": "10.1.0.0", "len": 24}}, "1eb:10"]], [(V4, V4 + 255, "16")]),
        (4, [[{"range": ["10.1.0.0", "10.1.0.9"]}, 0x1EB0010]], [(V4, V4 + 9, "16")]),
        (6, [[{"prefix": {"addr": "2001:db8::", "len": 128}}, "1eb:11"]], [(V6, V6, "17")]),
        (
            4,
            [[{"range": ["10.1.0.4", "10.1.0.9"]}, "1eb:10"], [{"range": ["10.1.0.0", "10.1.0.3"]}, "1eb:10"]],
            [(V4, V4 + 9, "16")],
        ),
    ],
)
def test_every_form_in_which_the_kernel_tells_a_range_is_understood(
    monkeypatch: pytest.MonkeyPatch, version: int, elements: list[Any], ranges: list[tuple[int, int, str]]
) -> None:
    said(monkeypatch, 0, listing(8, *elements, version=version))
    found = nft.read_map()
    assert found is not None
    assert found.opds == {4: (), 6: (), version: tuple(Range(*row) for row in ranges)}


def test_no_table_is_no_map_and_no_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, 1, listing(8))
    assert (nft.read_map(), nft.listing()) == (None, None)


def test_what_crosses_is_judged_by_its_own_side_alone_and_the_rest_by_both() -> None:
    text = script(compile_map(CITY, {"dinkes": 0x10}), PLACES)
    assert '    oifname "wan" iifname { "lan" } goto from_offices\n' in text
    assert '    oifname "lan" iifname { "wan" } goto from_line\n' in text
    offices, line = (text.split(f"chain {name} {{")[1].split("}")[0] for name in ("from_offices", "from_line"))
    assert "daddr" not in offices and "saddr" not in line
    assert offices.split("\n")[1].strip() == line.split("\n")[1].strip() == "meta priority set 1eb:2"


@pytest.mark.parametrize(("drop", "last"), [(False, 'counter name "stray_transmit"'), (True, "drop")])
def test_stray_packets_are_counted_and_limited_or_dropped(drop: bool, last: str) -> None:
    sides = RouterSides(("lan", "vlan7"), ("wan",), {"vlan7": 0x10}, drop)
    text = script(compile_map(CITY, {"dinkes": 0x10}), PLACES, sides)
    stray = next(row for row in text.splitlines() if "priority 1eb:4" in row and "stray_transmit" in row)
    assert stray.endswith(last)
    assert ('meta priority != 1eb:10 counter name "stray_transmit" drop' in text) is drop


def test_management_addresses_are_believed_only_where_neither_offices_nor_the_line_stand() -> None:
    found = compile_map(CITY, {"dinkes": 0x10})
    owners = [{row.owner for row in found.ranges(kind, 4)} for kind in ("opds", "managed", "stray")]
    assert owners == [{"16"}, {"3"}, {"4"}]


def test_a_managed_router_inside_an_offices_prefix_sends_as_that_office() -> None:
    router = CITY.devices[0].model_copy(update={"name": "cpe", "address": ip_address("10.10.1.1")})
    city = CITY.model_copy(update={"devices": (*CITY.devices, router)})
    found, address = compile_map(city, {"dinkes": 0x10}), int(ip_address("10.10.1.1"))
    holding = [
        kind
        for kind in ("opds", "managed", "stray")
        for row in found.ranges(kind, 4)
        if row.first <= address <= row.last
    ]
    assert holding == ["opds", "managed"]


def test_owners_whose_addresses_differ_are_named() -> None:
    one, other = compile_map(CITY, {"dinkes": 0x10, "rsud": 0x11}), compile_map(CITY, {"dinkes": 0x12, "rsud": 0x11})
    assert owners_changed(one, one) == set()
    assert owners_changed(one, other) == {"16", "18"}
    assert owners_changed(None, one) == {"16", "17", "3", "4"}


def test_the_same_map_has_the_same_hash_and_another_one_another() -> None:
    one, other = (Map({4: (Range(V4, V4 + end, "16"),), 6: ()}) for end in (1, 2))
    assert one.hash == Map({4: (Range(V4, V4 + 1, "16"),), 6: ()}).hash != other.hash


def test_a_refused_map_names_nfts_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, 1, error="Error: syntax error\nand more")
    with pytest.raises(ShapingError, match=r"nftables refused the map: Error: syntax error; is CAP_NET_ADMIN there"):
        nft.apply_script("x")


def test_a_machine_without_nft_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", missing)
    with pytest.raises(ShapingError, match="install the package nftables"):
        nft.remove()
