"""The ceiling that was in force at each moment: an OPD's ledger in, its ceilings with their begins out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inventory.weekly_hours import WeeklyHours, hours_of
from request_tracker.store.database import Store

Numbers = NDArray[Any]
# (since when in Unix seconds, bytes per second), the oldest first.
Ceilings = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class _CeilingRow:
    """One row of the ledger: from when on, bytes per second, in which hours of the week (None: in all)."""

    begin: datetime
    rate: float
    hours: WeeklyHours | None


def ceilings_of(store: Store, opd: str, way: str, until: float) -> Ceilings:
    """Every ceiling of an OPD up to a moment, in its hours of the week that of those hours, as it was enforced.

    At the same moment the later row is the one in force.
    """
    rows = [row for row in _rows(store, opd, way) if row.begin.timestamp() < until]
    always = [row for row in rows if row.hours is None]
    if len(always) == len(rows):
        return [(row.begin.timestamp(), row.rate) for row in always]
    return _of_the_hours(always, [row for row in rows if row.hours is not None], datetime.fromtimestamp(until, UTC))


def usual_ceilings_of(store: Store, opd: str, way: str, until: float) -> Ceilings:
    """The same without the hours of the week that have others: what an office says it has."""
    begins = [(row.begin.timestamp(), row.rate) for row in _rows(store, opd, way) if row.hours is None]
    return [begin for begin in begins if begin[0] < until]


def _rows(store: Store, opd: str, way: str) -> list[_CeilingRow]:
    column = {"receive": "receive_ceiling", "transmit": "transmit_ceiling"}[way]
    rows = store.rows(
        f"SELECT effective_at, {column} AS ceiling, hours FROM ledger WHERE opd = ? ORDER BY effective_at, id", [opd]
    )
    return [
        _CeilingRow(
            datetime.fromisoformat(row["effective_at"]),
            float(row["ceiling"]),
            hours_of(json.loads(row["hours"])) if row["hours"] else None,
        )
        for row in rows
    ]


def _of_the_hours(always: Sequence[_CeilingRow], plans: Sequence[_CeilingRow], until: datetime) -> Ceilings:
    """The stairs of both: at every begin of a row, and at every edge of the hours while their plan is in force."""
    moments = {row.begin for row in (*always, *plans)}
    for plan, following in zip(plans, [*(row.begin for row in plans[1:]), until], strict=True):
        moments.update(plan.hours.boundaries(plan.begin, following) if plan.hours else ())
    stairs: list[tuple[float, float]] = []
    for moment in sorted(moments):
        timed = next((row for row in reversed(plans) if row.begin <= moment), None)
        by_hours = timed is not None and timed.hours is not None and timed.hours.covers(moment)
        standing = timed if by_hours else next((row for row in reversed(always) if row.begin <= moment), None)
        if standing is not None and (not stairs or stairs[-1][1] != standing.rate):
            stairs.append((moment.timestamp(), standing.rate))
    return stairs


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
