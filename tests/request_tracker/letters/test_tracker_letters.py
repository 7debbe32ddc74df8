"""Letters and reports: the same words as PDF, Word and OpenDocument; editable templates that cannot do harm."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from paper_facts import WORDS, event, facts
from paper_words import words_of_docx, words_of_odt, words_of_pdf
from tracker_papers import other_pdf
from tracker_site import PUBLIC, Site

from request_tracker.cases import AddDocument, OpenCase, Supplied, Who, open_case, read_case, run
from request_tracker.config import UploadsPart
from request_tracker.errors import Refused
from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.opendocument import opendocument
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.word import word
from request_tracker.store.upload_check import accept


def facts_said(paper: Paper) -> list[str]:
    title = [] if paper.letter else [paper.title.upper()]
    return [*title, *paper.opening, *(value for _, value in paper.pairs if value), *paper.closing, *paper.copies]


def test_KTM_10_and_KTM_DH4_one_report_as_pdf_word_and_opendocument_says_the_same(tmp_path: Path) -> None:
    paper = course_report(facts("KTM-BW", history=(event(2, "signed", "tim", "KTM-07", "user:3"),)))
    told = (words_of_pdf(pdf(paper.template, paper.data()), tmp_path), words_of_docx(word(paper)))
    for text in (*told, words_of_odt(opendocument(paper))):
        for said in ("Dinas Kesehatan", "50 Mbit/s", "Teknisi Uji", "revisi 7", "Pengguna Bandwidth"):
            assert said in text, said


@pytest.mark.parametrize("kind", WORDS)
def test_KTM_10_every_paper_is_set_in_three_forms_with_all_that_it_says(kind: CasePaper, tmp_path: Path) -> None:
    paper = kind.make(facts())
    made = pdf(paper.template, paper.data())
    assert made.startswith(b"%PDF-1.7") and b"<pdfaid:part>3</pdfaid:part>" in made
    docx, odt = words_of_docx(word(paper)), words_of_odt(opendocument(paper))
    for said in facts_said(paper):
        plain = " ".join(said.split())
        assert plain in docx and plain in odt, said
    words = {*words_of_pdf(made, tmp_path).split(), "–"}
    assert set(docx.split()) - words == set() and set(odt.split()) - words == set()


def test_X_TMB_whom_the_sop_copies_to_stands_on_the_paper() -> None:
    assert course_report(facts()).copies == (
        "Kepala Seksi Infrastruktur Jaringan",
        "Kepala Bidang INS",
        "Kepala Dinas Kominfo",
        "Pemohon",
    )


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
    paper = course_report(facts())
    (tmp_path / "laporan.typ").write_text("#let data = json(bytes(sys.inputs.data))\nKop sendiri: #data.title")
    assert "Kop sendiri" in words_of_pdf(pdf("laporan.typ", paper.data(), own=tmp_path), tmp_path)
    (tmp_path / "laporan.typ").write_text("#let x = (\n")
    with pytest.raises(Refused, match=r"Templat laporan\.typ: "):
        pdf("laporan.typ", paper.data(), own=tmp_path)


def test_data_is_text_and_never_markup() -> None:
    made = word(course_report(facts()))
    with ZipFile(BytesIO(made)) as archive:
        assert "Penambahan bandwidth &lt;b&gt;&amp;" in archive.read("word/document.xml").decode()
    assert b"&lt;b&gt;&amp;" in ZipFile(BytesIO(opendocument(course_report(facts())))).read("content.xml")


def test_a_paper_is_the_same_bytes_each_time() -> None:
    paper = course_report(facts())
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
    paper = course_report(facts())
    for content, name in (
        (pdf(paper.template, paper.data()), "a.pdf"),
        (word(paper), "a.docx"),
        (opendocument(paper), "a.odt"),
    ):
        assert accept(content, name, UploadsPart()).content == content


def test_KTM_KQ2_a_letter_edited_outside_comes_back_and_every_version_stays(site: Site) -> None:
    number = site.request("KTM-BW").number
    site.enter("technician")
    page = f"/kasus/{number}"
    for content in (other_pdf("konsep"), other_pdf("final")):
        answer = site.post(f"{page}/surat", page, document="akhir", file=(BytesIO(content), "laporan.pdf"))
        assert answer.status_code == 302, answer.text
    kept = [record for record in read_case(site.desk, number).records if record.document == "akhir"]
    assert len(kept) == 2 and len({record.sha256 for record in kept}) == 2
    assert [record.replaces for record in kept] == [None, kept[0].seq]
    shown = site.get(page)
    assert "versi 1 dari 2 ·" in shown and "versi 2 dari 2, yang berlaku" in shown
    assert all(f"/berkas/{record.sha256}" in shown for record in kept)
    with site.client.get(f"/berkas/{kept[0].sha256}") as answer:
        assert answer.data == other_pdf("konsep")
    assert (
        site.post(f"{page}/surat", page, document="bukan", file=(BytesIO(other_pdf("bukan")), "a.pdf")).status_code
        == 422
    )
    assert site.post(f"{page}/surat", page, document="akhir").status_code == 422


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
