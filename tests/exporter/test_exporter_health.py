"""Every part of the exporter says whether it is alive and ready, of its own jobs and its own folders."""

import asyncio
from pathlib import Path

import pytest
from flow_packets import new_collector
from tree import EXAMPLE_CITY

from exporter.config import FlowsPart, WatchPart
from exporter.flows.intake.receiver import Receiver
from exporter.flows.keep.persistence import Persistence
from exporter.flows.serving import application as flows
from exporter.http.connection import Request, Response
from exporter.http.server import HttpApplication
from exporter.snmp.city_loader import load_plan
from exporter.snmp.engines.registry import ENGINES
from exporter.snmp.pages import application as snmp
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.watch.cause import Causes
from exporter.watch.decide import watched
from exporter.watch.journal import Journal
from exporter.watch.pages import application as watch
from exporter.watch.probing import Prober
from exporter.watch.recurrence import RecurrenceTimes
from exporter.watch.rounds import Instruments, Watch, WatchTimes
from exporter.watch.sender import Sender
from exporter.watch.trap_polls import TrapPolls
from exporter.watch.traps import Traps
from inventory.reading import read_city
from runtime import health

CITY = read_city(EXAMPLE_CITY)


def snmp_part(_: Path) -> HttpApplication:
    return snmp(Scrapes(load_plan(EXAMPLE_CITY), ENGINES["gufo"]))


def watch_part(folder: Path) -> HttpApplication:
    part, journal = WatchPart(), Journal(folder / "outages.jsonl")
    sender, causes = Sender((), journal.open, part.runbooks), Causes(part.snmp)
    pieces = Instruments(prober=Prober(), journal=journal, sender=sender, causes=causes)
    made = Watch(watched(CITY), pieces, WatchTimes(2.0, RecurrenceTimes(1.0, 0.0)))
    polls = TrapPolls(made.hurry, made.causes.poll)
    return watch(made, polls, Traps(CITY, part, polls.take), part.interval_seconds)


def flows_part(folder: Path) -> HttpApplication:
    collector = new_collector()
    persistence = Persistence(collector, folder)
    return flows(collector, Receiver(collector, FlowsPart().datagrams, persistence.keep), persistence)


def asked(app: HttpApplication, path: str) -> Response:
    async def answer() -> Response:
        return await app.answer(Request("GET", path, {}, {}))

    return asyncio.run(answer())


PARTS = {"snmp": snmp_part, "watch": watch_part, "flows": flows_part}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_has_begun_is_alive_and_ready(tmp_path: Path, name: str) -> None:
    app = PARTS[name](tmp_path)
    assert asked(app, "/healthz").body == b"ok\n"
    assert (asked(app, "/readyz").status, asked(app, "/readyz").body) == (200, b"ready\n")


@pytest.mark.parametrize("name", ["watch", "flows"])
def test_a_part_that_keeps_something_is_not_ready_where_it_cannot_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(health, "folder_fault", lambda folder: f"{folder}: cannot be written")
    answer = asked(PARTS[name](tmp_path), "/readyz")
    assert (answer.status, answer.body) == (503, f"{tmp_path}: cannot be written\n".encode())
