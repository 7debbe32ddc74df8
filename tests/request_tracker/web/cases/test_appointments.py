"""BTM-04: appointing sees each technician's workload, names one, and stands in the agenda."""

from datetime import timedelta

from tracker_office import DIVISION, HEAD, VERIFIED
from tracker_site import NOW, Site

from request_tracker.cases import Sign, Who, read_case, run
from request_tracker.reports.workload import Workload, appointments, loads

YEAR = (NOW - timedelta(days=400), NOW + timedelta(days=400))


def at_the_section(site: Site, **more: str) -> str:
    """A case that waits for the section's head to appoint."""
    number = site.request("BTM-BW", **more).number
    for who, act in ((HEAD, Sign("BTM-02")), (DIVISION, VERIFIED)):
        run(site.desk, number, act, who, NOW)
    return str(number)


def appoint(site: Site, number: str, technician: int) -> None:
    named = Sign("BTM-04", assignee=Who(f"user:{technician}", frozenset({"technician"})))
    run(site.desk, number, named, Who("user:3", frozenset({"head_of_section"})), NOW)


def test_BTM_04_the_load_counts_running_cases_waiting_and_late_steps_the_freest_first(site: Site) -> None:
    busy, free = site.enter("technician", login="andi"), site.enter("technician", login="budi")
    number = at_the_section(site)
    assert loads(site.desk.store, NOW) == [Workload(busy, "Nama andi", 0, 0, 0), Workload(free, "Nama budi", 0, 0, 0)]
    appoint(site, number, busy)
    assert loads(site.desk.store, NOW) == [Workload(free, "Nama budi", 0, 0, 0), Workload(busy, "Nama andi", 1, 1, 0)]
    assert loads(site.desk.store, NOW + timedelta(days=9))[1].late == 1


def test_BTM_04_the_page_shows_the_load_beside_each_name_and_nobody_is_chosen_beforehand(site: Site) -> None:
    technician = site.enter("technician")
    appoint(site, at_the_section(site, opd="disdik"), technician)
    number = at_the_section(site)
    site.enter("head_of_section")
    page = site.get(f"/kasus/{number}")
    assert "Nama technician (1 langkah menunggu, 1 kasus berjalan)" in page
    assert '<option value="">pilih' in page
    place = f"/kasus/{number}/langkah/BTM-04"
    refused = site.post(place, f"/kasus/{number}", act="sign", assignee="")
    assert refused.status_code == 409 and "Tunjuk petugas" in refused.text
    assert site.post(place, f"/kasus/{number}", act="sign", assignee=technician).status_code == 302
    assert read_case(site.desk, number).assignee == f"user:{technician}"


def test_BTM_04_every_appointment_is_an_entry_of_the_years_agenda_with_who_appointed_whom(site: Site) -> None:
    technician = site.enter("technician")
    first, second = at_the_section(site), at_the_section(site, opd="disdik")
    for number in (first, second):
        appoint(site, number, technician)
    rows = appointments(site.desk.store, *YEAR)
    assert [(row["agenda"], row["number"], row["actor"]) for row in rows] == [
        (2, second, "user:3"),
        (1, first, "user:3"),
    ]
    site.enter("head_of_section")
    page = site.get("/agenda/penugasan")
    assert "Agenda penugasan" in page and f"/kasus/{second}" in page and "Nama technician" in page
    assert "Belum ada penugasan" in site.get("/agenda/penugasan?tahun=2001")
