"""The office's calendar: working hours, rest, Ramadan, holidays. Pure; holidays come in as data.

Hours are those of Perpres 21/2023 by default: 37.5 hours a week, 32.5 in Ramadan. Times come in and go out as aware
UTC; the office's zone is used only inside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from request_tracker.errors import TrackerError

Span = tuple[time, time]
# Perpres 21/2023: 37.5 hours without the rest, 32.5 in Ramadan; on Fridays the rest is longer, for the prayer.
_MON_THU = ((time(7, 30), time(12)), (time(13), time(16)))
_FRIDAY = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
_RAMADAN_MON_THU = ((time(8), time(12)), (time(12, 30), time(15)))
_RAMADAN_FRIDAY = ((time(8), time(11, 30)), (time(12, 30), time(15, 30)))
# Indonesia's three zones (Keppres 41/1987) by their names in the IANA database.
_ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
MAX_DAYS = 3660  # Ten years: a calendar without a working day ends a search with an error, not never.


def zone_name(zone: ZoneInfo) -> str:
    """``WIB``, ``WITA``, ``WIT``; a zone elsewhere by its name in the IANA database."""
    return _ZONE_NAMES.get(zone.key, zone.key)


@dataclass(frozen=True)
class Hours:
    """Working spans of Monday to Thursday and of Friday."""

    weekday: tuple[Span, ...]
    friday: tuple[Span, ...]


NORMAL = Hours(_MON_THU, _FRIDAY)
RAMADAN = Hours(_RAMADAN_MON_THU, _RAMADAN_FRIDAY)


@dataclass(frozen=True)
class Calendar:
    """``closed`` maps a day to why it is closed; ``ramadan`` holds (first, last) days; ``version`` names the data."""

    zone: ZoneInfo
    closed: Mapping[date, str] = field(default_factory=dict)
    ramadan: tuple[tuple[date, date], ...] = ()
    normal: Hours = NORMAL
    fasting: Hours = RAMADAN
    version: str = "1"
    # Every clock of every open step asks for the same few days: their moments are made once.
    _moments: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working spans of a day, empty where the office is closed."""
        # Monday is 0: 4 is Friday, 5 and 6 are the weekend.
        if day.weekday() >= 5 or day in self.closed:
            return ()
        hours = self.fasting if any(first <= day <= last for first, last in self.ramadan) else self.normal
        return hours.friday if day.weekday() == 4 else hours.weekday

    def local(self, moment: datetime) -> datetime:
        """The moment in the office's zone."""
        return moment.astimezone(self.zone)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments; zero where the end is not later."""
        total = timedelta()
        for opens, closes in self._spans_from(start):
            # The spans ascend: nothing after this one can count.
            if opens >= end:
                return total
            total += max(timedelta(), min(closes, end) - max(opens, start))
        return total

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The moment at which ``amount`` of working time has passed since ``start``."""
        left = amount
        for opens, closes in self._spans_from(start):
            begin = max(opens, start)
            # "begin < closes": a start behind this span leaves nothing of it, also where nothing is left to count.
            if closes - begin >= left and begin < closes:
                return begin + left
            left -= max(timedelta(), closes - begin)
        raise TrackerError("the calendar has no working time in ten years; look at its holidays")

    def close_of_day(self, start: datetime, days: int) -> datetime:
        """Close of business of the n-th working day after the day of ``start``, which is not counted."""
        day = self.local(start).date()
        counted = 0
        for _ in range(MAX_DAYS):
            day += timedelta(days=1)
            spans = self.spans(day)
            counted += bool(spans)
            if counted == days and spans:
                return self._moment(day, spans[-1][1])
        raise TrackerError("the calendar has no working days in ten years; look at its holidays")

    def working_days(self, start: datetime, end: datetime) -> int:
        """How many working days have begun after the day of ``start``, up to that of ``end``."""
        first, last = self.local(start).date(), self.local(end).date()
        days = (first + timedelta(days=count) for count in range(1, (last - first).days + 1))
        return sum(bool(self.spans(day)) for day in days)

    def _spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = self.local(start).date()
        for offset in range(MAX_DAYS):
            yield from self._moments_of(day + timedelta(days=offset))

    def _moments_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """When the office opens and closes on that day."""
        moments = self._moments.get(day)
        if moments is None:
            if len(self._moments) >= MAX_DAYS:
                self._moments.clear()
            moments = tuple((self._moment(day, opens), self._moment(day, closes)) for opens, closes in self.spans(day))
            self._moments[day] = moments
        return moments

    def _moment(self, day: date, clock: time) -> datetime:
        # Combined in the zone and then moved: Indonesia has no summer time, but another zone's days may have 23 hours.
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def national_holidays(years: range) -> dict[date, str]:
    """Public holidays and collective leave of Indonesia with their Indonesian names, from the ``holidays`` package."""
    # "government" has the collective leave (cuti bersama), which closes offices as a holiday does.
    days = holidays.country_holidays("ID", years=years, categories=("public", "government"), language="id")
    return {day: str(name) for day, name in sorted(days.items())}
