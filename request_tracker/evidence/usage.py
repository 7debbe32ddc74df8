"""What the technician and the officials see before they sign: an OPD's use and the uplink's room.

Every figure says its interval (5-minute averages) and its window; a window that is not full says how much of it was
measured. Rates are bytes per second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from inventory.admission import capacity_of, commitment, usable
from inventory.topology import uplink_of
from request_tracker.cases import Desk
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation, rates_of
from request_tracker.store.database import Row
from request_tracker.words.bilingual import Both

WINDOW_DAYS = 30  # A month: every weekday stands in it four times, so that one holiday moves no p95.
STEP_SECONDS = 300  # The recording rules' interval: every rate is a 5-minute average.
RULE = (
    "Belum disarankan bila jumlah jaminan sesudah persetujuan melebihi 95 % kapasitas uplink; disarankan bila p95 "
    "unduh sudah mencapai 80 % batas sekarang atau belum terukur; selain itu disarankan sebagian. Pejabat memutuskan."
)


@dataclass(frozen=True)
class Usage:
    """One direction of one OPD over the window; None where nothing was measured."""

    p95: float | None
    peak: float | None
    now: float | None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything on the evidence sheet, as it was at ``at`` (Unix seconds). ``measured_days`` of ``window_days``."""

    opd: str
    at: float
    window_days: int
    measured_days: float
    receive: Usage
    transmit: Usage
    allocation: Allocation | None
    uplink: str
    capacity: Mapping[str, int]
    uplink_p95: Mapping[str, float | None]
    committed: Mapping[str, int]
    wanted: Allocation | None
    committed_after: Mapping[str, int]
    verdict: str
    reason: Both
    queries: tuple[str, ...]
    problem: Both | None = None
    ceilings_after: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def overcommitted(self) -> tuple[str, ...]:
        """The directions in which all ceilings together would be above the uplink: granted only with a reason."""
        return tuple(way for way, total in self.ceilings_after.items() if total > self.capacity[way])

    def data(self) -> dict[str, Any]:
        """Plain data, to be frozen into the case."""
        sentences = {"reason": self.reason.indonesian, "problem": self.problem.indonesian if self.problem else None}
        return {**asdict(self), **sentences}


def gather(prometheus: Prometheus, desk: Desk, opd: str, wanted: Allocation | None, now: datetime) -> Evidence:
    """Ask Prometheus and the ledger. A silent Prometheus is said in ``problem``; the ledger's figures still stand."""
    city = desk.city
    queries = _queries(opd, uplink_of(city, opd))
    answers: dict[str, float | None] = dict.fromkeys(queries)
    problem = None
    try:
        answers = {key: prometheus.first_value(expression, now.timestamp()) for key, expression in queries.items()}
    except NoData as error:
        problem = error.both()
    uplink = city.uplink(uplink_of(city, opd))
    capacity = {way: capacity_of(uplink, way) for way in ("receive", "transmit")}
    rows = [row for row in allocations.rows_in_force(desk.store, now) if uplink_of(city, row["opd"]) == uplink.name]
    committed = {way: commitment(capacity[way], allocations.promised(rows, way)).guaranteed for way in capacity}
    present = next((allocations.allocation_in(row) for row in rows if row["opd"] == opd), None)
    after = _after(committed, present, wanted)
    usages = {way: Usage(answers[f"{way}_p95"], answers[f"{way}_peak"], answers[f"{way}_now"]) for way in capacity}
    verdict, reason = judge(usages["receive"], present, wanted, capacity, after)
    uplink_p95 = {way: answers[f"uplink_{way}"] for way in capacity}
    # Points that were recorded, not days that have passed: a week without monitoring shows.
    measured = (answers["samples"] or 0.0) * STEP_SECONDS / 86400
    return Evidence(
        opd=opd,
        at=now.timestamp(),
        window_days=WINDOW_DAYS,
        measured_days=round(measured, 2),
        receive=usages["receive"],
        transmit=usages["transmit"],
        allocation=present,
        uplink=uplink.name,
        capacity=capacity,
        uplink_p95=uplink_p95,
        committed=committed,
        wanted=wanted,
        committed_after=after,
        verdict=verdict,
        reason=reason,
        queries=tuple(queries.values()),
        problem=problem,
        ceilings_after=_ceilings_after(rows, opd, wanted, capacity) if wanted else {},
    )


