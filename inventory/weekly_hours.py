"""Hours of the week in which an office has other rates (schools at night). A plan that was decided, not a timer. Pure.

Each holds its own zone, so that a plan stays what was signed whatever becomes of a setting. Hours that end at or before
their begin go on into the next day and belong to the day on which they began.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEK = 7


@dataclass(frozen=True)
class WeeklyHours:
    """On these days (0 is Monday) from ``begin`` to ``end`` in ``zone``; without a day it is never."""

    days: tuple[int, ...]
    begin: time
    end: time
    zone: str

    def __post_init__(self) -> None:
        if not set(self.days) <= set(range(WEEK)) or self.days != tuple(sorted(set(self.days))):
            raise ValueError(f"days {self.days} are not days of the week from 0 to 6 in their order")

    def covers(self, moment: datetime) -> bool:
        """True within the hours: from their begin on, no longer at their end."""
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        return any(begin <= moment < end for begin, end in map(self._span, (day - timedelta(days=1), day)))

    def boundaries(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every begin and end after ``since`` and before ``until``, in their order."""
        day = since.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        edges: set[datetime] = set()
        while datetime.combine(day, time(), ZoneInfo(self.zone)) < until:
            begin, end = self._span(day)
            edges |= {moment for moment in (begin, end) if begin < end and since < moment < until}
            day += timedelta(days=1)
        yield from sorted(edges)

    def next_boundary(self, moment: datetime) -> datetime | None:
        """The next begin or end; None where there is never one. Each day of the week comes within eight days."""
        return next(self.boundaries(moment, moment + timedelta(days=WEEK + 1)), None)

    def data(self) -> dict[str, Any]:
        """As events, the ledger and its page hold it."""
        return {"days": list(self.days), "begin": f"{self.begin:%H:%M}", "end": f"{self.end:%H:%M}", "zone": self.zone}

    def _span(self, day: date) -> tuple[datetime, datetime]:
        """The hours that begin on that day, in UTC; none are an empty span."""
        zone = ZoneInfo(self.zone)
        begin = datetime.combine(day, self.begin, zone).astimezone(UTC)
        if day.weekday() not in self.days:
            return begin, begin
        over = day if self.end > self.begin else day + timedelta(days=1)
        return begin, datetime.combine(over, self.end, zone).astimezone(UTC)


def hours_of(data: Mapping[str, Any]) -> WeeklyHours:
    """The hours from their data. Raises KeyError, TypeError or ValueError (also for a zone that there is not)."""
    begin, end = (time.fromisoformat(data[key]) for key in ("begin", "end"))
    hours = WeeklyHours(tuple(data["days"]), begin, end, str(data["zone"]))
    ZoneInfo(hours.zone)
    return hours


def never(hours: WeeklyHours) -> WeeklyHours:
    """The same hours on no day: the plan is over."""
    return WeeklyHours((), hours.begin, hours.end, hours.zone)
