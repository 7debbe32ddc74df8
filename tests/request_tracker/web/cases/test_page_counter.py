"""The counter and the requester's own page: a case of any SOP is written down by staff and walked by its link."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from form_page_faults import faults
from tracker_office import (
    DIVISION,
    HEAD,
    SECTION,
    TECHNICIAN,
    VERIFIED,
)
from tracker_papers import PDF
from tracker_site import NOW, Site

from request_tracker.cases import Sign, history, read_case, run
from request_tracker.letters.sop_files import parse_sop
from request_tracker.sop.register import approve

GIVEN = {
    "sop": "BTM-BW",
    "channel": "fax",
    "opd": "dinkes",
    "contact_name": "Narahubung Contoh",
    "contact_phone": "0285000000",
    "wanted_receive": "50",
    "purpose": "rekam medis",
    "key": "satu",
}
FILLED = {"spesifikasi": "50 Mbit/s", "peruntukan": "rekam medis", "jumlah_pengguna": "40"}


def written_down(site: Site, **changed: str) -> tuple[str, str]:
    """The number and the requester's link of a case that the secretariat has written down."""
    site.enter("secretariat")
    page = site.post("/kasus/baru", f"/kasus/baru?sop={changed.get('sop', 'BTM-BW')}", **{**GIVEN, **changed}).text
    assert page.count("<svg") == 1
    number, link = re.search(r'id="nomor">([^<]+)<', page), re.search(r'id="tautan" href="([^"]+)"', page)
    assert number is not None and link is not None, page
    return number[1], link[1]


def to_the_requester(site: Site, number: str) -> None:
    """Walk BTM-BW until the office has to fill in its form."""
    named = Sign("BTM-04", assignee=TECHNICIAN)
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, named), (TECHNICIAN, Sign("BTM-05"))]
    for who, act in acts:
        run(site.desk, number, act, who, NOW + timedelta(minutes=1))


def test_BTM_01_and_BTM_AL5_the_secretariat_writes_down_a_letter_that_came_by_fax(site: Site) -> None:
    number, _ = written_down(site)
    case = read_case(site.desk, number)
    assert (case.sop, case.channel, case.opd) == ("BTM-BW", "fax", "dinkes")
    signed = next(event for event in history(site.desk, number) if event.kind == "signed")
    assert (signed.actor[:5], signed.on_behalf_of) == ("user:", case.contact)
    assert [step.id for step in case.open_steps] == ["BTM-02"]


def test_PKL_S_01_sent_twice_from_the_counter_it_is_one_case(site: Site) -> None:
    number, _ = written_down(site)
    again = site.post("/kasus/baru", "/kasus/baru?sop=BTM-BW", **GIVEN).text
    assert number in again and "tautan dari tanda terima pertama" in again
    assert site.desk.store.value("SELECT count(*) FROM cases") == 1


def test_KTM_01_every_sop_in_force_may_be_opened_a_sixth_too(site: Site) -> None:
    new = (
        "skema: 1\nkode: CTH-JR\nrevisi: 0\njudul: Permohonan Jaringan Baru\njenis: permohonan\n"
        "kolom:\n  opd: {nama: Pemohon, peran: pemohon}\n  tim: {nama: Tim, peran: tim_teknis}\n"
        "dokumen:\n  surat: {nama: Surat, asal: unggah}\n  laporan: {nama: Laporan survei, formulir: catatan}\n"
        "mulai: CTH-01\nlangkah:\n"
        "- {id: CTH-01, urut: 1, uraian: Surat, pelaksana: [opd], lengkap: [surat], waktu: 1 hari,"
        " formulir: [lokasi], ke: CTH-02}\n"
        "- {id: CTH-02, urut: 2, uraian: Survei, pelaksana: [tim], waktu: 2 hari, hasil: [laporan],"
        " ke: {akhir: selesai}}\n"
    )
    approve(site.desk.store, parse_sop(new), date(2020, 1, 1), "uji", NOW)
    site.enter("technician")
    choice = site.get("/kasus/baru")
    assert all(f"sop={code}" in choice for code in ("BTM-BW", "CTH-JR", "KTM-BW", "PKL-BW", "PKL-GG", "PKL-PG"))
    number, _ = written_down(site, sop="CTH-JR", channel="counter", lokasi="Kelurahan Contoh")
    assert read_case(site.desk, number).form["lokasi"] == "Kelurahan Contoh"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"channel": "burung"}, "Diterima lewat"),
        ({"opd": "tidak-ada"}, "pilih salah satu OPD"),
        ({"wanted_receive": "banyak"}, "bukan kecepatan"),
        ({"occurred_at": "kemarin"}, "bukan tanggal dan jam"),
    ],
)
def test_BTM_01_a_wrong_field_at_the_counter_is_named_and_nothing_is_opened(
    site: Site, wrong: dict[str, str], told: str
) -> None:
    site.enter("secretariat")
    answer = site.post("/kasus/baru", "/kasus/baru?sop=BTM-BW", **{**GIVEN, **wrong})
    assert answer.status_code in (400, 422) and told in answer.text
    assert site.desk.store.value("SELECT count(*) FROM cases") == 0


