"""Thirty days of what the OPDs of one uplink used, as an array for each direction: what is replayed. Asks Prometheus.

Use stands for demand. At an OPD's ceiling it is only what got through, so there the demand is a lower bound.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from inventory.model import City
from request_tracker.evidence.ceilings import Ceilings, Numbers, ceilings_at
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, STEP_SECONDS
from request_tracker.evidence.use import BATCH_DAYS, BATCH_OPDS, read_uses

DAYS = BATCH_DAYS
# From this share on a rate is at its ceiling: framing and the steps of five minutes take up to 5 % of it, as TCP's
# goodput is 95.6 % of the layer-2 rate.
AT_CEILING = 0.95
Step = Callable[[], object]


@dataclass(frozen=True)
class Demands:
    """One direction: 5-minute means by moment (row) and OPD (column), not a number where nothing was measured.

    ``at_ceiling`` is true where the OPD was at the ceiling in force then, ``bounded`` where the ledger has one.
    """

    opds: tuple[str, ...]
    use: Numbers
    at_ceiling: Numbers
    bounded: Numbers

    @property
    def measured(self) -> Numbers:
        """For each OPD the share of the window that was measured."""
        shares: Numbers = (~np.isnan(self.use)).mean(axis=0)
        return shares

    def of(self, opd: str) -> Numbers:
        """The measured means of one OPD."""
        column = self.use[:, self.opds.index(opd)]
        return column[~np.isnan(column)]

    def held_hours(self, opd: str) -> float | None:
        """How long one OPD was at its ceiling; None where none was known in any of the measured time."""
        return hours(self.at_ceiling[:, self.opds.index(opd)]) if self.ceiling_days(opd) else None

    def ceiling_days(self, opd: str) -> float:
        """Of how many days, of those measured, the OPD's ceiling is known."""
        return self._days((~np.isnan(self.use) & self.bounded)[:, self.opds.index(opd)])

    def measured_days(self, opd: str) -> float:
        """How many days of the OPD were measured."""
        return self._days(~np.isnan(self.use[:, self.opds.index(opd)]))

    @property
    def ceiling_share(self) -> float:
        """Of how much of everybody's measured time the ceiling is known, 0 to 1; 0 where nothing was measured."""
        measured = ~np.isnan(self.use)
        return float((measured & self.bounded).sum() / max(1, measured.sum()))

    @staticmethod
    def _days(moments: Numbers) -> float:
        return float(moments.sum()) * STEP_SECONDS / DAY_SECONDS


@dataclass(frozen=True)
class DemandQuestion:
    """Whose demands: the OPDs of one uplink with their ceilings, each with its begins, up to ``end`` (on the grid)."""

    city: City
    way: str
    ceilings: dict[str, Ceilings]
    end: float


def hours(moments: Numbers) -> float:
    """So many of the 5-minute steps are true, in hours."""
    return float(moments.sum()) * STEP_SECONDS / 3600


def read_demands(prometheus: Prometheus, question: DemandQuestion, step: Step = lambda: None) -> Demands:
    """Ask for every OPD; ``step`` is called for each that was read. Raises NoData."""
    opds = tuple(question.ceilings)
    times = question.end - DAYS * DAY_SECONDS + STEP_SECONDS * np.arange(DAYS * DAY_SECONDS // STEP_SECONDS)
    use = np.full((len(times), len(opds)), np.nan)
    for batch in _batches(opds):
        answers = read_uses(prometheus, question.city, (batch, question.way), question.end)
        for opd in batch:
            if opd in answers:
                at, values = (np.array(column) for column in zip(*answers[opd].points, strict=True))
                use[((at - times[0]) // STEP_SECONDS).astype(int), opds.index(opd)] = values
            step()
    limits = np.column_stack([ceilings_at(ceilings, times) for ceilings in question.ceilings.values()])
    # Nothing is above what is not a number: not measured, or without a ceiling, is not held.
    return Demands(opds, use, use >= AT_CEILING * limits, ~np.isnan(limits))


def _batches(opds: Sequence[str]) -> list[Sequence[str]]:
    return [opds[place : place + BATCH_OPDS] for place in range(0, len(opds), BATCH_OPDS)]
