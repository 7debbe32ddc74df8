"""What if an allocation is granted, in part, or refused: a month of demands replayed, who gains, who loses, how long.

The ledger and Prometheus in, an answer out that stands without either; it proposes nothing. Rates are bytes per second.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from inventory.admission import LOWEST_BYTES_PER_SECOND, RatePair, capacity_of, commitment, usable
from inventory.topology import uplink_of
from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.demands import DAYS, DemandQuestion, Demands, Step, read_demands
from request_tracker.capacity.predictor import LinePromises
from request_tracker.capacity.replay import Replay, replay, with_rates
from request_tracker.cases import Allocation, Desk
from request_tracker.cases.proposal import GRANTED, IN_PART, REFUSED
from request_tracker.evidence.advice import WayFacts, judge
from request_tracker.evidence.ceilings import ceilings_of
from request_tracker.evidence.direction import p95
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.steps import on_the_grid
from request_tracker.evidence.use import WAYS
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import rates_of

_NOTHING = RatePair(0, 0)


@dataclass(frozen=True)
class UnusedGuarantee:
    """What an OPD could do without: its guarantee is so much above what its p95 needs."""

    opd: str
    guaranteed: int
    unused: int


@dataclass(frozen=True, kw_only=True)
class DecisionEffect:
    """One decision in one direction: what the OPD would have, and what that does.

    ``lacking`` is what the line cannot guarantee of it; the replay then reckons with ``reclaim``, taken from others.
    """

    decision: str
    rates: RatePair
    lacking: int
    reclaim: tuple[UnusedGuarantee, ...]
    replay: Replay


@dataclass(frozen=True, kw_only=True)
class WayEffects:
    """One direction: how much was measured, of the OPD and of all of its uplink, and each decision's effect.

    ``held_hours``: how long the OPD sat at its ceiling, so that its demand is a lower bound; counted over the
    ``ceiling_days`` whose ceiling is known, of ``measured_days``, and None where none is. ``ceiling_share_all``: of how
    much of everybody's measured time it is known. ``effects`` is empty where too little was measured to say anything.
    """

    way: str
    measured: float
    measured_all: float
    held_hours: float | None
    ceiling_days: float
    measured_days: float
    ceiling_share_all: float
    unused: tuple[UnusedGuarantee, ...] = ()
    effects: tuple[DecisionEffect, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The answer as of ``at`` (Unix seconds). ``unknown`` are OPDs of the uplink without an allocation, left out."""

    opd: str
    uplink: str
    at: float
    days: int
    wanted: Allocation
    part: Allocation | None
    present: Allocation | None
    unknown: int
    least_measured_percent: int
    ways: tuple[WayEffects, ...]

    def data(self) -> dict[str, Any]:
        """Plain data, to be kept and to be printed as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class AllocationWish:
    """What is asked: the OPD, the allocation it would have, when, and the office's thresholds.

    ``part`` is what officials have set instead; None where they have not.
    """

    opd: str
    wanted: Allocation
    now: datetime
    rule: EvidencePart
    part: Allocation | None = None


@dataclass(frozen=True, kw_only=True)
class LineWish:
    """One direction of the uplink as the ledger has it, with the OPD that asks."""

    opd: str
    way: str
    demands: Demands
    present: LinePromises
    wanted: RatePair
    part: RatePair | None = None

    @property
    def mine(self) -> RatePair:
        """What the OPD has."""
        return self.present.rates[self.demands.opds.index(self.opd)]

    @property
    def room(self) -> int:
        """What may be guaranteed to the OPD, what it has included."""
        return usable(self.present.capacity) - commitment(0, self.present.rates).guaranteed + self.mine.guaranteed


def what_if(prometheus: Prometheus, desk: Desk, wish: AllocationWish, step: Step = lambda: None) -> WhatIf:
    """Replay the month before for what is wanted; ``step`` is called for each OPD that was read. Raises NoData."""
    opd, wanted, now = wish.opd, wish.wanted, wish.now
    uplink = desk.city.uplink(uplink_of(desk.city, opd))
    behind = [entry.code for entry in desk.city.opds if uplink_of(desk.city, entry.code) == uplink.name]
    at_ceiling = {row["opd"]: allocations.allocation_in(row) for row in allocations.rows_in_force(desk.store, now)}
    opds = [code for code in behind if code in at_ceiling or code == opd]
    ways = []
    for way in WAYS:
        ceilings = {code: ceilings_of(desk.store, code, way, now.timestamp()) for code in opds}
        question = DemandQuestion(desk.city, way, ceilings, on_the_grid(now.timestamp()))
        rates = [rates_of(at_ceiling[code], way) if code in at_ceiling else _NOTHING for code in opds]
        line = LineWish(
            opd=opd,
            way=way,
            demands=read_demands(prometheus, question, step),
            present=LinePromises(capacity_of(uplink, way), rates),
            wanted=rates_of(wanted, way),
            part=rates_of(wish.part, way) if wish.part else None,
        )
        ways.append(effects_of(line, wish.rule))
    return WhatIf(
        opd=opd,
        uplink=uplink.name,
        at=now.timestamp(),
        days=DAYS,
        wanted=wanted,
        part=wish.part,
        present=at_ceiling.get(opd),
        unknown=len(behind) - len(opds),
        least_measured_percent=wish.rule.least_measured_percent,
        ways=tuple(ways),
    )


def effects_of(line: LineWish, rule: EvidencePart) -> WayEffects:
    """One direction; pure."""
    shares = line.demands.measured
    mine = float(shares[line.demands.opds.index(line.opd)])
    judged = min(mine, float(shares.mean())) * 100 >= rule.least_measured_percent
    unused = _unused(line, rule) if judged else ()
    choices = (
        ((GRANTED, line.wanted), (IN_PART, line.part or _part(line, rule)), (REFUSED, line.mine)) if judged else ()
    )
    return WayEffects(
        way=line.way,
        measured=mine,
        measured_all=float(shares.mean()),
        held_hours=line.demands.held_hours(line.opd),
        ceiling_days=line.demands.ceiling_days(line.opd),
        measured_days=line.demands.measured_days(line.opd),
        ceiling_share_all=line.demands.ceiling_share,
        unused=unused,
        effects=tuple(_effect(line, decision, rates, unused) for decision, rates in choices),
    )


def _effect(line: LineWish, decision: str, rates: RatePair, unused: tuple[UnusedGuarantee, ...]) -> DecisionEffect:
    lacking = max(0, rates.guaranteed - line.room) if rates != line.mine else 0
    reclaim = _enough(unused, lacking)
    others = {entry.opd: entry for entry in reclaim}
    now = dict(zip(line.demands.opds, line.present.rates, strict=True))
    lowered = {opd: RatePair(entry.guaranteed - entry.unused, now[opd].ceiling) for opd, entry in others.items()}
    other = with_rates(line.present, line.demands.opds, {**lowered, line.opd: rates})
    return DecisionEffect(
        decision=decision,
        rates=rates,
        lacking=lacking,
        reclaim=reclaim,
        replay=replay(line.demands, line.present, other),
    )


def _enough(unused: tuple[UnusedGuarantee, ...], lacking: int) -> tuple[UnusedGuarantee, ...]:
    """The fewest that give what is lacking, the last no more than the rest; all of them where they do not."""
    sources: list[UnusedGuarantee] = []
    for entry in unused:
        if lacking <= 0:
            break
        sources.append(UnusedGuarantee(entry.opd, entry.guaranteed, min(entry.unused, lacking)))
        lacking -= entry.unused
    return tuple(sources)


def _unused(line: LineWish, rule: EvidencePart) -> tuple[UnusedGuarantee, ...]:
    """Who sits on a guarantee that its use does not need, the most first; who was hardly measured is left alone."""
    answer_rows = []
    for opd, rates, share in zip(line.demands.opds, line.present.rates, line.demands.measured, strict=True):
        if opd == line.opd or share * 100 < rule.least_measured_percent:
            continue
        need = max(LOWEST_BYTES_PER_SECOND, _up(p95(line.demands.of(opd)) * 100 / rule.comfortable_percent, rule))
        if need < rates.guaranteed:
            answer_rows.append(UnusedGuarantee(opd, rates.guaranteed, rates.guaranteed - need))
    return tuple(sorted(answer_rows, key=lambda entry: (-entry.unused, entry.opd)))


def _part(line: LineWish, rule: EvidencePart) -> RatePair:
    """A part of what is wanted: what the use speaks for, half-way where it speaks for all or nothing of it."""
    mine, wanted = line.mine, line.wanted
    facts = WayFacts(
        way=line.way,
        days=DAYS,
        measured=1.0,
        impossible=0.0,
        p95=p95(line.demands.of(line.opd)),
        hours_above=line.demands.held_hours(line.opd),
        present=mine.ceiling or None,
        wanted=wanted.ceiling,
        wanted_guaranteed=wanted.guaranteed,
        room=line.room,
    )
    ceiling = judge(rule, [facts]).ceilings.get(line.way, wanted.ceiling)
    low, high = sorted((mine.ceiling, wanted.ceiling))
    if not low < ceiling < high:
        ceiling = min(max(low, _up((low + high) / 2, rule)), high)
    # The guarantee keeps the share of the ceiling that was asked for.
    return RatePair(max(LOWEST_BYTES_PER_SECOND, ceiling * wanted.guaranteed // wanted.ceiling), ceiling)


def _up(value: float, rule: EvidencePart) -> int:
    return int(-(-value // rule.round_to)) * rule.round_to
