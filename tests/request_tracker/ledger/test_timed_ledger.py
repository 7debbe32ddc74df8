"""Allocations with a begin and an end: what overlaps, what the page carries of them, and the sums at every moment."""

import re
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracker_office import CITY, MBIT, MONDAY

from inventory.ledger_page import in_force
from request_tracker.cases import Allocation, Desk
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.ledger.standing import Books, Change, Validity, Wish, admit, batches_of
from request_tracker.store.database import Store, migrate

DAY = timedelta(days=1)


def flat(rate: int) -> Allocation:
    return Allocation(*[rate * MBIT] * 4)


def decide(store: Store, opd: str, rate: int, *, now: datetime, validity: Validity) -> None:
    change = Change(opd, flat(rate), "user:4", "PKL-BW/2026/000001", "uji")
    with store.transaction() as db:
        allocations.append(store, db, batches_of(allocations.standing(store, now), [change], validity), now)


def rates(store: Store, *days: float, opd: str = "dinkes") -> list[int]:
    """Ceilings in Mbit/s so many days after Monday."""
    found = [allocations.allocation_of(store, opd, MONDAY + day * DAY) for day in days]
    return [allocation.receive_ceiling // MBIT if allocation else 0 for allocation in found]


def span(begin: float, end: float | None) -> Validity:
    return Validity(MONDAY + begin * DAY, None if end is None else MONDAY + end * DAY)


BASE = 10


def test_what_begins_later_begins_and_ends_at_its_moments(desk: Desk) -> None:
    decide(desk.store, "dinkes", 50, now=MONDAY, validity=span(2, 5))
    assert rates(desk.store, 0, 1.99, 2, 4.99, 5, 9) == [BASE, BASE, 50, 50, BASE, BASE]


@pytest.mark.parametrize(
    ("second", "days"),
    [
        # Behind the first one's end, across it, within it, across its begin, around it, and for good.
        ((5, 7), [BASE, 50, 50, 50, 30, 30, BASE]),
        ((4, 7), [BASE, 50, 50, 30, 30, 30, BASE]),
        ((3, 4), [BASE, 50, 30, 50, BASE, BASE, BASE]),
        ((1, 3), [30, 30, 50, 50, BASE, BASE, BASE]),
        ((1, 7), [30, 30, 30, 30, 30, 30, BASE]),
        ((3, None), [BASE, 50, 30, 30, 30, 30, 30]),
    ],
)
def test_of_two_that_overlap_the_later_decision_holds_in_its_time_and_nothing_outlives_its_end(
    desk: Desk, second: tuple[float, float | None], days: list[int]
) -> None:
    decide(desk.store, "dinkes", 50, now=MONDAY, validity=span(2, 5))
    decide(desk.store, "dinkes", 30, now=MONDAY, validity=span(*second))
    assert rates(desk.store, 1, 2, 3, 4, 5, 6, 7) == days


def test_guarantees_are_summed_at_every_moment_not_only_now(desk: Desk) -> None:
    """Eleven neighbours with 2 Mbit/s: 168 of 190 are free today; from the third day on another office has 100."""
    decide(desk.store, "rsud", 100, now=MONDAY, validity=span(3, 5))
    books = Books(allocations.standing(desk.store, MONDAY), CITY)
    wanted = Allocation(90 * MBIT, 90 * MBIT, MBIT, MBIT)
    admit(books, Wish("dinkes", wanted, "alasan"), span(0, 3))
    admit(books, Wish("dinkes", wanted, "alasan"), span(5, None))
    for validity, day in ((span(0, None), 26), (span(0, 3.5), 26), (span(4, 4.5), 27), (span(3, 5), 26)):
        with pytest.raises(Refused) as found:
            admit(books, Wish("dinkes", wanted, "alasan"), validity)
        assert found.value.code == "admission" and f"mulai {day}-11-2026 09.00" in found.value.text("id")


def test_a_rate_that_comes_back_later_is_not_given_away_meanwhile(desk: Desk) -> None:
    """The office gives 100 Mbit/s up for two days; nobody can be promised them for good."""
    decide(desk.store, "rsud", 100, now=MONDAY - DAY, validity=span(-1, None))
    decide(desk.store, "rsud", 2, now=MONDAY, validity=span(0, 2))
    books = Books(allocations.standing(desk.store, MONDAY), CITY)
    wanted = Allocation(90 * MBIT, 90 * MBIT, MBIT, MBIT)
    admit(books, Wish("dinkes", wanted, "alasan"), span(0, 2))
    with pytest.raises(Refused, match=re.escape("25-11-2026 09.00")):
        admit(books, Wish("dinkes", wanted, "alasan"))


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["dinkes", "rsud", "disdik"]),
        st.integers(1, 40),
        st.integers(0, 3),
        st.integers(0, 4),
        st.one_of(st.none(), st.integers(1, 4)),
    ),
    max_size=8,
)


@settings(max_examples=30, deadline=None)
@given(DECISIONS)
def test_the_page_at_any_later_moment_is_what_the_ledger_says_then(
    decisions: list[tuple[str, int, int, int, int | None]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "t.db")
        migrate(store)
        now = MONDAY
        for opd, rate, wait, begin, length in decisions:
            now += timedelta(hours=wait)
            start = now + timedelta(hours=begin)
            end = None if length is None else start + timedelta(hours=length)
            decide(store, opd, rate, now=now, validity=Validity(start, end))
        page = allocations.current_allocations(store, now)
        for half_hours in range(24):
            at = now + timedelta(minutes=30 * half_hours)
            there, told = in_force(page, at.timestamp()), allocations.current_allocations(store, at)
            assert (there.revision, there.hash) == (told["revision"], told["hash"])
            assert list(there.rows) == told["allocations"]
        store.close()
