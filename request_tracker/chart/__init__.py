"""The official flow chart of an SOP and of a case: swim lanes, the regulation's five symbols, mutu baku."""

from request_tracker.chart.approved import lay_out_approved
from request_tracker.chart.case_charts import CHARTS
from request_tracker.chart.layout import Chart, Mark
from request_tracker.chart.svg import draw, legend
from request_tracker.chart.swimlanes import lay_out

__all__ = ["CHARTS", "Chart", "Mark", "draw", "lay_out", "lay_out_approved", "legend"]
