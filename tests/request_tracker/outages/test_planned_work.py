"""Planned work: once or each week; escalation stands still meanwhile, and its minutes are kept apart."""

import json
from datetime import date, datetime, timedelta

import pytest
from tracker_office import MONDAY
from tracker_site import NOW, Site

from request_tracker.cases import Desk
from request_tracker.errors import BadForm, NotThere
from request_tracker.outages.call_text import facts_of_the_end
from request_tracker.outages.follow import escalate
from request_tracker.outages.maintenance import announce, finish, move_end, windows
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.planned_time import keep_planned, planned_seconds
from request_tracker.outages.tickets import reconcile
from request_tracker.outages.weekly_work import continue_weekly, end_weekly
from request_tracker.reports.quarter import evaluate, quarter
from request_tracker.store.chain import stamp
from request_tracker.web.shell import formats

ROOT = "agg-timur"


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def outage(desk: Desk, end: float | None = None, root: str = ROOT) -> str:
    ended = None if end is None else minutes(end).timestamp()
    record = OutageRecord(root, "link", "link_down", ("rsud",), MONDAY.timestamp(), ended, "watch")
    return reconcile(desk, [record], MONDAY)[0]


def called(desk: Desk, minute: float) -> list[str]:
    return [to for _, to in escalate(desk, minutes(minute))]


def test_escalation_goes_on_where_it_stood_when_the_work_began(desk: Desk) -> None:
    outage(desk)
    assert called(desk, 0) == ["role:technician"]
    announce(desk.store, ROOT, (minutes(5), minutes(65)), "ganti serat", "user:1")
    assert called(desk, 30) == []
    # One minute of its clock after the work: five were over before it, so the next call comes at ten.
    assert called(desk, 66) == ["role:technician"]
    assert "role:head_of_section" not in called(desk, 72)
    assert "role:head_of_section" in called(desk, 81)


def test_work_that_overlaps_is_counted_once_and_what_ended_early_no_longer(desk: Desk) -> None:
    announce(desk.store, ROOT, (minutes(0), minutes(20)), "a", "user:1")
    second = announce(desk.store, "core-agg", (minutes(10), minutes(60)), "b", "user:1")
    announce(desk.store, "agg-utara", (minutes(0), minutes(60)), "another line", "user:1")
    since, until = MONDAY.timestamp(), minutes(90).timestamp()
    assert planned_seconds(desk.store, desk.city, ROOT, since, until) == 60 * 60
    finish(desk.store, second, minutes(30))
    assert planned_seconds(desk.store, desk.city, ROOT, since, until) == 30 * 60


def test_the_minutes_of_planned_work_are_kept_apart_on_ticket_message_and_report(desk: Desk) -> None:
    announce(desk.store, ROOT, (minutes(-5), minutes(40)), "ganti serat", "user:1")
    number = outage(desk, 60)
    assert keep_planned(desk, minutes(61)) == [number]
    assert keep_planned(desk, minutes(62)) == []
    row = desk.store.row("SELECT planned FROM tickets WHERE number = ?", [number])
    assert row and json.loads(row["planned"]) == [[MONDAY.timestamp(), minutes(40).timestamp()]]
    assert "Di antaranya terencana / of these planned: 40" in facts_of_the_end(desk, number)
    of = quarter(f"{MONDAY.year}-Q{(MONDAY.month - 1) // 3 + 1}")
    evaluation = evaluate(desk, of, minutes(100))
    assert (evaluation.outages, evaluation.outage_minutes, evaluation.planned_minutes) == (1, 20, 40)


def test_an_outage_without_work_has_no_planned_minutes(desk: Desk) -> None:
    number = outage(desk, 60)
    assert keep_planned(desk, minutes(61)) == []
    assert not any("terencana" in line for line in facts_of_the_end(desk, number))


def begins(desk: Desk, at: datetime) -> list[datetime]:
    return [datetime.fromisoformat(row["starts_at"]) for row in windows(desk.store, at)]


def test_weekly_work_is_announced_again_when_it_is_over_until_its_last_day(desk: Desk) -> None:
    zone, week = desk.calendar.zone, timedelta(days=7)
    last = (MONDAY + 2 * week).astimezone(zone).date()
    announce(desk.store, ROOT, (minutes(0), minutes(60)), "cadangan", "user:1", last)
    assert continue_weekly(desk.store, zone, minutes(59)) == []
    assert len(continue_weekly(desk.store, zone, minutes(60))) == 1
    assert continue_weekly(desk.store, zone, minutes(61)) == []
    assert begins(desk, minutes(61)) == [MONDAY + week]
    continue_weekly(desk.store, zone, minutes(60) + week)
    assert begins(desk, minutes(60) + week) == [MONDAY + 2 * week]
    assert continue_weekly(desk.store, zone, minutes(60) + 2 * week) == []
    assert begins(desk, minutes(60) + 2 * week) == []


