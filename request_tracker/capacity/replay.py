"""A month of demands under other promises: who gets more, who gets less, for how long. Pure; one direction at a time.

Every question is put twice: with the use as the demand, and as if whoever was at a ceiling, or held by a full line, had
wanted whatever he could get. The truth lies between both. A moment that was not measured is in no sum, and nothing is
made up for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inventory.admission import RatePair
from request_tracker.capacity.demands import AT_CEILING, Demands
from request_tracker.capacity.predictor import LEAST_WEIGHT, LinePromises, predict
from request_tracker.evidence.ceilings import Numbers
from request_tracker.evidence.steps import STEP_SECONDS

# Two per cent less is less: the tolerance by which the proof of delivery calls a guarantee kept.
FELT = 0.02
# On a full line all who are not satisfied stand equally high above their guarantees, each for its weight. Who stands at
# three quarters of the highest may be one of them: a mean of five minutes is seldom full from its begin to its end, and
# to take too many for held only widens the range that is said.
_AS_HIGH = 0.75
# Moments at a time: a day of 500 OPDs is 1.2 MB an array, a month 35 MB, and some ten of them live at once.
_ROWS = 288


@dataclass(frozen=True)
class HourRange:
    """Hours of the window: with the use as the demand, and with all that may have been wanted at the ceilings."""

    low: float
    high: float


@dataclass(frozen=True)
class ShareChange:
    """One OPD: how long it gets more and less, and the most that it lacks at one moment (bytes per second)."""

    opd: str
    gains: HourRange
    loses: HourRange
    most_lost: float


@dataclass(frozen=True)
class Replay:
    """One direction under other promises: who is touched, and how long the line is full then."""

    changes: tuple[ShareChange, ...]
    full: HourRange


@dataclass
class _Tally:
    """Moments counted for each OPD (gets more, gets less, the most that it lacks), and those of a full line."""

    more: Numbers
    less: Numbers
    lost: Numbers
    full: int = 0


@dataclass(frozen=True)
class PromiseChange:
    """What each OPD gets at each moment under the present promises, and under the other ones."""

    before: Numbers
    after: Numbers


def shares(
    use: Numbers, at_ceiling: Numbers, present: LinePromises, other: LinePromises
) -> tuple[PromiseChange, PromiseChange]:
    """The line shared among the demands of some moments: with the use as the demand, and with all that may have been.

    Rows are moments, columns the OPDs; what was not measured takes nothing from the others.
    """
    least = np.nan_to_num(use)
    lower_bound = at_ceiling | _held_by_line(least, present)
    most = np.where(lower_bound, np.maximum(least, other.column("ceiling")), least)
    low, high = (PromiseChange(predict(wanted, present), predict(wanted, other)) for wanted in (least, most))
    return low, high


def _held_by_line(use: Numbers, line: LinePromises) -> Numbers:
    """Who may have wanted more than a full line left to it; whoever stays within its guarantee had what it wanted."""
    guaranteed = line.column("guaranteed")
    above = np.where(use > guaranteed * (1 + FELT), (use - guaranteed) / np.maximum(guaranteed, LEAST_WEIGHT), 0.0)
    full = use.sum(axis=1, keepdims=True) >= line.capacity * AT_CEILING
    lower_bound: Numbers = full & (above > 0) & (above >= above.max(axis=1, keepdims=True) * _AS_HIGH)
    return lower_bound


def replay(demands: Demands, present: LinePromises, other: LinePromises) -> Replay:
    """What ``other`` promises change against the ``present`` ones; both in the order of the demands' OPDs."""
    nobody = np.zeros(len(demands.opds))
    tallies = [_Tally(nobody, nobody, nobody) for _ in range(2)]
    for begin in range(0, len(demands.use), _ROWS):
        rows = slice(begin, begin + _ROWS)
        use = demands.use[rows]
        outcomes = shares(use, demands.at_ceiling[rows], present, other)
        for tally, outcome in zip(tallies, outcomes, strict=True):
            _count(tally, ~np.isnan(use), outcome)
            tally.full += int((outcome.after.sum(axis=1) >= other.capacity * (1 - FELT)).sum())
    low, high = tallies
    changes = (
        ShareChange(
            opd,
            _between(low.more[place], high.more[place]),
            _between(low.less[place], high.less[place]),
            float(max(low.lost[place], high.lost[place])),
        )
        for place, opd in enumerate(demands.opds)
    )
    touched = tuple(change for change in changes if change.gains.high or change.loses.high)
    return Replay(touched, _between(low.full, high.full))


def _count(tally: _Tally, measured: Numbers, outcome: PromiseChange) -> None:
    """Add some moments to a tally."""
    before, after = outcome.before, outcome.after
    less = measured & (after < before * (1 - FELT))
    tally.more = tally.more + (measured & (after > before * (1 + FELT))).sum(axis=0)
    tally.less = tally.less + less.sum(axis=0)
    tally.lost = np.maximum(tally.lost, np.where(less, before - after, 0.0).max(axis=0))


def _between(entry: float, other: float) -> HourRange:
    """The smaller and the larger count of moments: who wants more may also push the line to another one's good."""
    low, high = sorted((entry * STEP_SECONDS / 3600, other * STEP_SECONDS / 3600))
    return HourRange(float(low), float(high))


def with_rates(line: LinePromises, opds: Sequence[str], rates: dict[str, RatePair]) -> LinePromises:
    """The same line with other promises to some OPDs."""
    return LinePromises(line.capacity, [rates.get(opd, rate) for opd, rate in zip(opds, line.rates, strict=True)])
