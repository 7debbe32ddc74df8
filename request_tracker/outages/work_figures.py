"""Announced work as figures: the windows that run now in, a family for Prometheus out; notes on boards read it."""

from collections.abc import Iterator
from datetime import datetime

from request_tracker.outages.maintenance import windows
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from runtime.families import Family, family
from runtime.metrics import PREFIX, Metric

WORK = Metric(f"{PREFIX}announced_work_info", "gauge", "1 while announced work runs on this link or device.", ("root",))


def work_figures(store: Store, now: datetime) -> Iterator[Family]:
    """One series for each link or device on which work runs; two windows on the same one are one series."""
    # Stamps are of one width, so comparing texts is comparing moments.
    roots = {row["root"] for row in windows(store, now) if row["starts_at"] <= stamp(now)}
    yield family(WORK, [((root,), 1) for root in sorted(roots)])
