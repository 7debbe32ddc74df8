"""Half-filled forms come back: by the requester's link and on the technician's phone; a signed step leaves none."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from tracker_office import (
    DIVISION,
    HEAD,
    SECTION,
    TECHNICIAN,
    VERIFIED,
)
from tracker_papers import PDF
from tracker_site import NOW, Site

from request_tracker.cases import Cancel, Sign, history, read_case, run
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.store import drafts
from request_tracker.web.public.requester_page import as_requester

FILLED = {"spesifikasi": "50 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "80"}


def count(site: Site) -> int:
    return int(site.desk.store.value("SELECT count(*) FROM drafts"))


@pytest.fixture
def asked(site: Site) -> tuple[str, str]:
    """A case of Batam's SOP that waits for its office's form: number and page."""
    opened = site.request("BTM-BW")
    for who, act in (
        (HEAD, Sign("BTM-02")),
        (DIVISION, VERIFIED),
        (SECTION, Sign("BTM-04", assignee=TECHNICIAN)),
        (TECHNICIAN, Sign("BTM-05")),
    ):
        run(site.desk, opened.number, act, who, NOW)
    return opened.number, f"/lacak/{opened.token}"


def test_BTM_05_what_the_office_has_filled_in_is_kept_until_it_signs(site: Site, asked: tuple[str, str]) -> None:
    number, page = asked
    answer = site.post(f"{page}/langkah/BTM-05/simpan", page, spesifikasi="50 Mbit/s", peruntukan="", tidak_ada="x")
    assert answer.status_code == 302 and read_case(site.desk, number).open_step("BTM-05")
    assert re.search(r'id="spesifikasi"[^>]*>50 Mbit/s<', site.get(page)) and "belum dikirim" in site.get(page)
    assert site.post(f"{page}/langkah/BTM-05", page, spesifikasi="100 Mbit/s").status_code == 422
    assert drafts.drafts_of(site.desk.store, number, "requester") == {"BTM-05": {"spesifikasi": "100 Mbit/s"}}
    assert site.post(f"{page}/langkah/BTM-05", page, **FILLED).status_code == 302
    assert read_case(site.desk, number).open_step("BTM-06") and count(site) == 0
    assert all("draft" not in event.kind for event in history(site.desk, number))


def test_PKL_G_04_the_half_filled_check_survives_a_reload_of_the_phone(site: Site) -> None:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), NOW.timestamp() - 60, None, "watch")
    (number,) = reconcile(site.desk, [told], NOW)
    site.enter("technician")
    page, step = f"/gangguan/{number}", f"/gangguan/{number}/langkah/PKL-G-04"
    saved = site.post(step, page, act="draft", daya="padam", temuan="baru diperiksa")
    assert saved.location == page
    again = site.get(page)
    assert '<option value="padam" selected>' in again and "baru diperiksa" in again
    site.enter("technician", login="teknisi-lain")
    assert "baru diperiksa" not in site.get(page), "a draft is its writer's alone"


def test_BTM_05_an_ended_case_keeps_no_draft(site: Site, asked: tuple[str, str]) -> None:
    number, _ = asked
    store = site.desk.store
    drafts.keep(store, (number, "BTM-05", "requester"), {"spesifikasi": "x" * 9000, "leer": " "}, NOW)
    assert drafts.drafts_of(store, number, "requester") == {"BTM-05": {"spesifikasi": "x" * drafts.MAX_TEXT}}
    run(site.desk, number, Cancel("batal"), as_requester(read_case(site.desk, number)), NOW + timedelta(minutes=1))
    other = site.request().number
    drafts.keep(store, (other, "PKL-B-02", "user:1"), {}, NOW)
    assert count(site) == 0


def test_BTM_05_a_good_file_stays_in_the_draft_and_is_not_chosen_again(site: Site, asked: tuple[str, str]) -> None:
    number, page = asked
    held = drafts.drafts_of
    sent = {"spesifikasi": "50 Mbit/s", "document_surat": (BytesIO(PDF), "surat baru.pdf")}
    assert site.post(f"{page}/langkah/BTM-05/simpan", page, **sent).status_code == 302
    assert "kept_document_surat" in held(site.desk.store, number, "requester")["BTM-05"]