def test_the_counter_is_for_those_whose_role_opens_requests(site: Site) -> None:
    site.enter("head_of_office")
    assert site.client.get("/kasus/baru").status_code == 403
    assert "/kasus/baru" not in site.get("/kasus")


def test_BTM_05_the_office_fills_in_its_form_on_the_page_of_its_link(site: Site) -> None:
    number, link = written_down(site)
    to_the_requester(site, number)
    site.client.delete_cookie("session")
    page = site.get(link)
    assert "Menunggu Anda" in page and 'name="spesifikasi"' in page
    lacking = site.post(f"{link}/langkah/BTM-05", link, spesifikasi="", peruntukan="rekam medis elektronik")
    assert lacking.status_code == 422 and "Spesifikasi" in lacking.text and "rekam medis elektronik" in lacking.text
    assert site.post(f"{link}/langkah/BTM-05", link, **FILLED).status_code == 302
    case = read_case(site.desk, number)
    assert [step.id for step in case.open_steps] == ["BTM-06"]
    assert case.signers["BTM-05"][-1] == case.contact


def test_BTM_05_a_step_that_is_not_the_requesters_is_refused_and_a_wrong_link_opens_nothing(site: Site) -> None:
    number, link = written_down(site)
    answer = site.post(f"{link}/langkah/BTM-02", link)
    assert answer.status_code == 422 and [step.id for step in read_case(site.desk, number).open_steps] == ["BTM-02"]
    assert site.client.get("/lacak/salah").status_code == 404


def test_PKL_S_01_the_letter_that_follows_is_handed_in_by_the_link(site: Site, tmp_path: Path) -> None:
    number, link = written_down(site)
    assert 'id="susulan"' in site.get(link) and 'id="susulan-surat"' in site.get(f"/kasus/{number}")
    (tmp_path / "surat.pdf").write_bytes(PDF)
    with (tmp_path / "surat.pdf").open("rb") as file:
        answer = site.post(f"{link}/surat", link, document="surat", file=(file, "surat.pdf"))
    assert answer.status_code == 302
    record = read_case(site.desk, number).latest("surat")
    assert record is not None and record.name == "surat.pdf"
    assert 'id="susulan"' not in site.get(link) and 'id="susulan-surat"' not in site.get(f"/kasus/{number}")
    empty = site.post(f"{link}/surat", link, document="surat")
    assert empty.status_code == 422 and list(faults(empty.text)) == ["late-file"]


def test_the_requester_takes_it_back_with_a_reason_as_long_as_nothing_is_applied(site: Site) -> None:
    number, link = written_down(site)
    assert site.post(f"{link}/batal", link, reason=" ").status_code == 422
    assert site.post(f"{link}/batal", link, reason="tidak jadi").status_code == 302
    assert read_case(site.desk, number).ending == "dibatalkan"
    assert "Dibatalkan" in site.get(link) and 'id="batal"' not in site.get(link)
