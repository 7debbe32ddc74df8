"""Letters and reports: the same words as PDF, Word and OpenDocument; editable templates that cannot do harm."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from paper_words import words_of_docx, words_of_odt, words_of_pdf
from tracker_office import WIB
from tracker_papers import pdf as handed_in
from tracker_site import PUBLIC, Site

from request_tracker.cases import AddDocument, OpenCase, Supplied, Who, open_case, read_case, run
from request_tracker.cases.model import Case, Event
from request_tracker.config import Office
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.facts import Facts
from request_tracker.letters.model import Paper
from request_tracker.letters.opendocument import opendocument
from request_tracker.letters.outage_papers import restored
from request_tracker.letters.papers import BUILDERS, report
from request_tracker.letters.pdf import pdf
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.letters.terbilang import LARGEST, terbilang
from request_tracker.letters.word import word
from request_tracker.store.upload_check import accept

SOPS = {sop.code: sop for sop in shipped_sops()}
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
OFFICE = Office(name="Dinas Contoh", city="Kota Contoh", government="Pemerintah Kota Contoh", address="Jalan Uji 1")
GRANTED = Allocation(1_250_000, 6_250_000, 1_250_000, 6_250_000)
PEOPLE = {"user:1": "Kadis Uji", "user:2": "Kabid Uji", "user:3": "Teknisi Uji", "user:9": "Pejabat Lama"}


def event(seq: int, kind: str, lane: str = "", step: str = "", who: str = "user:1", **more: object) -> Event:
    behalf = more.pop("behalf", None)
    moment = NOW - timedelta(hours=10 - seq)
    return Event(seq, kind, who, behalf, lane or None, step or None, 1, moment, moment, more, "0" * 64, "1" * 64)  # type: ignore[arg-type]


def facts(code: str = "PKL-BW", allocation: Allocation | None = GRANTED, **more: object) -> Facts:
    sop = SOPS[code]
    form = {"wanted_receive": 6_250_000, "letter_number": "800/12/2026"}
    given = {"verified": 3, **more}
    history = given.pop("history", None) or (
        event(1, "opened"),
        event(2, "signed", "kadis", "PKL-B-02", note="Tindak lanjuti segera", behalf="user:9"),
        event(3, "signed", "kabid", "PKL-B-03", "user:2"),
        event(4, "signed", "tim", "PKL-B-04", "user:3"),
    )
    case = Case(
        *("PKL-BW/2026/0001", code, sop.revision, sop.hash, sop.kind, "dinkes", "Penambahan bandwidth <b>&"),
        *(NOW - timedelta(days=1), 4, "a" * 64, form),
        **given,  # type: ignore[arg-type]
    )
    told = (OFFICE, "Dinas Kesehatan", NOW, lambda who: PEOPLE.get(who or "", who or ""), lambda at: at.astimezone(WIB))
    return Facts(case, sop, history, *told, allocation, "revisi 7")  # type: ignore[arg-type]


def facts_said(paper: Paper) -> list[str]:
    title = [] if paper.letter else [paper.title.upper()]
    return [*title, *paper.opening, *(value for _, value in paper.pairs if value), *paper.closing, *paper.copies]


def test_KTM_10_and_KTM_DH4_one_report_as_pdf_word_and_opendocument_says_the_same(tmp_path: Path) -> None:
    paper = report(facts("KTM-BW", history=(event(2, "signed", "tim", "KTM-07", "user:3"),)))
    told = (words_of_pdf(pdf(paper.template, paper.data()), tmp_path), words_of_docx(word(paper)))
    for text in (*told, words_of_odt(opendocument(paper))):
        for said in ("Dinas Kesehatan", "50 Mbit/s", "Teknisi Uji", "revisi 7", "Pengguna Bandwidth"):
            assert said in text, said


@pytest.mark.parametrize("kind", sorted(BUILDERS))
def test_KTM_10_every_paper_is_set_in_three_forms_with_all_that_it_says(kind: str, tmp_path: Path) -> None:
    paper = BUILDERS[kind](facts())
    made = pdf(paper.template, paper.data())
    assert made.startswith(b"%PDF-1.7") and b"<pdfaid:part>3</pdfaid:part>" in made
    docx, odt = words_of_docx(word(paper)), words_of_odt(opendocument(paper))
    for said in facts_said(paper):
        plain = " ".join(said.split())
        assert plain in docx and plain in odt, said
    words = {*words_of_pdf(made, tmp_path).split(), "–"}
    assert set(docx.split()) - words == set() and set(odt.split()) - words == set()


def hit(offices: tuple[str, ...], opd: str | None = None) -> Facts:
    """An hour's outage whose end the tracker heard of only later, with the report that was frozen."""
    heard = event(9, "connected", ended_at=(NOW - timedelta(hours=8)).timestamp(), minutes=60.0)
    told = {
        "root": "agg-timur",
        "cause": "link_down",
        "offices": offices,
        "started_at": (NOW - timedelta(hours=9)).timestamp(),
        "ended_at": (NOW - timedelta(hours=8)).timestamp(),
        "minutes": 60.0,
    }
    made = facts("PKL-GG", history=(event(1, "opened"), heard))
    names = {"rsud": "Rumah Sakit", "dishub": "Dinas Perhubungan"}
    return replace(made, monitored=told, names=names, case=replace(made.case, opd=opd))


