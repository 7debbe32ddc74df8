"""The chart of the approved paper: its symbols in its columns, and what the tracker adds drawn broken and said."""

import pytest

from request_tracker.chart import Chart, draw, lay_out, lay_out_approved, legend
from request_tracker.chart.layout import Row, Shape, Way
from request_tracker.letters.sop_files import parse_sop, shipped_sops
from request_tracker.sop.model import Sop

SOPS = {sop.code: sop for sop in shipped_sops()}
CHARTS = {code: lay_out_approved(sop) for code, sop in SOPS.items()}
# Kotak, garis: what only the tracker has is drawn by it.
BROKEN = "stroke-dasharray"


def row_of(chart: Chart, step: str) -> Row:
    return next(row for row in chart.rows if row.step == step)


def symbols(code: str, step: str) -> list[tuple[str, str, bool]]:
    """Of a step's row: column, shape and whether the tracker added it."""
    columns = {column.middle: column.lane for column in CHARTS[code].columns if column.lane}
    return [(columns[symbol.x], symbol.shape.value, symbol.added) for symbol in row_of(CHARTS[code], step).symbols]


def said(code: str, step: str) -> str:
    return " ".join(row_of(CHARTS[code], step).cells[-1])


def leads(chart: Chart, begin: str, end: str) -> list[Way]:
    """The arrows from one step's row to another's symbol."""
    below, above = row_of(chart, begin), row_of(chart, end)
    return [
        way
        for way in chart.ways
        if way.page == below.page
        and below.y <= way.points[0][1] <= below.y + below.height
        and way.points[-1] == (above.symbols[0].x, above.symbols[0].y - 11)
    ]


def test_batam_has_the_five_columns_of_its_paper_and_ends_at_the_office_that_asked() -> None:
    lanes = [column.lane for column in CHARTS["BTM-BW"].columns if column.lane]
    assert lanes == ["kadis", "kabid", "kasi", "tim", "opd"]
    assert symbols("BTM-BW", "BTM-14") == [("opd", "terminator", False)]
    assert said("BTM-BW", "BTM-14") == "dikerjakan sistem"


def test_the_outage_ends_at_whoever_reported_it_and_its_reporter_is_an_addition() -> None:
    assert symbols("PKL-GG", "PKL-G-01") == [("pemohon", "terminator", False)]
    assert symbols("PKL-GG", "PKL-G-10") == [("tim", "process", True), ("pemohon", "terminator", False)]


def test_batams_diamond_stands_in_its_seventh_row_and_both_its_ways_are_named() -> None:
    assert symbols("BTM-BW", "BTM-06") == [("tim", "process", False)]
    assert [shape for _, shape, _ in symbols("BTM-BW", "BTM-07")] == ["decision", "process", "process", "process"]
    assert said("BTM-BW", "BTM-06") == "diputuskan di sini"
    labels = {way.label for way in CHARTS["BTM-BW"].ways} | {sign.label for sign in CHARTS["BTM-BW"].signs}
    assert {"tersedia", "tidak_tersedia", "ditolak"} <= labels


@pytest.mark.parametrize("code", ["PKL-BW", "KTM-BW", "PKL-PG"])
def test_where_the_paper_names_no_actor_every_symbol_is_an_addition_and_said_so(code: str) -> None:
    for row in CHARTS[code].rows:
        assert row.symbols and all(symbol.added for symbol in row.symbols)
        assert "pelaksana disimpulkan" in said(code, row.step)


def test_a_column_that_the_paper_has_not_says_so_and_is_drawn_broken() -> None:
    added = {" ".join(column.title) for column in CHARTS["KTM-BW"].columns if column.added}
    assert added == {"Kepala Dinas (tidak tercetak)", "Tambahan sistem (tidak tercetak)"}
    assert BROKEN in draw(CHARTS["KTM-BW"]) and BROKEN in legend() and ">Tambahan sistem</text>" in legend()


@pytest.mark.parametrize("sop", SOPS.values(), ids=list(SOPS))
def test_every_loop_that_runs_is_drawn_on_the_screen_and_an_added_one_is_drawn_broken(sop: Sop) -> None:
    chart = lay_out(sop)
    loops = [(step.id, step.back) for step in sop.steps.values() if step.back]
    for begin, end in loops:
        assert [way.added for way in leads(chart, begin, end) if way.label == "kembali"] == [True], begin
    assert (draw(chart).count(BROKEN) > 0) == bool(loops)


@pytest.mark.parametrize(
    ("code", "step", "back", "number"),
    [("BTM-BW", "BTM-03", "BTM-01", "1"), ("BTM-BW", "BTM-11", "BTM-10", "10"), ("KTM-BW", "KTM-08", "KTM-07", "7")],
)
def test_every_added_loop_is_drawn_and_said_on_the_paper_too(code: str, step: str, back: str, number: str) -> None:
    assert [way.added for way in leads(CHARTS[code], step, back) if way.label == "kembali"] == [True]
    assert f"dapat kembali ke {number}" in said(code, step)


def test_the_outages_loop_is_the_papers_own() -> None:
    (loop,) = leads(CHARTS["PKL-GG"], "PKL-G-08", "PKL-G-04")
    assert (loop.label, loop.added) == ("tidak_terhubung", False)


def test_four_eyes_and_copies_are_said_as_additions() -> None:
    assert "empat mata" in said("KTM-BW", "KTM-08") and "tembusan: Pejabat Administrator" in said("KTM-BW", "KTM-08")


def test_a_page_is_never_higher_than_paper_and_no_row_is_lost() -> None:
    for code, chart in CHARTS.items():
        assert all(height <= chart.width * 0.6 for height in chart.heights), code
        assert [row.step for row in chart.rows] == list(SOPS[code].steps)


def test_an_sop_that_an_office_wrote_for_the_tracker_is_its_own_paper() -> None:
    text = SOPS["BTM-BW"].text
    begin, end = text.index("\ncetakan:"), text.index("\nkolom:")
    chart = lay_out_approved(parse_sop(text[:begin] + text[end:]))
    row = row_of(chart, "BTM-06")
    assert " ".join(row.cells[1]) == SOPS["BTM-BW"].steps["BTM-06"].text
    assert [(symbol.shape, symbol.added) for symbol in row.symbols] == [(Shape.DECISION, False)]
    assert "Sistem (tidak tercetak)" in {" ".join(column.title) for column in chart.columns}
