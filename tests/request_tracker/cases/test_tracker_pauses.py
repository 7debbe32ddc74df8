"""Pauses with an end date: given by the person, limited by the SOP, ended by the worker as of that date."""

from datetime import date, timedelta

import pytest
from tracker_office import (
    DIVISION,
    HEAD,
    MONDAY,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    request,
    walk_to,
)
from tracker_site import NOW, Site

from request_tracker.cases import Desk, Pause, Resume, Sign, Who, history, read_case, run
from request_tracker.cases.course import Course
from request_tracker.cases.events import to_row
from request_tracker.cases.projection import project
from request_tracker.errors import Refused
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop
from request_tracker.notifications.reminders import end_pauses
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.sop.diff import differences
from request_tracker.sop.register import approve, by_hash

HOUR = timedelta(hours=1)
BTM = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")
LIMITED = BTM.replace("revisi: 1", "revisi: 2").replace("[menunggu_pemohon]", "[{menunggu_pemohon: 2 hari}]")


def at_btm_05(desk: Desk) -> str:
    number = request(desk, "BTM-BW")
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    walk_to(desk, number, [*acts, (TECHNICIAN, Sign("BTM-05"))])
    return number


def test_BTM_05_a_pause_ends_by_itself_at_its_end_date_and_asks(desk: Desk) -> None:
    number = at_btm_05(desk)
    run(desk, number, Pause("BTM-05", "menunggu_pemohon", until=MONDAY + 3 * HOUR), TECHNICIAN, MONDAY + HOUR)
    assert end_pauses(desk, MONDAY + 2 * HOUR) == []
    assert end_pauses(desk, MONDAY + 5 * HOUR) == [number]
    assert end_pauses(desk, MONDAY + 5 * HOUR) == []
    resumed = next(event for event in history(desk, number) if event.kind == "resumed")
    assert (resumed.actor, resumed.occurred_at) == ("system", MONDAY + 3 * HOUR)
    asked = "SELECT recipient FROM outbox WHERE payload LIKE '%pause_over%' ORDER BY recipient"
    assert [row["recipient"] for row in desk.store.rows(asked)] == ["contact:1", "user:4"]


def test_a_pause_without_an_end_date_waits_for_somebody_to_end_it(desk: Desk) -> None:
    number = at_btm_05(desk)
    run(desk, number, Pause("BTM-05", "menunggu_pemohon"), TECHNICIAN, MONDAY + HOUR)
    assert end_pauses(desk, MONDAY + timedelta(days=300)) == []
    run(desk, number, Resume(), TECHNICIAN, MONDAY + timedelta(days=300))
    assert read_case(desk, number).paused is None


def test_BTM_05_the_longest_pause_is_the_sop_s_whatever_the_person_asks_for(desk: Desk) -> None:
    approve(desk.store, parse_sop(LIMITED, "btm-bw.r2.yaml"), date(2026, 1, 1), "admin", MONDAY)
    number = at_btm_05(desk)
    wanted = Pause("BTM-05", "menunggu_pemohon", until=MONDAY + timedelta(days=60))
    case = run(desk, number, wanted, TECHNICIAN, MONDAY + HOUR)
    assert case.paused_until == desk.calendar.close_of_day(MONDAY, 2)
    assert end_pauses(desk, MONDAY + timedelta(days=3)) == [number]


def test_a_pause_that_would_end_in_the_past_is_refused(desk: Desk) -> None:
    number = at_btm_05(desk)
    with pytest.raises(Refused, match="jeda sampai"):
        run(desk, number, Pause("BTM-05", "menunggu_pemohon", until=MONDAY), TECHNICIAN, MONDAY + HOUR)


def test_a_longest_pause_that_is_no_time_is_refused_with_its_line() -> None:
    with pytest.raises(SopError, match=r"line \d+.*jeda_boleh.*is not a time"):
        parse_sop(LIMITED.replace("2 hari}]", "sebentar}]"), "bad.yaml")


def test_a_new_longest_pause_is_told_by_the_difference_of_two_revisions() -> None:
    told = differences(parse_sop(BTM), parse_sop(LIMITED))
    assert "langkah BTM-05: pauses: menunggu_pemohon -> menunggu_pemohon 2 hari" in told


def test_PKL_G_08_the_technician_pauses_and_goes_on_by_page(site: Site) -> None:
    began = NOW - timedelta(hours=1)
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), began.timestamp(), None, "watch")
    number = reconcile(site.desk, [told], began)[0]
    page = f"/kasus/{number}"
    site.enter("technician")
    assert 'id="jeda"' not in site.get(page)
    with site.desk.store.transaction() as db:
        case = read_case(site.desk, number)
        sop = by_hash(site.desk.store, case.sop_hash)
        course = Course(case, sop, site.desk.calendar, NOW)
        course.enter("PKL-G-08")
        key = site.desk.store.value("SELECT id FROM cases WHERE number = ?", [number])
        for event in course.events:
            db.table("events").insert(to_row(event, key))
        project(db, key, course.case, sop)
    assert 'id="jeda"' in site.get(page)
    site.post(f"{page}/jeda", page, reason="menunggu_isp", until="2099-01-01T10:00", note="ISP menggali")
    paused = read_case(site.desk, number)
    assert (paused.paused, paused.paused_until is not None) == ("menunggu_isp", True)
    assert "berakhir sendiri" in site.get(page)
    site.post(f"{page}/jeda", page)
    assert read_case(site.desk, number).paused is None
    site.enter("secretariat")
    assert site.post(f"{page}/jeda", page, reason="menunggu_isp").status_code == 409


def test_who_may_not_pause_may_not_end_a_pause_either(desk: Desk) -> None:
    number = at_btm_05(desk)
    run(desk, number, Pause("BTM-05", "menunggu_pemohon"), TECHNICIAN, MONDAY + HOUR)
    for role in ("auditor", "secretariat", "requester"):
        with pytest.raises(Refused) as found:
            run(desk, number, Resume(), Who("user:77", frozenset({role})), MONDAY + 2 * HOUR)
        assert found.value.code == "may_not"
    assert read_case(desk, number).paused is not None


def test_BTM_04_only_who_leads_the_technicians_names_one(desk: Desk) -> None:
    number = request(desk)
    with pytest.raises(Refused) as found:
        run(desk, number, Sign("PKL-B-02", assignee=TECHNICIAN), HEAD, MONDAY)
    assert found.value.code == "may_not_assign" and read_case(desk, number).assignee is None
