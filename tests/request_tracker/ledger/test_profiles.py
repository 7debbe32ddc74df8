"""Rates of some hours of the week: in the ledger, on its page, and in the sums at every moment of the week."""

from datetime import datetime, time, timedelta

import pytest
from tracker_office import CITY, MBIT, MONDAY

from inventory.ledger_page import in_force
from inventory.weekly_hours import WeeklyHours
from request_tracker.cases import Allocation, Desk
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.ledger.standing import FOR_GOOD, Books, Change, Validity, Wish, admit, batches_of

NIGHTS = WeeklyHours((0, 1, 2, 3, 4), time(21), time(5), "Asia/Jakarta")
LATE = WeeklyHours((0, 1, 2, 3, 4), time(4), time(6), "Asia/Jakarta")
WEEKEND = WeeklyHours((5, 6), time(0), time(0), "Asia/Jakarta")
DAY = timedelta(days=1)
# MONDAY is nine o'clock in Jakarta.
TONIGHT, TOMORROW = MONDAY + timedelta(hours=13), MONDAY + DAY


def flat(rate: int) -> Allocation:
    return Allocation(*[rate * MBIT] * 4)


def decide(
    desk: Desk, opd: str, rate: int, hours: WeeklyHours | None, validity: Validity = FOR_GOOD, now: datetime = MONDAY
) -> None:
    change = Change(opd, flat(rate), "user:4", "PKL-BW/2026/000001", "uji", hours)
    with desk.store.transaction() as db:
        allocations.append(desk.store, db, batches_of(allocations.standing(desk.store, now), [change], validity), now)


def ceiling(desk: Desk, at: datetime, opd: str = "dinkes") -> int:
    """In Mbit/s, as the page of that moment and the ledger itself both say."""
    page = in_force(allocations.current_allocations(desk.store, MONDAY), at.timestamp())
    (told,) = [row["receive"]["ceiling"] for row in page.rows if row["opd"] == opd]
    (kept,) = [row["receive_ceiling"] for row in allocations.effective_rows(desk.store, at) if row["opd"] == opd]
    assert told == kept
    return int(told) // MBIT


def test_the_rates_of_the_night_hold_at_night_only(desk: Desk) -> None:
    decide(desk, "dinkes", 2, NIGHTS)
    assert [ceiling(desk, at) for at in (MONDAY, TONIGHT, TOMORROW, MONDAY + 5.6 * DAY)] == [10, 2, 10, 10]
    assert ceiling(desk, TONIGHT, "rsud") == 10 and allocations.chain_faults(desk.store) == []


def test_the_rates_of_all_hours_change_beside_it_and_the_night_stays(desk: Desk) -> None:
    decide(desk, "dinkes", 2, NIGHTS)
    decide(desk, "dinkes", 40, None)
    assert (ceiling(desk, MONDAY), ceiling(desk, TONIGHT)) == (40, 2)


def test_a_plan_begins_and_ends_and_its_end_leaves_no_older_plan(desk: Desk) -> None:
    decide(desk, "dinkes", 4, NIGHTS)
    decide(desk, "dinkes", 2, NIGHTS, Validity(MONDAY + DAY, MONDAY + 3 * DAY))
    nights = [TONIGHT + n * DAY for n in range(5)]
    assert [ceiling(desk, night) for night in nights] == [4, 2, 2, 10, 10]


@pytest.mark.parametrize(
    ("hours", "fits"),
    [
        # Beside 100 Mbit/s from 21 to 5 o'clock: in the same hours, in hours that touch them, at the weekend, always.
        (NIGHTS, False),
        (LATE, False),
        (WeeklyHours((0,), time(5), time(21), "Asia/Jakarta"), True),
        # Friday's night reaches into Saturday.
        (WEEKEND, False),
        (WeeklyHours((6,), time(0), time(0), "Asia/Jakarta"), True),
        # 20 o'clock in Jayapura is 18 o'clock in Jakarta; 23 is 21.
        (WeeklyHours((2,), time(20), time(23), "Asia/Jayapura"), True),
        (WeeklyHours((2,), time(20), time(23, 1), "Asia/Jayapura"), False),
        (None, False),
    ],
)
def test_guarantees_are_summed_at_every_hour_of_the_week(desk: Desk, hours: WeeklyHours | None, fits: bool) -> None:
    decide(desk, "rsud", 100, NIGHTS)
    books = Books(allocations.standing(desk.store, MONDAY), CITY)
    wish = Wish("dinkes", flat(90), "alasan", hours)
    if fits:
        admit(books, wish)
        return
    with pytest.raises(Refused) as found:
        admit(books, wish)
    assert found.value.code == "admission" and "95 %" in found.value.text("id")


def test_what_an_office_gives_up_at_night_another_may_have_then(desk: Desk) -> None:
    """170 of 190 are promised by day; at night this office needs 2."""
    decide(desk, "rsud", 150, None)
    books = Books(allocations.standing(desk.store, MONDAY), CITY)
    with pytest.raises(Refused):
        admit(books, Wish("dinkes", flat(90), "alasan", NIGHTS))
    decide(desk, "rsud", 2, NIGHTS)
    admit(Books(allocations.standing(desk.store, MONDAY), CITY), Wish("dinkes", flat(90), "alasan", NIGHTS))


def test_a_row_with_hours_written_over_breaks_the_chain(desk: Desk) -> None:
    decide(desk, "dinkes", 2, NIGHTS)
    with desk.store.transaction() as db:
        for name in (row["name"] for row in desk.store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE ledger SET hours = replace(hours, '21:00', '09:00') WHERE hours IS NOT NULL")
    assert "its content does not give its hash" in allocations.chain_faults(desk.store)[0]
