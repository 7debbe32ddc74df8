"""Every page carries its guards, prints, speaks two languages, and answers while the monitoring is silent."""

import pytest
from tracker_office import MONDAY, TECHNICIAN
from tracker_site import NOW, Site

from request_tracker.cases import Desk
from request_tracker.outages.outage_reports import AlertDelivery, OutageRecord
from request_tracker.outages.tickets import acknowledge, deliver, reconcile

PUBLIC = ("/", "/status", "/layanan", "/lapor", "/pengaduan", "/permohonan", "/masuk", "/setup", "/wall")
STAFF = ("/kasus", "/gangguan", "/agenda", "/agenda/kosong", "/pemeliharaan", "/piket", "/delegasi", "/hari-libur")
ADMIN = ("/pengguna", "/audit")
# The wall renews itself in its place, or the screen is lost while the tracker restarts; where a file can be chosen,
# photographs are made small. No other page has a script.
SMALL_PICTURE = '<script src="/static/small-picture.js" defer></script>'
SCRIPTS = {
    "/wall": '<script src="/static/wall.js" defer></script>',
    "/lapor": SMALL_PICTURE,
    "/permohonan": SMALL_PICTURE,
}
HEADERS = ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy")


@pytest.fixture
def inside(site: Site) -> Site:
    site.enter("secretariat", "admin")
    return site


def test_X_PRN_every_page_has_the_guards_and_the_print_style_and_no_script(inside: Site) -> None:
    style = inside.client.get("/static/lebarpita.css")
    with style:
        assert "@media print" in style.text
    for page in (*PUBLIC, *STAFF, *ADMIN):
        answer = inside.client.get(page)
        assert answer.status_code == 200, page
        assert all(header in answer.headers for header in HEADERS), page
        text = answer.text.replace(SCRIPTS.get(page, "<script"), "", 1)
        assert "<script" not in text and "lebarpita.css" in answer.text, page


def test_X_LNG_every_page_speaks_indonesian_first_and_english_by_switch(inside: Site) -> None:
    assert all('<html lang="id">' in inside.get(page) for page in (*PUBLIC, *STAFF, *ADMIN))
    inside.client.get("/bahasa/en")
    for page, word in (("/layanan", "Service standard"), ("/lapor", "Report"), ("/agenda", "Letter register")):
        assert '<html lang="en">' in inside.get(page) and word in inside.get(page)


def test_a_case_page_answers_while_prometheus_is_down(inside: Site) -> None:
    number = inside.request().number
    assert number in inside.get(f"/kasus/{number}")


def test_PKL_G_01a_an_alert_without_a_root_is_a_warning(desk: Desk) -> None:
    labels = {"alertname": "LebarpitaOutage", "kind": "link", "severity": "critical"}
    summary = {"summary": "tanpa akar"}
    alert = AlertDelivery(
        fingerprint="f1",
        status="firing",
        labels=labels,
        annotations=summary,
        starts_at=MONDAY.isoformat(),
        started_at=MONDAY.timestamp(),
        ended_at=None,
    )
    assert deliver(desk, [alert], MONDAY) == []
    assert desk.store.value("SELECT count(*) FROM tickets") == 0


def test_PKL_G_ESC_taking_a_ticket_twice_keeps_the_first_hand(desk: Desk) -> None:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), MONDAY.timestamp(), None, "watch")
    (number,) = reconcile(desk, [told], MONDAY)
    assert [acknowledge(desk, number, TECHNICIAN, MONDAY) for _ in range(2)] == [True, False]
    assert desk.store.value("SELECT count(*) FROM events WHERE kind = 'acknowledged'") == 1


def test_PKL_G_01a_an_alert_after_the_watch_told_of_it_opens_nothing(site: Site) -> None:
    begun = NOW.timestamp() - 60
    watch = OutageRecord("agg-timur", "link", "link_down", ("rsud",), begun, None, "watch")
    alert = OutageRecord("agg-timur", "link", "link_down", ("rsud",), begun + 20, None, "alert")
    assert len(reconcile(site.desk, [watch, alert], NOW)) == 1
