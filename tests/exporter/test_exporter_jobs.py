"""The jobs of the exporter's parts: a failure in one leaves the others going, and a task that ends ends its part."""

import asyncio
import json
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from planted_failures import UNEXPECTED, dies, survive
from ports import free_port
from snmp_scene import awaited
from tree import EXAMPLE_CITY

from exporter.config import WatchPart
from exporter.snmp.city_loader import load_plan
from exporter.snmp.engines.registry import ENGINES
from exporter.snmp.pages import snmp_jobs
from exporter.snmp.scrape.scrapes import Scrapes
from exporter.watch.backlog import Backlog
from exporter.watch.cause import Causes
from exporter.watch.decide import Node, watched
from exporter.watch.jobs import tasks_of, watch_jobs
from exporter.watch.journal import Journal
from exporter.watch.probing import Prober
from exporter.watch.recurrence import RecurrenceTimes
from exporter.watch.rounds import Clocks, Instruments, Watch, WatchTimes
from exporter.watch.sender import Sender
from exporter.watch.trap_polls import TrapPolls
from exporter.watch.traps import Traps
from inventory.model import Address
from inventory.reading import read_city

CITY = read_city(EXAMPLE_CITY)
INTERVAL = 0.02
ROUND_SECONDS = 6.0
"""Of the scene's own clock: with the third miss a silence has lasted for longer than any doubt."""
TIMES = WatchTimes(2.0, RecurrenceTimes(0.0, 0.0))
"""Its looks are seconds apart, and what nobody watched is no rest: an outage is over as soon as its line answers."""
WATCH_JOBS = ("rounds", "losses", "sender", "sender-2", "answers", "causes", "traps", "trap_polls")


class Answers(Prober):
    """A prober over which everybody answers but those who are cut; its clock goes on with each request."""

    cut: frozenset[Address] = frozenset()
    now = 100.0

    def ask(self, addresses: Iterable[Address], sequence: int, large: bool = False) -> None:
        for address in addresses:
            if address not in self.cut:
                self.hear(str(address), sequence, self.now)
        self.now += ROUND_SECONDS


class Scene:
    """A watch of the example city without a network."""

    def __init__(self, folder: Path, alertmanagers: tuple[str, ...] = ()) -> None:
        self.journal, self.prober, self.causes = Journal(folder / "outages.jsonl"), Answers(), Causes("http://x")
        self.sender = Sender(alertmanagers, self.journal.open, "http://runbooks")
        instruments = Instruments(prober=self.prober, journal=self.journal, sender=self.sender, causes=self.causes)
        clocks = Clocks(lambda: self.prober.now, time.time)
        self.watch = Watch(watched(CITY), instruments, TIMES, clocks)
        self.trap_polls = TrapPolls(self.watch.hurry, self.causes.poll)
        traps = Traps(CITY, WatchPart(), self.trap_polls.take)
        self.jobs = watch_jobs(self.watch, self.trap_polls, traps, INTERVAL)

    def cut(self, *names: str) -> None:
        addresses = (self.watch.nodes[name].address for name in names)
        self.prober.cut = frozenset(address for address in addresses if address is not None)

    async def rounds(self, number: int) -> None:
        for _ in range(number):
            await self.jobs.run_task("rounds")

    def lasting(self) -> set[str]:
        return {outage.root for outage in self.journal.open()}


