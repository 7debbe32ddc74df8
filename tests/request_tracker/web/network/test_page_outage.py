"""The technician's page on a phone, the ISP's estimate on the status page, announced maintenance."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from tracker_office import TECHNICIAN
from tracker_papers import photograph
from tracker_site import NOW, Site

from request_tracker.cases import Note, history, run
from request_tracker.outages.follow import follow_calls
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile, ticket
from request_tracker.people.contacts import add_entry

CHECK = {"perangkat": "agg-timur", "daya": "baik", "lampu": "merah", "serat_dbm": "-31", "temuan": "serat putus"}


@pytest.fixture
def number(site: Site) -> str:
    begun = NOW.timestamp() - 120
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), begun, None, "watch")
    return reconcile(site.desk, [told], NOW)[0]


def local(site: Site, hours: float) -> str:
    return (site.desk.calendar.local(NOW) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_PKL_G_T_the_technical_clocks_stand_beside_the_sop(site: Site, number: str) -> None:
    site.enter("technician")
    page = site.get(f"/gangguan/{number}")
    assert "TTD" in page and "TTA" in page and "TTR" in page
    site.post(f"/gangguan/{number}/tangani", f"/gangguan/{number}")
    assert "Nama technician" in site.get(f"/gangguan/{number}")


def test_of_the_core_the_page_says_that_a_dead_switch_before_it_looks_the_same(site: Site, number: str) -> None:
    told = OutageRecord("core", "device", "device_down", ("rsud",), NOW.timestamp() - 60, None, "watch")
    (of_core,) = reconcile(site.desk, [told], NOW)
    site.enter("technician")
    assert "Switch dan kabel antara pemantau" in site.get(f"/gangguan/{of_core}")
    page = site.get(f"/gangguan/{number}")
    assert "Switch dan kabel" not in page and "Router agregasi, antarmuka timur" in page


def test_PKL_G_04_and_BTM_AL8_and_BTM_AL9_the_physical_check_is_filled_on_a_phone_with_a_photo(
    site: Site, number: str
) -> None:
    site.enter("technician")
    page = f"/gangguan/{number}"
    assert 'capture="environment"' in site.get(page) and 'name="viewport"' in site.get(page)
    photo = (BytesIO(photograph()), "foto.jpg")
    site.post(f"/kasus/{number}/langkah/PKL-G-04", page, act="sign", photo=photo, **CHECK)
    signed = [event for event in history(site.desk, number) if event.kind == "signed" and event.step == "PKL-G-04"]
    assert len(signed) == 1 and "/berkas/" in signed[0].data["note"]
    filled = site.desk.store.value("SELECT data FROM events WHERE data LIKE '%serat putus%'")
    assert "-31" in filled and "merah" in filled


def test_PKL_G_08a_and_PKL_G_08d_the_isps_answer_and_estimate_reach_the_status_page(site: Site, number: str) -> None:
    assert "Estimasi pulih belum ada" in site.get("/status")
    site.enter("technician")
    given = {"isp": "Penyedia Contoh", "isp_ticket": "T-9", "answer": "sedang disambung"}
    site.post(f"/gangguan/{number}/isp", f"/gangguan/{number}", **given, estimate=local(site, 2))
    contact = [event for event in history(site.desk, number) if event.kind == "isp_contact"]
    assert contact[0].data["isp_ticket"] == "T-9"
    status = site.get("/status")
    assert "Estimasi pulih: <strong>" in status and "terlewati" not in status
    late = site.post(f"/gangguan/{number}/isp", f"/gangguan/{number}", **given, estimate=local(site, -1))
    assert late.status_code == 422 and "sudah lewat; sekarang" in late.text and "sedang disambung" in late.text
    run(site.desk, number, Note("recovery_estimate", {"estimate": local(site, -1)}), TECHNICIAN, NOW)
    assert "terlewati" in site.get("/status")


def test_PKL_G_08a_the_uplink_s_page_has_its_isp_s_people_and_keeps_the_next_call(site: Site) -> None:
    uplink = site.desk.city.uplinks[0].name
    told = OutageRecord(uplink, "uplink", "link_down", ("rsud",), NOW.timestamp() - 60, None, "watch")
    (number,) = reconcile(site.desk, [told], NOW)
    add_entry(site.desk.store, f"uplink:{uplink}", {"name": "NOC ISP", "phone": "0800000000123"}, NOW)
    site.enter("noc_operator")
    assert 'NOC ISP · <a href="tel:0800000000123">' in site.get(f"/gangguan/{number}")
    site.post(f"/gangguan/{number}/isp", f"/gangguan/{number}", isp="NOC ISP", next_call=local(site, 24))
    (contact,) = (event for event in history(site.desk, number) if event.kind == "isp_contact")
    assert follow_calls(site.desk, NOW) == []
    assert follow_calls(site.desk, datetime.fromisoformat(contact.data["next_call"])) == [number]
    site.enter("secretariat")
    assert "0800••••123" in site.get(f"/gangguan/{number}")


def test_the_ticket_leads_to_its_line_s_board_over_its_time_where_there_is_a_grafana(
    site: Site, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.enter("technician")
    page = f"/gangguan/{number}"
    assert "Grafana" not in site.get(page)
    here = site.client.application.extensions["office"]
    config = here.config.model_copy(update={"grafana": "https://grafana.contoh.go.id/"})
    monkeypatch.setitem(site.client.application.extensions, "office", replace(here, config=config))
    (link,) = re.findall(r'href="(https://grafana[^"]+)"', site.get(page))
    asked = parse_qs(urlsplit(unescape(link)).query)
    row = ticket(site.desk, number)
    assert row is not None and urlsplit(link).path == "/d/lebarpita-link" and asked["var-link"] == [row["root"]]
    assert int(asked["from"][0]) == round((row["started_at"] - 3600) * 1000) < int(asked["to"][0])


def test_the_cause_is_a_word_of_a_list_that_the_case_keeps_and_the_last_word_counts(site: Site, number: str) -> None:
    page = f"/gangguan/{number}"
    site.enter("technician")
    assert "belum diisi" in site.get(page) and '<option value="">pilih …</option>' in site.get(page)
    assert site.post(f"{page}/penyebab", page, cause="").status_code == 422
    assert site.post(f"{page}/penyebab", page, cause="gremlins").status_code == 422
    for cause in ("unknown", "fibre_cut", "fibre_cut"):
        assert site.post(f"{page}/penyebab", page, cause=cause, cause_text="km 3").status_code == 302
    said = [event.data for event in history(site.desk, number) if event.kind == "cause_found"]
    assert said == [{"cause": cause, "text": "km 3"} for cause in ("unknown", "fibre_cut")]
    assert site.desk.store.value("SELECT found_cause FROM tickets WHERE number = ?", [number]) == "fibre_cut"
    assert "Serat putus – km 3" in site.get(page)
    site.enter("secretariat")
    assert "Isi penyebab gangguan" not in site.get(page)


def test_PKL_G_01b_the_offices_cut_off_stand_on_the_banner_and_the_status_page(site: Site, number: str) -> None:
    assert "1 gangguan sedang ditangani" in site.get("/")
    assert all(site.desk.city.opd(code).name in site.get("/status") for code in ("rsud", "dishub"))


def test_PKL_G_MNT_maintenance_is_announced_to_everybody(site: Site) -> None:
    site.enter("head_of_section")
    given = {"root": "agg-timur", "reason": "ganti serat", "starts": local(site, 0)}
    assert site.post("/pemeliharaan", **given, ends=local(site, -1)).status_code == 422
    assert site.post("/pemeliharaan", **given, ends=local(site, 3)).status_code == 302
    assert "ganti serat" in site.get("/status") and "belum dibungkam" in site.get("/pemeliharaan")
    site.post("/pemeliharaan", finish=1)
    assert "ganti serat" not in site.get("/status")
