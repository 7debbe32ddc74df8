"""Hours of the week: midnight is crossed, the zone is the plan's own, a week comes round."""

from datetime import UTC, datetime, time, timedelta

import pytest

from inventory.weekly_hours import WeeklyHours, hours_of, never

# Nights that begin on Monday to Friday.
NIGHTS = WeeklyHours((0, 1, 2, 3, 4), time(21), time(5), "Asia/Jakarta")
LUNCH = WeeklyHours((5,), time(12), time(13, 30), "Asia/Jayapura")
WHOLE_DAY = WeeklyHours((6,), time(0), time(0), "Asia/Makassar")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("hours", "moment", "covered"),
    [
        (NIGHTS, "2026-11-23T20:59:59.999999+07:00", False),
        (NIGHTS, "2026-11-23T21:00:00+07:00", True),
        (NIGHTS, "2026-11-24T00:00:00+07:00", True),
        (NIGHTS, "2026-11-24T04:59:59.999999+07:00", True),
        (NIGHTS, "2026-11-24T05:00:00+07:00", False),
        # Friday's night goes on into Saturday; Saturday and Sunday have none; Monday's morning belongs to Sunday.
        (NIGHTS, "2026-11-28T04:59:00+07:00", True),
        (NIGHTS, "2026-11-28T22:00:00+07:00", False),
        (NIGHTS, "2026-11-23T03:00:00+07:00", False),
        # The same moment in another zone's words, and the plan's zone where the machine's is another.
        (NIGHTS, "2026-11-23T14:00:00+00:00", True),
        (LUNCH, "2026-11-28T03:00:00+00:00", True),
        (LUNCH, "2026-11-28T04:30:00+00:00", False),
        (WHOLE_DAY, "2026-11-29T00:00:00+08:00", True),
        (WHOLE_DAY, "2026-11-29T23:59:59+08:00", True),
        (WHOLE_DAY, "2026-11-30T00:00:00+08:00", False),
        (never(NIGHTS), "2026-11-23T22:00:00+07:00", False),
    ],
)
def test_hours_cover_from_their_begin_until_their_end(hours: WeeklyHours, moment: str, covered: bool) -> None:
    assert hours.covers(at(moment)) is covered


@pytest.mark.parametrize(
    ("moment", "following"),
    [
        ("2026-11-23T20:00:00+07:00", "2026-11-23T21:00:00+07:00"),
        ("2026-11-23T21:00:00+07:00", "2026-11-24T05:00:00+07:00"),
        ("2026-11-24T05:00:00+07:00", "2026-11-24T21:00:00+07:00"),
        # Over the weekend, which has no night of its own.
        ("2026-11-28T05:00:00+07:00", "2026-11-30T21:00:00+07:00"),
    ],
)
def test_the_next_boundary_is_later_than_the_moment(moment: str, following: str) -> None:
    assert NIGHTS.next_boundary(at(moment)) == at(following)


def test_a_week_has_each_begin_and_end_once_and_in_order() -> None:
    monday = at("2026-11-23T00:00:00+07:00")
    found = list(NIGHTS.boundaries(monday, monday + timedelta(days=7)))
    assert found == sorted(found) and len(found) == 10


def test_between_two_boundaries_nothing_changes() -> None:
    moment = at("2026-11-23T00:00:00+07:00")
    for _ in range(12):
        following = NIGHTS.next_boundary(moment)
        assert following is not None
        assert NIGHTS.covers(moment) == NIGHTS.covers(following - timedelta(microseconds=1)) != NIGHTS.covers(following)
        moment = following


def test_a_plan_that_is_over_wakes_nobody() -> None:
    assert never(NIGHTS).next_boundary(datetime(2026, 11, 23, tzinfo=UTC)) is None


def test_it_is_the_same_after_the_ledger_has_kept_it() -> None:
    assert hours_of(NIGHTS.data()) == NIGHTS


@pytest.mark.parametrize(
    "wrong", [{"days": [7]}, {"days": [1, 0]}, {"days": [1, 1]}, {"begin": "25:00"}, {"zone": "Asia/Bekasi"}]
)
def test_what_is_no_week_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        hours_of({**NIGHTS.data(), **wrong})
