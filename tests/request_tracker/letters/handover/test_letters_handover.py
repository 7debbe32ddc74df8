"""The Berita Acara: the day of the act, both parties by name, what signed, and the paper frozen from then on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from case_walks import batam_until_analysis
from paper_words import words_of_docx, words_of_pdf
from tracker_office import (
    EVIDENCE,
    MONDAY,
    TECHNICIAN,
    VERIFIED,
    applied,
)
from tracker_site import NOW, PASSWORD, Site

from request_tracker.cases import Desk, OpenCase, Sign, Supplied, Who, history, open_case, read_case, run
from request_tracker.config import Office
from request_tracker.errors import TrackerError
from request_tracker.letters.handover.paper import DRAFT, minutes
from request_tracker.letters.making import facts_of
from request_tracker.letters.press.model import Paper
from request_tracker.people.details import named, put_details
from request_tracker.people.privacy import erase_person, export_person
from request_tracker.sop import register

SIGNED = MONDAY + timedelta(days=2)
GIVEN = {"name": "Pejabat Penerima", "position": "Sekretaris Dinas Contoh"}
NIP = "199001012020011001"


def record(desk: Desk, number: str, later: int = 0) -> Paper:
    case = read_case(desk, number)
    sop = register.by_hash(desk.store, case.sop_hash)
    return minutes(facts_of(desk, Office(name="Dinas Uji", city="Kota Uji"), case, sop, SIGNED + timedelta(days=later)))


@pytest.fixture
def handed_over(desk: Desk) -> str:
    """Batam's case at its Berita Acara, with the allocation proven."""
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    return number


def sign_for_the_office(desk: Desk, number: str) -> None:
    who = Who(str(read_case(desk, number).contact), frozenset({"requester"}))
    run(desk, number, Sign("BTM-09", signatory=GIVEN), who, SIGNED)


def test_BTM_09_the_record_carries_the_day_of_the_act_in_words_whenever_it_is_fetched(
    desk: Desk, handed_over: str
) -> None:
    run(desk, handed_over, Sign("BTM-09"), TECHNICIAN, SIGNED - timedelta(days=1))
    draft = record(desk, handed_over)
    assert "tanggal ……" in draft.opening[0] and DRAFT in draft.closing
    sign_for_the_office(desk, handed_over)
    made = record(desk, handed_over, later=40)
    assert "Rabu tanggal dua puluh lima bulan November tahun dua ribu dua puluh enam (25-11-2026)" in made.opening[0]
    assert made.date == "Kota Uji, 25 November 2026" and DRAFT not in made.closing
    assert made == record(desk, handed_over, later=40)


def test_X_BA_both_parties_stand_with_name_position_and_what_signed(desk: Desk, handed_over: str) -> None:
    with desk.store.transaction() as db:
        row = {"login": "t", "name": "Teknisi Uji", "password": "x", "created_at": "", "active": 1}
        db.table("users").insert({"id": 4, **row})
    put_details(desk.store, 4, "Pranata Komputer", "Penata, III/c", NIP)
    run(desk, handed_over, Sign("BTM-09"), TECHNICIAN, SIGNED)
    sign_for_the_office(desk, handed_over)
    made = record(desk, handed_over)
    first, second = made.opening[1:3]
    assert "Teknisi Uji" in first and NIP in first and "Pranata Komputer" in first and "Dinas Uji" in first
    assert "Pejabat Penerima" in second and "Sekretaris Dinas Contoh" in second and "PIHAK KEDUA" in second
    left, right = made.signers
    assert left.name == "Pejabat Penerima" and "tautan rahasia pemohon, 25 November 2026" in left.mark
    assert right.under == ("Pranata Komputer", "Penata, III/c", f"NIP {NIP}") and "akun Teknisi Uji" in right.mark


def test_X_BA_the_work_is_said_with_rates_before_and_after_in_words_and_its_proof(desk: Desk, handed_over: str) -> None:
    said = dict(record(desk, handed_over).pairs)
    assert said["Unduh, batas"] == "10 Mbit/s menjadi 50 Mbit/s (lima puluh megabit per detik)"
    assert said["Diterapkan"].startswith("23 November 2026 pukul 09.00 WIB, buku alokasi revisi ")
    assert "dibaca balik sama dengan buku alokasi oleh core" in said["Bukti"]


def test_X_BA_where_the_evidence_of_guarantees_stood_is_said_where_the_agent_told_it(
    desk: Desk, handed_over: str
) -> None:
    assert "Bukti jaminan" not in dict(record(desk, handed_over).pairs)
    case = read_case(desk, handed_over)
    facts = facts_of(desk, Office(name="Dinas Uji"), case, register.by_hash(desk.store, case.sop_hash), SIGNED)
    part = {"quarter": "2026Q4", "until": SIGNED.timestamp(), "hash": "0123456789abcdef" * 4}
    told = [
        replace(event, data={**event.data, "proof": {**event.data["proof"], "evidence": part}})
        if event.kind == "allocation_verified"
        else event
        for event in facts.history
    ]
    said = dict(minutes(replace(facts, history=told)).pairs)
    assert said["Bukti jaminan"] == "triwulan 2026Q4: sidik 0123456789abcdef… sampai 25-11-2026 09.00"


