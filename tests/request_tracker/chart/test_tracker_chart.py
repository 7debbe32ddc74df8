"""The flow chart of an SOP and of a case, and the printed SOP."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tracker_site import NOW, Site

from request_tracker.cases import history, read_case, running
from request_tracker.chart import Mark, draw, lay_out, legend
from request_tracker.chart.course import marks
from request_tracker.chart.layout import Chart, Row, Shape
from request_tracker.cli import main
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.sop.model import Sop
from request_tracker.web.shell import formats

SOPS = {sop.code: sop for sop in shipped_sops()}
SVG = "{http://www.w3.org/2000/svg}"


def rows(chart: Chart) -> dict[str, Row]:
    return {row.step: row for row in chart.rows}


@pytest.mark.parametrize("sop", SOPS.values(), ids=list(SOPS))
def test_every_step_has_a_row_with_a_symbol_for_each_of_its_actors(sop: Sop) -> None:
    chart = lay_out(sop)
    assert [row.step for row in chart.rows] == [one.id for one in sorted(sop.steps.values(), key=lambda s: s.order)]
    for row in chart.rows:
        assert len(row.symbols) == len(sop.steps[row.step].lanes)


@pytest.mark.parametrize("sop", SOPS.values(), ids=list(SOPS))
def test_no_two_symbols_and_no_text_leave_their_cells(sop: Sop) -> None:
    chart = lay_out(sop)
    for row in chart.rows:
        assert len({symbol.x for symbol in row.symbols}) == len(row.symbols)
        assert all(len(cell) * 10.5 <= row.height for cell in row.cells)
    assert all(above.y + above.height == below.y for above, below in zip(chart.rows, chart.rows[1:], strict=False))


@pytest.mark.parametrize("sop", SOPS.values(), ids=list(SOPS))
def test_every_way_of_the_sop_is_an_arrow_from_its_step_to_its_target(sop: Sop) -> None:
    chart = lay_out(sop)
    found = rows(chart)
    ends = {(way.points[0], way.points[-1]) for way in chart.ways}
    for step in sop.steps.values():
        for target in step.targets:
            if target.step is None:
                continue
            begin, end = found[step.id].symbols[-1], found[target.step].symbols[0]
            assert any(
                abs(a[0] - begin.x) <= 19 and abs(a[1] - begin.y) <= 11 and b == (end.x, end.y - 11) for a, b in ends
            )


def test_BTM_LEG_the_five_symbols_of_the_regulation_are_drawn_and_explained() -> None:
    pages = lay_out(SOPS["BTM-BW"], rows_a_page=10)
    drawn = draw(pages, 0) + draw(pages, 1)
    for text in (drawn, legend()):
        for kind in ("terminator", "process", "decision", "way", "page"):
            assert f"class='{kind}'" in text
    assert "Penghubung beda halaman" in legend()


def test_PKL_G_08c_the_loop_leads_back_to_the_physical_check_and_is_named() -> None:
    chart = lay_out(SOPS["PKL-GG"])
    back = next(way for way in chart.ways if way.label == "tidak_terhubung")
    assert back.points[-1][1] < back.points[0][1]
    assert rows(chart)["PKL-G-08"].symbols[0].shape is Shape.DECISION
    assert ">Tidak terhubung</text>" in draw(chart)


def test_only_the_actor_who_ends_the_case_has_the_sign_of_an_end() -> None:
    refusal = [symbol.shape for symbol in rows(lay_out(SOPS["BTM-BW"]))["BTM-07"].symbols]
    assert refusal == [Shape.PROCESS, Shape.PROCESS, Shape.PROCESS, Shape.TERMINATOR]


def test_a_decision_that_ends_the_case_says_so() -> None:
    assert "berakhir tidak tersedia" in " ".join(
        " ".join(cell) for cell in rows(lay_out(SOPS["KTM-BW"]))["KTM-06"].cells
    )


def test_the_picture_is_well_formed_and_needs_no_style_that_the_policy_forbids() -> None:
    for sop in SOPS.values():
        text = draw(lay_out(sop, dict.fromkeys(sop.steps, Mark.DONE)))
        tree = ElementTree.fromstring(text)
        assert tree.tag == f"{SVG}svg" and tree.findtext(f"{SVG}title") == f"Bagan alir: {sop.title}"
        assert not [part for part in tree.iter() if "style" in part.attrib or part.tag.endswith(("style", "script"))]


def test_done_here_and_late_are_told_by_words_and_signs_not_by_colour_alone() -> None:
    sop = SOPS["PKL-BW"]
    text = draw(lay_out(sop, {"PKL-B-01": Mark.DONE, "PKL-B-02": Mark.LATE}))
    assert "✓ selesai" in text and "▶ terlambat" in text
    assert "▶ di sini" in draw(lay_out(sop, {"PKL-B-02": Mark.HERE}))


def test_the_case_page_shows_where_the_case_stands_and_whether_it_is_late(site: Site) -> None:
    number = site.request().number
    found = read_case(site.desk, number)
    assert marks(found, NOW) == {"PKL-B-01": Mark.DONE, "PKL-B-02": Mark.HERE}
    assert marks(found, NOW + timedelta(days=30))["PKL-B-02"] is Mark.LATE
    site.enter("head_of_office")
    page = site.get(f"/kasus/{number}")
    # The step has an hour and began an hour ago: in working hours the page, which is read a moment later, is late.
    assert "▶ di sini" in page or "▶ terlambat" in page


def test_PKL_B_SUM_the_case_page_shows_the_service_clock_and_each_steps_own(site: Site) -> None:
    opened = site.request()
    site.enter("auditor")
    page = site.get(f"/kasus/{opened.number}")
    clocks = page[page.index('id="waktu"') :]
    assert "Janji layanan" in clocks and "Menerima surat permohonan dan memberikan disposisi</dt>" in clocks
    first = r"Mengajukan surat permohonan penambahan bandwidth</span>: .* · dalam waktunya · baku 1 jam kerja"
    assert re.search(first, clocks)
    found = running(history(site.desk, opened.number), SOPS["PKL-BW"], site.desk.calendar, NOW)
    assert found.service.due_at is not None
    assert formats.clock(found.service.due_at, site.desk.calendar.zone) in clocks


def test_BTM_ID_the_printed_sop_carries_the_seven_fields_and_the_chart(tmp_path: Path) -> None:
    out = tmp_path / "sop.pdf"
    assert main(["sop", "print", "request_tracker/sop/btm-bw.r1.yaml", "--out", str(out)]) == 0
    text = subprocess.run(["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True).stdout
    fields = ("Nomor SOP", "Tanggal pembuatan", "Tanggal revisi", "Tanggal efektif", "Disahkan oleh", "Nama SOP")
    identity = ("04/SOP/Kominfo-PE/10/2018 [Revisi 01]", "8 Oktober 2018", "9 Maret 2020", "15 Oktober 2018")
    for field in (*fields, *identity, "Unit kerja", "Dasar hukum", "Mutu Baku", "Mulai / selesai"):
        assert re.search(re.escape(field), text), field
    again = tmp_path / "again.pdf"
    assert main(["sop", "print", "request_tracker/sop/btm-bw.r1.yaml", "--out", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()


def test_a_paper_that_cannot_be_written_and_an_sop_that_is_none_are_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEBARPITA_TRACKER", raising=False)
    sop = "request_tracker/sop/pkl-bw.r0.yaml"
    assert main(["sop", "print", sop, "--out", str(tmp_path / "no" / "x.pdf")]) == 1
    assert main(["sop", "print", "PKL-XX", "--out", str(tmp_path / "x.pdf")]) == 1
    told = capsys.readouterr().err
    assert "name another file with --out" in told and "which office?" in told and "Traceback" not in told