def test_a_tracker_that_was_off_for_weeks_announces_the_next_time_only(desk: Desk) -> None:
    zone, week = desk.calendar.zone, timedelta(days=7)
    announce(desk.store, ROOT, (minutes(0), minutes(60)), "cadangan", "user:1", date(2199, 1, 1))
    back = minutes(120) + 3 * week
    continue_weekly(desk.store, zone, back)
    assert begins(desk, back) == [MONDAY + 4 * week]
    during = minutes(30) + 6 * week
    continue_weekly(desk.store, zone, during)
    assert begins(desk, during) == [MONDAY + 6 * week]


def test_a_series_ends_when_somebody_says_so_and_this_time_stays(desk: Desk) -> None:
    number = announce(desk.store, ROOT, (minutes(0), minutes(60)), "cadangan", "user:1", date(2199, 1, 1))
    end_weekly(desk.store, number)
    assert begins(desk, minutes(0)) == [MONDAY]
    assert continue_weekly(desk.store, desk.calendar.zone, minutes(60)) == []


def test_weekly_work_of_a_week_is_refused(desk: Desk) -> None:
    with pytest.raises(BadForm):
        announce(desk.store, ROOT, (MONDAY, MONDAY + timedelta(days=7)), "terus", "user:1", date(2199, 1, 1))


def test_weekly_work_is_announced_and_ended_by_page(site: Site) -> None:
    site.enter("technician")
    day, last = (f"{site.desk.calendar.local(NOW) + timedelta(days=days):%Y-%m-%d}" for days in (3, 60))
    form = {"root": ROOT, "starts": f"{day}T01:00", "ends": f"{day}T03:00", "reason": "cadangan"}
    assert site.post("/pemeliharaan", **form, weekly_until="2027-02-30").status_code == 422
    assert site.post("/pemeliharaan", **form, weekly_until=last).status_code == 302
    assert f"Setiap minggu pada jam ini sampai {formats.day(last)}" in site.get("/pemeliharaan")
    number = site.desk.store.value("SELECT id FROM maintenance")
    assert site.post("/pemeliharaan", once=str(number)).status_code == 302
    assert "Setiap minggu" not in site.get("/pemeliharaan")


def test_work_that_takes_longer_explains_the_longer_outage(desk: Desk) -> None:
    number = announce(desk.store, ROOT, (minutes(0), minutes(60)), "ganti serat", "user:1")
    move_end(desk.store, number, minutes(75), minutes(55))
    since, until = MONDAY.timestamp(), minutes(90).timestamp()
    assert planned_seconds(desk.store, desk.city, ROOT, since, until) == 75 * 60


def test_the_end_of_work_is_not_moved_before_its_begin_and_not_when_it_is_over(desk: Desk) -> None:
    number = announce(desk.store, ROOT, (minutes(30), minutes(60)), "ganti serat", "user:1")
    weekly = announce(desk.store, ROOT, (minutes(0), minutes(60)), "cadangan", "user:1", date(2199, 1, 1))
    with pytest.raises(BadForm):
        move_end(desk.store, number, minutes(20), minutes(0))
    with pytest.raises(BadForm):
        move_end(desk.store, weekly, MONDAY + timedelta(days=8), minutes(0))
    for over in (number, 4711):
        with pytest.raises(NotThere):
            move_end(desk.store, over, minutes(120), minutes(61))
    assert [row["ends_at"] for row in windows(desk.store, minutes(0)) if row["id"] == number] == [stamp(minutes(60))]


def test_the_end_of_work_is_moved_by_page_and_a_wrong_one_is_told_at_its_field(site: Site) -> None:
    site.enter("technician")
    # Pages go by the clock: in three days, and a month ago.
    day, past = (f"{site.desk.calendar.local(NOW) + timedelta(days=days):%Y-%m-%d}" for days in (3, -30))
    form = {"root": ROOT, "starts": f"{day}T01:00", "ends": f"{day}T03:00", "reason": "ganti serat"}
    site.post("/pemeliharaan", **form)
    number = site.desk.store.value("SELECT id FROM maintenance")
    page = f"/pemeliharaan/{number}"
    assert page in site.get("/pemeliharaan") and f"{day}T03:00" in site.get(page)
    for wrong, word in (
        ("", "Sampai"),
        (f"{past}T03:00", "sudah lewat"),
        (f"{day}T00:30", "sesudah waktu mulai"),
    ):
        answer = site.post(page, ends=wrong)
        assert answer.status_code == 422 and word in answer.text
    assert site.post(page, ends=f"{day}T05:30").status_code == 302
    assert "05.30" in site.get("/pemeliharaan") and "05.30" in site.get("/status")
    assert site.client.get("/pemeliharaan/4711").status_code == 404
