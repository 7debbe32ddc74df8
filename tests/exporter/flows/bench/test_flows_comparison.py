"""How the benchmark's figures are told: beside what they are held to, and which of them missed it."""

from exporter.flows.bench.comparison import table
from exporter.flows.bench.figures import FlowFigure


def test_a_figure_is_met_within_its_limit_or_where_it_has_none() -> None:
    assert FlowFigure("speed", 6.0, "", 5).met and not FlowFigure("speed", 4.0, "", 5).met
    assert FlowFigure("memory", 59.0, "MB", 60, most=True).met and not FlowFigure("memory", 61, "MB", 60, most=True).met
    assert FlowFigure("sent", 1.0).met


def test_the_table_has_a_line_for_each_figure_and_names_those_that_missed() -> None:
    lines = table([FlowFigure("speed", 4.0, "x", 5), FlowFigure("memory", 58, "MB", 60, most=True)]).splitlines()
    assert lines[0].endswith("4.000 x    held to at least 5  MISSED")
    assert lines[1].endswith("58.000 MB   held to at most 60")
