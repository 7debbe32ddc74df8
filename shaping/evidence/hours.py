"""The hour under way: verdicts on windows in, what an hour's line says out. Pure, but for its state.

The evidence's time never goes back. A clock that was set back counts on in the hour that is open, and in the one after
it once an hour has gone by on a clock that only goes on; so no hour has two lines, and nothing that was counted is
lost. Such a line says how far the clock stood behind (``clock_behind_seconds``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shaping.delivery import Verdict, WindowVerdict
from shaping.evidence.lines import FIRST_COUNT, HOUR, VERDICTS, check_rows, hour_of, moment, stamp
from shaping.ledger import Revision

# Of one queue in one hour so many are written with their figures, the others only counted: a queue that misses all its
# 240 windows needs no more to be believed, and a file stays below 4 MB for each office and quarter.
MOST_FIGURES = 10

# Whose counts: OPD, direction, the ledger's revision, the uplink whose fallback was in force, the guarantee.
RowKey = tuple[str, str, int, str, int]


@dataclass
class EvidenceHour:
    """What is counted of an hour; ``begin`` and ``end`` are the first and the last moment at which the agent ran."""

    hour: datetime
    begin: datetime
    end: datetime
    counts: dict[RowKey, Counter[str]] = field(default_factory=dict)
    missed: list[list[Any]] = field(default_factory=list)
    clock_behind: timedelta = timedelta()

    @property
    def body(self) -> dict[str, Any]:
        """What its line says."""
        rows = [[*key, *(counts[verdict] for verdict in VERDICTS)] for key, counts in sorted(self.counts.items())]
        behind = {"clock_behind_seconds": int(self.clock_behind.total_seconds())} if self.clock_behind else {}
        times = {"hour": stamp(self.hour), "begin": stamp(self.begin), "end": stamp(self.end)}
        return {"kind": "hour", **times, "offices": rows, "missed": self.missed, **behind}

    def merge(self, other: "EvidenceHour") -> None:
        """What another process counted of the same hour before it ended."""
        self.begin, self.end = min(self.begin, other.begin), max(self.end, other.end)
        for key, counts in other.counts.items():
            self.counts.setdefault(key, Counter()).update(counts)
        self.missed = other.missed + self.missed
        self.clock_behind = max(self.clock_behind, other.clock_behind)


def hour_from(body: Mapping[str, Any]) -> EvidenceHour:
    """What was saved of an hour. Raises ValueError where it is not one."""
    try:
        hour = EvidenceHour(moment(body["hour"]), moment(body["begin"]), moment(body["end"]))
        for row in check_rows(body):
            key = (str(row[0]), str(row[1]), int(row[2]), str(row[3]), int(row[4]))
            hour.counts[key] = Counter(dict(zip(VERDICTS, row[FIRST_COUNT:], strict=True)))
        hour.missed = body["missed"]
        hour.clock_behind = timedelta(seconds=int(body.get("clock_behind_seconds", 0)))
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"not an hour of the evidence: {error!r}") from error
    return hour


@dataclass
class EvidenceHours:
    """The open hour and those that are over and not written yet. ``last``: the last hour that has a line."""

    zone: ZoneInfo
    last: datetime | None = None
    open: EvidenceHour | None = None
    over: list[EvidenceHour] = field(default_factory=list)
    _opened_at: float = 0.0

    def turn(self, now: datetime, steady: float) -> EvidenceHour:
        """The hour to count in now; ``steady`` are seconds of a clock that only goes on."""
        hour = hour_of(now, self.zone)
        if self.open is None:
            return self._begin(now, steady)
        waits = steady - self._opened_at < HOUR.total_seconds()
        if hour == self.open.hour or (hour < self.open.hour and waits):
            self.open.end = max(self.open.end, min(now, self.open.hour + HOUR))
            self.open.clock_behind = max(self.open.clock_behind, self.open.hour - now, timedelta())
            return self.open
        self.over.append(self.open)
        self.last = self.open.hour
        return self._begin(now, steady)

    def _begin(self, now: datetime, steady: float) -> EvidenceHour:
        hour = hour_of(now, self.zone)
        if self.last is not None and hour <= self.last:
            hour = self.last + HOUR
        begin = max(hour, now)
        self.open, self._opened_at = EvidenceHour(hour, begin, begin, clock_behind=max(hour - now, timedelta())), steady
        return self.open

    def resume(self, last: datetime | None, saved: EvidenceHour | None) -> None:
        """Go on behind the last line on the disk, with what the process before had counted since."""
        if saved is not None and (last is None or saved.hour > last):
            if self.open is None or saved.hour < self.open.hour:
                self.over.insert(0, saved)
                last = saved.hour
            else:
                self._move(self.open, saved.hour)
                self.open.merge(saved)
        if last is not None and self.open is not None:
            self._move(self.open, max(self.open.hour, last + HOUR))
        self.last = last

    def _move(self, open: EvidenceHour, hour: datetime) -> None:
        """Of the clock it is an earlier hour than it can be written as."""
        if hour > open.hour:
            open.clock_behind = max(open.clock_behind, hour - open.hour)
            open.hour = open.begin = open.end = hour

    def count(self, windows: Iterable[WindowVerdict], revision: Revision, now: datetime, steady: float) -> None:
        """Verdicts on windows that are over now."""
        hour = self.turn(now, steady)
        for window in windows:
            opd, direction = window.key
            guaranteed = window.queue.guaranteed_bytes_per_second
            key = (opd, str(direction), revision.number, revision.fallback, guaranteed)
            hour.counts.setdefault(key, Counter())[str(window.verdict)] += 1
            if window.verdict is Verdict.MISSED and hour.counts[key][Verdict.MISSED] <= MOST_FIGURES:
                began = now - timedelta(seconds=steady - window.ended + window.tally.seconds)
                hour.missed.append(_figures(window, revision, began))


def _figures(window: WindowVerdict, revision: Revision, began: datetime) -> list[Any]:
    """Of the windows that were judged together: this, and those right before it of which nobody could say it."""
    tally = window.tally
    demand = tally.watched * tally.waiting / tally.samples
    rates = round(tally.bytes / tally.seconds), window.queue.guaranteed_bytes_per_second
    return [*window.key, revision.number, stamp(began), round(tally.seconds, 1), round(demand, 1), *rates]
