"""The ceiling that was in force at each moment: an OPD's ledger in, its ceilings with their begins out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from request_tracker.store.database import Store

Numbers = NDArray[Any]
# (since when in Unix seconds, bytes per second), the oldest first.
Ceilings = Sequence[tuple[float, float]]


def ceilings_of(store: Store, opd: str, way: str, until: float) -> Ceilings:
    """Every ceiling of an OPD up to a moment; at the same moment the later row is the one in force."""
    column = {"receive": "receive_ceiling", "transmit": "transmit_ceiling"}[way]
    rows = store.rows(
        f"SELECT effective_at, {column} AS ceiling FROM ledger WHERE opd = ? AND hours IS NULL"
        " ORDER BY effective_at, id",
        [opd],
    )
    begins = [(datetime.fromisoformat(row["effective_at"]).timestamp(), float(row["ceiling"])) for row in rows]
    return [begin for begin in begins if begin[0] < until]


def ceilings_at(ceilings: Ceilings, times: Numbers) -> Numbers:
    """The ceiling in force at each of these moments; not a number before the first."""
    if not ceilings:
        return np.full(len(times), np.nan)
    begins = np.array([since for since, _ in ceilings])
    rates = np.array([np.nan, *(rate for _, rate in ceilings)])
    in_force: Numbers = rates[np.searchsorted(begins, times, side="right")]
    return in_force


def within(ceilings: Ceilings, begin: float, end: float) -> Ceilings:
    """The ceilings of a window: the one in force at its begin, told from there, and those that came in it."""
    sooner = [rate for since, rate in ceilings if since <= begin]
    return [*((begin, rate) for rate in sooner[-1:]), *(step for step in ceilings if begin < step[0] < end)]
