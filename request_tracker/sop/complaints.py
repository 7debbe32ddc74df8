"""Deadlines of a complaint where its SOP prints none (PKL-P): the limits of SP4N-LAPOR, in working days. Pure.

The first answer within 3; the solution within 5 (a question), 14 (no inspection on site) or 60 (with one).
"""

from collections.abc import Mapping
from typing import Any

from request_tracker.sop.model import Duration, Sop, Step, Unit

# SP4N-LAPOR: the first answer within 3 working days, the solution within 5, 14 or 60 (clause 3.5).
ANSWER = Duration(3, Unit.DAYS)
USUAL = "tanpa_pemeriksaan"
SOLUTION = {
    USUAL: Duration(14, Unit.DAYS),
    "permintaan_informasi": Duration(5, Unit.DAYS),
    "dengan_pemeriksaan": Duration(60, Unit.DAYS),
}


def solution_time(form: Mapping[str, Any]) -> Duration:
    """How long the solution may take by the complaint's kind; the usual one where it names none."""
    return SOLUTION.get(str(form.get("category", USUAL)), SOLUTION[USUAL])


def answers_first(sop: Sop, step: Step) -> bool:
    """True for the step of a complaint at which somebody answers first; it has no printed time of its own."""
    start = sop.step(sop.start).next
    return sop.kind == "complaint" and step.time is None and start is not None and start.step == step.id
