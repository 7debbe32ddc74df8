"""The watch at work: requests and answers in, outages and ill links out.

Every node is asked once a round, spread over it; a node that owes an answer is asked ten times a second until it
answers or is part of an outage. After each tenth of a second it is decided by ``decide`` who is a root; this module
holds the clock, and what follows from it is the business of ``incidents``.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from exporter.watch.cause import Causes
from exporter.watch.decide import Answers, Node, Seat, decide
from exporter.watch.incidents import ASK_AHEAD_SECONDS, Incidents, Moment
from exporter.watch.journal import Journal
from exporter.watch.lines.delay import LOWER_SHARE, UPPER_SHARE, Trips, where_delay_begins
from exporter.watch.lines.illness import Illness, follow
from exporter.watch.lines.large import EVERY_SECONDS, where_large_packets_end
from exporter.watch.lines.line import Line
from exporter.watch.lines.loss import Tally, where_loss_begins
from exporter.watch.own_network import cut_off
from exporter.watch.probing import Prober
from exporter.watch.recurrence import RecurrenceTimes
from exporter.watch.requests import WAIT_SECONDS, RequestKind, Requests
from exporter.watch.sender import Sender
from inventory.model import Address

# Between two urgent requests to a node, and between two looks: a cut is told at the first look after its proof.
URGENT_SECONDS = 0.1
# Large requests are spread over all looks in which each line has its one.
_LARGE_TURNS = round(EVERY_SECONDS / URGENT_SECONDS)
# Behind a trunk hundreds fall silent at once: the nearest to it prove its cut, the others are asked as always.
URGENT_AT_MOST = 200
# The window in which loss and delay are looked for (the design: named within five minutes).
ILL_WINDOW = "5m"
# So long without a look (ten of them) nobody watched: a disk that holds up the journal, a machine that slept. A line
# that fell and came back meanwhile left no trace here.
UNWATCHED_SECONDS = 1.0
# After the host's own network is back: its neighbours need one more request for an address (RFC 4861: 1 s).
ISOLATION_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Instruments:
    """What a watch works with: it asks by the prober and for causes, writes into the journal, tells by the sender.

    ``cut_off`` says whether this host itself has lost its way to the root.
    """

    prober: Prober
    journal: Journal
    sender: Sender
    causes: Causes
    cut_off: Callable[[Address], bool] = cut_off


@dataclass(frozen=True)
class Clocks:
    """What time it is: ``steady`` to decide by, which nobody sets back, and ``wall`` (Unix seconds) to tell people."""

    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


@dataclass(frozen=True)
class WatchTimes:
    """A silence longer than ``lasting_seconds`` may be an outage; ``recurrence`` says when it is over."""

    lasting_seconds: float
    recurrence: RecurrenceTimes


class Watch:
    """The state of the watch. ``turn`` is one round, a job; ``hurry`` begins the next at once by ``wake``."""

    def __init__(
        self,
        nodes: Sequence[Node],
        instruments: Instruments,
        times: WatchTimes,
        clocks: Clocks = Clocks(),
    ) -> None:
        self.nodes = {node.name: node for node in nodes}
        self.prober, self.journal = instruments.prober, instruments.journal
        self.sender, self.causes = instruments.sender, instruments.causes
        self.requests = Requests(nodes, instruments.prober, clocks.steady)
        self.incidents = Incidents(self.journal, self.sender, self.causes, times.recurrence)
        self.seats: dict[str, Seat] = {}
        self.flaps: Counter[str] = Counter()
        self.ill: dict[str, Illness] = {}
        self.delays: Mapping[str, float] = {}
        self.large_ends: tuple[str, ...] = ()
        self.judged_at = 0.0
        self.late = 0
        self.isolated = False
        self.silent: frozenset[str] = frozenset(self.requests.lines)
        self.wake: Callable[[], None] = lambda: None
        self._lasting_seconds = times.lasting_seconds
        self.clocks = clocks
        self._due: float | None = None
        self._asking = False
        self._covered: set[str] = set()
        self._calm = False
        self._turn = 0
        self._blind_until = 0.0
        self._looked_at = self._watched_since = clocks.steady()
        self._cut_off = instruments.cut_off

    def resume(self) -> None:
        """Go on with the outages of the journal: they stay open until their root answers again."""
        self._leave_strangers()
        for outage in self.journal.open():
            if outage.back_at is None:
                # As if it had just been confirmed: it closes by answers only, and does not open a second time.
                fell = outage.started_at if outage.fell_at is None else outage.fell_at
                self.seats[outage.root] = Seat(open=True, since=fell - self.clocks.wall() + self.clocks.steady())

    def adopt(self, nodes: Sequence[Node]) -> None:
        """Watch these nodes from now on: what is known of those that stay goes on. Raises ExporterError.

        An outage whose root is no node any more is over; a node that is new is asked like one at the start.
        """
        self.prober.start(node.address.version for node in nodes if node.address is not None)
        self.requests.adopt(nodes)
        self.nodes = {node.name: node for node in nodes}
        self.seats = {name: seat for name, seat in self.seats.items() if name in self.nodes}
        self.ill = {name: illness for name, illness in self.ill.items() if name in self.nodes}
        self.delays = {name: seconds for name, seconds in self.delays.items() if name in self.nodes}
        self.large_ends = tuple(name for name in self.large_ends if name in self.nodes)
        self.silent &= self.requests.lines.keys()
        self._covered &= self.nodes.keys()
        self._leave_strangers()
        # Everybody is to be decided upon at the next look, the new ones too.
        self._calm = False

    def _leave_strangers(self) -> None:
        """An outage whose root the city does not have any more is over."""
        for outage in self.journal.open():
            if outage.root not in self.nodes:
                self.incidents.close(outage, self.clocks.wall())

    def hurry(self) -> None:
        """A trap came: begin the next round at once, so that the confirmation need not wait for the second.

        A round under way is the confirmation already.
        """
        if not self._asking:
            self.wake()

    async def turn(self, interval: float) -> None:
        """A round, and whether it began late."""
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        self.late += self._due is not None and begun_at - self._due > interval / 2
        self._asking = True
        try:
            await self.round(interval)
        finally:
            self._asking = False
            self._due = max(begun_at + interval, loop.time())

    async def round(self, interval: float) -> None:
        """Ask everybody once, a part of them each tenth of a second, and look after each part."""
        loop = asyncio.get_running_loop()
        parts = max(1, round(interval / URGENT_SECONDS))
        begun_at = loop.time()
        for part in range(parts):
            self.ask(part, parts)
            await asyncio.sleep(max(0.0, begun_at + (part + 1) * interval / parts - loop.time()))
            await self.look()
        self.incidents.faults.tell()

    def ask(self, part: int, parts: int) -> None:
        """Send this part's regular requests, and the urgent ones."""
        names = list(self.requests.lines)
        regular = names[part::parts]
        self.requests.ask(regular, RequestKind.REGULAR)
        doubtful = self.silent - self._covered - set(regular)
        if doubtful:
            urgent = [name for name in names if name in doubtful and _ever(self.requests.lines[name])]
            self.requests.ask(urgent[:URGENT_AT_MOST], RequestKind.URGENT)
        self.requests.ask(names[self._turn % _LARGE_TURNS :: _LARGE_TURNS], RequestKind.LARGE)
        self._turn += 1

    async def look(self) -> None:
        """Decide and act on it; nothing is to be decided while everybody answers and no outage lasts."""
        now = self.clocks.steady()
        if now - self._looked_at > UNWATCHED_SECONDS:
            self._watched_since = now
        self._looked_at = now
        self.requests.expire()
        lines = self.requests.lines
        silent = {name: line.silence(now) for name, line in lines.items() if line.overdue(now)}
        self.silent = frozenset(silent)
        if self._isolated(now):
            return
        if silent or not self._calm:
            # Also of one that was being opened while the city was read anew.
            self._leave_strangers()
            answers = Answers(
                silent=silent,
                answered={name: line.answered for name, line in lines.items()},
                lost={name: line.lost_before for name, line in lines.items()},
            )
            result = decide(tuple(self.nodes.values()), self.seats, answers, now, self._lasting_seconds)
            self.seats = dict(result.seats)
            self.flaps.update(result.flapped)
            self.incidents.ask_ahead(self._suspects(now))
            await self.incidents.follow(self.nodes, self.seats, Moment(now, self.clocks.wall(), self._watched_since))
            self._covered = self._under_outage()
            blind = now < self._blind_until
            for name, line in lines.items():
                line.covered = blind or name in self._covered
            self._calm = not (blind or self.journal.open() or any(map(_unsettled, self.seats.values())))
        self.judged_at = self.clocks.wall()

    def find_ill(self) -> None:
        """Look where loss and delay begin and where large packets end; a job."""
        now = self.clocks.steady()
        nodes = tuple(self.nodes.values())
        words = {name: line.swallows_large(now) for name, line in self.requests.lines.items()}
        swallowed = {name: word for name, word in words.items() if word is not None}
        self.large_ends = where_large_packets_end(nodes, swallowed)
        tallies = {name: Tally(*line.windows[ILL_WINDOW].counted(now)) for name, line in self.requests.lines.items()}
        self.ill = follow(self.ill, where_loss_begins(nodes, tallies), self.clocks.wall())
        self.delays = where_delay_begins(nodes, self._trips(now))

    def _trips(self, now: float) -> Mapping[str, Trips]:
        trips = {}
        for name, line in self.requests.lines.items():
            answered, within = line.windows[ILL_WINDOW].answered_within((LOWER_SHARE, UPPER_SHARE), now)
            if within:
                trips[name] = Trips(answered, *within)
        return trips

    def _isolated(self, now: float) -> bool:
        """Whether this host itself is cut off: then nothing is decided, and everybody is counted anew afterwards."""
        root = next(iter(self.nodes.values()))
        before, self.isolated = self.isolated, False
        if root.name in self.silent and root.address is not None:
            with self.incidents.faults.noted():
                self.isolated = self._cut_off(root.address)
        if self.isolated:
            self._blind_until, self._calm = now + WAIT_SECONDS, False
            for line in self.requests.lines.values():
                line.covered = True
            self.judged_at = self.clocks.wall()
        elif before:
            anew = now + ISOLATION_SECONDS
            self.seats = {name: replace(seat, counted_from=anew) for name, seat in self.seats.items()}
        return self.isolated

    def _suspects(self, now: float) -> list[Node]:
        """Branches that may soon be roots: silent for a while, not behind another silent one, and not open."""
        return [
            node
            for name, node in self.nodes.items()
            if (seat := self.seats[name]).since is not None
            and not seat.open
            and now - seat.since > ASK_AHEAD_SECONDS
            and (node.parent is None or self.seats[node.parent].since is None)
        ]

    def _under_outage(self) -> set[str]:
        """Nodes in an outage: their root is down, or came back so lately that requests of the outage are still out."""
        now = self.clocks.wall()
        roots = {o.root for o in self.journal.open() if o.back_at is None or now - o.back_at <= WAIT_SECONDS}
        covered: set[str] = set()
        for name, node in self.nodes.items():
            if name in roots or node.parent in covered:
                covered.add(name)
        return covered


def _unsettled(seat: Seat) -> bool:
    return seat.open or seat.since is not None or seat.passing_since is None


def _ever(line: Line) -> bool:
    """True for a line that answered once: one that never did is asked no more than regularly."""
    return line.round_trip is not None
