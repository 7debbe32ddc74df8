"""Open steps as figures: what waits in and families for Prometheus out, by step and role, never by person."""

import textwrap
from collections.abc import Iterator
from datetime import datetime

from request_tracker.cases.context import Desk
from request_tracker.sop.sop_names import SopNames
from runtime.families import Family, family
from runtime.metrics import PREFIX, Metric

STEP_DUE = Metric(
    f"{PREFIX}case_step_due_timestamp_seconds",
    "gauge",
    "When the next open step is due; late ones are passed over where another is still to come.",
    ("sop", "step", "role"),
)
STEP_OVERDUE = Metric(f"{PREFIX}case_step_overdue", "gauge", "Open steps past their time.", ("sop", "step", "role"))
STEP_INFO = Metric(f"{PREFIX}sop_step_info", "gauge", "Always 1; what the SOP in force calls a step.", ("step", "name"))
STEP_METRICS = (STEP_DUE, STEP_OVERDUE, STEP_INFO)
# Characters of a step's name: it is a part of one line of a telephone's message.
LONGEST_NAME = 80
_WAITING = "SELECT c.sop, w.step, w.role, w.due_at FROM waiting w JOIN cases c ON c.id = w.case_id"


def step_figures(desk: Desk, sops: SopNames, now: datetime) -> Iterator[Family]:
    """When open steps are due, how many are late, and what people call a step."""
    due: dict[tuple[str, ...], list[float]] = {}
    for row in desk.store.rows(_WAITING):
        mine = due.setdefault((row["sop"], row["step"], row["role"]), [])
        if row["due_at"]:
            mine.append(datetime.fromisoformat(row["due_at"]).timestamp())
    at = now.timestamp()
    coming = {
        # The next one to come is what a board counts down to; where all are late, the latest stands.
        key: min((moment for moment in mine if moment >= at), default=min(mine))
        for key, mine in due.items()
        if mine
    }
    yield family(STEP_DUE, list(coming.items()))
    yield family(STEP_OVERDUE, [(key, sum(moment < at for moment in mine)) for key, mine in due.items()])
    _, texts = sops.on(desk.calendar.local(now).date())
    names = {step: textwrap.shorten(text, LONGEST_NAME, placeholder=" …") for step, text in texts.items()}
    yield family(STEP_INFO, [(pair, 1) for pair in sorted(names.items())])
