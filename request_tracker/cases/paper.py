"""A disposition that the head of the office wrote on paper: a record of it in, events of the course out. Pure.

The secretariat records and never decides (REFERENCE 6.6, KTM-02): the event's actor is who recorded it, its
``on_behalf_of`` is who decided; the scan, the paper's own fields and both times are kept.
"""

from dataclasses import replace

from request_tracker.cases.actions import own_act
from request_tracker.cases.actions.action import Finish
from request_tracker.cases.acts import RecordPaper
from request_tracker.cases.course import Course
from request_tracker.cases.model import Case, Draft, OpenStep, Who
from request_tracker.cases.proposing import needs_number, propose
from request_tracker.cases.signing import signed_by
from request_tracker.cases.signing_order import in_its_time, is_last, other_person, turn
from request_tracker.errors import Refused
from request_tracker.sop.forms import check_fields
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

RECORDS = "secretariat"
DECIDES = "head_of_office"
SHEET = "lembar_disposisi"
FORM = "disposisi"
SCAN = Both("pindaian lembar disposisi", "a scan of the disposition sheet")


def on_paper(case: Case, sop: Sop) -> tuple[Step, ...]:
    """The open steps whose turn is the head's disposition: those may come back from him on paper."""
    if case.ending or case.paused:
        return ()
    return tuple(sop.step(open_step.id) for open_step in case.open_steps if _lane(case, sop, open_step) is not None)


def disposes(sop: Sop, step: Step, lane: str) -> bool:
    """True where this lane's act is the head's disposition and nothing else."""
    more = step.decision or own_act(step) or step.form
    return not more and sop.role(lane) == DECIDES and any(_is_sheet(sop, key) for key in step.outputs)


def record_paper(course: Course, command: RecordPaper, who: Who) -> None:
    """Write down what the head has decided on paper; nothing is decided here."""
    step, open_step = course.at(command.step)
    if not who.holds(RECORDS):
        raise Refused("may_not")
    lane = _lane(course.case, course.sop, open_step)
    if lane is None:
        raise Refused("no_paper_step", step=step.id)
    if not command.decided_by.holds(DECIDES):
        raise Refused("not_the_decider", step=step.id, lanes=course.sop.lane_names((lane,)))
    if command.scan.sha256 is None:
        raise Refused("missing_field", fields=SCAN, step=step.id)
    # Four eyes are of those who decide; whoever records a paper decides nothing.
    other_person(course, step, open_step, command.decided_by)
    in_its_time(course, open_step, command.occurred_at)
    filled = check_fields((FORM,), command.form, complete=True)
    course.supply(step.id, who.person, _sheet(course.sop, step), command.scan, "paper")
    paper = {
        **filled,
        "sha256": command.scan.sha256,
        "date": command.date,
        "in_place_of": command.decided_by.behalf(DECIDES),
    }
    decider = signed_by(command.decided_by, DECIDES)
    behalf = command.decided_by.person
    act = Draft("signed", who.person, {"from_paper": paper}, behalf, lane, step.id)
    number = propose(course, step, command, act)
    data = {"note": filled["isi_disposisi"], "form": {}, "from_paper": paper, **decider, **number}
    course.add(replace(act, data=data))
    if is_last(step, open_step):
        needs_number(course, step, None)
        course.complete(step, None, finish=Finish(command, who, lane))


def _lane(case: Case, sop: Sop, open_step: OpenStep) -> str | None:
    """The head's lane, where its turn is."""
    step = sop.step(open_step.id)
    return next((lane for lane in turn(case, sop, step, open_step) if disposes(sop, step, lane)), None)


def _sheet(sop: Sop, step: Step) -> str:
    return next(key for key in step.outputs if _is_sheet(sop, key))


def _is_sheet(sop: Sop, key: str) -> bool:
    return sop.documents[key].template == SHEET
