"""Ramadan by the calendar's own Eid, confirmed on a page; a year that lacks it, or collective leave, is told of."""

from datetime import UTC, date, datetime, timedelta

from tracker_site import NOW, Site

from request_tracker.calendar.ramadan import LEAVE, RAMADAN, estimated, laid_over, unconfirmed
from request_tracker.calendar.working_time import national_holidays
from request_tracker.config import CalendarPart, office_calendar
from request_tracker.notifications.calendar_reminder import remind_calendar

DECREED = (date(2027, 2, 7), date(2027, 3, 8))


def test_every_year_of_the_calendar_has_its_ramadan_before_eid() -> None:
    months = estimated(national_holidays(range(2026, 2036)))
    assert {last.year for _, last in months} == set(range(2026, 2036))
    assert (date(2027, 2, 8), date(2027, 3, 9)) in months
    assert all(last - first == timedelta(days=29) for first, last in months)


def test_in_a_year_beyond_the_code_the_hours_of_ramadan_hold() -> None:
    calendar = office_calendar(CalendarPart(), "Asia/Jakarta", range(2029, 2031))
    monday = date(2029, 1, 22)
    assert calendar.spans(monday) == calendar.fasting.weekday != calendar.spans(date(2029, 3, 5))


def test_what_the_office_names_takes_the_place_of_the_same_ramadan_alone() -> None:
    reckoned = estimated(national_holidays(range(2026, 2029)))
    found = laid_over(reckoned, [DECREED])
    assert DECREED in found and len(found) == len(reckoned) and set(found) - {DECREED} < set(reckoned)


def test_a_year_within_twelve_months_without_leave_or_a_confirmed_ramadan_is_named() -> None:
    closed = national_holidays(range(2026, 2030))
    assert unconfirmed(closed, [], date(2026, 11, 29)) == [(2027, RAMADAN)]
    assert unconfirmed(closed, [DECREED], date(2026, 11, 29)) == []
    assert (2028, LEAVE) in unconfirmed(closed, [], date(2027, 6, 1))
    assert (2028, RAMADAN) in unconfirmed(closed, [DECREED], date(2027, 6, 1))


def test_the_page_confirms_it_and_open_deadlines_follow(site: Site) -> None:
    site.enter("secretariat")
    (first, last), *_ = (month for month in site.desk.calendar.ramadan if month[1] > NOW.date())
    text = site.get("/hari-libur")
    assert "perkiraan dari Idul Fitri" in text and 'id="kurang-' in text
    moved = {"first": (first - timedelta(days=1)).isoformat(), "last": (last - timedelta(days=1)).isoformat()}
    assert site.post("/hari-libur/ramadan", "/hari-libur", **moved).status_code == 302
    assert ">dipastikan<" in site.get("/hari-libur")
    refused = site.post("/hari-libur/ramadan", "/hari-libur", first="2027-02-08", last="2027-02-09")
    assert refused.status_code == 422 and "29 atau 30 hari" in refused.text
    assert site.post("/hari-libur/ramadan", "/hari-libur", first="besok", last="").status_code == 422
    site.post("/hari-libur/ramadan", "/hari-libur", act="drop", **moved)
    assert ">dipastikan<" not in site.get("/hari-libur")


def test_who_keeps_the_days_is_told_once_a_month(site: Site) -> None:
    at = datetime(2026, 11, 29, 3, tzinfo=UTC)
    assert [remind_calendar(site.desk, (), at) for _ in range(2)] == [["Ramadan 2027"]] * 2
    remind_calendar(site.desk, (), at + timedelta(days=5))
    assert site.desk.store.value("SELECT count(*) FROM outbox WHERE key LIKE 'calendar:%'") == 4
    assert remind_calendar(site.desk, (DECREED,), at) == []
