"""The public service page: fourteen components, the product's name, the kept promise."""

from datetime import timedelta

from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases.acts import Cancel
from request_tracker.cases.commands import run
from request_tracker.reports.service_standard import kept_promise
from request_tracker.sop import register
from request_tracker.store.chain import stamp


def test_PKL_S_02_and_PKL_S_07_and_PKL_S_08_the_page_has_fourteen_components_and_every_step(site: Site) -> None:
    page = site.get("/layanan")
    assert page.count("<li><h2>") == 14
    sop = register.in_force(site.desk.store, "PKL-BW", NOW.date())
    assert all(step.text in page for step in sop.steps.values())
    assert "Pendidikan minimal D3 IT" in page and "ATK" in page


def test_PKL_S_04_the_page_says_that_the_service_is_free(site: Site) -> None:
    page = site.get("/layanan")
    assert "<strong>Gratis</strong>" in page and "<strong>24 jam</strong>" in page


def test_PKL_S_05_the_product_has_the_name_of_the_configuration(site: Site) -> None:
    assert "Jaringan Contoh" in site.get("/layanan")


def test_PKL_S_06_the_page_lists_the_complaint_channels(site: Site) -> None:
    assert "SP4N-LAPOR!: lapor.go.id" in site.get("/layanan")


def test_PKL_S_11_the_guarantee_is_counted_from_the_cases(site: Site) -> None:
    assert "Belum ada permohonan yang selesai" in site.get("/layanan")
    for days in (1, -1):
        opened = site.request()
        with site.desk.store.transaction() as db:
            change = [stamp(NOW), stamp(NOW + timedelta(days=days)), opened.number]
            db.execute("UPDATE cases SET ending = 'selesai', ended_at = ?, service_due_at = ? WHERE number = ?", change)
    withdrawn = site.request()
    run(site.desk, withdrawn.number, Cancel("uji"), PUBLIC, NOW)
    kept = kept_promise(site.desk.store, "PKL-BW", NOW)
    assert (kept.ended, kept.in_time) == (2, 1)
    assert "(1/2)" in site.get("/layanan")


def test_the_qr_code_is_a_picture(site: Site) -> None:
    answer = site.client.get("/layanan/qr.svg")
    assert answer.mimetype == "image/svg+xml" and b"<path" in answer.data
