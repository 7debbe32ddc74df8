"""What the technician and the officials see before they sign: an OPD's use and the uplink's room.

Every figure says its interval (5-minute averages) and its window; a window that is not full says how much of it was
measured. Rates are bytes per second.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from inventory.admission import capacity_of, commitment, usable
from inventory.model import Uplink
from inventory.topology import uplink_of
from request_tracker.advice_settings import EvidencePart
from request_tracker.cases import Desk
from request_tracker.evidence.advice import (
    UNKNOWN,
    USUAL,
    Recommendation,
    WayFacts,
    all_but,
    judge,
    known_for,
    rule_text,
)
from request_tracker.evidence.ceilings import ceilings_of
from request_tracker.evidence.contradictions import above_uplink, contradictions, flows_of_interface
from request_tracker.evidence.direction import hours_above, p95
from request_tracker.evidence.monitoring import made_up_notes
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, STEP_SECONDS, line_of_link, on_the_grid
from request_tracker.evidence.use import NO_USE, WAYS, MeasuredUse, read_uplink, read_use
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation, rates_of
from request_tracker.store.database import Row
from request_tracker.words.bilingual import Both

WINDOW_DAYS = 30  # A month: every weekday stands in it four times, so that one holiday moves no p95.
# The rule with the usual thresholds.
RULE = rule_text(USUAL)
# The four questions of each of a dozen pages. The threads stay: a page that starts some waits for each to run, in a
# profile under load for 45 ms of a case's 150. They need no supervisor: every question of theirs is waited for.
_READERS = ThreadPoolExecutor(4 * 12, thread_name_prefix="evidence")
# A mean of the last ten minutes is still how things are; an older one is not.
_NOW_SECONDS = 600


@dataclass(frozen=True)
class UseQuestion:
    """Whose evidence is asked for: the OPD, the allocation it wants where that is known, when, by which thresholds.

    ``days``: the window before ``now``.
    """

    opd: str
    wanted: Allocation | None
    now: datetime
    rule: EvidencePart = USUAL
    days: int = WINDOW_DAYS


@dataclass(frozen=True)
class Usage:
    """One direction of one OPD over the window; None where nothing was measured.

    ``hours_above`` are the measured hours near the ceiling that was in force then, counted over the ``ceiling_days`` of
    the window's ``measured_days`` in which one was known; None where none was. ``impossible`` is the share of means
    that were left out because the port is slower.
    """

    p95: float | None
    peak: float | None
    now: float | None
    hours_above: float | None = None
    measured_days: float = 0.0
    impossible: float = 0.0
    ceiling_days: float = 0.0

    def judged(self, days: int, least: float) -> bool:
        """True where that share of the window was measured; below it a p95 says nothing."""
        return self.p95 is not None and self.measured_days >= least * days


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything on the evidence sheet, as it was at ``at`` (Unix seconds). ``measured_days`` of ``window_days``.

    ``least_measured``: the share of the window below which nothing is judged; ``uplink_p95`` is None below it, too.
    """

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
    advised: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Both, ...] = ()
    rule: str = RULE
    least_measured: float = USUAL.least_measured_percent / 100
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def judged(self) -> Mapping[str, bool]:
        """By direction, whether enough was measured for its figures to say something."""
        return {way: getattr(self, way).judged(self.window_days, self.least_measured) for way in WAYS}

    @property
    def overcommitted(self) -> tuple[str, ...]:
        """The directions in which all ceilings together would be above the uplink: granted only with a reason."""
        return tuple(way for way, total in self.ceilings_after.items() if total > self.capacity[way])

    def data(self) -> dict[str, Any]:
        """Plain data, to be frozen into the case."""
        sentences = {"reason": self.reason.indonesian, "problem": self.problem.indonesian if self.problem else None}
        return {**asdict(self), **sentences, "notes": [note.indonesian for note in self.notes]}


