"""The charts of cases, drawn once: an SOP and where a case stands in it in, the drawing out.

A hundred thousand cases of a dozen revisions stand in some hundred places, and every page of a case shows one.
"""

from collections.abc import Mapping

from request_tracker.chart.layout import Mark
from request_tracker.chart.svg import draw
from request_tracker.chart.swimlanes import lay_out
from request_tracker.sop.model import Sop

MOST = 128  # Of some 20 kB each.
Place = tuple[str, frozenset[tuple[str, Mark]]]


class CaseCharts:
    """The last drawings by revision and marks; two pages that need one at once may both draw it."""

    def __init__(self) -> None:
        self._drawings: dict[Place, str] = {}

    def of(self, sop: Sop, marks: Mapping[str, Mark]) -> str:
        """The drawing of the SOP with the case's marks."""
        place = sop.hash, frozenset(marks.items())
        drawing = self._drawings.get(place)
        if drawing is None:
            drawing = draw(lay_out(sop, marks))
            if len(self._drawings) >= MOST:
                self._drawings.clear()
            self._drawings[place] = drawing
        return drawing


CHARTS = CaseCharts()
