"""A case in, the marks of its chart out: what is done, where it stands, what is late. Pure."""

from collections.abc import Mapping
from datetime import datetime

from request_tracker.cases.model import Case
from request_tracker.chart.layout import Mark


def marks(case: Case, now: datetime) -> Mapping[str, Mark]:
    """By step; a step that was not entered yet has none. A step entered again is open again."""
    marks_by_step = dict.fromkeys(case.visited, Mark.DONE)
    for step in case.open_steps:
        marks_by_step[step.id] = Mark.LATE if step.due_at is not None and now > step.due_at else Mark.HERE
    return marks_by_step
