"""The watch at work: rounds of probes in, outages opened and closed out - journal first, then Alertmanager.

A round asks everybody, asks those about to be an outage a second time, and judges. What it judges is decided by
``decide``; this module holds the clock and the consequences.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from exporter.watch.cause import Causes
from exporter.watch.decide import Node, Seat, decide
from exporter.watch.journal import Journal
from exporter.watch.outages import Outage, begun
from exporter.watch.probing import Prober
from exporter.watch.sender import Sender
from runtime.jobs import Faults

log = logging.getLogger(__name__)
# Shares of a round's interval: the doubtful are asked again halfway, and judged before the next round begins.
SECOND_ASK, JUDGE = 0.45, 0.9
# A page is never later than this for the sake of its cause; _refine says the cause afterwards.
CAUSE_PATIENCE_SECONDS = 0.3
# Twice the three seconds for which net-snmp answers from its cache.
REFINE_SECONDS = 6.0
# Half of the 16 bits of ICMP: at two sends a second no sequence returns within hours.
_SEQUENCES = 0x8000


@dataclass(frozen=True, kw_only=True)
class Instruments:
    """What a watch works with: it asks by the prober and for causes, writes into the journal, tells by the sender."""

    prober: Prober
    journal: Journal
    sender: Sender
    causes: Causes


class Watch:
    """The state of the watch. ``turn`` is one round, a job; ``hurry`` begins the next at once by ``wake``.

    ``refining`` holds what failed while causes were asked for afterwards.
    """

    def __init__(self, nodes: Sequence[Node], instruments: Instruments, need: int) -> None:
        self.nodes = {node.name: node for node in nodes}
        self.prober, self.journal = instruments.prober, instruments.journal
        self.sender, self.causes = instruments.sender, instruments.causes
        self._need = need
        self.seats: dict[str, Seat] = {}
        self.reachable: dict[str, bool] = {}
        self.round_trips: dict[str, float] = {}
        self.lost: Counter[str] = Counter()
        self.flaps: Counter[str] = Counter()
        self.judged_at = 0.0
        self.late = 0
        self._sequence = 0
        self._due: float | None = None
        self._asking = False
        self._faults = Faults()
        self.refining = Faults()
        self.wake: Callable[[], None] = lambda: None
        self._refining: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Go on with the outages of the journal: they stay open until their root answers again."""
        for outage in self.journal.open():
            if outage.root in self.nodes:
                # As if it had just been confirmed: it closes by answers only, and does not open a second time.
                self.seats[outage.root] = Seat(self._need, 0, True, outage.started_at)
            else:
                self._close(outage, time.time())

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
        """Ask everybody once, the doubtful twice, and judge."""
        asked_at = time.time()
        self.prober.begin()
        nodes = [node for node in self.nodes.values() if node.address is not None]
        self._ask(nodes)
        await asyncio.sleep(SECOND_ASK * interval)
        # Only who missed the round before: asking everybody twice would double the load and hide single losses.
        doubtful = [n for n in nodes if self.seats.get(n.name, Seat()).misses and n.address not in self.prober.times]
        self._ask(doubtful)
        await asyncio.sleep((JUDGE - SECOND_ASK) * interval)
        await self.judge(nodes, asked_at)

    async def judge(self, nodes: Sequence[Node], asked_at: float) -> None:
        """Decide this round and act on it.

        What is to be opened and closed is what the journal does not say yet: an outage that could not be written or
        told because something unexpected failed is tried again in the next round, and the others are not held up.
        """
        times = self.prober.times
        answered = {node.name for node in nodes if node.address in times}
        for node in nodes:
            self.reachable[node.name] = node.name in answered
            self.lost[node.name] += node.name not in answered
        self.round_trips |= {n.name: times[n.address] for n in nodes if n.address is not None and n.address in times}
        result = decide(tuple(self.nodes.values()), self.seats, answered, asked_at, self._need)
        self.seats = dict(result.seats)
        self.flaps.update(result.flapped)
        self.judged_at = time.time()
        lasting = self.journal.open()
        for outage in lasting:
            if not self.seats.get(outage.root, Seat()).open:
                with self._faults.noted():
                    self._close(outage, asked_at)
        roots = {outage.root for outage in lasting}
        # By state and not by ``result.opened``: see the docstring, what failed in the last round is still to be opened.
        opened = [name for name, seat in self.seats.items() if seat.open and name not in roots]
        if opened:
            await asyncio.gather(*(self._begin(self.nodes[name]) for name in opened))
            self.sender.tell()
        self._faults.tell()

    def _ask(self, nodes: Sequence[Node]) -> None:
        self._sequence = (self._sequence + 1) % _SEQUENCES
        self.prober.ask([node.address for node in nodes if node.address is not None], self._sequence)

    async def _begin(self, node: Node) -> None:
        with self._faults.noted():
            await self._open(node)

    async def _open(self, node: Node) -> None:
        cause = None
        with suppress(TimeoutError):
            cause = await asyncio.wait_for(self.causes.ask(node, believe_up=False), CAUSE_PATIENCE_SECONDS)
        outage = begun(node, self.seats[node.name].since, cause or "unreachable")
        # On disk before it is sent: after a crash in between the outage is told late, never forgotten.
        self.journal.write(outage)
        log.warning("event=outage_begun root=%s kind=%s cause=%s offices=%d", *_log_fields(outage), len(outage.opds))
        if cause is None and node.interface:
            # Needs no supervisor: what it raises is noted in ``refining``, and a job tells it.
            task = asyncio.create_task(self._refine(outage))
            self._refining.add(task)
            task.add_done_callback(self._refining.discard)

    async def _refine(self, outage: Outage) -> None:
        """Say the cause once the agent had time to notice it; the alert stays the same alert."""
        await asyncio.sleep(REFINE_SECONDS)
        with self.refining.noted():
            cause = await self.causes.ask(self.nodes[outage.root], believe_up=True)
            present = self.journal.outages.get(outage.identity)
            if cause is not None and present is not None and present.ended_at is None:
                self.journal.write(replace(present, cause=cause))
                self.sender.tell()

    def _close(self, outage: Outage, at: float) -> None:
        # A clock set back meanwhile must not make an outage end before it began: Alertmanager refuses such an alert.
        final = outage.ended(round(max(at, outage.started_at), 3))
        self.journal.write(final)
        log.warning("event=outage_ended root=%s kind=%s cause=%s", *_log_fields(final))
        self.sender.tell(final)


def _log_fields(outage: Outage) -> tuple[str, str, str]:
    return outage.root, outage.kind, outage.cause
