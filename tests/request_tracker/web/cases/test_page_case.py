"""The case page in words: every form with its labels, every event with what it was about, nothing as a bare key."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tracker_office import (
    CONTACT,
    HEAD,
    MONDAY,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    request,
    to_technician,
    walk_to,
)
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import NOTE_KINDS, Desk, OpenCase, Sign, Supplied, history, open_case, read_case
from request_tracker.cases.fold import _APPLY
from request_tracker.cases.model import Event
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.outages.reported import report
from request_tracker.sop import register
from request_tracker.sop.forms import FORMS
from request_tracker.sop.model import Duration, Time, Unit
from request_tracker.web.cases.event_text import Speech, detail, form_lines
from request_tracker.web.shell import formats
from request_tracker.words.labels import _WORDS

SPEECH = Speech("id", lambda at: f"pada {at}", lambda reference: f"nama {reference}")


def outage(site: Site) -> str:
    given = {"opd": "disdik", "description": "mati sejak pagi", "since": "2026-11-20T07:15"}
    papers = {"surat": Supplied(note="menyusul")}
    wanted = OpenCase("PKL-GG", "Gangguan jaringan", "disdik", given, CONTACT, papers, "phone")
    return report(site.desk, wanted, PUBLIC, NOW, NOW).number


def test_an_outage_shows_what_happened_under_its_own_label_and_no_bare_key(site: Site) -> None:
    number = outage(site)
    site.enter("technician")
    page = site.get(f"/kasus/{number}")
    assert "<dt>Apa yang terjadi</dt><dd>mati sejak pagi</dd>" in page
    assert "<dt>Sejak kapan</dt><dd>Jumat, 20 November 2026 pukul 07.15 WIB</dd>" in page
    assert "<dt>Diterima lewat</dt><dd>Telepon</dd>" in page
    assert "Laporan gangguan" in page and "<dt>Pengaduan</dt>" not in page


def test_a_complaint_keeps_the_label_of_its_own_form(site: Site) -> None:
    given = {"description": "lambat", "category": "dengan_pemeriksaan"}
    number = open_case(site.desk, OpenCase("PKL-PG", "Pengaduan", None, given), PUBLIC, NOW).number
    site.enter("technician")
    page = site.get(f"/kasus/{number}")
    assert "<dt>Pengaduan</dt><dd>lambat</dd>" in page
    assert "<dd>Dengan pemeriksaan di lokasi</dd>" in page and "dengan_pemeriksaan" not in page


@pytest.mark.parametrize("sop", shipped_sops(), ids=lambda sop: sop.code)
def test_every_field_a_step_asks_for_has_its_label_on_the_case(desk: Desk, sop: object) -> None:
    number = request(desk)
    keys = {field.key: "x" for fields in FORMS.values() for field in fields}
    case = replace(read_case(desk, number), form=keys)
    for line in form_lines(case, sop):  # type: ignore[arg-type]  # the parameter's type is pytest's
        assert line.field.indonesian != line.field.key and "_" not in line.field.indonesian


def test_a_request_is_shown_in_the_order_in_which_it_was_asked(desk: Desk) -> None:
    case = read_case(desk, request(desk, form={"letter_number": "1/x", "purpose": "uji", "wanted_receive": "5 Mbit/s"}))
    keys = [line.field.key for line in form_lines(case, register.by_hash(desk.store, case.sop_hash))]
    assert keys == ["wanted_receive", "purpose", "letter_number"]


def test_BTM_05_what_the_requester_filled_in_stands_on_the_case(site: Site) -> None:
    number = site.request("BTM-BW", contact=CONTACT).number
    requester = replace(PUBLIC, person=str(read_case(site.desk, number).contact))
    now = datetime.now(UTC)
    isian = {"spesifikasi": "25 Mbit/s simetris", "peruntukan": "data terpadu", "jumlah_pengguna": "40"}
    walk_to(
        site.desk,
        number,
        [
            (HEAD, Sign("BTM-02")),
            (replace(HEAD, roles=frozenset({"head_of_division"})), VERIFIED),
            (SECTION, Sign("BTM-04", assignee=TECHNICIAN)),
            (TECHNICIAN, Sign("BTM-05")),
            (requester, Sign("BTM-05", form=isian)),
        ],
        now,
    )
    site.enter("technician")
    page = site.get(f"/kasus/{number}")
    assert "<dt>Spesifikasi permohonan</dt><dd>25 Mbit/s simetris</dd>" in page
    assert "<dt>Jumlah pengguna</dt><dd>40</dd>" in page


def test_every_kind_of_event_has_its_words() -> None:
    kinds = NOTE_KINDS | set(_APPLY) | {"opened"}
    assert {kind for kind in kinds if kind not in _WORDS} == set()


def event(kind: str, **data: object) -> Event:
    return Event(2, kind, "user:1", None, None, "PKL-B-02", 1, MONDAY, MONDAY, data, "", "")


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        ("decided", {"label": "tidak_tersedia"}, "tidak tersedia"),
        ("document_added", {"document": "surat"}, "Surat permohonan penambahan bandwidth"),
        ("assigned", {"assignee": "user:4"}, "nama user:4"),
        ("paused", {"reason": "menunggu_isp"}, "menunggu ISP"),
        ("ended", {"ending": "dibatalkan", "reason": "tidak jadi"}, "dibatalkan: tidak jadi"),
        ("isp_contact", {"isp": "Penyedia", "isp_ticket": "", "answer": "dicek"}, "Penyedia, dicek"),
        ("cause_found", {"cause": "fibre_cut", "text": "tertimpa pohon"}, "serat putus, tertimpa pohon"),
        ("recovery_estimate", {"estimate": "2026-11-23"}, "pada 2026-11-23"),
        ("deadline_recomputed", {"due_at": None}, ""),
        ("signed", {}, ""),
    ],
)
def test_an_event_says_what_it_was_about(kind: str, data: dict[str, object], told: str) -> None:
    sop = next(one for one in shipped_sops() if one.code == "PKL-BW")
    assert detail(event(kind, **data), sop, SPEECH) == told


def test_the_history_stands_after_the_letters_and_names_the_papers(site: Site) -> None:
    number = site.request().number
    site.enter("technician")
    page = site.get(f"/kasus/{number}")
    assert page.index('id="surat"') < page.index('id="riwayat"')
    assert "dokumen ditambahkan: Surat permohonan penambahan bandwidth" in page
    assert "baku 1 jam kerja" in page and "jam_kerja" not in page


def test_lengths_of_time_are_written_in_the_readers_language() -> None:
    range_ = Time(Duration(2, Unit.WORKING_HOURS), Duration(1, Unit.WORKING_HOURS))
    assert (formats.standard(range_), formats.standard(range_, "en")) == ("1–2 jam kerja", "1–2 working h")
    mixed = Time(Duration(1, Unit.WORKING_HOURS), Duration(15, Unit.MINUTES))
    assert formats.standard(mixed) == "15 menit–1 jam kerja"
    assert (formats.span(5), formats.span(5, "en"), formats.span(90_000, "en")) == ("5 dtk", "5 s", "1 d 1 h")
    assert formats.span(13 * 7.5 * 3600 + 3600, working=True) == "13 hari kerja 1 jam"
    assert (formats.day("2026-11-20"), formats.day("besok")) == ("20 November 2026", "besok")
    assert formats.moment("2026-11-20T07:15", ZoneInfo("Asia/Makassar")).endswith("07.15 WITA")


def test_the_technician_reads_who_was_named(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    case = read_case(desk, number)
    sop = register.by_hash(desk.store, case.sop_hash)
    said = [detail(one, sop, SPEECH) for one in history(desk, number) if one.kind == "assigned"]
    assert said == ["nama user:4"]
