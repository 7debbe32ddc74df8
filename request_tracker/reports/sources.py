"""Where every figure of the evaluation comes from: a quarter in, its queries out, as they were run. Pure."""

from typing import NamedTuple

from request_tracker.evidence.uptime_days import ALL_LINES, ALL_OPDS, JUDGED, KEPT, MISSED
from request_tracker.reports.case_counts import CASES
from request_tracker.reports.outage_counts import OUTAGES
from request_tracker.reports.quarter import Evaluation
from request_tracker.reports.survey import ANSWERS_BETWEEN
from request_tracker.words.bilingual import Both

_DATABASE, _MONITORING = Both("basis data", "database"), Both("pemantauan", "monitoring")
_DAY_MINUTES = 1440


class FigureOrigin(NamedTuple):
    """One group of figures: what it is, who is asked, and the query."""

    figures: Both
    source: Both
    query: str


def origins(of: Evaluation) -> tuple[FigureOrigin, ...]:
    """Every query, with what it was asked of."""
    lines = ALL_LINES % "|".join(row.uplink for row in of.uplinks)
    days = Both("Hari-hari terukur", "Measured days")
    available = Both("Ketersediaan, menit naik dan terukur tiap hari", "Availability, minutes up and measured each day")
    guarantee = Both("Jaminan dipenuhi, tiap hari", "Guarantee kept, each day")
    windows = ((ALL_OPDS, "sum"), (ALL_OPDS, "count"), (lines, "sum"), (lines, "count"))
    forecasts = dict.fromkeys(row.outlook[way].use.query for row in of.uplinks for way in row.outlook)
    return (
        FigureOrigin(
            Both("Kasus, hasil, waktu langkah, peran, pengaduan", "Cases, outcomes, steps, roles, complaints"),
            _DATABASE,
            CASES,
        ),
        FigureOrigin(Both("Gangguan, penyebab, menit-OPD", "Outages, causes, office-minutes"), _DATABASE, OUTAGES),
        FigureOrigin(Both("Survei kepuasan", "Satisfaction survey"), _DATABASE, ANSWERS_BETWEEN),
        FigureOrigin(days, _DATABASE, KEPT),
        *(
            FigureOrigin(available, _MONITORING, f"{how}_over_time(({state})[{_DAY_MINUTES}m:1m])")
            for state, how in windows
        ),
        *(FigureOrigin(guarantee, _MONITORING, query % _DAY_MINUTES) for query in (JUDGED, MISSED)),
        *(FigureOrigin(Both("Prakiraan", "Outlook"), _MONITORING, query) for query in forecasts),
    )
