"""The outages of a period: tickets in, minutes, office-minutes and causes out. Reads only.

An office that two outages cut off at once was off once: the minutes are the earlier outage's. Announced work counts
apart and is in none of the other figures.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from request_tracker.cases.context import Desk
from request_tracker.cases.endings import counts
from request_tracker.store.database import Row

Span = tuple[float, float]
# An outage that came back counts with the minutes of its interruptions, not with those between them.
OUTAGES = (
    "SELECT t.number, t.root, t.offices, t.started_at, t.planned, t.found_cause, c.ending,"
    " min(t.ended_at, t.started_at + coalesce(t.down_seconds, 9e17)) AS ended_at"
    " FROM tickets t LEFT JOIN cases c ON c.number = t.number"
    " WHERE t.started_at < ? AND (t.ended_at IS NULL OR t.ended_at > ?) ORDER BY t.started_at, t.number"
)


@dataclass(frozen=True, kw_only=True)
class OutageFigure:
    """One outage within the period; seconds without announced work, which stands in ``planned``.

    ``begun_at`` and ``ended_at`` are in the office's zone. ``cause``: as the technician found it, None until he has
    said it; ``lost``: seconds by office.
    """

    number: str
    root: str
    cause: str | None
    begun: float
    ended: float | None
    begun_at: datetime
    ended_at: datetime | None
    seconds: float
    planned: float
    lost: Mapping[str, float]

    @property
    def office_seconds(self) -> float:
        """What the offices lost together."""
        return sum(self.lost.values())


@dataclass(frozen=True)
class CauseFigure:
    """One cause: outages, minutes, and minutes that offices lost."""

    cause: str | None
    outages: int
    minutes: int
    office_minutes: int


@dataclass(frozen=True)
class OutageCounts:
    """Every outage that touched the period, the oldest first."""

    outages: tuple[OutageFigure, ...]

    @property
    def minutes(self) -> int:
        """All minutes of outages, without announced work."""
        return round(sum(outage.seconds for outage in self.outages) / 60)

    @property
    def planned_minutes(self) -> int:
        """Minutes that announced work explains."""
        return round(sum(outage.planned for outage in self.outages) / 60)

    @property
    def office_minutes(self) -> int:
        """Minutes that offices were cut off, summed over the offices."""
        return round(sum(outage.office_seconds for outage in self.outages) / 60)

    def by_cause(self, order: Iterable[str]) -> tuple[CauseFigure, ...]:
        """Every cause that there was, in this order, and last those of which nobody has said it."""
        groups: dict[str | None, list[OutageFigure]] = defaultdict(list)
        for outage in self.outages:
            groups[outage.cause].append(outage)
        return tuple(
            CauseFigure(
                cause,
                len(groups[cause]),
                round(sum(outage.seconds for outage in groups[cause]) / 60),
                round(sum(outage.office_seconds for outage in groups[cause]) / 60),
            )
            for cause in (*order, None)
            if cause in groups
        )

    def by_office(self) -> dict[str, float]:
        """Seconds that each office was cut off."""
        lost: dict[str, float] = defaultdict(float)
        for outage in self.outages:
            for opd, seconds in outage.lost.items():
                lost[opd] += seconds
        return dict(lost)

    def of_root(self, root: str) -> "OutageCounts":
        """Those of one line alone."""
        return OutageCounts(tuple(outage for outage in self.outages if outage.root == root))

    def of_office(self, opd: str) -> "OutageCounts":
        """Those that cut off one office, with what it lost by them."""
        return OutageCounts(tuple(outage for outage in self.outages if opd in outage.lost))


def count_outages(desk: Desk, begin: datetime, end: datetime, now: datetime) -> OutageCounts:
    """Every outage that touched the period, cut to it."""
    first, last = begin.timestamp(), min(end, now).timestamp()
    reached: dict[str, float] = {}
    figures = []
    for row in desk.store.rows(OUTAGES, [last, first]):
        since, until = max(row["started_at"], first), min(row["ended_at"] or last, last)
        # A ticket whose case never was one is no outage.
        if until > since and counts(row["ending"]):
            figures.append(_figure(desk, row, (since, until), reached))
    return OutageCounts(tuple(figures))


def _figure(desk: Desk, row: Row, span: Span, reached: dict[str, float]) -> OutageFigure:
    spans = without([span], json.loads(row["planned"] or "[]"))
    seconds = sum(until - since for since, until in spans)
    planned = span[1] - span[0] - seconds
    lost = {}
    for opd in json.loads(row["offices"]):
        before = reached.get(opd, 0.0)
        lost[opd] = sum(max(0.0, until - max(since, before)) for since, until in spans)
        reached[opd] = max(before, *(until for _, until in spans), 0.0)
    return OutageFigure(
        number=row["number"],
        root=row["root"],
        cause=row["found_cause"],
        begun=row["started_at"],
        ended=row["ended_at"],
        begun_at=_local(desk, row["started_at"]),
        ended_at=None if row["ended_at"] is None else _local(desk, row["ended_at"]),
        seconds=seconds,
        planned=planned,
        lost=lost,
    )


def _local(desk: Desk, at: float) -> datetime:
    # To the second and without its zone, as a spreadsheet's cell has it.
    return desk.calendar.local(datetime.fromtimestamp(round(at), UTC)).replace(tzinfo=None)


def without(spans: Sequence[Span], away: Iterable[Sequence[float]]) -> list[Span]:
    """What is left of spans once others are taken away."""
    left = list(spans)
    for begin, end in away:
        left = [
            part
            for since, until in left
            for part in ((since, min(until, begin)), (max(since, end), until))
            if part[1] > part[0]
        ]
    return left
