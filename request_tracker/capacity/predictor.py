"""What a full line gives to whom: demands, guarantees and ceilings of one direction in, what each OPD gets out. Pure.

As the kernel shares it: everybody up to its guarantee first; what is then left of the line goes to those who want more,
in proportion to their guarantees, up to each one's demand and ceiling, until nothing is left (weighted max-min). Both
directions are two questions. Rates are bytes per second; a row of ``demands`` is a moment, a column an OPD.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inventory.admission import RatePair
from request_tracker.evidence.ceilings import Numbers

# An OPD without a guarantee still has its turn among those who borrow, if the smallest: a byte a second.
LEAST_WEIGHT = 1.0


@dataclass(frozen=True)
class LinePromises:
    """One direction of a line: its capacity and the promise to each OPD, in the order of the demands' columns."""

    capacity: int
    rates: Sequence[RatePair]

    def column(self, key: str) -> Numbers:
        """The guarantees or the ceilings of all."""
        return np.array([getattr(rate, key) for rate in self.rates], dtype=float)


def predict(demands: Numbers, line: LinePromises) -> Numbers:
    """What each OPD gets at each moment, in the shape of ``demands``, which are never negative."""
    guaranteed = line.column("guaranteed")
    delivered = np.minimum(demands, line.column("ceiling"))
    # Moments at which the line carries what everybody wants are most of a month, and are done here.
    full = delivered.sum(axis=1) > line.capacity
    wanted = delivered[full]
    weights = np.maximum(guaranteed, LEAST_WEIGHT)
    first = np.minimum(wanted, guaranteed)
    room = line.capacity - first.sum(axis=1)
    # Guarantees that the line cannot carry are shared like everything else: none is above another.
    secured = np.where(room[:, None] < 0, _shared(first, weights, np.full(len(room), float(line.capacity))), first)
    delivered[full] = secured + _shared(wanted - first, weights, np.maximum(room, 0.0))
    return delivered


def _shared(wishes: Numbers, weights: Numbers, room: Numbers) -> Numbers:
    """The room of each row shared by weight, nobody above its wish."""
    if not len(wishes):
        return wishes
    # Whoever wants least for its weight is satisfied first; at the first who is not, the level of all others is found.
    levels = wishes / weights
    order = np.argsort(levels, axis=1, kind="stable")
    in_order = np.take_along_axis(wishes, order, axis=1)
    satisfied = np.cumsum(in_order, axis=1) - in_order
    own = weights[order]
    others = np.cumsum(own[:, ::-1], axis=1)[:, ::-1]
    reached = (room[:, None] - satisfied) / others
    short = np.take_along_axis(levels, order, axis=1) > reached
    row, place = np.arange(len(wishes)), short.argmax(axis=1)
    level = np.where(short.any(axis=1), reached[row, place], np.inf)
    shares: Numbers = np.minimum(wishes, level[:, None] * weights)
    return shares
