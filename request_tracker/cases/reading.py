"""Steps that are done by reading a frozen report (PKL-G-06, PKL-G-07): which report, and whether it was opened.

Pure. A step only reads where it passes on what it requires, decides nothing, fills nothing and sets nothing in motion.
"""

from request_tracker.cases.actions import own_act
from request_tracker.cases.model import Case, Record
from request_tracker.sop.model import Sop, Step


def to_read(case: Case, sop: Sop, step: Step) -> Record | None:
    """The report that must be opened before this step is signed; None where there is none to open."""
    only_passes_on = step.requires and step.requires == step.outputs
    if sop.kind != "outage" or not only_passes_on or own_act(step) or step.decision or step.form:
        return None
    report = case.latest_report()
    return report if report and report.document in step.requires else None


def unread(case: Case, sop: Sop, step: Step, person: str) -> bool:
    """True where the person has not opened the report this step is about."""
    report = to_read(case, sop, step)
    return report is not None and (person, report.seq) not in case.read
