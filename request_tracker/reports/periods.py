"""The stretches of time that a report speaks of: a quarter or a month of the office, by its days. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from request_tracker.errors import TrackerError
from request_tracker.words.written import FIRST_DAY, LAST_DAY

_MONTHS = 3  # Of a quarter.
_YEAR = 12


@dataclass(frozen=True)
class Period:
    """Whole months; ``until`` is the first day that no longer belongs."""

    name: str
    since: date
    until: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its begin and its end in the office's zone, as moments of UTC."""
        begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (self.since, self.until))
        return begin.astimezone(UTC), end.astimezone(UTC)


def quarter(text: str) -> Period:
    """A quarter written as 2026Q3 or 2026-Q3. Raises TrackerError."""
    match = re.fullmatch(r"(\d{4})-?Q([1-4])", text)
    if not match or not FIRST_DAY.year <= int(match[1]) <= LAST_DAY.year:
        raise TrackerError(f"{text!r} is no quarter; write for example 2026-Q3")
    year, number = int(match[1]), int(match[2])
    return _months(f"{year}-Q{number}", year, (number - 1) * _MONTHS + 1, _MONTHS)


def month(text: str) -> Period:
    """A month written as 2026-09. Raises TrackerError."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if not match or not FIRST_DAY.year <= int(match[1]) <= LAST_DAY.year:
        raise TrackerError(f"{text!r} is no month; write for example 2026-09")
    return _months(text, int(match[1]), int(match[2]), 1)


def _months(name: str, year: int, first: int, count: int) -> Period:
    after = first + count
    until = date(year + 1, after - _YEAR, 1) if after > _YEAR else date(year, after, 1)
    return Period(name, date(year, first, 1), until)
