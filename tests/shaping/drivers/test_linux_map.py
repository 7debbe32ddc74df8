"""The map in nftables: one transaction out, the same map back, and None for a chain that somebody changed."""

import json
import subprocess
from ipaddress import ip_address
from subprocess import CompletedProcess
from typing import Any

import pytest
from ledgers import CITY

from shaping.drivers.linux import nft
from shaping.drivers.linux.nft import Interfaces, Map, compile_map, script
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
    rows = [{"map": {"name": f"class{version}", "elem": list(elements)}}, *({"rule": {}} for _ in range(rules))]
    return json.dumps({"nftables": rows})


def test_the_whole_table_is_replaced_in_one_transaction() -> None:
    text = script(compile_map(CITY, {"dinkes": 0x10}), PLACES)
    assert text.startswith("table inet lebarpita {}\ndelete table inet lebarpita\ntable inet lebarpita {\n")
    assert text.count("meta priority set") == 8 and text.count("10.10.1.0-10.10.1.255 : 1eb:10") == 1
    assert "2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff : 1eb:10" in text


def test_towards_the_offices_the_destination_decides_last_and_from_them_the_source() -> None:
    lines = [line.strip() for line in script(Map({4: (), 6: ()}), PLACES).splitlines() if "ip " in line]
    assert [[*line.split()[5:7], line.split()[1]] for line in lines] == [
        ["ip", "saddr", '"lan"'],
        ["ip", "daddr", '"lan"'],
        ["ip", "daddr", '"wan"'],
        ["ip", "saddr", '"wan"'],
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
    assert found.ranges == {4: (), 6: (), version: tuple(Range(*row) for row in ranges)}


@pytest.mark.parametrize(("code", "rules"), [(1, 8), (0, 7), (0, 9), (0, 0)])
def test_no_table_or_a_changed_chain_is_no_map(monkeypatch: pytest.MonkeyPatch, code: int, rules: int) -> None:
    said(monkeypatch, code, listing(rules))
    assert nft.read_map() is None


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
