"""Where daily figures are going: days in, the line through them and its intervals out. Pure; the same each time.

A line, one level for each day of the week, and days that depend on the days before them (AR(1), also over gaps). How
much they depend is not known from a month of days, so no one value of it is taken: each is weighed by how well it
explains the days (restricted likelihood), and the interval is that of the mixture of Student's t distributions, which
are wider the fewer days there are. How often it covers the truth stands in ``docs/why/evidence.md``.
"""

from dataclasses import dataclass

import numpy as np

from request_tracker.evidence.ceilings import Numbers

MONTH_DAYS = 30.0  # Growth is told per month, whatever the calendar makes of it.
# Two whole weeks: below that, the weekend decides where the line points.
LEAST_DAYS = 14
# Values of dependence that are weighed, in steps finer than ninety days can tell apart; no network's days are outside.
_DEPENDENCE = np.linspace(-0.9, 0.97, 40)
# How much each weighs beforehand (its logarithm, straight between these places), so that 95 % are 95 %: of thirty days
# a strong dependence is found too weak, and none is found as some. Tuned on series of 30, 60 and 90 days, measured on
# others (docs/why/evidence.md).
_BEFOREHAND = np.interp(
    _DEPENDENCE, (-0.9, -0.6, -0.3, 0.2, 0.5, 0.75, 0.9, 0.97), (2.61, 1.22, 0.47, 0.0, -0.41, -0.39, -1.33, 0.29)
)
# Both ends of a 95 % interval.
_ENDS = (0.025, 0.975)
# The mixture is added up over twelve of its standard deviations on each side, in steps of a 25th of one: 95 % of
# the widest t distribution here (5 degrees of freedom) lie within 2.6.
_REACH, _PLACES = 12, 601
_WEEK = 7


@dataclass(frozen=True)
class Value:
    """A figure with the two ends of its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the interval: it is even on both sides but for rounding."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Trend:
    """The line through the days: its slope a day, and its height on the last of them on a day of middling use."""

    fit: "_Fit"

    @property
    def slope(self) -> Value:
        """The change a day."""
        return self.fit.value(self.fit.row(1.0, None))

    def at(self, days_ahead: float) -> Value:
        """The line so many days after the last measured one, on the weekday that is the middle one of the week."""
        return self.fit.value(self.fit.row(days_ahead, self.fit.middle))


def trend(days: Numbers, values: Numbers) -> Trend | None:
    """The line through one value a day; None below fourteen days. ``days`` are whole numbers in their order."""
    if len(days) < LEAST_DAYS:
        return None
    weekdays = np.unique(days % _WEEK)
    columns = [days - days[-1], *(days % _WEEK == weekday for weekday in weekdays)]
    design = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    return Trend(_fitted(design, np.asarray(values, dtype=float), np.diff(days)))


@dataclass(frozen=True)
class _Fit:
    """For each value of dependence its weight, the estimates, their covariance; ``freedom`` degrees are left."""

    weights: Numbers
    estimates: Numbers
    covariances: Numbers
    freedom: int

    @property
    def middle(self) -> int:
        """The column of the weekday whose level is the middle one: a working day, where five of seven are."""
        levels = (self.weights @ self.estimates)[1:]
        return 1 + int(np.argsort(levels, kind="stable")[len(levels) // 2])

    def row(self, days_ahead: float, weekday: int | None) -> Numbers:
        """What is asked of the estimates: so much of the slope, and the level of one weekday."""
        row = np.zeros(self.estimates.shape[1])
        row[0] = days_ahead
        if weekday is not None:
            row[weekday] = 1.0
        return row

    def value(self, row: Numbers) -> Value:
        """The figure of a row with its interval, from the mixture of t distributions."""
        centres = self.estimates @ row
        variances = np.maximum(np.einsum("i,kij,j->k", row, self.covariances, row), 0.0)
        middle = float(self.weights @ centres)
        spread = float(np.sqrt(self.weights @ (variances + (centres - middle) ** 2)))
        if spread <= 1e-9 * max(1.0, abs(middle)):
            # The days lie on the line to the last digit: nothing is left to add up.
            return Value(middle, middle - spread, middle + spread)
        places = middle + spread * np.linspace(-_REACH, _REACH, _PLACES)
        widths = np.sqrt(np.maximum(variances, (1e-6 * spread) ** 2))
        distances = (places[None, :] - centres[:, None]) / widths[:, None]
        density = (self.weights / widths) @ (1 + distances**2 / self.freedom) ** (-(self.freedom + 1) / 2)
        below = np.cumsum(density) / density.sum()
        low, high = (float(np.interp(end, below, places)) for end in _ENDS)
        return Value(middle, low, high)


def _fitted(design: Numbers, values: Numbers, apart: Numbers) -> _Fit:
    """Generalised least squares for every value of dependence at once."""
    count, columns = design.shape
    # Of a day so many days after the last measured one, this share is explained by that one.
    shares = _DEPENDENCE[:, None] ** apart[None, :]
    rests = np.sqrt(1 - shares**2)
    both = np.column_stack([design, values])
    free = np.empty((len(_DEPENDENCE), count, columns + 1))
    free[:, 0] = both[0]
    free[:, 1:] = (both[None, 1:] - shares[:, :, None] * both[None, :-1]) / rests[:, :, None]
    factors, answers = free[:, :, :columns], free[:, :, columns]
    squares = np.einsum("kni,knj->kij", factors, factors)
    products = np.einsum("kni,kn->ki", factors, answers)
    inverses = np.linalg.inv(squares)
    estimates = np.einsum("kij,kj->ki", inverses, products)
    misses = np.einsum("kn->k", (answers - np.einsum("kni,ki->kn", factors, estimates)) ** 2)
    freedom = count - columns
    # Days that lie on the line to the last digit have no misses, and no logarithm of them.
    least = np.finfo(float).tiny + 1e-24 * float(values @ values)
    misses = np.maximum(misses, least)
    likelihood = (
        _BEFOREHAND - np.log(rests).sum(axis=1) - np.linalg.slogdet(squares)[1] / 2 - freedom / 2 * np.log(misses)
    )
    weights = np.exp(likelihood - likelihood.max())
    covariances = inverses * (misses / freedom)[:, None, None]
    return _Fit(weights / weights.sum(), estimates, covariances, freedom)
