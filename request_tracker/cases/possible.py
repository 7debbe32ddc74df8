"""What a person may do on a case now, for pages and API. Reads the same rules the decisions use; changes nothing."""

from dataclasses import dataclass

from request_tracker.cases.actions import actions_of
from request_tracker.cases.actions.apply_allocation import applies
from request_tracker.cases.actions.check_connected import judges
from request_tracker.cases.context import Desk
from request_tracker.cases.course import makes_itself
from request_tracker.cases.model import Case, OpenStep, Who
from request_tracker.cases.proposing import DECIDERS, proposes, way_back
from request_tracker.cases.reading import to_read
from request_tracker.cases.signing_order import turn
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import fields_of
from request_tracker.sop.model import Document, Mode, Sop, Step
from request_tracker.sop.register import by_hash
from request_tracker.words.bilingual import Both

CLOSING = "laporan_gangguan"


@dataclass(frozen=True)
class Possible:
    """One act that is open to the person: what to hand in, fill, choose, and what else the step allows."""

    step: Step
    lane: str
    last: bool
    applies: bool
    uploads: tuple[Document, ...]
    evidence: tuple[Document, ...]
    fields: tuple[Field, ...]
    decisions: tuple[str, ...]
    needs_assignee: bool
    back: str | None
    pauses: tuple[str, ...]
    reads: int | None
    judges: bool = False
    proposes: bool = False
    notices: tuple[Both, ...] = ()
    replaces: tuple[Document, ...] = ()


def possible(desk: Desk, case: Case, who: Who) -> list[Possible]:
    """The acts open to this person, one for each lane whose turn it is."""
    sop = by_hash(desk.store, case.sop_hash)
    if case.ending or case.paused:
        return []
    acts = []
    for open_step in case.open_steps:
        step = sop.step(open_step.id)
        lanes = step.lanes if applies(step) else turn(case, sop, step, open_step)
        acts += [_act(case, sop, step, open_step, lane) for lane in lanes if who.holds(sop.role(lane))]
    return acts


def announced(case: Case, sop: Sop) -> tuple[Document, ...]:
    """The papers that were promised and have not come."""
    newest = {key: case.latest(key) for key, document in sop.documents.items() if document.origin}
    return tuple(sop.documents[key] for key, record in newest.items() if record is not None and record.announced)


def _act(case: Case, sop: Sop, step: Step, open_step: OpenStep, lane: str) -> Possible:
    last = step.mode is Mode.ANY or len(open_step.signed) + 1 >= len(step.lanes)
    lacking = [sop.documents[key] for key in _lacking(case, sop, step, open_step)] if last else []
    forms = tuple(document.form for document in lacking if document.form)
    return Possible(
        step=step,
        lane=lane,
        last=last,
        applies=applies(step),
        uploads=tuple(document for document in lacking if document.origin),
        evidence=tuple(document for document in lacking if document.automatic) + _final(sop, step, last),
        fields=fields_of((*step.form, *forms), sop.forms) if last else (),
        replaces=_replaces(case, sop, step, open_step),
        decisions=tuple(step.decision) if last else (),
        needs_assignee=last and "petugas" in step.form,
        back=way_back(case, sop, step),
        pauses=tuple(step.pauses),
        reads=report.seq if (report := to_read(case, sop, step)) else None,
        judges=judges(step),
        proposes=case.opd is not None and proposes(sop, step) and sop.role(lane) in DECIDERS,
        notices=tuple(notice for action in actions_of(step) if (notice := action.shows(case, step)) is not None),
    )


def _final(sop: Sop, step: Step, last: bool) -> tuple[Document, ...]:
    """The report that closes an outage is frozen once more where it is first made: by then its end is known."""
    made = [sop.documents[key] for key in step.outputs if key not in step.requires] if last else []
    return tuple(document for document in made if document.template == CLOSING)


def _replaces(case: Case, sop: Sop, step: Step, open_step: OpenStep) -> tuple[Document, ...]:
    """The papers that may be handed in anew where the case has come back to this step."""
    came_back = [name for name, _ in case.entries].count(step.id) > 1
    return tuple(sop.documents[key] for key in step.requires if came_back and sop.documents[key].origin)


def _lacking(case: Case, sop: Sop, step: Step, open_step: OpenStep) -> list[str]:
    """Papers a person must still bring: not those the tracker makes from templates, bundles or by passing on."""
    missing = [key for key in step.requires if not case.has(key)]
    for key in step.outputs:
        document = sop.documents[key]
        made = makes_itself(document)
        latest = case.latest(key)
        passed = latest is not None and key in step.requires and latest.round == open_step.round
        here = latest is not None and latest.step == step.id and latest.round == open_step.round
        if not (made or passed or here):
            missing.append(key)
    return list(dict.fromkeys(missing))
