"""Offices that an outage hit are told at its end, through the book of contacts or whoever asked last (PKL-G-10)."""

from datetime import timedelta
from pathlib import Path

import pytest
from receivers import Heard, config
from tracker_office import CONTACT, DIVISION, HEAD, MONDAY, SECTION, TECHNICIAN, request, walk_to
from tracker_site import Site

from request_tracker.cases import Desk, Note, Sign, Supplied, read_case, run
from request_tracker.notifications.delivery import send_outbox
from request_tracker.outages.follow import estimated_recovery, follow_estimates
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.contacts import add_entry, everybody, export_entry, reached_at
from request_tracker.store.outbox import not_arrived

# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
HIT = ("rsud", "dishub", "dinkes")
PERSON = {"name": "Narahubung", "phone": "0800", "email": "rsud@opd.invalid"}
CHECKED = {"perangkat": "agg", "daya": "baik", "lampu": "merah", "temuan": "serat putus"}
REPORT = Supplied(content={"minutes": 12})
TO_THE_END = [
    (TECHNICIAN, Sign("PKL-G-04", form=CHECKED)),
    (TECHNICIAN, Sign("PKL-G-05", documents={"mon": REPORT})),
    (SECTION, Sign("PKL-G-06", note="dibaca")),
    (DIVISION, Sign("PKL-G-07", note="dibaca")),
    (TECHNICIAN, Sign("PKL-G-08", form={"isp": "ISP Contoh"}, decision="terhubung")),
    (TECHNICIAN, Sign("PKL-G-09")),
    (HEAD, Sign("PKL-G-02")),
    (DIVISION, Sign("PKL-G-03")),
    (SECTION, Sign("PKL-G-03")),
    (TECHNICIAN, Sign("PKL-G-10")),
]


def outage(desk: Desk) -> str:
    told = OutageRecord(
        "agg-timur", "link", "link_down", HIT[:2], MONDAY.timestamp(), MONDAY.timestamp() + 720, "watch"
    )
    return reconcile(desk, [told], MONDAY)[0]


def test_PKL_G_10_every_office_that_was_hit_is_told_at_the_end_and_the_case_closes(
    desk: Desk, tmp_path: Path, mail: Heard
) -> None:
    add_entry(desk.store, "opd:rsud", PERSON, MONDAY)
    request(desk, opd="dinkes", now=MONDAY - timedelta(days=9))
    number = outage(desk)
    further = {"opd": "dinkes", "description": "putus", "report": 2, "key": "k", "contact": None}
    run(desk, number, Note("further_report", further), TECHNICIAN, MONDAY)
    walk_to(desk, number, TO_THE_END)
    assert read_case(desk, number).ending == "selesai"
    later = MONDAY + timedelta(minutes=20)
    while send_outbox(desk, config(tmp_path, "email"), later):
        pass
    over = [(place, text) for place, title, text in mail.told if "mengenai kantor Anda selesai" in title]
    assert [place for place, _ in over] == ["rsud@opd.invalid", CONTACT["email"]]
    assert all("Router distribusi timur: 2 OPD terputus" in text and text.endswith("/status") for _, text in over)
    lost = [row["recipient"] for row in not_arrived(desk.store, later) if number in row["payload"]]
    assert "opd:dishub" in lost and "opd:rsud" not in lost


def test_PKL_G_08d_the_estimate_signed_at_the_step_is_the_one_that_is_published_and_followed(desk: Desk) -> None:
    told = OutageRecord("agg-timur", "link", "link_down", HIT[:2], MONDAY.timestamp(), None, "watch")
    (number,) = reconcile(desk, [told], MONDAY)
    run(desk, number, Note("recovery_estimate", {"estimate": "2026-11-23T09:30"}), TECHNICIAN, MONDAY)
    signed = {"isp": "ISP Contoh", "estimasi_pulih": "2026-11-23T12:00"}
    walk_to(desk, number, TO_THE_END[:4])
    later = MONDAY + timedelta(minutes=10)
    run(desk, number, Sign("PKL-G-08", form=signed, decision="tidak_terhubung"), TECHNICIAN, later)
    noon = MONDAY + timedelta(hours=3)
    assert estimated_recovery(desk, number) == noon
    assert (follow_estimates(desk, noon - timedelta(minutes=1)), follow_estimates(desk, noon)) == ([], [number])


def test_PKL_G_10_the_office_that_reported_is_told_once_by_its_own_contact(desk: Desk) -> None:
    number = request(desk, "PKL-GG", opd="rsud", form={"description": "putus"})
    acts = [(HEAD, Sign("PKL-G-02")), (DIVISION, Sign("PKL-G-03")), (SECTION, Sign("PKL-G-03")), *TO_THE_END[:6]]
    walk_to(desk, number, [*acts, TO_THE_END[-1]])
    told = desk.store.rows("SELECT recipient FROM outbox WHERE payload LIKE '%case_ended%' OR payload LIKE '%_over%'")
    assert [row["recipient"] for row in told] == ["contact:1"]


def test_PKL_G_10_an_office_s_contact_is_of_the_book_first_and_else_who_asked_last(desk: Desk) -> None:
    assert reached_at(desk.store, "rsud") == []
    for name in ("Lama", "Baru"):
        request(desk, opd="rsud", contact={**CONTACT, "name": name})
    assert [row["name"] for row in reached_at(desk.store, "rsud")] == ["Baru"]
    add_entry(desk.store, "opd:rsud", PERSON, MONDAY)
    assert [row["name"] for row in reached_at(desk.store, "rsud")] == ["Narahubung"]


def test_PKL_G_10_the_book_is_kept_on_its_page_and_masked_for_who_need_not_call(site: Site) -> None:
    given = {"subject": "opd:rsud", "contact_name": "Narahubung", "contact_phone": "0800000000890"}
    site.enter("secretariat")
    assert site.post("/narahubung", **{**given, "contact_phone": ""}).status_code == 422
    assert site.post("/narahubung", **{**given, "subject": "opd:tidak-ada"}).status_code == 422
    assert site.post("/narahubung", **given).status_code == 302
    assert "0800000000890" in site.get("/narahubung")
    assert export_entry(site.desk.store, "opd:rsud")["contacts"][0]["name"] == "Narahubung"
    site.enter("auditor")
    page = site.get("/narahubung")
    assert "0800••••890" in page and "0800000000890" not in page
    assert site.desk.store.value("SELECT count(*) FROM access_log WHERE what = 'contact book'") == 1
    site.log_in("secretariat")
    site.post("/narahubung", remove=everybody(site.desk.store)[0]["entry"])
    assert everybody(site.desk.store) == []
    assert site.desk.store.value("SELECT count(*) FROM contacts WHERE phone IS NOT NULL") == 0
