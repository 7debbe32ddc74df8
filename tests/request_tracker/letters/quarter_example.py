"""A quarter with a little of everything, for pictures of its paper."""

from datetime import UTC, date, datetime
from decimal import Decimal

from paper_examples import AT
from paper_facts import SOPS

from request_tracker.capacity.outlook import FullDate, LineOutlook, PendingNeed
from request_tracker.evidence.forecast import Forecast
from request_tracker.evidence.uptime import Uptime
from request_tracker.evidence.uptime_days import MeasuredDays
from request_tracker.reports.case_counts import CaseCounts, RoleTimes, StepTimes, Unmet, Volume
from request_tracker.reports.outage_counts import OutageCounts, OutageFigure
from request_tracker.reports.periods import quarter
from request_tracker.reports.quarter import Evaluation, OpdQuarter, UplinkQuarter
from request_tracker.reports.survey import ELEMENTS, Index
from request_tracker.words.bilingual import Both

NO_FORECAST = LineOutlook(
    uplink="isp-kedua",
    way="receive",
    capacity=12_500_000,
    use=Forecast(3, None, None, None, ""),
    growth=None,
    pending=PendingNeed(0, 0),
)


def cut(cause: str | None, seconds: float, lost: dict[str, float]) -> OutageFigure:
    """One outage of the quarter."""
    return OutageFigure(
        number="G-1",
        root="isp-kedua",
        cause=cause,
        begun=AT,
        ended=AT + seconds,
        begun_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        ended_at=None,
        seconds=seconds,
        planned=0,
        lost=lost,
    )


def quarter_of_everything() -> Evaluation:
    """A quarter with a little of everything."""
    sops = {code: SOPS[code] for code in ("PKL-BW", "KTM-BW")}
    steps = tuple(
        StepTimes("PKL-BW", step, 9, n % 3, 0.4 + n, 1.5 + 2 * n) for n, step in enumerate(SOPS["PKL-BW"].steps)
    )
    counts = CaseCounts(
        volumes=(
            Volume("PKL-BW", 9, (("selesai", 7), ("dibatalkan", 1)), 1, 2, 8, (("dibatalkan", 1), ("dikabulkan", 7))),
            Volume("KTM-BW", 3, (("tidak_tersedia", 1),), 0, 0, 3, (("masih_terbuka", 2), ("tidak_tersedia", 1))),
        ),
        steps=steps,
        roles=(RoleTimes("head_of_office", 9, 2), RoleTimes("technician", 18, 1)),
        unmet=(Unmet("KTM-BW/2026/000003", "dinkes", 6_250_000, date(2026, 11, 20)),),
        cases=(),
        opened={"dinkes": 4, "rsud": 2},
        sop_names={code: Both(sop.title, code) for code, sop in sops.items()},
        step_names={
            ("PKL-BW", step.id): Both(f"{step.order}. {step.text}", step.id) for step in sops["PKL-BW"].steps.values()
        },
    )
    month = Uptime(43_200, 40_000, 39_980)
    line = LineOutlook(
        uplink="isp-utama",
        way="receive",
        capacity=25_000_000,
        use=Forecast(60, 9_000_000, 14_000_000, 2_000_000, ""),
        growth=None,
        pending=PendingNeed(5_000_000, 2),
        as_it_is=FullDate(date(2028, 12, 9), date(2028, 3, 1), None),
        with_pending=FullDate(date(2027, 12, 10), date(2027, 8, 20), date(2028, 7, 2)),
        more=FullDate(None, date(2029, 11, 5), None),
        more_with_pending=FullDate(None, date(2029, 2, 1), None),
    )
    return Evaluation(
        quarter=quarter("2026-Q4"),
        measured_until=date(2027, 1, 1),
        least=0.5,
        cases=counts,
        outage_counts=OutageCounts((cut("fibre_cut", 3600, {"dinkes": 3600}), cut(None, 2820, {"rsud": 2820}))),
        satisfaction=Index(29, Decimal("91.48"), "A", {key: Decimal("3.62") for key in ELEMENTS}),
        opds=(
            OpdQuarter("dinkes", 4, 60, MeasuredDays(month, 5000, 4)),
            OpdQuarter("rsud", 2, 47, MeasuredDays(Uptime(43_200, 100, 100), 0, 0)),
        ),
        uplinks=(
            UplinkQuarter("isp-utama", 0, month, {"receive": 25_000_000}, {"receive": line}),
            UplinkQuarter("isp-kedua", 47, Uptime(43_200), {"receive": 12_500_000}, {"receive": NO_FORECAST}),
        ),
        opd_names={"dinkes": "Dinas Kesehatan", "rsud": "Rumah Sakit Umum"},
        line_names={"isp-utama": "Tautan ISP utama", "isp-kedua": "Tautan ISP kedua"},
    )
