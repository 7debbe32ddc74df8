"""A watch over a simulated city on a clock of its own: lines that lose, delay and break in; outages, ill links out."""

import asyncio
import heapq
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exporter.watch.cause import Causes
from exporter.watch.decide import Node
from exporter.watch.journal import Journal
from exporter.watch.outages import Outage
from exporter.watch.probing import Prober
from exporter.watch.recurrence import RecurrenceTimes
from exporter.watch.rounds import URGENT_SECONDS, Clocks, Instruments, Watch, WatchTimes
from exporter.watch.sender import Sender
from inventory.model import Address

PARTS = 5
"""A round of half a second, as shipped."""
WALL = 1_800_000_000.0
TIMES = WatchTimes(2.05, RecurrenceTimes(10.0, 300.0))


class SimulatedNetwork(Prober):
    """Every request crosses the links from the root to its node and back; each link may lose, delay or be cut."""

    def __init__(self, nodes: Sequence[Node], seed: int) -> None:
        super().__init__()
        self.now = 100.0
        self.cut: set[str] = set()
        self.narrow: set[str] = set()
        self.loss: dict[str, float] = {}
        self.delay: dict[str, float] = {}
        self.requests = 0
        self._chance = random.Random(seed)
        parents = {node.name: node.parent for node in nodes}
        self._paths = {str(node.address): _path(parents, node.name) for node in nodes if node.address}
        self._due: list[tuple[float, str, int]] = []

    def ask(self, addresses: Iterable[Address], sequence: int, large: bool = False) -> None:
        for address in addresses:
            self.requests += not large
            path = self._paths[str(address)]
            swallowed = large and not self.narrow.isdisjoint(path)
            if (
                not swallowed
                and self.cut.isdisjoint(path)
                and all(self._chance.random() >= self.loss.get(link, 0.0) for link in path)
            ):
                after = 0.002 + sum(self.delay.get(link, 0.0) for link in path)
                heapq.heappush(self._due, (self.now + after, str(address), sequence))

    def pass_time(self, seconds: float) -> None:
        """Answers arrive until then."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now, address, sequence = heapq.heappop(self._due)
            self.hear(address, sequence, self.now)
        self.now = end


class Silent(Causes):
    """Nobody knows a cause."""

    async def ask(self, node: Node, believe_up: bool) -> str | None:
        return None


@dataclass
class WatchScene:
    """``run`` lets time pass; ``after`` a while something is done to the network."""

    nodes: Sequence[Node]
    folder: Path
    seed: int = 0
    isolated: bool = False
    times: WatchTimes = TIMES
    deeds: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network = SimulatedNetwork(self.nodes, self.seed)
        self.journal = Journal(self.folder / "outages.jsonl")
        sender = Sender((), self.journal.open, "http://runbooks")
        instruments = Instruments(
            prober=self.network,
            journal=self.journal,
            sender=sender,
            causes=Silent("http://nowhere"),
            cut_off=lambda _: self.isolated,
        )
        clocks = Clocks(lambda: self.network.now, lambda: WALL + self.network.now)
        self.watch = Watch(self.nodes, instruments, self.times, clocks)
        self._part = 0
        self._runner = asyncio.Runner()

    def __enter__(self) -> "WatchScene":
        self._runner.__enter__()
        return self

    def __exit__(self, *ending: object) -> None:
        self._runner.close()

    def run(self, seconds: float) -> None:
        """So many seconds of requests, answers and looks; ill links are looked for every five."""
        self._runner.run(self._run(seconds))

    def rest(self, seconds: float) -> None:
        """Let what the watch asks by itself come to its end, by the real clock."""
        self._runner.run(asyncio.sleep(seconds))

    async def _run(self, seconds: float) -> None:
        for _ in range(round(seconds / URGENT_SECONDS)):
            self.watch.ask(self._part % PARTS, PARTS)
            self._part += 1
            self._pass(URGENT_SECONDS)
            await self.watch.look()
            if self._part % 50 == 0:
                self.watch.find_ill()

    def after(self, seconds: float, deed: Callable[[], None]) -> None:
        """Do something so long from now, to the millisecond."""
        self.deeds = sorted([*self.deeds, (self.network.now + seconds, deed)], key=lambda pair: pair[0])

    def outages(self) -> list[Outage]:
        """Every outage the journal knows."""
        return list(self.journal.outages.values())

    def _pass(self, seconds: float) -> None:
        end = self.network.now + seconds
        while self.deeds and self.deeds[0][0] <= end:
            moment, deed = self.deeds.pop(0)
            self.network.pass_time(max(0.0, moment - self.network.now))
            deed()
        self.network.pass_time(end - self.network.now)


def _path(parents: dict[str, str | None], name: str) -> tuple[str, ...]:
    path: list[str] = []
    at: str | None = name
    while at is not None:
        path.append(at)
        at = parents[at]
    return tuple(path)