def judge(
    use: Usage,
    present: Allocation | None,
    wanted: Allocation | None,
    capacity: Mapping[str, int],
    after: Mapping[str, int],
) -> tuple[str, Both]:
    """The advice and its reason in one sentence; people decide."""
    if wanted is None:
        return "belum_dinilai", _REASONS["unknown"]
    if any(after[way] > usable(capacity[way]) for way in capacity):
        return "belum_disarankan", _REASONS["full"]
    if use.p95 is None or present is None:
        return "disarankan", _REASONS["unmeasured"]
    # RULE, as the sheet prints it: at four fifths of the ceiling an office is near its end.
    if use.p95 >= 0.8 * present.receive_ceiling:
        return "disarankan", _REASONS["used"]
    return "disarankan_sebagian", _REASONS["idle"]


_REASONS = {
    "unknown": Both("Laju yang diminta belum diketahui.", "The rate wanted is not known yet."),
    "full": Both(
        "Jumlah jaminan sesudah persetujuan melebihi 95 % kapasitas uplink.",
        "After approval the guarantees would be above 95 % of the uplink's capacity.",
    ),
    "unmeasured": Both(
        "Kapasitas uplink cukup; pemakaian OPD ini belum terukur, jadi belum dapat dibandingkan.",
        "The uplink has room; this office's use is not measured yet and cannot be compared.",
    ),
    "used": Both(
        "Pemakaian p95 sudah di atas 80 % alokasi dan uplink masih cukup.",
        "The p95 of use is above 80 % of the allocation, and the uplink has room.",
    ),
    "idle": Both(
        "Pemakaian p95 masih di bawah 80 % alokasi; pertimbangkan kenaikan yang lebih kecil.",
        "The p95 of use is below 80 % of the allocation; consider a smaller increase.",
    ),
}


def _queries(opd: str, uplink: str) -> dict[str, str]:
    queries = {"samples": f'count_over_time(opd:receive:rate5m{{opd="{opd}"}}[{WINDOW_DAYS}d:5m])'}
    for way in ("receive", "transmit"):
        rate = f'opd:{way}:rate5m{{opd="{opd}"}}'
        queries[f"{way}_p95"] = f"quantile_over_time(0.95, {rate}[{WINDOW_DAYS}d:5m])"
        queries[f"{way}_peak"] = f"max_over_time({rate}[{WINDOW_DAYS}d:5m])"
        queries[f"{way}_now"] = rate
        line = f'rate(lebarpita_link_{way}_bytes_total{{link="{uplink}"}}[5m])'
        queries[f"uplink_{way}"] = f"quantile_over_time(0.95, {line}[{WINDOW_DAYS}d:5m])"
    return queries


def _ceilings_after(rows: Sequence[Row], opd: str, wanted: Allocation, capacity: Mapping[str, int]) -> dict[str, int]:
    """The sum of all ceilings of the uplink's rows once this is granted, as ``ledger.admit`` counts it."""
    others = [row for row in rows if row["opd"] != opd]
    promises = {way: (rates_of(wanted, way), *allocations.promised(others, way)) for way in capacity}
    return {way: commitment(capacity[way], rates).ceilings for way, rates in promises.items()}


def _after(committed: Mapping[str, int], present: Allocation | None, wanted: Allocation | None) -> dict[str, int]:
    def change(way: str) -> int:
        before = getattr(present, f"{way}_guaranteed") if present else 0
        return (getattr(wanted, f"{way}_guaranteed") if wanted else before) - before

    return {way: committed[way] + change(way) for way in ("receive", "transmit")}
