"""``module=if_mib`` is snmp_exporter's page: both programs read the same agents and are compared sample by sample."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError

import pytest
from aiohttp import ClientSession, UnixConnector
from ports import free_port
from prometheus_client.parser import text_string_to_metric_families
from snmp_scene import ENGINE, Samples, Snmpd, agent, awaited, read_page, snmpd, target

from exporter.http.server import start
from exporter.snmp.device.plan import plan_city
from exporter.snmp.drop_in.if_mib import if_mib_page
from exporter.snmp.engines.interface import Login
from exporter.snmp.pages import application
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.snmp.testing.peer import AUTH, configuration, fetch, release, snmp_exporter
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface
from exporter.snmp.wire import ber
from inventory.reading import parse_city

# Its release answers 500 where a name is no UTF-8; the one of Debian 13 (0.28) replaces what is broken, as we do.
DEBIAN_12 = (0, 21)
LAB = Login("2c", "lab")
STRONG = Login("3", "", "strong", "SHA-256", "authpass12345", "AES", "privpass12345")
E1 = ScriptedInterface(1, b"e1", b"uplink", b"ether1", in_octets=2**60 + 12345, out_octets=7, in_errors=3)
MOVES = {"sysUpTime", "snmp_scrape_walk_duration_seconds", "snmp_scrape_duration_seconds"}
MOVES |= {f"snmp_scrape_{name}" for name in ("pdus_returned", "packets_sent", "packets_retried")}
CITY = """
city: {{name: Kota, watch_from: core}}
credentials: [{{name: c, community: "env:T_COMMUNITY"}}, {{name: wrong, community: "env:T_WRONG"}}]
devices: [{{name: core, address: 127.0.0.1, snmp: c, snmp_port: {port}, snmp_timeout_seconds: 0.3}}]
uplinks: [{{name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}}]
"""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd")) as started:
        yield started


async def both(port: int, login: Login, folder: Path) -> tuple[str, str]:
    """snmp_exporter's page of the agent on that port of 127.0.0.1, and ours.

    Ours is the page of 0.21; later releases name the module beside what they tell of the scrape itself.
    """
    http = free_port()
    with snmp_exporter(folder, http, configuration(login)):
        url = f"http://127.0.0.1:{http}/snmp?module=if_mib&auth={AUTH}&target=127.0.0.1:{port}"
        theirs = await asyncio.to_thread(fetch, url)
    ours = await if_mib_page(ENGINE(replace(target(port), login=login)))
    return theirs.replace('{module="if_mib"}', ""), ours.decode()


def still(samples: Samples) -> Samples:
    """Without what moves between two readings."""
    return {key: value for key, value in samples.items() if key[0] not in MOVES}


def heads(text: str) -> set[tuple[str, str, str]]:
    return {(family.name, family.type, family.documentation) for family in text_string_to_metric_families(text)}


AGENTS: dict[str, tuple[ScriptedInterface, ...]] = {
    "plain": (E1, ScriptedInterface(2, b"e2", in_packets=9, oper=2)),
    "no interface": (),
    "without 64-bit counters and names": (ScriptedInterface(3, None, None, b"old", in_octets=None, in_octets_32=5),),
    "hostile aliases": (
        replace(E1, alias=b'"\\\n\x00\t'),
        ScriptedInterface(2, b"{}%s", "Kec. Utara – ü".encode()),
    ),
    "many": tuple(ScriptedInterface(n, f"e{n}".encode(), in_octets=n * 10**12) for n in range(1, 120)),
    "odd types and high indexes": (
        replace(E1, kind=161, index=2**31 - 1),
        ScriptedInterface(70, b"t", kind=131),
        ScriptedInterface(8, b"x", kind=9999),
    ),
}


@pytest.mark.parametrize("name", AGENTS)
@awaited
async def test_both_pages_of_a_scripted_agent_are_the_same(name: str, tmp_path: Path) -> None:
    async with agent(*AGENTS[name]) as (scripted, port):
        addresses = {f"1.3.6.1.2.1.2.2.1.6.{i.index}": ber.tlv(ber.OCTETS, b"\0\x1b\xff\0\xaa\1") for i in AGENTS[name]}
        scripted.rows = {**scripted.rows, **addresses}
        theirs, ours = await both(port, LAB, tmp_path)
    assert read_page(ours).keys() == read_page(theirs).keys()
    assert read_page(ours)["sysUpTime", ()] == read_page(theirs)["sysUpTime", ()]
    assert still(read_page(ours)) == still(read_page(theirs))
    assert heads(ours) == heads(theirs)


@pytest.mark.parametrize("login", [LAB, STRONG, Login("1", "lab")], ids=["v2c", "v3", "v1"])
def test_both_pages_of_a_real_snmpd_have_the_same_samples(login: Login, real: Snmpd, tmp_path: Path) -> None:
    theirs, ours = asyncio.run(both(real.port, login, tmp_path))
    assert read_page(ours).keys() == read_page(theirs).keys()
    assert heads(ours) == heads(theirs)
    moved = {key for key, value in still(read_page(ours)).items() if read_page(theirs)[key] != value}
    assert {name for name, _ in moved} <= {
        f"if{w}{n}_total" for w in ("In", "Out", "HCIn", "HCOut") for n in ("Octets", "UcastPkts")
    }


@awaited
async def test_the_served_drop_in_answers_by_name_and_by_address_and_refuses_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T_COMMUNITY", "lab")
    monkeypatch.setenv("T_WRONG", "wrong")
    async with AsyncExitStack() as stack:
        _, port = await stack.enter_async_context(agent(E1))
        runner = await start(
            application(Scrapes(plan_city(parse_city(CITY.format(port=port))), ENGINE)), f"unix:{tmp_path}/s"
        )
        stack.push_async_callback(runner.cleanup)
        session = await stack.enter_async_context(ClientSession("http://x", connector=UnixConnector(f"{tmp_path}/s")))

        async def asked(query: str) -> tuple[int, str]:
            async with session.get(f"/snmp?{query}") as answer:
                return answer.status, await answer.text()

        for named in ("core", "127.0.0.1"):
            status, text = await asked(f"target={named}&module=if_mib&auth=c")
            assert status == 200
            assert (
                read_page(text)[
                    "ifInErrors_total",
                    (("ifAlias", "uplink"), ("ifDescr", "ether1"), ("ifIndex", "1"), ("ifName", "e1")),
                ]
                == 3
            )
        assert (await asked("target=10.0.0.1&module=if_mib"))[0] == 400
        assert (await asked("target=core&module=cisco"))[0] == 400
        assert (await asked("target=core&module=if_mib&auth=nobody"))[0] == 400
        status, text = await asked("target=core&module=if_mib&auth=wrong")
        assert (status, "[timeout]" in text) == (500, True)


@awaited
async def test_names_that_are_no_utf_8_make_the_old_peer_fail_and_us_not(tmp_path: Path) -> None:
    async with agent(replace(E1, alias=b"\xff\xfe\xc3("), ScriptedInterface(2, b"\xe2\x80")) as (_, port):
        if release() == DEBIAN_12:
            with pytest.raises(HTTPError):
                await both(port, LAB, tmp_path)
        else:
            theirs, same = await both(port, LAB, tmp_path)
            assert still(read_page(same)) == still(read_page(theirs))
        ours = (await if_mib_page(ENGINE(target(port)))).decode()
    aliases = {dict(labels).get("ifAlias") for _, labels in read_page(ours)}
    assert "\N{REPLACEMENT CHARACTER}(" in aliases


@awaited
async def test_a_table_that_never_ends_is_an_error_and_no_page() -> None:
    async with agent(E1, manner=Manner(endless=True)) as (_, port):
        with pytest.raises(Exception, match="does not end"):
            await if_mib_page(ENGINE(target(port)))
