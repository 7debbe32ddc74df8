"""The disposition sheet: every field of the printed one, what is known ticked, and who really signed."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from paper_facts import NOW, WORDS, event, facts
from paper_words import words_of_docx, words_of_odt, words_of_pdf

from request_tracker.cases.model import RegisteredLetter
from request_tracker.letters.disposition.paper import HALF_SHEET, SHEET, disposition
from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.opendocument import opendocument
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.word import word
from request_tracker.people.details import PrintedPerson

FIELDS = (
    *("Surat dari", "Nomor surat", "Tanggal surat", "Diterima tanggal", "Nomor agenda", "Sifat", "Perihal"),
    *("Diteruskan kepada Sdr.", "Dengan hormat harap"),
)
PAPER = {"sifat": "segera", "diteruskan_kepada": "Kabid INS", "harap": "Proses lebih lanjut", "date": "2026-11-20"}


def on_paper() -> Facts:
    """The head's sheet came back on paper; the secretariat (user:5) wrote it down, and the case went on to Kabid."""
    written = event(
        3, "signed", "kadis", "PKL-B-02", "user:5", note="Tindak lanjuti", behalf="user:1", from_paper=PAPER
    )
    made = facts(history=(event(1, "opened"), written, event(4, "step_entered", step="PKL-B-03")))
    letter = RegisteredLetter("masuk", 7, 2026, "800/12", "2026-11-02", "SRI-77", received_on=NOW.isoformat())
    official = PrintedPerson("Kadis Uji", "Kepala Dinas", "Pembina, IV/a", "197001011990011001")
    case = replace(made.case, letters=(letter,), letter_number="800/12")
    return replace(made, case=case, person_of=lambda who: official)


def test_X_DSP_the_disposition_sheet_on_a4_and_on_half_a_folio_names_for_whom_was_signed(tmp_path: Path) -> None:
    for half, size in ((False, "595.276 x 841.89"), (True, "609.449 x 467.717")):
        paper = disposition(facts(), half)
        content = pdf(paper.template, paper.data())
        text = words_of_pdf(content, tmp_path)
        assert "Tindak lanjuti segera" in text and "Kadis Uji a.n. Pejabat Lama" in text and "800/12/2026" in text
        assert "Teknisi Uji" not in text
        info = subprocess.run(["pdfinfo", str(tmp_path / "paper.pdf")], capture_output=True, text=True, check=True)
        assert size in info.stdout


def test_X_DSP_every_field_of_the_printed_sheet_is_there_and_what_is_known_is_ticked() -> None:
    said = dict(disposition(on_paper()).pairs)
    assert set(FIELDS) <= said.keys()
    assert said["Nomor agenda"] == "7/2026 (SRIKANDI SRI-77)" and said["Tanggal surat"] == "2 November 2026"
    assert "☒ Segera" in said["Sifat"] and "☐ Rahasia" in said["Sifat"]
    assert "☒ Kabid INS" in said["Diteruskan kepada Sdr."] and "☒ Kepala Seksi" in said["Diteruskan kepada Sdr."]
    assert "☒ Proses lebih lanjut" in said["Dengan hormat harap"] and "☐ Untuk diketahui" in said["Dengan hormat harap"]
    blank = dict(disposition(facts(history=(event(1, "opened"),))).pairs)
    assert "☒" not in "".join(blank.values())


def test_X_DSP_the_officials_block_says_who_decided_with_rank_and_nip_and_who_wrote_it_down() -> None:
    paper = disposition(on_paper())
    (row,), (signer,) = paper.rows, paper.signers
    assert row[0].startswith("Kadis Uji") and row[3] == "di kertas"
    assert signer.under == ("Kepala Dinas", "Pembina, IV/a", "NIP 197001011990011001")
    assert signer.mark.startswith("Ditandatangani di kertas") and "user:5" in signer.mark
    assert disposition(facts(history=(event(1, "opened"),))).signers[0].name == ""
    later = replace(on_paper(), now=NOW + timedelta(days=30))
    assert disposition(later).date == paper.date


def test_X_DSP_the_sheet_says_the_same_in_three_forms(tmp_path: Path) -> None:
    paper = disposition(on_paper(), half=True)
    made = words_of_pdf(pdf(paper.template, paper.data()), tmp_path), words_of_docx(word(paper))
    for text in (*made, words_of_odt(opendocument(paper))):
        assert "☒ Segera" in text and "SRIKANDI SRI-77" in text and "NIP 197001011990011001" in text


# A parameter of pytest does not say what it holds.
OTHERS = [word for word in WORDS if cast(CasePaper, word.values[0]).sheet not in (SHEET, HALF_SHEET)]


@pytest.mark.parametrize("kind", OTHERS)
def test_X_TMB_whom_the_sop_copies_to_stands_on_every_paper(kind: CasePaper) -> None:
    """The sheet alone has none: it goes with the letter itself. A letter names neither its signer nor its addressee."""
    paper, all_of_them = kind.make(facts()), course_report(facts()).copies
    named = [lane for lane in all_of_them if lane not in ("Kepala Dinas Kominfo", "Pemohon")]
    assert list(paper.copies) == (named if paper.letter else list(all_of_them)) and len(named) == 2
