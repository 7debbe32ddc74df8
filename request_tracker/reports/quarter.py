"""The quarterly evaluation (PKL-S-13): a desk, its monitoring and a quarter in, the figures out. Reads only.

Cases and outages are counted from events and tickets, availability and guarantees from the measured days, the outlook
from the monitoring; ``sources`` says of each by which query. What was not measured is said and never a nought.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from inventory.admission import capacity_of
from inventory.titles import titles
from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.outlook import LineOutlook, outlooks
from request_tracker.capacity.waiting_list import waiting_list
from request_tracker.cases.context import Desk
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.guarantee_heads import GuaranteeHead, guarantee_heads
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.uptime import Uptime, midnight, of_line, of_opd
from request_tracker.evidence.uptime_days import MeasuredDays, keep_between, kept_days
from request_tracker.reports.case_counts import CaseCounts, StepTimes, Unmet, Volume, count_cases
from request_tracker.reports.outage_counts import OutageCounts, count_outages
from request_tracker.reports.periods import Period, quarter
from request_tracker.reports.survey import Index, index_of
from request_tracker.words.bilingual import Both
from request_tracker.words.made_up import MadeUp

WAYS = ("receive", "transmit")
_NO_MONITORING = Prometheus(None)


@dataclass(frozen=True)
class OpdQuarter:
    """One OPD over the period: cases it opened, minutes it was cut off, its availability and its guarantee."""

    opd: str
    opened: int
    minutes: int
    measured: MeasuredDays


@dataclass(frozen=True)
class UplinkQuarter:
    """One uplink over the period: its availability and minutes lost, and each way its capacity and its outlook."""

    uplink: str
    minutes: int
    uptime: Uptime
    capacity: Mapping[str, int]
    outlook: Mapping[str, LineOutlook]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The whole quarter. ``measured_until``: the day up to which days are over; ``least``: the share of measured time
    below which no availability is told; ``problem``: what the monitoring did not answer; ``made_up``: a demo's mark.
    """

    quarter: Period
    measured_until: date
    least: float
    cases: CaseCounts
    outage_counts: OutageCounts
    satisfaction: Index
    opds: tuple[OpdQuarter, ...]
    uplinks: tuple[UplinkQuarter, ...]
    opd_names: Mapping[str, str]
    line_names: Mapping[str, str]
    problem: Both | None = None
    made_up: MadeUp | None = None
    guarantee_heads: tuple[GuaranteeHead, ...] = ()

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """Every SOP's cases."""
        return self.cases.volumes

    @property
    def steps(self) -> tuple[StepTimes, ...]:
        """Every step's times."""
        return self.cases.steps

    @property
    def unmet(self) -> tuple[Unmet, ...]:
        """What was asked for and could not be had."""
        return self.cases.unmet

    @property
    def outages(self) -> int:
        """How many outages touched the quarter."""
        return len(self.outage_counts.outages)

    @property
    def outage_minutes(self) -> int:
        """Their minutes without announced work."""
        return self.outage_counts.minutes

    @property
    def planned_minutes(self) -> int:
        """Minutes of outages that announced work explains."""
        return self.outage_counts.planned_minutes

    def text(self) -> str:
        """The figures as JSON, without names: the same bytes each time for the same records."""
        return json.dumps(self._data(), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"

    def _data(self) -> dict[str, Any]:
        cases = {key: value for key, value in vars(self.cases).items() if not key.endswith("_names")}
        return {
            "quarter": asdict(self.quarter),
            "measured_until": self.measured_until,
            "least_measured": self.least,
            "cases": {key: [asdict(figure) for figure in rows] for key, rows in cases.items() if key != "opened"},
            "outages": [asdict(outage) for outage in self.outage_counts.outages],
            "satisfaction": asdict(self.satisfaction),
            "opds": [asdict(row) for row in self.opds],
            "uplinks": [_uplink_data(row) for row in self.uplinks],
            "guarantee_heads": [asdict(head) for head in self.guarantee_heads],
            **(self.made_up.data() if self.made_up else {}),
        }


def evaluate(
    desk: Desk, of: Period, now: datetime, prometheus: Prometheus = _NO_MONITORING, rule: EvidencePart = USUAL
) -> Evaluation:
    """All figures of a quarter as they stand now. A silent monitoring is said; what was kept of it still stands."""
    zone, problem = desk.calendar.zone, None
    begin, end = of.moments(zone)
    until = max(of.since, min(of.until, desk.calendar.local(now).date()))
    try:
        if prometheus.url:
            keep_between(desk, prometheus, (of.since, until), now)
    except NoData as error:
        problem = error.both()
    minutes = round((midnight(until, zone) - midnight(of.since, zone)) / 60)
    days = kept_days(desk.store, (of.since, until), minutes)
    cases, outages = count_cases(desk, begin, end, now), count_outages(desk, begin, end, now)
    lost, nothing = outages.by_office(), MeasuredDays(Uptime(minutes), 0.0, 0.0)
    opds = (
        OpdQuarter(opd.code, cases.opened.get(opd.code, 0), round(lost.get(opd.code, 0) / 60), measured)
        for opd in desk.city.opds
        for measured in (days.get(of_opd(opd.code), nothing),)
    )
    at = datetime.fromtimestamp(midnight(until, zone), UTC)
    ways = {(line.uplink, line.way): line for line in outlooks(desk, prometheus, waiting_list(desk, at), at)}
    return Evaluation(
        quarter=of,
        measured_until=until,
        least=rule.least_measured_percent / 100,
        cases=cases,
        outage_counts=outages,
        satisfaction=index_of(desk.store, of.since.isoformat(), of.until.isoformat()),
        opds=tuple(sorted(opds, key=lambda row: (-row.opened, -row.minutes, row.opd))),
        uplinks=tuple(
            UplinkQuarter(
                uplink=uplink.name,
                minutes=outages.of_root(uplink.name).minutes,
                uptime=days.get(of_line(uplink.name), nothing).uptime,
                capacity={way: capacity_of(uplink, way) for way in WAYS},
                outlook={way: ways[uplink.name, way] for way in WAYS},
            )
            for uplink in desk.city.uplinks
        ),
        opd_names={opd.code: opd.name for opd in desk.city.opds},
        line_names=titles(desk.city),
        problem=problem,
        made_up=MadeUp.of(prometheus.made_up_before, desk.calendar.local),
        # The agent writes 2026Q4 for the period 2026-Q4.
        guarantee_heads=guarantee_heads(desk.store, of.name.replace("-", ""), (begin, end), desk.calendar.local),
    )


def _uplink_data(row: UplinkQuarter) -> dict[str, Any]:
    """Plain data; of the line through the days its figures, not its matrices."""
    data = asdict(row)
    for line in data["outlook"].values():
        del line["use"]["line"]
    return data


__all__ = ["Evaluation", "OpdQuarter", "Period", "StepTimes", "UplinkQuarter", "Volume", "evaluate", "quarter"]