def gather(prometheus: Prometheus, desk: Desk, question: UseQuestion) -> Evidence:
    """Ask Prometheus and the ledger. A silent Prometheus is said in ``problem``; the ledger's figures still stand."""
    opd, now = question.opd, question.now
    uplink, at = desk.city.uplink(uplink_of(desk.city, opd)), on_the_grid(now.timestamp())
    uses: dict[str, MeasuredUse] = dict.fromkeys(WAYS, NO_USE)
    lines = {way: line_of_link(uplink.name, way).means(samples=1) for way in WAYS}
    answers: dict[str, float | None] = dict.fromkeys(WAYS)
    line_uses: dict[str, MeasuredUse] = {}
    books, problem, least = None, None, question.rule.least_measured_percent / 100
    # Each waits for the monitoring more than it reckons, one after the other they would wait five times. They need no
    # supervisor: all of them are waited for, and what they raise is raised here.
    used = {way: _READERS.submit(read_use, prometheus, desk.city, (opd, way), at, question.days) for way in WAYS}
    loads = _READERS.submit(lambda: {way: p95_of_line(prometheus, uplink, way, at, question.days) for way in WAYS})
    both = _READERS.submit(prometheus.first_value, flows_of_interface(opd, question.days), at)
    readings: list[Future[Any]] = [*used.values(), loads, both]
    wait(readings)
    try:
        uses = {way: reading.result() for way, reading in used.items()}
        answers = {way: load.p95 if load.measured >= least else None for way, load in loads.result().items()}
        line_uses = {way: load.use for way, load in loads.result().items()}
        lines = {way: use.query for way, use in line_uses.items()}
        books = both.result()
    except NoData as error:
        problem = error.both()
    capacity = {way: capacity_of(uplink, way) for way in WAYS}
    rows = [
        row for row in allocations.rows_in_force(desk.store, now) if uplink_of(desk.city, row["opd"]) == uplink.name
    ]
    committed = {way: commitment(capacity[way], allocations.promised(rows, way)).guaranteed for way in WAYS}
    present = next((allocations.allocation_in(row) for row in rows if row["opd"] == opd), None)
    usages = {way: _usage(desk, question, way, uses[way]) for way in WAYS}
    advice = _advice(question, usages, present, {way: usable(capacity[way]) - committed[way] for way in WAYS})
    return Evidence(
        opd=opd,
        at=now.timestamp(),
        window_days=question.days,
        # Of the direction of which less was measured: points that were counted, not days that have passed.
        measured_days=min(usage.measured_days for usage in usages.values()),
        receive=usages["receive"],
        transmit=usages["transmit"],
        allocation=present,
        uplink=uplink.name,
        capacity=capacity,
        uplink_p95=answers,
        committed=committed,
        wanted=question.wanted,
        committed_after=_after(committed, present, question.wanted),
        verdict=advice.verdict,
        reason=advice.reason,
        queries=(*(use.query for use in uses.values() if use.query), *lines.values()),
        problem=problem,
        ceilings_after=_ceilings_after(rows, opd, question.wanted, capacity) if question.wanted else {},
        advised=advice.ceilings,
        notes=(
            *made_up_notes(prometheus, desk.calendar, at, question.days),
            *contradictions(uses, books),
            *above_uplink(line_uses),
            *_unknown_ceilings(usages),
        ),
        rule=rule_text(question.rule),
        least_measured=least,
    )


@dataclass(frozen=True)
class LineLoad:
    """An uplink's p95 over a window, None where nothing was measured, and what it was made of, without its points.

    ``measured``: of how much of the window it is, 0 to 1.
    """

    p95: float | None
    use: MeasuredUse
    measured: float


def p95_of_line(prometheus: Prometheus, uplink: Uplink, way: str, at: float, days: int) -> LineLoad:
    """One direction of an uplink; of one moment it is read once, for all of its OPDs. Raises NoData."""

    def read() -> LineLoad:
        use = read_uplink(prometheus, uplink, (way, at, days))
        load = p95(np.array([value for _, value in use.points])) if use.points else None
        return LineLoad(load, replace(use, points=[]), use.measured(days))

    return prometheus.figures.of(f"p95 {uplink.name} {way} {days}", at, read)


def _usage(desk: Desk, question: UseQuestion, way: str, use: MeasuredUse) -> Usage:
    """The figures of one direction."""
    values = [value for _, value in use.points]
    if not values:
        return Usage(None, None, None, impossible=float(use.impossible > 0))
    now = question.now.timestamp()
    near = hours_above(use.points, ceilings_of(desk.store, question.opd, way, now), question.rule.used_percent / 100)
    return Usage(
        p95=p95(np.array(values)),
        peak=max(values),
        now=values[-1] if now - use.points[-1][0] - STEP_SECONDS <= _NOW_SECONDS else None,
        hours_above=near.hours,
        ceiling_days=near.days,
        measured_days=round(len(values) * STEP_SECONDS / DAY_SECONDS, 2),
        impossible=use.impossible / (use.impossible + len(values)),
    )


def _unknown_ceilings(usages: Mapping[str, Usage]) -> tuple[Both, ...]:
    """Of how much of the measured time a ceiling is known, where it is not all of it; said once for both directions."""
    short = [usage for usage in usages.values() if all_but(usage.ceiling_days, usage.measured_days)]
    if not short:
        return ()
    least = min(short, key=lambda usage: usage.ceiling_days)
    return (known_for(least.ceiling_days, least.measured_days),)


def _advice(
    question: UseQuestion, usages: Mapping[str, Usage], present: Allocation | None, room: Mapping[str, int]
) -> Recommendation:
    """The advice on what is wanted; ``room`` is what each direction of the uplink may guarantee beside all it does."""
    if question.wanted is None:
        return UNKNOWN
    facts = []
    for way, usage in usages.items():
        wish, mine = rates_of(question.wanted, way), rates_of(present, way) if present else None
        facts.append(
            WayFacts(
                way=way,
                days=question.days,
                measured=usage.measured_days / question.days,
                impossible=usage.impossible,
                p95=usage.p95,
                hours_above=usage.hours_above,
                ceiling_days=usage.ceiling_days if all_but(usage.ceiling_days, usage.measured_days) else None,
                present=mine.ceiling if mine else None,
                wanted=wish.ceiling,
                wanted_guaranteed=wish.guaranteed,
                room=room[way] + (mine.guaranteed if mine else 0),
            )
        )
    return judge(question.rule, facts)


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
