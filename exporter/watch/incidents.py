"""From decided roots to outages: seats in; the journal written, Alertmanager told, the cause found out - in this order.

What is to be opened and closed is what the journal does not say yet: an outage that could not be written or told
because something unexpected failed is tried again at the next look, and the others are not held up.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, repeat

from exporter.watch.cause import Causes
from exporter.watch.decide import Node, Seat
from exporter.watch.journal import Journal
from exporter.watch.outages import Outage
from exporter.watch.recurrence import RecurrenceTimes, fallen, is_over
from exporter.watch.sender import Sender
from runtime.jobs import Faults

log = logging.getLogger(__name__)
# The cause is asked for as soon as a branch is silent for half of what a flap may last, so that a page has it in time.
ASK_AHEAD_SECONDS = 1.0
# A page is never later than this for the sake of its cause; _refine says the cause afterwards.
CAUSE_PATIENCE_SECONDS = 0.05
# Twice the three seconds for which net-snmp answers from its cache; then, where nobody could say, later and each
# minute: what answers SNMP again during a long outage knows its cause.
REFINE_SECONDS = (6.0, 24.0, 60.0)
# When a device that is back is asked since when it runs: its agent may start long after its ports.
BOOT_ASKED_SECONDS = (6.0, 30.0, 120.0)
# A device's own clock of seconds since its start is rounded and read late; a boot longer before is none of this outage.
_BOOT_SLACK_SECONDS = 5.0


@dataclass(frozen=True)
class Moment:
    """One moment on both clocks: the steady one, by which is decided, and Unix seconds, by which people are told.

    ``watched_since`` is the steady moment since when the watch has looked without a gap.
    """

    steady: float
    wall: float
    watched_since: float

    def wall_of(self, steady: float) -> float:
        """Another moment of the steady clock as it is told."""
        return round(self.wall - (self.steady - steady), 3)

    def watched_for(self) -> float:
        """Seconds without a gap; not as it is told, for what is rounded may lie ahead of now."""
        return self.steady - self.watched_since


class Incidents:
    """Opens and ends outages. ``refining`` holds what failed while causes were asked for, ``faults`` all else."""

    def __init__(self, journal: Journal, sender: Sender, causes: Causes, times: RecurrenceTimes) -> None:
        self.journal, self.sender, self.causes, self._times = journal, sender, causes, times
        self.faults, self.refining = Faults(), Faults()
        self._asked: dict[str, asyncio.Task[str | None]] = {}
        self._refining: set[asyncio.Task[None]] = set()

    def ask_ahead(self, nodes: Iterable[Node]) -> None:
        """Begin to ask for the causes of what may soon be roots; forget those of branches that answer again."""
        wanted = {node.name: node for node in nodes if node.interface}
        for name in self._asked.keys() - wanted.keys():
            self._asked.pop(name).cancel()
        for name in wanted.keys() - self._asked.keys():
            self._asked[name] = self._asking(wanted[name])

    async def follow(self, nodes: Mapping[str, Node], seats: Mapping[str, Seat], now: Moment) -> None:
        """Make the journal agree with the seats."""
        roots = set()
        for outage in self.journal.open():
            roots.add(outage.root)
            with self.faults.noted():
                if self._follow(outage, seats.get(outage.root, Seat()), now):
                    self._ask_later(self._conclude(nodes[outage.root], outage.identity))
        # By state and not by what was decided now: what failed at the last look is still to be opened.
        opened = [name for name, seat in seats.items() if seat.open and name not in roots]
        if opened:
            await asyncio.gather(*(self._begin(nodes[name], now.wall_of(_fell(seats[name], now))) for name in opened))
            self.sender.tell()

    def close(self, outage: Outage, at: float) -> None:
        """An outage is over."""
        final = outage.ended(round(at, 3))
        self.journal.write(final)
        log.warning("event=outage_ended root=%s kind=%s cause=%s", *_log_fields(final))
        self.sender.tell(final)

    def _follow(self, outage: Outage, seat: Seat, now: Moment) -> bool:
        """What the seat says of an outage that lasts: it came back (then True), fell again, or is over."""
        came_back = False
        if seat.open:
            if outage.back_at is not None:
                self._again(outage.again(max(outage.back_at, now.wall_of(_fell(seat, now)))))
        elif seat.since is None and seat.passing_since is not None:
            came_back = outage.back_at is None
            if came_back:
                outage = outage.back(now.wall_of(seat.passing_since))
                self.journal.write(outage)
            if is_over(outage, now.wall, now.wall - now.watched_for(), self._times):
                self.close(outage, now.wall)
        return came_back

    def _again(self, outage: Outage) -> None:
        self.journal.write(outage)
        log.warning(
            "event=outage_again root=%s kind=%s cause=%s interruptions=%d", *_log_fields(outage), outage.interruptions
        )
        self.sender.tell()

    async def _begin(self, node: Node, since: float) -> None:
        with self.faults.noted():
            await self._open(node, since)

    async def _open(self, node: Node, since: float) -> None:
        cause = await self._cause(node)
        outage = fallen(node, since, cause or "unreachable", self.journal.last_of(node.name), self._times)
        # On disk before it is sent: after a crash in between the outage is told late, never forgotten.
        self.journal.write(outage)
        log.warning("event=outage_begun root=%s kind=%s cause=%s offices=%d", *_log_fields(outage), len(outage.opds))
        if cause is None:
            self._ask_later(self._refine(node, outage.identity))

    def _ask_later(self, question: Coroutine[None, None, None]) -> None:
        # Needs no supervisor: what it raises is noted in ``refining``, and a job tells it.
        task = asyncio.create_task(question)
        self._refining.add(task)
        task.add_done_callback(self._refining.discard)

    def _asking(self, node: Node) -> "asyncio.Task[str | None]":
        # Needs no supervisor: whoever opens the outage awaits it, and what it raises is noted there.
        task = asyncio.create_task(self.causes.ask(node, believe_up=False))
        task.add_done_callback(_looked_at)
        return task

    async def _cause(self, node: Node) -> str | None:
        """What was asked ahead, or is asked now; None where the answer is late."""
        task = self._asked.pop(node.name, None) or self._asking(node)
        with suppress(TimeoutError):
            return await asyncio.wait_for(task, CAUSE_PATIENCE_SECONDS)
        return None

    async def _refine(self, node: Node, identity: str) -> None:
        """Say the cause once somebody knows it, as long as the outage lasts; the alert stays the same alert."""
        for seconds in chain(REFINE_SECONDS, repeat(REFINE_SECONDS[-1])):
            await asyncio.sleep(seconds)
            with self.refining.noted():
                cause = await self.causes.ask(node, believe_up=True)
                present = self.journal.outages.get(identity)
                if present is None or present.back_at is not None:
                    return
                if cause is not None:
                    self._say_cause(present, cause)
                    return

    async def _conclude(self, node: Node, identity: str) -> None:
        """A device that was started during its outage was what was down, whatever its cable looked like."""
        if not node.far:
            return
        with self.refining.noted():
            waited = 0.0
            for seconds in BOOT_ASKED_SECONDS:
                await asyncio.sleep(seconds - waited)
                waited, booted_at = seconds, await self.causes.booted_at(node.far)
                present = self.journal.outages.get(identity)
                if booted_at is not None and present is not None:
                    if booted_at >= present.started_at - _BOOT_SLACK_SECONDS:
                        self._say_cause(present, "device_down")
                    return

    def _say_cause(self, outage: Outage, cause: str) -> None:
        if outage.cause != cause:
            self.journal.write(replace(outage, cause=cause))
            self.sender.tell()


def _looked_at(task: "asyncio.Task[str | None]") -> None:
    """What a task raised that nobody awaits is no line of the loop's log."""
    if not task.cancelled():
        task.exception()


def _log_fields(outage: Outage) -> tuple[str, str, str]:
    return outage.root, outage.kind, outage.cause


def _fell(seat: Seat, now: Moment) -> float:
    return now.steady if seat.since is None else seat.since
