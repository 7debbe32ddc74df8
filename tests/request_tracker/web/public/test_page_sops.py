"""The public pages of the SOPs in force: what the printed SOP says, on screen."""

import re
from datetime import date
from html import unescape

import pytest
from approved_papers import approved_paper
from tracker_site import NOW, Site

from request_tracker.cases.actions import ACTIONS
from request_tracker.chart import draw, lay_out
from request_tracker.letters.sop_files import parse_sop
from request_tracker.sop import register
from request_tracker.web.public.sops import TYPES


def test_BTM_REV_every_sop_in_force_is_listed_with_its_revision(site: Site) -> None:
    page = site.get("/sop")
    for sop in register.all_in_force(site.desk.store, NOW.date()):
        assert f"/sop/{sop.code}" in page and f"[Revisi {sop.revision:02d}]" in page
    assert "[Revisi 01]" in site.get("/sop/BTM-BW")


def test_PKL_B_KQ_and_PKL_B_AL_the_page_shows_who_is_competent_with_what_the_chart_and_the_warning(site: Site) -> None:
    for sop in register.all_in_force(site.desk.store, NOW.date()):
        page = site.get(f"/sop/{sop.code}")
        assert draw(lay_out(sop)) in page
        assert all(one.split('"')[0][:40] in page for one in sop.identity.qualifications)
        assert all(one in page for one in (*sop.identity.equipment, *sop.identity.warnings))
    assert register.in_force(site.desk.store, "PKL-BW", NOW.date()).identity.equipment


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
    assert wrong.status_code == 404 and "TIDAK-ADA" in wrong.text


def test_KTM_D_who_is_responsible_stands_on_the_sop_and_on_its_cases(site: Site) -> None:
    responsible = "Bidang TIK, di bawah Pejabat Pengawas/Kasi Infrastruktur TIK"
    assert f"<dt>Penanggung jawab</dt><dd>{responsible}</dd>" in site.get("/sop/KTM-BW")
    assert 'id="penanggung-jawab"' not in site.get("/sop/PKL-BW")
    site.enter("technician")
    assert f"Penanggung jawab: {responsible}" in site.get(f"/kasus/{site.request('KTM-BW').number}")


def test_PKL_G_KT2_KT3_related_sops_lead_to_where_they_are_read(site: Site) -> None:
    assert '<a href="https://sop.invalid/monitoring" rel="noreferrer">SOP Monitoring Jaringan</a>' in site.get(
        "/sop/PKL-GG"
    )
    assert "<li>SOP Permintaan Koneksi Jaringan Internet</li>" in site.get("/sop/PKL-GG")
    text = register.in_force(site.desk.store, "PKL-BW", NOW.date()).text
    other = text.replace("kode: PKL-BW", "kode: PKL-KJ").replace("PKL-B-", "PKL-K-")
    other = re.sub("(?m)^judul: .*$", "judul: Permintaan Koneksi Jaringan Internet", other)
    register.approve(site.desk.store, parse_sop(other, "uji"), date(2020, 1, 1), "uji", NOW)
    assert 'href="/sop/PKL-KJ"' in site.get("/sop/PKL-GG")
    site.enter("technician")
    found = site.get(f"/kasus/{site.request('PKL-GG', form={'description': 'putus'}).number}")
    assert 'href="/sop/PKL-GG#keterkaitan">SOP Monitoring Jaringan</a>' in found


@pytest.mark.parametrize(("form", "magic"), [("pdf", b"%PDF"), ("docx", b"PK"), ("odt", b"PK")])
def test_the_printed_sop_can_be_had_in_each_form(site: Site, form: str, magic: bytes) -> None:
    assert f'href="/sop/PKL-BW/cetak.{form}"' in site.get("/sop/PKL-BW")
    answer = site.client.get(f"/sop/PKL-BW/cetak.{form}")
    assert answer.data.startswith(magic) and answer.mimetype == TYPES[form]
    assert f'filename="PKL-BW-r0.{form}"' in answer.headers["Content-Disposition"]
    assert site.client.get("/sop/PKL-BW/cetak.exe").status_code == 404


def test_paper_and_workflow_stand_beside_each_other_row_by_row(site: Site) -> None:
    assert 'href="/sop/BTM-BW/kertas-dan-alur-kerja"' in site.get("/sop/BTM-BW")
    for sop in register.all_in_force(site.desk.store, NOW.date()):
        page = unescape(site.get(f"/sop/{sop.code}/kertas-dan-alur-kerja"))
        assert all(str(row["aktivitas"]) in page for row in approved_paper(sop.code).rows)
        assert all(step.text in page for step in sop.steps.values())
    page = site.get("/sop/BTM-BW/kertas-dan-alur-kerja")
    eleventh = page[page.index('id="baris-11"') : page.index('id="baris-12"')]
    assert "Tambahan sistem, tidak tercetak" in eleventh and "dapat kembali ke 10" in eleventh
    sixth = page[page.index('id="baris-6"') : page.index('id="baris-7"')]
    assert "diputuskan di sini" in sixth and f"<dd>{ACTIONS['analisa_bandwidth'].name.indonesian}</dd>" in sixth
    assert ": ke baris 8" in sixth and ": ke baris 7" in sixth