def test_X_TMB_whom_the_sop_copies_to_stands_on_the_paper() -> None:
    assert report(facts()).copies == (
        "Kepala Seksi Infrastruktur Jaringan",
        "Kepala Bidang INS",
        "Kepala Dinas Kominfo",
        "Pemohon",
    )


def test_PKL_G_10_the_completion_letter_says_the_reports_minutes_and_cause_to_every_office_hit() -> None:
    told = hit(("rsud", "dishub"))
    paper = restored(told)
    said = dict(paper.pairs)
    assert (said["Lamanya"], said["Penyebab"]) == ("60 menit", "tautan mati")
    assert said["OPD terdampak"] == "Rumah Sakit, Dinas Perhubungan"
    assert paper.to == "Kepala Rumah Sakit; Kepala Dinas Perhubungan"
    assert "5 OPD" in restored(hit(tuple("abcde"))).to
    assert dict(restored(replace(told, monitored=None)).pairs)["Lamanya"] == "60 menit"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (17, "tujuh belas"),
        (100, "seratus"),
        (1001, "seribu satu"),
        (2_026, "dua ribu dua puluh enam"),
        (111_000_000, "seratus sebelas juta"),
        (1_000_000_000_000, "satu triliun"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert terbilang(number) == words


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_no_two_numbers_have_the_same_words(one: int, other: int) -> None:
    assert (terbilang(one) == terbilang(other)) == (one == other)


def test_a_number_beyond_words_is_refused() -> None:
    with pytest.raises(ValueError, match="has no words"):
        terbilang(-1)


FAULTY = {
    "a way to Python": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "an open bracket": "{{ title",
    "a loop over nothing": "{% for %}",
    "a loop without end": "{% for i in range(10**9) %}x{% endfor %}",
    "a very long text": "{{ 'x' * 10000000000 }}",
    "a division": "{{ 1 / 0 }}",
    "a call of itself": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "a file of the server": "{% include '/etc/passwd' %}",
    "a name we have not": "{{ tidak.ada }}",
}


@pytest.mark.parametrize("text", FAULTY.values(), ids=list(FAULTY))
def test_a_word_template_of_a_stranger_does_no_harm_and_is_told_in_a_sentence(text: str, tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph(text)
    document.save(tmp_path / "surat.docx")
    with pytest.raises(Refused, match=r"Templat surat\.docx: .*perbaiki atau hapus"):
        word(report(facts()), tmp_path)


@pytest.mark.parametrize("content", [b"", b"bukan zip", b"PK\x03\x04"])
def test_a_word_template_that_is_no_word_document_is_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "surat.docx").write_bytes(content)
    with pytest.raises(Refused, match=r"Templat surat\.docx"):
        word(report(facts()), tmp_path)


def test_a_broken_office_template_is_a_page_with_a_sentence_and_the_papers_come_back_with_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = site.request().number
    site.enter("secretariat")
    app = site.client.application
    config = app.extensions["office"].config.model_copy(update={"templates": tmp_path})
    monkeypatch.setitem(app.extensions, "office", replace(app.extensions["office"], config=config))
    (tmp_path / "disposisi.typ").write_text("#let x = (\n")
    link = f"/kasus/{number}/surat/lembar_disposisi.pdf"
    answer = site.client.get(link)
    assert answer.status_code == 409 and "Templat disposisi.typ" in answer.text and "Traceback" not in answer.text
    (tmp_path / "disposisi.typ").unlink()
    assert site.client.get(link).data.startswith(b"%PDF")


def test_the_offices_own_template_goes_before_ours_and_a_broken_one_is_named_with_its_place(tmp_path: Path) -> None:
    paper = report(facts())
    (tmp_path / "laporan.typ").write_text("#let data = json(bytes(sys.inputs.data))\nKop sendiri: #data.title")
    assert "Kop sendiri" in words_of_pdf(pdf("laporan.typ", paper.data(), own=tmp_path), tmp_path)
    (tmp_path / "laporan.typ").write_text("#let x = (\n")
    with pytest.raises(Refused, match=r"Templat laporan\.typ: "):
        pdf("laporan.typ", paper.data(), own=tmp_path)


def test_data_is_text_and_never_markup() -> None:
    made = word(report(facts()))
    with ZipFile(BytesIO(made)) as archive:
        assert "Penambahan bandwidth &lt;b&gt;&amp;" in archive.read("word/document.xml").decode()
    assert b"&lt;b&gt;&amp;" in ZipFile(BytesIO(opendocument(report(facts())))).read("content.xml")


def test_a_paper_is_the_same_bytes_each_time() -> None:
    paper = report(facts())
    assert pdf(paper.template, paper.data()) == pdf(paper.template, paper.data())
    assert opendocument(paper) == opendocument(paper)


def test_the_case_page_offers_its_papers_and_each_is_a_download(site: Site) -> None:
    number = site.request().number
    site.enter("head_of_office")
    page = site.get(f"/kasus/{number}")
    for form, begin in (("pdf", b"%PDF"), ("docx", b"PK"), ("odt", b"PK")):
        link = f"/kasus/{number}/surat/lembar_disposisi.{form}"
        assert link in page
        answer = site.client.get(link)
        assert answer.data.startswith(begin)
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert site.client.get(f"/kasus/{number}/surat/lembar_disposisi.exe").status_code == 404
    assert site.client.get(f"/kasus/{number}/surat/berita_acara.pdf").status_code == 404


def test_KTM_KQ2_our_own_letters_may_be_handed_in_again() -> None:
    paper = report(facts())
    for content, name in (
        (pdf(paper.template, paper.data()), "a.pdf"),
        (word(paper), "a.docx"),
        (opendocument(paper), "a.odt"),
    ):
        assert accept(content, name).content == content


def test_KTM_KQ2_a_letter_edited_outside_comes_back_and_every_version_stays(site: Site) -> None:
    number = site.request("KTM-BW").number
    site.enter("technician")
    page = f"/kasus/{number}"
    for content in (handed_in(b"konsep"), handed_in(b"final")):
        answer = site.post(f"{page}/surat", page, document="akhir", file=(BytesIO(content), "laporan.pdf"))
        assert answer.status_code == 302, answer.text
    kept = [record for record in read_case(site.desk, number).records if record.document == "akhir"]
    assert len(kept) == 2 and len({record.sha256 for record in kept}) == 2
    assert [record.replaces for record in kept] == [None, kept[0].seq]
    shown = site.get(page)
    assert "versi 1 dari 2 ·" in shown and "versi 2 dari 2, yang berlaku" in shown
    assert all(f"/berkas/{record.sha256}" in shown for record in kept)
    with site.client.get(f"/berkas/{kept[0].sha256}") as answer:
        assert answer.data == handed_in(b"konsep")
    assert site.post(f"{page}/surat", page, document="bukan", file=(BytesIO(handed_in()), "a.pdf")).status_code == 409
    assert site.post(f"{page}/surat", page, document="akhir").status_code == 409


def test_an_auditor_reads_and_hands_nothing_in(site: Site) -> None:
    number = site.request("KTM-BW").number
    site.enter("auditor")
    assert "final-file" not in site.get(f"/kasus/{number}")
    auditor = Who("user:9", frozenset({"auditor"}))
    with pytest.raises(Refused) as found:
        run(site.desk, number, AddDocument("surat", Supplied(note="x")), auditor, datetime.now(UTC))
    assert found.value.code == "may_not"


def test_PKL_B_PR1_the_sops_own_warning_stands_on_a_late_case_alone(site: Site) -> None:
    asked = OpenCase("PKL-BW", "Lama", opd="dinkes", form={"wanted_receive": "50 Mbit/s", "purpose": "uji"})
    asked = replace(asked, documents={"surat": Supplied(note="surat menyusul")})
    late = open_case(site.desk, asked, PUBLIC, datetime.now(UTC) - timedelta(days=9)).number
    fresh = open_case(site.desk, asked, PUBLIC, datetime.now(UTC)).number
    site.enter("head_of_office")
    warning = "Apabila SOP tidak dilaksanakan maka pelayanan tidak optimal"
    assert warning in site.get(f"/kasus/{late}") and "▶ terlambat" in site.get(f"/kasus/{late}")
    assert warning not in site.get(f"/kasus/{fresh}")
