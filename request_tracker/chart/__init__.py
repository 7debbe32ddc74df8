"""The official flow chart of an SOP and of a case: swim lanes, the regulation's five symbols, mutu baku."""

from request_tracker.chart.layout import Chart, Mark, lay_out
from request_tracker.chart.svg import draw, legend

__all__ = ["Chart", "Mark", "draw", "lay_out", "legend"]
