"""An office's ``snmp.yml`` goes on working: each kind of metric compared with snmp_exporter on one agent."""

import asyncio
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ports import free_port
from ruamel.yaml import YAML
from snmp_scene import ENGINE, Samples, awaited, read_page, target

from exporter.errors import ExporterError
from exporter.snmp.drop_in.index_text import index_text
from exporter.snmp.drop_in.module_reader import ModuleReader
from exporter.snmp.drop_in.module_scrape import DropIn, UnknownNameError, View
from exporter.snmp.drop_in.snmp_yml import read_modules
from exporter.snmp.testing.peer import AUTH, fetch, release, snmp_exporter
from exporter.snmp.testing.scripted_agent import ScriptedAgent, start_agent
from exporter.snmp.wire import ber
from inventory.reading import parse_city

ROOT = "1.3.6.1.4.1.99999"
TABLE, NAMES = f"{ROOT}.1.1", f"{ROOT}.2.1"
INDEX = [{"labelname": "index", "type": "gauge"}]
OWN = "snmp_scrape_"


def text(value: bytes) -> bytes:
    return ber.tlv(ber.OCTETS, value)


def metric(name: str, column: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "oid": f"{TABLE}.{column}", "type": kind, "help": f"Help of {name}", "indexes": INDEX, **more}


WORDS = {1: "up", 2: "down", 7: "testing"}
ROWS = {
    f"{TABLE}.1.1": ber.integer(5), f"{TABLE}.1.2": ber.integer(-7),
    f"{TABLE}.2.1": ber.integer(2**60 + 77, ber.COUNTER64), f"{TABLE}.2.2": ber.integer(2**32 - 1, ber.COUNTER32),
    f"{TABLE}.3.1": ber.integer(1), f"{TABLE}.3.2": ber.integer(99),
    f"{TABLE}.4.1": text(b"Kec. Utara \xc3\xbc \"x\"\\\n"), f"{TABLE}.4.2": text(b""),
    f"{TABLE}.5.1": text(b"\x00\x1b\xff\x00\xaa\x01"), f"{TABLE}.5.2": text(b"\x00\x1b"),
    f"{TABLE}.6.1": text(b"\x07\xea\x0b\x1d\x0c\x1e\x0f\x05+\x07\x00"),
    f"{TABLE}.6.2": text(b"\x07\xea\x0b\x1d\x0c\x1e\x0f\x05"),
    f"{TABLE}.6.3": text(b"\x07\xea"), f"{TABLE}.6.4": text(b"\x07\xea\x0b\x1d\x0c\x1e\x0f\x05-\x03\x1e"),
    f"{TABLE}.7.1": text(b"\xa1"), f"{TABLE}.7.2": text(b""),
    f"{TABLE}.8.1": text(b"41.5 C"), f"{TABLE}.8.2": text(b"n/a"), f"{TABLE}.8.3": text(b"-12"),
    f"{TABLE}.9.1": text(b"\xde\xad\xbe\xef"), f"{TABLE}.9.2": text(b""),
    f"{TABLE}.10.1": ber.tlv(ber.IP_ADDRESS, bytes((192, 0, 2, 9))),
    f"{TABLE}.11.1": ber.oid("1.3.6.1.4.1.14988.1"),
    f"{TABLE}.12.6.0.27.255.0.170.1": ber.integer(8), f"{TABLE}.13.3.97.98.99.4": ber.integer(9),
    f"{TABLE}.14.192.0.2.1.1": ber.integer(3), f"{TABLE}.14.192.0.2.2.9": ber.integer(4),
    f"{TABLE}.15.5.112.111.114.116.49": ber.integer(6),
    f"{NAMES}.1.1": text(b"ether1"), f"{NAMES}.1.5": text(b"lima"), f"{NAMES}.2.1": ber.integer(5),
    "1.3.6.1.2.1.1.3.0": ber.integer(4242, ber.TICKS),
    f"{ROOT}.3.0": ber.integer(42, ber.TICKS), f"{ROOT}.4.0": ber.integer(1),
}  # fmt: skip
NAME = [{"labels": ["index"], "labelname": "name", "oid": f"{NAMES}.1", "type": "DisplayString"}]
# From the row to a number, and from that number to a name: and then the number is taken away.
CHAIN = [
    {"labels": ["index"], "labelname": "other", "oid": f"{NAMES}.2", "type": "gauge"},
    {"labels": ["other"], "labelname": "other_name", "oid": f"{NAMES}.1", "type": "DisplayString"},
    {"labels": [], "labelname": "index"},
]
TEMPERATURE = {
    "Celsius": [{"regex": r"([0-9.]+) C", "value": "$1"}, {"regex": r"(-)(\d+)", "value": "${1}$2"}],
    "Known": [{"regex": "n/a", "value": "0"}, {"regex": ".*", "value": "1"}],
}
MODULES: dict[str, list[dict[str, Any]]] = {
    "numbers": [metric("a_gauge", 1, "gauge"), metric("a_counter", 2, "counter")],
    "lookups": [metric("named", 1, "gauge", lookups=NAME), metric("chained", 2, "counter", lookups=CHAIN)],
    "enum as info": [metric("state", 3, "EnumAsInfo", enum_values=WORDS)],
    "enum as a set of states": [metric("state", 3, "EnumAsStateSet", enum_values=WORDS)],
    "texts": [
        metric("shown", 4, "DisplayString"), metric("raw", 9, "OctetString"), metric("address", 10, "InetAddressIPv4"),
        metric("kind", 11, "OctetString"),
    ],
    "physical addresses": [metric("mac", 5, "PhysAddress48")],
    "date and time": [metric("when", 6, "DateAndTime")],
    "bits": [metric("flags", 7, "Bits", enum_values={0: "first", 2: "third", 7: "eighth", 9: "tenth"})],
    "numbers out of text": [metric("temperature", 8, "DisplayString", regex_extracts=TEMPERATURE)],
    "indexes": [
        metric("by_mac", 12, "gauge", indexes=[
            {"labelname": "n", "type": "Integer32"}, {"labelname": "mac", "type": "PhysAddress48"}]),
        metric("by_text", 13, "gauge", indexes=[
            {"labelname": "word", "type": "DisplayString"}, {"labelname": "n", "type": "Integer"}]),
        metric("by_address", 14, "gauge", indexes=[
            {"labelname": "address", "type": "InetAddressIPv4"},
            {"labelname": "state", "type": "EnumAsInfo", "enum_values": WORDS}]),
        metric("by_fixed", 15, "gauge", indexes=[
            {"labelname": "n", "type": "gauge"}, {"labelname": "word", "type": "DisplayString", "implied": True}]),
    ],
}  # fmt: skip

