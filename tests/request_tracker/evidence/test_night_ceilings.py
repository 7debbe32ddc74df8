"""An office with other rates in some hours of the week is judged in them by those, as the line is held to them."""

from datetime import time, timedelta

import numpy as np
from tracker_office import MBIT, MONDAY

from inventory.weekly_hours import WeeklyHours
from request_tracker.cases import Allocation, Desk
from request_tracker.evidence.ceilings import ceilings_at, ceilings_of, usual_ceilings_of
from request_tracker.evidence.direction import hours_above
from request_tracker.ledger import allocations
from request_tracker.ledger.standing import FOR_GOOD, Change, Validity, batches_of

NIGHTS = WeeklyHours((0, 1, 2, 3, 4), time(21), time(5), "Asia/Jakarta")
WEEK = timedelta(days=7)
UNTIL = (MONDAY + WEEK).timestamp()


def decide(desk: Desk, rate: int, hours: WeeklyHours | None, validity: Validity = FOR_GOOD) -> None:
    change = Change("dinkes", Allocation(*[rate * MBIT] * 4), "user:4", "PKL-BW/2026/000001", "uji", hours)
    with desk.store.transaction() as db:
        batches = batches_of(allocations.standing(desk.store, MONDAY), [change], validity)
        allocations.append(desk.store, db, batches, MONDAY)


def test_BTM_06_every_moment_has_the_ceiling_that_the_ledger_enforces_then(desk: Desk) -> None:
    decide(desk, 2, NIGHTS, Validity(MONDAY + timedelta(days=1), MONDAY + timedelta(days=6)))
    decide(desk, 40, None, Validity(MONDAY + timedelta(days=3)))
    moments = [MONDAY + timedelta(minutes=7 * step) for step in range(1440)]
    steps = ceilings_at(ceilings_of(desk.store, "dinkes", "receive", UNTIL), np.array([m.timestamp() for m in moments]))
    for moment, rate in zip(moments, steps, strict=True):
        (row,) = [row for row in allocations.effective_rows(desk.store, moment) if row["opd"] == "dinkes"]
        assert rate == row["receive_ceiling"], moment
    assert {rate / MBIT for rate in steps} == {2, 10, 40}
    assert {rate / MBIT for _, rate in usual_ceilings_of(desk.store, "dinkes", "receive", UNTIL)} == {10, 40}


def test_BTM_06_a_night_at_its_own_ceiling_is_counted_and_a_day_within_its_is_not(desk: Desk) -> None:
    decide(desk, 2, NIGHTS)
    times = [MONDAY.timestamp() + 300 * step for step in range(288)]
    night = 12 * 3600, 20 * 3600  # From nine in the evening to five; Monday is nine in the morning.
    use = [(at, 1.9 * MBIT if night[0] <= at - times[0] < night[1] else 5.0 * MBIT) for at in times]
    near = hours_above(use, ceilings_of(desk.store, "dinkes", "receive", UNTIL), 0.8)
    assert (near.hours, near.days) == (8, 1)