def test_BTM_09_who_signed_for_the_office_is_no_event_and_can_be_erased(desk: Desk, handed_over: str) -> None:
    sign_for_the_office(desk, handed_over)
    (event,) = [one for one in history(desk, handed_over) if one.data.get("signatory")]
    assert GIVEN["name"] not in str(event.data) and named(desk.store, event.data["signatory"]).name == GIVEN["name"]
    assert export_person(desk.store, handed_over)["signatories"][0]["position"] == GIVEN["position"]
    erase_person(desk, handed_over, SIGNED)
    assert named(desk.store, event.data["signatory"]).name == "Pemohon"
    assert "Nama Pemohon" in record(desk, handed_over).opening[2]


def test_a_nip_that_is_none_is_a_sentence(desk: Desk) -> None:
    with pytest.raises(TrackerError, match="tulis 18 angka"):
        put_details(desk.store, 1, "", "", "12")


def signed_on_the_pages(site: Site) -> tuple[str, str, int]:
    """A case whose Berita Acara was signed by an account and then by the secret link: number, page, account."""
    user = site.enter("technician")
    mine: dict[str, Any] = {"opd": "dinkes", "form": {"wanted_receive": "50 Mbit/s", "purpose": "uji"}}
    asked = OpenCase("BTM-BW", "Kenaikan", documents={"surat": Supplied(note="menyusul")}, **mine)
    opened = open_case(site.desk, asked, Who("public:form", frozenset({"requester"})), NOW)
    every = {"head_of_office", "head_of_division", "head_of_section", "technician", "requester"}
    everybody, form = (
        Who(f"user:{user}", frozenset(every)),
        {"spesifikasi": "50", "peruntukan": "u", "jumlah_pengguna": "8"},
    )
    for act in (
        *(Sign("BTM-02"), VERIFIED, Sign("BTM-04", assignee=everybody), Sign("BTM-05")),
        Sign("BTM-05", form=form),
        Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}),
    ):
        run(site.desk, opened.number, act, everybody, NOW)
    applied(site.desk, opened.number, "BTM-08", NOW)
    case, page = f"/kasus/{opened.number}", f"/lacak/{opened.token}"
    site.post(
        f"{case}/langkah/BTM-09",
        case,
        act="sign",
        lane="tim",
        password=PASSWORD,
        version=read_case(site.desk, opened.number).version,
    )
    return opened.number, page, user


def test_X_BA_the_record_is_frozen_once_both_have_signed_and_both_parties_can_take_it(
    site: Site, tmp_path: Path
) -> None:
    number, page, user = signed_on_the_pages(site)
    assert "signatory_name" in site.get(page)
    assert site.post(f"{page}/langkah/BTM-09", page).status_code == 422
    answer = site.post(f"{page}/langkah/BTM-09", page, signatory_name="Penerima Uji", signatory_position="Sekretaris")
    assert answer.status_code == 302
    link = f"/kasus/{number}/surat/berita_acara"
    before = site.client.get(f"{link}.pdf").data
    text = words_of_pdf(before, tmp_path)
    assert "Penerima Uji" in text and "Sekretaris" in text and "Nama technician" in text
    with site.desk.store.transaction() as db:
        db.execute("UPDATE users SET name = 'Nama Baru' WHERE id = ?", [user])
    assert site.client.get(f"{link}.pdf").data == before
    kept = read_case(site.desk, number).latest("ba")
    assert kept is not None and kept.source == "signed"
    assert site.client.get(f"{page}/berkas/{kept.sha256}").data == before
    assert f"/berkas/{kept.sha256}" in site.get(page)
    assert site.client.get(f"{page}/berkas/{'0' * 64}").status_code == 404
    assert "Penerima Uji" in words_of_docx(site.client.get(f"{link}.docx").data)


def test_BTM_09_a_broken_template_never_undoes_a_signature_and_the_paper_is_kept_once_it_is_mended(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, own = site.client.application, tmp_path / "templat"
    own.mkdir()
    (own / "laporan.typ").write_text("#let x = (\n")
    config = app.extensions["office"].config.model_copy(update={"templates": own})
    monkeypatch.setitem(app.extensions, "office", replace(app.extensions["office"], config=config))
    number, page, _ = signed_on_the_pages(site)
    given = {"signatory_name": "Penerima Uji", "signatory_position": "Sekretaris"}
    assert site.post(f"{page}/langkah/BTM-09", page, **given).status_code == 302
    case = read_case(site.desk, number)
    assert [step.id for step in case.open_steps] == ["BTM-10"]
    assert not [one for one in case.records if one.source == "signed"]
    (own / "laporan.typ").unlink()
    assert site.client.get(f"/kasus/{number}/surat/berita_acara.pdf").data.startswith(b"%PDF")
    assert [one.document for one in read_case(site.desk, number).records if one.source == "signed"] == ["ba"]
