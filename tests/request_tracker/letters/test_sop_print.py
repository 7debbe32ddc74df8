"""``sop print``: the approved words in each form of the paper, by file and by code, and what is typed wrongly."""

import json
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from approved_papers import approved_paper
from docx import Document

from request_tracker.cli import main
from request_tracker.letters.sop_files import SHIPPED, shipped_sops
from request_tracker.letters.sop_print.sheet import ADDED, MARKS, sheet_of

SOPS = {sop.code: sop for sop in shipped_sops()}
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No office is configured: the SOPs that come with the tracker are printed."""
    monkeypatch.delenv("LEBARPITA_TRACKER", raising=False)


@pytest.mark.parametrize("code", SOPS)
def test_the_rows_are_printed_as_json_word_for_word(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sop", "print", code, "--json"]) == 0
    (rows,) = json.loads(capsys.readouterr().out).values()
    keys = ["no", "aktivitas", "pelaksana", "kelengkapan", "waktu", "output", "keterangan"]
    assert all(list(row) == keys for row in rows)
    assert rows == approved_paper(code).rows


@pytest.mark.parametrize("code", SOPS)
def test_word_and_opendocument_hold_the_same_table_word_for_word(code: str, tmp_path: Path) -> None:
    sheet = sheet_of(SOPS[code], "Dinas", "Pemerintah")
    for ending in ("docx", "odt"):
        assert main(["sop", "print", code, "--out", str(tmp_path / f"sop.{ending}")]) == 0
    word = Document(str(tmp_path / "sop.docx"))
    assert [tuple(cell.text for cell in row.cells) for row in word.tables[1].rows] == [sheet.heads, *sheet.rows]
    with ZipFile(tmp_path / "sop.odt") as archive:
        content = ElementTree.fromstring(archive.read("content.xml"))
    table = content.findall(f".//{TABLE}table")[1]
    cells = [tuple(cell.findtext(TEXT) or "" for cell in row) for row in table.findall(f"{TABLE}table-row")]
    assert cells == [sheet.heads, *sheet.rows]
    words = {paragraph.text for paragraph in word.paragraphs}
    odt = {paragraph.text for paragraph in content.iter(TEXT)}
    for name, lines in sheet.lists:
        assert {name, *lines} <= odt and {name, *(f"{n}. {line}" for n, line in enumerate(lines, 1))} <= words
    assert {ADDED, *sheet.added, *sheet.notes} <= words & odt


def test_the_table_shows_the_papers_symbols_in_its_columns() -> None:
    seventh = sheet_of(SOPS["BTM-BW"], "Dinas", "Pemerintah").rows[6]
    assert seventh[2:7] == ("■", "■", "■", "◆", "") and set(MARKS.values()) == {"●", "■", "◆"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("PKL-B --json", "Did you mean PKL-BW?"),
        ("PKL-G --json", "Did you mean PKL-GG?"),
        ("TIDAK-ADA --json", "BTM-BW, KTM-BW, PKL-BW, PKL-GG, PKL-PG"),
        ("PKL-BW --out sop.txt", "its ending must be .pdf, .docx, .odt"),
        ("PKL-BW --out sop", "its ending must be .pdf, .docx, .odt"),
    ],
)
def test_what_is_typed_wrongly_is_one_sentence(words: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sop", "print", *words.split()]) == 1
    said = capsys.readouterr().err
    assert sentence in said and "Traceback" not in said and len(said.splitlines()) == 1


def test_a_paper_needs_its_form_and_only_one(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ([], ["--json", "--out", "sop.pdf"]):
        with pytest.raises(SystemExit, match="2"):
            main(["sop", "print", "PKL-BW", *form])
        assert "--json" in capsys.readouterr().err


def test_a_file_is_printed_as_it_stands_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (SHIPPED / "pkl-bw.r0.yaml").read_text(encoding="utf-8")
    file = tmp_path / "own.yaml"
    file.write_text(text.replace("Menindaklajuti", "Menindaklanjuti"), encoding="utf-8")
    assert main(["sop", "print", str(file), "--json"]) == 0
    assert "Menindaklanjuti disposisi permohonan penambahan" in capsys.readouterr().out
