"""The public pages of the SOPs in force: what the printed SOP says, on screen."""

from tracker_site import NOW, Site

from request_tracker import register
from request_tracker.chart import draw, lay_out


def test_BTM_REV_every_sop_in_force_is_listed_with_its_revision(site: Site) -> None:
    page = site.get("/sop")
    for sop in register.all_in_force(site.desk.store, NOW.date()):
        assert f"/sop/{sop.code}" in page and f"[Revisi {sop.revision:02d}]" in page
    assert "[Revisi 01]" in site.get("/sop/BTM-BW")


def test_PKL_B_KQ_the_page_shows_who_is_competent_the_chart_and_the_warning(site: Site) -> None:
    for sop in register.all_in_force(site.desk.store, NOW.date()):
        page = site.get(f"/sop/{sop.code}")
        assert draw(lay_out(sop)) in page
        assert all(one.split('"')[0][:40] in page for one in sop.identity.qualifications)


def test_BTM_LEG_a_repealed_basis_is_marked(site: Site) -> None:
    assert "(diganti Peraturan Pemerintah Nomor 71 Tahun 2019)" in site.get("/sop/BTM-BW")


def test_an_sop_that_is_incomplete_says_so(site: Site) -> None:
    warned = [sop for sop in register.all_in_force(site.desk.store, NOW.date()) if sop.warnings]
    assert warned
    for sop in warned:
        assert site.get(f"/sop/{sop.code}").count('class="notice warn"') == len(sop.warnings)


def test_the_printed_sop_is_a_download_and_an_unknown_one_is_named(site: Site) -> None:
    answer = site.client.get("/sop/PKL-BW/cetak.pdf")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    assert 'filename="PKL-BW-r0.pdf"' in answer.headers["Content-Disposition"]
    wrong = site.client.get("/sop/TIDAK-ADA")
    assert wrong.status_code == 409 and "TIDAK-ADA" in wrong.text