def leaves() -> list[Node]:
    """Offices that can be asked: the ends of the tree."""
    nodes = watched(CITY)
    above = {node.parent for node in nodes}
    return [node for node in nodes if node.address is not None and node.name not in above]


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", WATCH_JOBS)
def test_a_failure_planted_in_a_job_of_the_watch_leaves_the_others_going(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, error: Exception
) -> None:
    async def story() -> None:
        scene = Scene(tmp_path, ("http://127.0.0.1:9", "http://127.0.0.1:10"))
        assert tuple(scene.jobs.states) == WATCH_JOBS
        scene.sender.start()
        await survive(scene.jobs, name, error, caplog)
        await scene.sender.stop()

    asyncio.run(story())


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_a_failure_planted_in_a_job_of_the_poller_is_told_and_got_over(
    caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    plan = load_plan(EXAMPLE_CITY)
    for name in snmp_jobs(Scrapes(plan, ENGINES["direct"])).states:
        # A table of its own for each: what failed before is remembered in it.
        asyncio.run(survive(snmp_jobs(Scrapes(plan, ENGINES["direct"])), name, error, caplog))


@awaited
async def test_an_outage_that_could_not_be_opened_is_opened_in_the_next_round(tmp_path: Path) -> None:
    scene, first, other = Scene(tmp_path), *(node.name for node in leaves()[:2])
    scene.cut(first, other)

    async def ask(node: Node, believe_up: bool) -> str | None:
        if node.name == first:
            raise KeyError("cause")
        return "link_down"

    scene.causes.ask = ask  # type: ignore[method-assign]  # the planted fault
    await scene.rounds(3)
    assert scene.lasting() == {other}
    assert scene.jobs.states["rounds"].failing
    del scene.causes.ask  # and it is gone
    await scene.rounds(1)
    assert scene.lasting() == {first, other}
    assert not scene.jobs.states["rounds"].failing


@awaited
async def test_an_outage_that_could_not_be_closed_is_closed_in_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, first, other = Scene(tmp_path), *(node.name for node in leaves()[:2])
    scene.cut(first, other)
    await scene.rounds(3)
    scene.cut()
    write, broken = scene.journal.write, [first]

    def writing(outage: Any) -> None:
        if outage.root in broken:
            raise IndexError("journal")
        write(outage)

    monkeypatch.setattr(scene.journal, "write", writing)
    await scene.rounds(4)
    assert scene.lasting() == {first} and scene.jobs.states["rounds"].failures > 1
    broken.clear()
    # The very next round, where its answers are back in time on a busy machine.
    for _ in range(20):
        await scene.rounds(1)
        if not scene.lasting():
            break
    assert scene.lasting() == set()


@awaited
async def test_a_trap_begins_the_next_round_at_once_but_none_while_one_is_under_way(tmp_path: Path) -> None:
    scene, woken = Scene(tmp_path), []
    tasks_of(scene.jobs, scene.watch)
    scene.watch.wake = lambda: woken.append("round")
    scene.watch.hurry()
    under_way = asyncio.create_task(scene.watch.turn(INTERVAL))
    await asyncio.sleep(0)
    scene.watch.hurry()
    await under_way
    assert woken == ["round"]


@awaited
async def test_a_datagram_on_which_the_program_fails_is_counted_and_the_next_are_read() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        worked: list[bytes] = []

        def work(datagram: bytes, _: Any) -> None:
            worked.append({b"good": datagram}[datagram])

        backlog = Backlog(receiver, work)
        for datagram in (b"evil", b"good", b"evil", b"good"):
            backlog.put(datagram, ("127.0.0.1", 1))
        await asyncio.sleep(0.01)
        assert (worked, backlog.spoilt) == ([b"good", b"good"], 2)
        backlog.put(b"good", ("127.0.0.1", 1))
        await asyncio.sleep(0.01)
        assert len(worked) == 3
        with pytest.raises(KeyError, match="evil"):
            backlog.faults.tell()


@awaited
async def test_a_poll_that_raises_is_counted_as_failed_and_told() -> None:
    async def poll(device: str) -> bool:
        raise RuntimeError(device)

    trap_polls = TrapPolls(lambda: None, poll)
    trap_polls.take("core")
    await asyncio.sleep(0.01)
    trap_polls.take("core")
    await asyncio.sleep(0.01)
    assert trap_polls.polls["core", "failed"] == 2
    with pytest.raises(RuntimeError, match="core"):
        trap_polls.faults.tell()


@pytest.mark.parametrize("ending", ["raise SystemExit(0)", "raise KeyError('x')", "return"])
@pytest.mark.parametrize("part", ["snmp", "watch", "flows"])
def test_a_task_of_a_part_that_ends_ends_the_part(tmp_path: Path, part: str, ending: str) -> None:
    settings = {
        "inventory": str(EXAMPLE_CITY),
        "state": str(tmp_path),
        part: {"listen": f"127.0.0.1:{free_port()}"}
        | ({"datagrams": [f"127.0.0.1:{free_port()}"]} if part == "flows" else {}),
    }
    (tmp_path / "exporter.yaml").write_text(json.dumps(settings))
    told = dies(
        "import sys\nfrom exporter.part import main\nfrom exporter.watch.probing import Prober\n"
        "from runtime.supervision import JobTasks\n"
        f"async def repeat(self, name):\n    {ending}\n"
        "JobTasks._repeat = repeat\n"
        "Prober.start = lambda self, versions: None\n"
        f"sys.argv = ['exporter.part', '{part}', '--config', 'exporter.yaml']\n"
        "sys.exit(main())\n",
        tmp_path,
    )
    assert f"task {part}/" in told
