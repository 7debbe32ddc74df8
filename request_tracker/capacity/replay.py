"""A month of demands under other promises: who gets more, who gets less, for how long. Pure; one direction at a time.

Every question is put twice: with the use as the demand, and as if whoever was at a ceiling had wanted whatever he could
get. The truth lies between both. A moment that was not measured is in no sum, and nothing is made up for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inventory.admission import RatePair
from request_tracker.capacity.demands import Demands, hours
from request_tracker.capacity.predictor import LinePromises, predict
from request_tracker.evidence.ceilings import Numbers

# Two per cent less is less: the tolerance by which the proof of delivery calls a guarantee kept.
FELT = 0.02


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


def replay(demands: Demands, present: LinePromises, other: LinePromises) -> Replay:
    """What ``other`` promises change against the ``present`` ones; both in the order of the demands' OPDs."""
    bounds = [_compared(demands, present, other, wanted) for wanted in _wanted(demands, other)]
    (more, less, lost, full), (more_high, less_high, lost_high, full_high) = bounds
    changes = []
    for place, opd in enumerate(demands.opds):
        gains = _between(more[:, place], more_high[:, place])
        loses = _between(less[:, place], less_high[:, place])
        if gains.high or loses.high:
            changes.append(ShareChange(opd, gains, loses, float(max(lost[:, place].max(), lost_high[:, place].max()))))
    return Replay(tuple(changes), _between(full, full_high))


def _wanted(demands: Demands, other: LinePromises) -> Sequence[Numbers]:
    """The least and the most that may have been wanted; what was not measured takes nothing from the others."""
    least = np.nan_to_num(demands.use)
    return least, np.where(demands.held, np.maximum(least, other.column("ceiling")), least)


def _compared(
    demands: Demands, present: LinePromises, other: LinePromises, wanted: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """By moment and OPD: gets more, gets less, how much less where it does; by moment: the line is full."""
    before, after = predict(wanted, present), predict(wanted, other)
    measured = ~np.isnan(demands.use)
    more, less = measured & (after > before * (1 + FELT)), measured & (after < before * (1 - FELT))
    return more, less, np.where(less, before - after, 0.0), after.sum(axis=1) >= other.capacity * (1 - FELT)


def _between(one: Numbers, other: Numbers) -> HourRange:
    """The smaller and the larger: somebody who wants more may also push the line to another one's good."""
    low, high = sorted((hours(one), hours(other)))
    return HourRange(low, high)


def changed(line: LinePromises, opds: Sequence[str], rates: dict[str, RatePair]) -> LinePromises:
    """The same line with other promises to some OPDs."""
    return LinePromises(line.capacity, [rates.get(opd, rate) for opd, rate in zip(opds, line.rates, strict=True)])
