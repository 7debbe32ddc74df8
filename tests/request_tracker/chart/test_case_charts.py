"""A case's chart is drawn once for each place a case can stand in, and is the very drawing of that place."""

from request_tracker.chart import Mark, draw, lay_out
from request_tracker.chart.case_charts import MOST, CaseCharts
from request_tracker.letters.sop_files import shipped_sops

SOPS = list(shipped_sops())


def test_the_drawing_is_that_of_the_sop_with_these_marks_each_time() -> None:
    charts = CaseCharts()
    for sop in SOPS:
        for marks in ({}, {sop.start: Mark.HERE}, {sop.start: Mark.LATE}, {sop.start: Mark.HERE}):
            assert charts.of(sop, marks) == draw(lay_out(sop, marks))


def test_one_place_is_drawn_once_and_only_so_many_are_kept() -> None:
    charts, sop = CaseCharts(), SOPS[0]
    steps = list(sop.steps)
    first = charts.of(sop, {})
    assert charts.of(sop, {}) is first
    for number in range(MOST):
        charts.of(sop, {step: Mark.DONE for at, step in enumerate(steps) if number >> at & 1})
    assert len(charts._drawings) <= MOST