UPTIME = {"name": "sysUpTime", "oid": "1.3.6.1.2.1.1.3", "type": "gauge", "help": "Since it began"}


def file_of(modules: Mapping[str, Any]) -> str:
    """The same file for both programs, in the form that the installed one reads."""
    login = {"version": 2, "auth": {"community": "lab"}}
    tree: dict[str, Any] = {name: {**module, **login} for name, module in modules.items()}
    if release() >= (0, 23):
        tree = {"auths": {AUTH: {"community": "lab", "version": 2}}, "modules": dict(modules)}
    out = io.StringIO()
    YAML(typ="safe").dump(tree, out)
    return out.getvalue()


def module(name: str) -> dict[str, Any]:
    more = {"name": "ticks", "oid": f"{ROOT}.3", "type": "gauge", "help": "Ticks"}
    return {
        "walk": [TABLE, NAMES],
        "get": [f"{ROOT}.3.0", "1.3.6.1.2.1.1.3.0"],
        "metrics": [*MODULES[name], more, UPTIME],
    }


def own(path: Path, name: str = "m") -> Any:
    modules = read_modules([path])
    assert modules.refused == {}
    return modules.read[name]


async def ours(port: int, path: Path) -> str:
    session = ENGINE(target(port))
    try:
        reader = ModuleReader(own(path))
        pages = [(await reader.page(session)).decode() for _ in range(2)]
        # The first was walked, the second asked for by GET.
        assert samples(pages[0]) == samples(pages[1])
        return pages[1]
    finally:
        session.close()


def samples(page: str) -> Samples:
    return {
        key: value for key, value in read_page(page.replace('{module="m"}', "")).items() if not key[0].startswith(OWN)
    }


def heads(page: str) -> set[str]:
    return {line for line in page.splitlines() if line.startswith("#") and OWN not in line}


