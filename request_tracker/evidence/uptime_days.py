"""The minutes of days that are over, kept: what a quarter of five hundred offices is added up from.

A day is asked for once, for every OPD and uplink in six questions, and never again: the figure of a day stays what it
was after the monitoring has forgotten it. A day of which nothing at all was measured is not kept: the monitoring may
only have been away when it was asked.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from request_tracker.cases import Desk
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.uptime import BESIDE_SECONDS, Uptime, midnight, minutes_of, of_line, of_opd
from request_tracker.store.database import Store

# The monitoring keeps more; whoever reports on what is older has it asked for then.
_LOOK_BACK_DAYS = 35
# Of a large city one day takes the monitoring some seconds; the other duties wait for them.
_A_TURN = 2
# What is scraped in a day's last minute stands in the monitoring a few minutes later.
_SETTLED = timedelta(minutes=10)
# Both directions have a verdict each quarter of a minute (``shaping.delivery``).
_VERDICTS_A_MINUTE = 8
ALL_OPDS = 'max by (opd) (lebarpita_reachable{opd!=""})'
ALL_LINES = 'max by (link) (lebarpita_reachable{link=~"%s"})'
# Verdicts are counted each quarter of a minute (``shaping.delivery``); what nobody could say counts for neither.
JUDGED = 'sum by (opd) (increase(lebarpita_shaping_verdict_total{verdict!="undecidable"}[%dm]))'
MISSED = 'sum by (opd) (increase(lebarpita_shaping_verdict_total{verdict="missed"}[%dm]))'


@dataclass(frozen=True)
class MeasuredDays:
    """One subject over a window: its availability, and of its guarantee how often it was judged and missed."""

    uptime: Uptime
    judged: float
    missed: float

    @property
    def kept_share(self) -> float | None:
        """The share of the judged quarter minutes in which the guarantee was kept; None where none was judged."""
        return 1 - self.missed / self.judged if self.judged else None

    @property
    def judged_share(self) -> float:
        """The share of the window's verdicts, both directions, that were given, 0 to 1."""
        due = self.uptime.minutes * _VERDICTS_A_MINUTE
        return min(1.0, self.judged / due) if due else 0.0

    def judged_share_kept(self, least: float) -> float | None:
        """``kept_share``; None as well where less than that share of the verdicts was given."""
        return self.kept_share if self.judged_share >= least else None


def keep_recent(desk: Desk, prometheus: Prometheus, now: datetime) -> list[str]:
    """Keep the newest days that are not kept yet, a few at a time; the days that were."""
    end = (desk.calendar.local(now) - _SETTLED).date()
    missing = list(reversed(_missing(desk, end - timedelta(days=_LOOK_BACK_DAYS), end)))
    try:
        return [day.isoformat() for day in missing[:_A_TURN] if prometheus.url and _keep(desk, prometheus, day)]
    except NoData:
        return []


def keep_between(desk: Desk, prometheus: Prometheus, days: tuple[date, date], now: datetime) -> None:
    """Keep every day between two that is over and not kept yet. Raises NoData."""
    until = min(days[1], (desk.calendar.local(now) - _SETTLED).date())
    for day in _missing(desk, days[0], until):
        _keep(desk, prometheus, day)


def kept_days(store: Store, days: tuple[date, date], minutes: int) -> dict[str, MeasuredDays]:
    """Every subject's days added up over a window of so many minutes; what was not kept was not measured."""
    rows = store.rows(KEPT, [day.isoformat() for day in days])
    return {
        row["subject"]: MeasuredDays(Uptime(minutes, row["measured"], row["up"]), row["judged"], row["missed"])
        for row in rows
    }


KEPT = (
    "SELECT subject, sum(up) AS up, sum(measured) AS measured, total(judged) AS judged, total(missed) AS missed"
    " FROM measured_days WHERE day >= ? AND day < ? GROUP BY subject ORDER BY subject"
)


def _missing(desk: Desk, since: date, until: date) -> list[date]:
    """The days of which something of the inventory is not kept."""
    subjects = len(_subjects(desk))
    rows = desk.store.rows(
        "SELECT day, count(*) AS subjects FROM measured_days WHERE day >= ? AND day < ? GROUP BY day",
        [since.isoformat(), until.isoformat()],
    )
    whole = {row["day"] for row in rows if row["subjects"] >= subjects}
    days = (since + timedelta(days=number) for number in range((until - since).days))
    return [day for day in days if day.isoformat() not in whole]


def _keep(desk: Desk, prometheus: Prometheus, day: date) -> bool:
    """Ask for one day and keep it; False where nothing was measured."""
    zone, city = desk.calendar.zone, desk.city
    minutes, at = minutes_of(day, zone), midnight(day + timedelta(days=1), zone) - BESIDE_SECONDS

    def values(expression: str, label: str) -> dict[str, float]:
        return {row.labels[label]: row.value for row in prometheus.query(expression, at)}

    lines = ALL_LINES % "|".join(uplink.name for uplink in city.uplinks)
    uptimes: dict[str, Uptime] = {}
    for state, label, subject in ((ALL_OPDS, "opd", of_opd), (lines, "link", of_line)):
        window = f"({state})[{minutes}m:1m]"
        up = values(f"sum_over_time({window})", label)
        for name, measured in values(f"count_over_time({window})", label).items():
            uptimes[subject(name)] = Uptime(minutes, round(measured), round(up.get(name, 0.0)))
    if not uptimes:
        return False
    judged, missed = (values(counter % minutes, "opd") for counter in (JUDGED, MISSED))
    guarantees = {of_opd(opd): (count, missed.get(opd, 0.0)) for opd, count in judged.items() if count > 0}
    rows = [
        (subject, day.isoformat(), uptime.up, uptime.measured, *guarantees.get(subject, (None, None)))
        for subject in _subjects(desk)
        for uptime in (uptimes.get(subject, Uptime()),)
    ]
    with desk.store.transaction() as db:
        # What is kept stays: a paper may have been signed on it.
        db.conn.executemany(
            "INSERT OR IGNORE INTO measured_days (subject, day, up, measured, judged, missed)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
    return True


def _subjects(desk: Desk) -> list[str]:
    """Everything whose days are kept: every OPD and every uplink."""
    opds, uplinks = desk.city.opds, desk.city.uplinks
    return [*(of_opd(opd.code) for opd in opds), *(of_line(uplink.name) for uplink in uplinks)]
