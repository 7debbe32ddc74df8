"""A module that is asked for again: the same page by fewer requests, and every change of the device seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from snmp_scene import ENGINE, awaited, read_page, target

from exporter.snmp.drop_in.module_reader import ModuleReader
from exporter.snmp.drop_in.snmp_yml import YmlModule
from exporter.snmp.engines.interface import Session
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.wire import ber

TABLE, NAMES, UPTIME = "1.3.6.1.4.1.99999.1.1", "1.3.6.1.4.1.99999.2.1", "1.3.6.1.2.1.1.3.0"
INDEX = [{"labelname": "i", "type": "gauge"}]
NAME = [{"labels": ["i"], "labelname": "name", "oid": f"{NAMES}.1", "type": "DisplayString"}]
MODULE = YmlModule.model_validate(
    {
        "walk": [TABLE, NAMES],
        "metrics": [
            {"name": "level", "oid": f"{TABLE}.1", "type": "gauge", "indexes": INDEX, "lookups": NAME, "help": "50 %"},
            {"name": "bytes", "oid": f"{TABLE}.2", "type": "counter", "indexes": INDEX, "lookups": NAME},
            {"name": "mood", "oid": f"{TABLE}.3", "type": "EnumAsInfo", "indexes": INDEX, "enum_values": {1: "well"}},
        ],
    }
)


def device(rows: int = 2, ticks: int = 1000) -> dict[str, bytes]:
    table = {UPTIME: ber.integer(ticks, ber.TICKS)}
    for row in range(1, rows + 1):
        table[f"{TABLE}.1.{row}"] = ber.integer(-row)
        table[f"{TABLE}.2.{row}"] = ber.integer(2**53 + row, ber.COUNTER64)
        table[f"{TABLE}.3.{row}"] = ber.integer(1)
        table[f"{NAMES}.1.{row}"] = ber.tlv(ber.OCTETS, f"e{row} 5%".encode())
    return table


@asynccontextmanager
async def reading(
    manner: Manner | None = None,
) -> AsyncIterator[tuple[ScriptedAgent, ModuleReader, Session, list[float]]]:
    now = [0.0]
    agent = ScriptedAgent(device(), manner or Manner())
    transport, port = await start_agent(agent)
    session = ENGINE(target(port, timeout=1.0))
    try:
        yield agent, ModuleReader(MODULE, lambda: now[0]), session, now
    finally:
        session.close()
        transport.close()


async def samples(reader: ModuleReader, session: Session) -> dict[str, float]:
    read = read_page((await reader.page(session)).decode())
    return {
        f"{name} {dict(labels).get('name', dict(labels).get('mood', ''))}": value
        for (name, labels), value in read.items()
        if not name.startswith("snmp_scrape")
    }


FIRST = {"level e1 5%": -1, "level e2 5%": -2, "bytes_total e1 5%": 1, "bytes_total e2 5%": 2}


@awaited
async def test_numbers_are_asked_for_in_one_request_where_a_walk_took_more() -> None:
    async with reading() as (agent, reader, session, _):
        first = await samples(reader, session)
        before = agent.requests
        agent.rows = device() | {f"{TABLE}.1.2": ber.integer(7)}
        second = await samples(reader, session)
        asked = agent.requests - before
    assert FIRST.items() <= first.items()
    assert (second["level e1 5%"], second["level e2 5%"], asked) == (-1, 7, 1)


@awaited
async def test_a_name_and_a_state_that_change_are_those_of_the_moment() -> None:
    async with reading() as (agent, reader, session, _):
        await samples(reader, session)
        swapped = {f"{NAMES}.1.1": ber.tlv(ber.OCTETS, b"e2"), f"{NAMES}.1.2": ber.tlv(ber.OCTETS, b"e1")}
        agent.rows = device() | swapped | {f"{TABLE}.3.1": ber.integer(9)}
        read = await samples(reader, session)
    assert (read["level e2"], read["level e1"], read["mood_info 9"]) == (-1, -2, 1)


@awaited
async def test_a_row_that_is_gone_is_gone_at_once_and_a_new_one_is_there_within_a_minute() -> None:
    async with reading() as (agent, reader, session, now):
        await samples(reader, session)
        agent.rows = device(rows=1)
        assert "level e2 5%" not in await samples(reader, session)
        agent.rows = device(rows=3)
        now[0] = 61.0
        assert (await samples(reader, session))["level e3 5%"] == -3


@awaited
async def test_a_device_that_was_started_is_walked_anew() -> None:
    async with reading() as (agent, reader, session, _):
        await samples(reader, session)
        agent.rows = device(rows=3, ticks=10)
        assert (await samples(reader, session))["level e3 5%"] == -3


@awaited
async def test_an_agent_that_answers_no_get_is_walked_and_soon_not_asked_otherwise() -> None:
    async with reading(Manner(too_big_above=1)) as (agent, reader, session, _):
        asked = []
        for _ in range(8):
            before = agent.requests
            assert FIRST.items() <= (await samples(reader, session)).items()
            asked.append(agent.requests - before)
    assert asked[-1] < asked[0] < asked[1]


@awaited
async def test_text_in_the_place_of_a_number_is_no_sample_from_then_on() -> None:
    async with reading() as (agent, reader, session, _):
        await samples(reader, session)
        agent.rows = device() | {f"{TABLE}.1.1": ber.tlv(ber.OCTETS, b"n/a")}
        read = await samples(reader, session)
        agent.rows = device()
        again = await samples(reader, session)
    assert "level e1 5%" not in read and read["level e2 5%"] == -2
    assert again["level e1 5%"] == -1
