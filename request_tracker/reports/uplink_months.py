"""The availability of every uplink month by month: a desk and a moment in, the measured days of a year out. Reads only.

Only days that are kept are counted (``evidence.uptime_days``), by the house's one definition; the monitoring is not
asked, so that the page comes at once. A month of which nothing was kept was not measured.
"""

from dataclasses import dataclass
from datetime import date, datetime

from inventory.titles import titles
from request_tracker.cases.context import Desk
from request_tracker.evidence.uptime import Uptime, midnight, of_line
from request_tracker.reports.periods import Period, month

MONTHS = 12
_YEAR = 12
# A prefix as a range, which the index on subject serves: ";" is the sign after ":".
_BY_MONTH = (
    "SELECT subject, substr(day, 1, 7) AS month, sum(up) AS up, sum(measured) AS measured FROM measured_days"
    " WHERE subject >= 'line:' AND subject < 'line;' AND day >= ? AND day < ? GROUP BY subject, month"
)


@dataclass(frozen=True)
class UplinkMonth:
    """One month of an uplink: its days that are over."""

    month: Period
    uptime: Uptime


@dataclass(frozen=True)
class UplinkYear:
    """An uplink by its key and its name, its months from the oldest on, and all of them together."""

    uplink: str
    name: str
    months: tuple[UplinkMonth, ...]

    @property
    def whole(self) -> Uptime:
        """All months as one."""
        return sum((each.uptime for each in self.months), Uptime())


def uplink_years(desk: Desk, now: datetime, count: int = MONTHS) -> tuple[UplinkYear, ...]:
    """Every uplink's last ``count`` months with the running one, of which the days before today are told."""
    today, zone = desk.calendar.local(now).date(), desk.calendar.zone
    months = _last(today, count)
    rows = desk.store.rows(_BY_MONTH, [months[0].since.isoformat(), today.isoformat()])
    sums = {(row["subject"], row["month"]): (row["measured"], row["up"]) for row in rows}
    minutes = {
        period.name: round((midnight(min(period.until, today), zone) - midnight(period.since, zone)) / 60)
        for period in months
    }
    names = titles(desk.city)

    def of(uplink: str, period: Period) -> UplinkMonth:
        measured, up = sums.get((of_line(uplink), period.name), (0, 0))
        return UplinkMonth(period, Uptime(minutes[period.name], measured, up))

    return tuple(
        UplinkYear(uplink.name, names[uplink.name], tuple(of(uplink.name, period) for period in months))
        for uplink in desk.city.uplinks
    )


def _last(today: date, count: int) -> list[Period]:
    """So many months, the last that of today."""
    last = today.year * _YEAR + today.month - 1
    return [month(f"{number // _YEAR:04d}-{number % _YEAR + 1:02d}") for number in range(last - count + 1, last + 1)]
