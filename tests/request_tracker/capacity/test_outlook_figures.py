"""The outlook on the board: the dates of the very function of the page, and none where nothing can be said."""

from collections.abc import Sequence
from datetime import date, datetime, time

from daily_use import DailyUse
from tracker_office import MONDAY

from request_tracker.capacity.outlook import LineOutlook, outlooks
from request_tracker.capacity.outlook_figures import OutlookFigures
from request_tracker.cases import Desk

RISING = [100 + day for day in range(31)]
FLAT = [100 + day % 2 for day in range(31)]


def told(desk: Desk, lines: Sequence[LineOutlook]) -> dict[tuple[str, str, str], date]:
    zone = desk.calendar.zone
    (family,) = OutlookFigures(lambda: lines, zone).collect()
    moments = {
        (s.labels["link"], s.labels["direction"], s.labels["date"]): datetime.fromtimestamp(s.value, zone)
        for s in family.samples
    }
    assert all(moment.time() == time() for moment in moments.values())
    return {key: moment.date() for key, moment in moments.items()}


def test_the_board_is_told_the_dates_of_the_page(desk: Desk) -> None:
    down, up = outlooks(desk, DailyUse(ways={"receive": RISING, "transmit": FLAT}), (), MONDAY)
    assert down.as_it_is and down.with_pending and down.more
    assert up.as_it_is and up.as_it_is.day is None
    dates = {
        "day": down.as_it_is.day,
        "earliest": down.as_it_is.earliest,
        "latest": down.as_it_is.latest,
        "with_pending": down.with_pending.day,
        "more": down.more.day,
    }
    shown = told(desk, (down, up))
    assert {name: day for (_, way, name), day in shown.items() if way == "receive"} == dates
    # A use that does not rise has no day, and its earliest one only where the interval reaches the line.
    assert ("isp-utama", "transmit", "day") not in shown


def test_without_days_enough_and_before_the_first_look_there_is_no_date(desk: Desk) -> None:
    assert told(desk, ()) == {}
    assert told(desk, outlooks(desk, DailyUse(ways={"receive": [100.0] * 3, "transmit": []}), (), MONDAY)) == {}
