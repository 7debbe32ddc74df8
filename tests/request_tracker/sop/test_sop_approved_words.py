"""The printed SOP is the approved SOP: all five documents against the words that they print, row by row."""

import re
from dataclasses import astuple

import pytest
from approved_papers import FOLDER, approved_paper

from request_tracker.chart import lay_out_approved
from request_tracker.chart.wording import rows_as_printed, wording_of
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop, shipped_sops
from request_tracker.sop.diff import differences

SOPS = {sop.code: sop for sop in shipped_sops()}
ROWS = [(code, place) for code in SOPS for place in range(len(approved_paper(code).rows))]
# PKL-B 6, BTM 14, KTM 10, PKL-G 10 and the complaint procedure's 3.
ALL_ROWS = 43
BTM = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("code", "place"), ROWS)
def test_every_row_of_the_approved_document_is_kept_word_for_word(code: str, place: int) -> None:
    assert rows_as_printed(SOPS[code])[place] == approved_paper(code).rows[place]


def test_no_row_is_left_out_and_none_is_invented() -> None:
    assert len(ROWS) == ALL_ROWS
    assert {code: len(rows_as_printed(sop)) for code, sop in SOPS.items()} == {
        code: len(approved_paper(code).rows) for code in SOPS
    }


@pytest.mark.parametrize("code", SOPS)
def test_title_lists_and_running_text_are_the_documents_own(code: str) -> None:
    wording, paper = wording_of(SOPS[code]), approved_paper(code)
    assert wording.title == paper.title
    assert [list(words) for words in astuple(wording.block)] == list(paper.lists.values())
    assert [(section.title, list(section.lines)) for section in wording.sections] == paper.sections


@pytest.mark.parametrize("code", SOPS)
def test_the_charts_cells_are_the_documents_words_and_its_columns_the_documents_columns(code: str) -> None:
    chart, paper = lay_out_approved(SOPS[code]), approved_paper(code)
    heads = [" ".join(column.title) for column in chart.columns if not column.added]
    lanes = [name.partition(". ")[2] or name for name in heads[2:-4]]
    assert [*heads[:2], chart.columns[2].group, *heads[-4:]] == paper.heads
    assert lanes == [name.partition(". ")[2] or name for name in paper.lanes]
    keys = ("kelengkapan", "waktu", "output", "keterangan")
    for row, printed in zip(chart.rows, paper.rows, strict=True):
        cells = [" ".join(cell) for cell in row.cells]
        assert [*cells[:2], *cells[-5:-1]] == [printed["no"], printed["aktivitas"], *(printed[key] for key in keys)]


def test_no_person_and_no_number_of_one_stands_in_the_sops() -> None:
    files = [*SHIPPED.glob("*.yaml"), *FOLDER.glob("*.json")]
    assert len(files) == 2 * len(SOPS)
    for file in files:
        assert re.findall(r"\d{4} ?\d{4} ?\d{3,}|NIP\.? ?\d|S\.Kom|\bM\.?T\.", file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  - {langkah: BTM-14", "  - {langkah: BTM-13", "BTM-13 has 2 rows"),
        ("  - {langkah: BTM-14", "  - {langkah: BTM-15", "unknown step 'BTM-15'"),
        ("simbol: {kadis: proses}", "simbol: {camat: proses}", "'camat' is no printed column"),
        ("simbol: {kadis: proses}", "simbol: {kadis: lingkaran}", "lingkaran|mulai_akhir"),
        ('nomor: "14", ', "", "nomor is missing"),
        ("aktivitas: Selesai", "kegiatan: Selesai", "unknown key cetakan.baris.13.kegiatan"),
    ],
)
def test_a_printed_table_that_does_not_fit_the_steps_is_refused(old: str, new: str, message: str) -> None:
    assert old in BTM
    with pytest.raises(SopError, match=message):
        parse_sop(BTM.replace(old, new), "bad.yaml")


def test_BTM_REV_a_changed_word_of_the_approved_paper_is_a_difference() -> None:
    assert differences(parse_sop(BTM), parse_sop(BTM.replace("Kenaiakan", "Kenaikan"))) == ["cetakan: changed"]