@pytest.mark.parametrize("name", MODULES)
@awaited
async def test_a_module_gives_the_page_that_snmp_exporter_gives(name: str, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    path, content = tmp_path / "snmp.yml", file_of({"m": module(name)})
    path.write_text(content, encoding="utf-8")
    transport, port = await start_agent(ScriptedAgent(ROWS))
    http = free_port()
    try:
        with snmp_exporter(tmp_path / "theirs", http, content):
            url = f"http://127.0.0.1:{http}/snmp?module=m&auth={AUTH}&target=127.0.0.1:{port}"
            theirs = await asyncio.to_thread(fetch, url)
        page = await ours(port, path)
    finally:
        transport.close()
    assert samples(page) == samples(theirs)
    assert len(samples(page)) > 2
    assert heads(page) == heads(theirs)


@awaited
async def test_scale_and_offset_of_later_releases(tmp_path: Path) -> None:
    """Debian 12's release knows neither and refuses the file; 0.22 and later multiply first and then add."""
    rows = [metric("warm", 1, "gauge", scale=0.1, offset=3)]
    (tmp_path / "snmp.yml").write_text(file_of({"m": {"walk": [TABLE], "metrics": rows}}), encoding="utf-8")
    transport, port = await start_agent(ScriptedAgent(ROWS))
    try:
        page = await ours(port, tmp_path / "snmp.yml")
    finally:
        transport.close()
    assert sorted(samples(page).values()) == pytest.approx([2.3, 3.5])


@awaited
async def test_text_where_a_number_should_be_gives_no_sample_and_no_zero(tmp_path: Path) -> None:
    (tmp_path / "snmp.yml").write_text(file_of({"m": {"walk": [TABLE], "metrics": [metric("a", 8, "gauge")]}}))
    transport, port = await start_agent(ScriptedAgent(ROWS))
    try:
        page = await ours(port, tmp_path / "snmp.yml")
    finally:
        transport.close()
    assert samples(page) == {}


REFUSED = {
    "a type": (metric("a", 1, "LldpPortId"), {}, "metrics.0.type: Input should be 'OctetString'"),
    "an index": (metric("a", 1, "gauge", indexes=[{"labelname": "x", "type": "InetAddress"}]), {}, "'InetAddress'"),
    "a filter": (metric("a", 1, "gauge"), {"filters": [{"oid": "1.3"}]}, "filters: Extra inputs are not permitted"),
    "a regex": (metric("a", 1, "DisplayString", regex_extracts={"": [{"regex": "("}]}), {}, "is no regular expression"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@awaited
async def test_what_is_not_supported_is_refused_by_name_and_the_other_modules_work(name: str, tmp_path: Path) -> None:
    row, more, words = REFUSED[name]
    path = tmp_path / "snmp.yml"
    both = {"bad": {"walk": [TABLE], "metrics": [row], **more}, "good": {"walk": [TABLE], "metrics": []}}
    path.write_text(file_of(both), encoding="utf-8")
    modules = read_modules([path])
    assert list(modules.read) == ["good"]
    drop_in = DropIn(lambda: parse_city(CITY), ENGINE, modules)
    with pytest.raises(UnknownNameError) as refusal:
        await drop_in.scrape("core", "bad", View(), 10)
    assert str(refusal.value).startswith(f"{path}: module 'bad' is not supported: ")
    assert words in str(refusal.value)
    with pytest.raises(UnknownNameError, match="module 'none' is not known; there is good, if_mib"):
        await drop_in.scrape("core", "none", View(), 10)


CITY = """
city: {name: Kota, watch_from: core}
devices: [{name: core, address: 10.0.0.1}]
uplinks: [{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}]
"""


@pytest.mark.parametrize(("content", "words"), [("[", "not YAML"), ("- 1", "is no snmp.yml"), (None, "cannot be read")])
def test_a_file_that_is_none_is_told(content: str | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "snmp.yml"
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ExporterError, match=words):
        read_modules([path])


def test_a_module_of_two_files_is_an_error(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("m: {walk: []}", encoding="utf-8")
    with pytest.raises(ExporterError, match="stands in another file too; take one of them out"):
        read_modules([tmp_path / "a.yml", tmp_path / "b.yml"])


def test_an_index_that_lies_about_its_length_takes_no_more_than_there_is() -> None:
    assert index_text([2**31, 65, 66], "DisplayString") == ("AB", [2**31, 65, 66], [])
    assert index_text([], "InetAddressIPv4") == ("0.0.0.0", [0, 0, 0, 0], [])
