"""Availability of an OPD or a line, in its one definition: of the minutes that were measured, those that were up.

A minute is up where anything at or behind the line answered at its begin, down where nothing did, and neither where
nothing was measured. Windows are whole days of the office, so that every paper, page and report of one day says the
same of one office. Days that are over are kept (``uptime_days``); the others are asked for.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from request_tracker.cases import Desk
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.words.bilingual import Both, filled

USUAL_DAYS = 30  # Availability is promised by the month.
# Minutes stand on the minute, in Prometheus' subqueries too. Half a minute before the end of a window is beside all of
# them: releases that count a window's left edge and those that do not count the same minutes.
BESIDE_SECONDS = 30
Query = tuple[str, float]
UNMEASURED = Both("tidak terukur", "not measured")
_SAID = Both("{} (terukur {} waktu)", "{} ({} of the time measured)")
_NOT_YET = Both("belum dapat dinilai (terukur {} waktu)", "cannot be judged yet ({} of the time measured)")


@dataclass(frozen=True)
class Uptime:
    """A window of so many minutes: how many were measured, and how many of these were up."""

    minutes: int = 0
    measured: int = 0
    up: int = 0

    def __add__(self, other: "Uptime") -> "Uptime":
        return Uptime(self.minutes + other.minutes, self.measured + other.measured, self.up + other.up)

    @property
    def share(self) -> float | None:
        """Of the measured minutes those that were up, 0 to 1; None where none was measured."""
        return self.up / self.measured if self.measured else None

    @property
    def measured_share(self) -> float:
        """Of all minutes those that were measured, 0 to 1."""
        return self.measured / self.minutes if self.minutes else 0.0

    @property
    def down(self) -> int:
        """Minutes that were measured and down."""
        return self.measured - self.up

    def judged(self, least: float) -> float | None:
        """The share; None below the least measured share: of too little of the time nothing is said."""
        return self.share if self.measured_share >= least else None


def said(share: float | None, measured: float, least: float) -> Both:
    """An availability as papers and pages say it; ``measured`` and ``least`` are shares of the window."""
    if share is None:
        return UNMEASURED
    part = whole_percent(measured)
    if measured < least:
        return not_yet(measured)
    return filled(_SAID, share_said(share), part)


def not_yet(measured: float) -> Both:
    """That nothing is said of so little: ``measured`` is the share of the window, 0 to 1."""
    return filled(_NOT_YET, whole_percent(measured))


def share_said(share: float) -> Both:
    """``99,98 %``, never rounded up: a line that was down for a minute was not up for 100 %."""
    text = f"{math.floor(share * 10_000 + _FLOAT) / 100:.2f} %"
    return Both(text.replace(".", ","), text)


def whole_percent(share: float) -> Both:
    """``99 %`` of the time measured, never rounded up."""
    if 0 < share < 0.01:
        return Both("kurang dari 1 %", "less than 1 %")
    text = f"{math.floor(share * 100 + _FLOAT)} %"
    return Both(text, text)


_FLOAT = 1e-6  # What a division leaves of a share that is a round one.


def midnight(day: date, zone: ZoneInfo) -> float:
    """The begin of an office's day in Unix seconds."""
    return datetime.combine(day, time(), zone).astimezone(UTC).timestamp()


def minutes_of(day: date, zone: ZoneInfo) -> int:
    """The minutes of a day; where summer time begins or ends it has others."""
    return round((midnight(day + timedelta(days=1), zone) - midnight(day, zone)) / 60)


def of_opd(opd: str) -> str:
    """What an OPD's days are kept under."""
    return f"opd:{opd}"


def of_line(name: str) -> str:
    """What an uplink's days are kept under."""
    return f"line:{name}"


def asked_of_opd(opd: str) -> str:
    """The state of an OPD's line: 1 up, 0 down, nothing where it was not measured."""
    return f'max(lebarpita_reachable{{opd="{opd}"}})'


def month_before(desk: Desk, now: datetime) -> tuple[date, date]:
    """The last thirty days that are over: the first, and the first that is no longer one of them."""
    today = desk.calendar.local(now).date()
    return today - timedelta(days=USUAL_DAYS), today


def read_uptime(
    prometheus: Prometheus, desk: Desk, of: tuple[str, str], days: tuple[date, date], queries: list[Query]
) -> Uptime:
    """The availability of a subject over whole days, by its state's expression. Raises NoData.

    ``queries`` gets how to compute it again, from kept days or not.
    """
    (subject, state), (since, until), zone = of, days, desk.calendar.zone
    rows = desk.store.rows(
        "SELECT day, up, measured FROM measured_days WHERE subject = ? AND day >= ? AND day < ?",
        [subject, since.isoformat(), until.isoformat()],
    )
    by_day = {row["day"]: Uptime(0, row["measured"], row["up"]) for row in rows}
    window = _window(since, until, zone)
    queries.extend(_questions(state, *window))
    total = sum(by_day.values(), Uptime((window[1] - window[0]) // 60))
    for first, end in _gaps(since, until, by_day):
        up, measured = (prometheus.first_value(*question) for question in _questions(state, *_window(first, end, zone)))
        total += Uptime(0, round(measured or 0), round(up or 0))
    return total


def _window(since: date, until: date, zone: ZoneInfo) -> tuple[int, int]:
    return round(midnight(since, zone)), round(midnight(until, zone))


def _questions(state: str, begin: int, end: int) -> tuple[Query, Query]:
    """Minutes that were up, and minutes that were measured."""
    window, at = f"({state})[{(end - begin) // 60}m:1m]", float(end - BESIDE_SECONDS)
    return (f"sum_over_time({window})", at), (f"count_over_time({window})", at)


def _gaps(since: date, until: date, by_day: dict[str, Uptime]) -> Iterator[tuple[date, date]]:
    """Runs of days that are not kept, each with the day after its last."""
    days = [since + timedelta(days=number) for number in range((until - since).days)]
    for is_kept, run in groupby(days, key=lambda day: day.isoformat() in by_day):
        if not is_kept:
            gap = list(run)
            yield gap[0], gap[-1] + timedelta(days=1)
