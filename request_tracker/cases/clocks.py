"""The clocks of a case: events, SOP, calendar and a moment in; gross, net, pauses, time left and the deadline out.

One pure function, ``running`` (the SOPs' *berjalan*); nothing is ever accumulated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.course import promised_time
from request_tracker.cases.model import EMPTY, Event
from request_tracker.sop.clocks import counts_by, deadline, passed
from request_tracker.sop.model import Duration, Sop
from request_tracker.sop.promises import promise_end

ZERO = timedelta()
# Between an end and a reopening; no reason of a pause of the SOPs' has this name.
CLOSED = "ditutup"
_LEAVES = frozenset({"step_completed", "returned"})
Span = tuple[datetime, datetime]
Pauses = list[tuple[str, Span]]


@dataclass(frozen=True)
class Clock:
    """Times on the clock's own calendar. ``left`` is negative when late; None where nothing is promised.

    ``working``: these are hours of work, not of the clock on the wall.
    """

    working: bool
    gross: timedelta
    net: timedelta
    paused: Mapping[str, timedelta]
    due_at: datetime | None
    left: timedelta | None

    @property
    def late(self) -> bool:
        """True where the deadline has passed (or was missed)."""
        return self.left is not None and self.left < ZERO


@dataclass(frozen=True)
class StepClock:
    """One visit of a step."""

    step: str
    round: int
    begun_at: datetime
    ended_at: datetime | None
    clock: Clock


@dataclass(frozen=True)
class Running:
    """The service clock and one clock for each visit of a step, in order."""

    service: Clock
    steps: tuple[StepClock, ...]


def running(events: Iterable[Event], sop: Sop, calendar: Calendar, now: datetime) -> Running:
    """Every clock of the case as of ``now``; nothing has run where the machine's clock stands before the opening."""
    first, *later = events
    now = max(now, first.occurred_at)
    # Asked as of an earlier moment: what came after it has not happened yet.
    history = [first, *(event for event in later if event.occurred_at <= now)]
    last = next((event for event in reversed(history) if event.kind in ("ended", "reopened")), None)
    ended = last.occurred_at if last is not None and last.kind == "ended" else None
    pauses = _pauses(history, ended or now)
    timing = _Timing(sop.promise.calendar, calendar, pauses)
    promise = promised_time(sop, history[0].data.get("form", EMPTY))
    counting = counts_by(promise, sop.promise.calendar)
    begun = history[0].occurred_at
    spans = [span for _, span in pauses if span[0] < (ended or now)]
    due_at = promise_end(sop, promise, begun, calendar, spans) if promise else None
    service = timing.clock(begun, ended or now, due_at, counting)
    return Running(service, tuple(_steps(history, sop, timing, now)))


def _steps(history: list[Event], sop: Sop, timing: "_Timing", now: datetime) -> Iterable[StepClock]:
    for index, event in enumerate(history):
        if event.kind != "step_entered":
            continue
        step = sop.step(str(event.step))
        moved = _moved_after(history[index:], step.id)
        # The first leaving after this entry: a step that was entered again has one clock for each visit.
        left = next((e.occurred_at for e in history[index:] if _leaves(e, step.id)), None)
        time = step.time.maximum if step.time else None
        if moved is not None:
            maximum = moved.data["times"][step.id]
            time = Duration.parse(maximum) if maximum else None
        counting = counts_by(time, timing.kind)
        due_at = timing.due(event.occurred_at, left or now, time)
        clock = timing.clock(event.occurred_at, left or now, due_at, counting)
        yield StepClock(step.id, event.round, event.occurred_at, left, clock)


def _leaves(event: Event, step: str) -> bool:
    """True where a visit of the step is over with this event: it was left, or the whole case ended."""
    return event.kind == "ended" or (event.step == step and event.kind in _LEAVES)


def _moved_after(history: list[Event], step: str) -> Event | None:
    """The move to another revision that came after this visit had ended: its times are those of the visit."""
    ended = next((n for n, e in enumerate(history) if e.step == step and e.kind in _LEAVES), len(history))
    return next((e for e in history[ended:] if e.kind == "revision_moved"), None)


@dataclass(frozen=True)
class _Timing:
    kind: str
    calendar: Calendar
    pauses: Pauses

    def due(self, begun: datetime, end: datetime, time: Duration | None) -> datetime | None:
        """When a step's time is over, moved on by the pauses of its visit."""
        spans = [span for _, span in self._within(begun, end)]
        return deadline(begun, time, self.kind, self.calendar, spans) if time else None

    def clock(self, begun: datetime, end: datetime, due_at: datetime | None, counting: str) -> Clock:
        """The clock of one span of a case."""
        mine = self._within(begun, end)
        by_reason: dict[str, timedelta] = {}
        for reason, span in mine:
            by_reason[reason] = by_reason.get(reason, ZERO) + passed(*span, counting, self.calendar)
        gross = passed(begun, end, counting, self.calendar)
        net = gross - sum(by_reason.values(), ZERO)
        if due_at is None:
            return Clock(counting == "kerja", gross, net, by_reason, None, None)
        return Clock(counting == "kerja", gross, net, by_reason, due_at, self._left(end, due_at, counting))

    def _within(self, begun: datetime, end: datetime) -> Pauses:
        # Each pause cut to the span: one that began before the step was entered counts from there on.
        return [
            (reason, (max(first, begun), min(last, end)))
            for reason, (first, last) in self.pauses
            if first < end and last > begun
        ]

    def _left(self, end: datetime, due_at: datetime, counting: str) -> timedelta:
        """What is left; late by a night counts no working time, yet late it is."""
        if end <= due_at:
            return passed(end, due_at, counting, self.calendar)
        # Zero would read as "in time"; the smallest step of a timedelta says late and changes no printed figure.
        return min(-passed(due_at, end, counting, self.calendar), -timedelta(microseconds=1))


def _pauses(history: list[Event], end: datetime) -> Pauses:
    """Every pause, and every time between an end and a reopening; what still lasts goes to ``end``."""
    pauses: Pauses = []
    open_: tuple[str, datetime] | None = None
    for event in history:
        if event.kind == "ended" and open_:
            pauses.append((open_[0], (open_[1], event.occurred_at)))
        if event.kind == "paused":
            open_ = (str(event.data["reason"]), event.occurred_at)
        elif event.kind == "ended":
            open_ = (CLOSED, event.occurred_at)
        elif event.kind in ("resumed", "reopened") and open_:
            pauses.append((open_[0], (open_[1], event.occurred_at)))
            open_ = None
    return [*pauses, (open_[0], (open_[1], end))] if open_ else pauses
