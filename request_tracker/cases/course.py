"""The course of a case under its SOP: enter steps, complete them, loop, end. Pure; gathers chained events.

Decisions (``decide``) check who may act; this module knows what follows from an act.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.actions import action_of, actions_of
from request_tracker.cases.actions.action import BY_ITSELF, Finish
from request_tracker.cases.events import ChainPlace, chain
from request_tracker.cases.fold import apply
from request_tracker.cases.model import EMPTY, SYSTEM, Case, Data, Draft, Event, OpenStep
from request_tracker.cases.proposing import outcome
from request_tracker.errors import Refused
from request_tracker.ledger.standing import LedgerBatch
from request_tracker.sop.clocks import deadline
from request_tracker.sop.complaints import ANSWER, answers_first, solution_time
from request_tracker.sop.model import SYSTEM_LANE, Document, Duration, Sop, Step, Target
from request_tracker.sop.promises import promise_end
from request_tracker.store.chain import stamp
from request_tracker.store.document import Supplied
from request_tracker.words.labels import phrase

PAPER = "unggah"


class Course:
    """One command's unfolding: ``case`` is always the fold of what was and of ``events`` gathered so far.

    ``batches`` are what the command writes into the ledger beside its events. ``happened_at``: when the act itself was
    done, of one that was on paper before it is entered; everything that follows from an act happened with it, and
    every event says beside it when it was entered (``recorded_at``). None is now.
    """

    def __init__(
        self, case: Case, sop: Sop, calendar: Calendar, now: datetime, happened_at: datetime | None = None
    ) -> None:
        self.case = case
        self.sop = sop
        self.calendar = calendar
        self.now = now
        self.happened_at = happened_at or now
        self.events: list[Event] = []
        self.batches: tuple[LedgerBatch, ...] = ()

    def add(self, draft: Draft, round_: int | None = None) -> None:
        """Chain one more event and fold it in."""
        case = self.case
        # The version of a case is the number of its events, so the next place and the next version are one count.
        place = ChainPlace(
            number=case.number,
            seq=case.version + 1,
            round=round_ or case.round,
            previous_hash=case.last_hash,
            not_before=case.last_recorded_at,
        )
        event = chain(replace(draft, occurred_at=draft.occurred_at or self.happened_at), place, self.now)
        self.events.append(event)
        self.case = apply(self.case, event)

    def at(self, name: str) -> tuple[Step, OpenStep]:
        """The step a person wants to act on; Refused where it is not open or the case is paused."""
        open_step = self.case.open_step(name)
        if open_step is None:
            raise Refused("not_open_step", step=name)
        if self.case.paused and not open_step.afterwards:
            raise Refused("paused", number=self.case.number, reason=phrase(self.case.paused))
        return self.sop.step(name), open_step

    def supply(self, step: str | None, actor: str, document: str, supplied: Supplied, source: str = "supplied") -> None:
        """Add a document to the case, of the present round; another file of it names the one it replaces (KTM-KQ2)."""
        versions = self.case.versions(document)
        newer = supplied.sha256 and versions and versions[-1].sha256 != supplied.sha256
        replaces = {"replaces": versions[-1].seq} if newer else {}
        data = {"document": document, "source": source, **_filled(supplied), **replaces}
        self.add(Draft("document_added", actor, data, step=step))

    def enter(self, name: str) -> None:
        """Open a step; again within a round begins a new one. In an emergency a parallel step is left for later."""
        step = self.sop.step(name)
        # True is 1: where the step was entered in this round already, this is the next round.
        round_ = self.case.round + ((name, self.case.round) in self.case.entries)
        afterwards = self.case.emergency and step.emergency_parallel
        data = {"due_at": self._due(step), "afterwards": afterwards, "calendar": self.calendar.version}
        self.add(Draft("step_entered", SYSTEM.person, data, step=name), round_)
        # The actions before the step completes itself: one of the tracker's own steps does its work by them.
        for action in actions_of(step):
            action.starts(self, step)
        if step.lanes == (SYSTEM_LANE,):
            self.complete(step, None)
        elif afterwards and step.next and step.next.step:
            self.enter(step.next.step)

    def complete(
        self,
        step: Step,
        decision: str | None,
        proof: Data = EMPTY,
        finish: Finish = BY_ITSELF,
    ) -> None:
        """Finish an open step where its actions let it: its papers must exist, and the case goes on."""
        open_step = self.case.open_step(step.id)
        assert open_step is not None, "only an open step is completed"
        # An action that waits for the world (a proof of the agent) leaves the step open, with its signatures.
        if not all(action.completes(self, step, finish) for action in actions_of(step)):
            return
        self._produce(step, open_step, proof)
        target = step.decision[decision] if decision else step.next
        assert target is not None, "a checked SOP always leads on"
        # Only a step with a printed decision; every other leads on by ``next``.
        if decision:
            # Before the completion: whoever reads the history meets the reason before what follows from it.
            meaning = outcome(self.case, self.sop, step, decision)
            label = {"label": decision, **({"outcome": meaning} if meaning else {})}
            self.add(Draft("decided", self._last_signer(step), label, step=step.id))
        data = {"actions": [*step.actions], "copies_to": [*step.copies_to]}
        self.add(Draft("step_completed", SYSTEM.person, data, step=step.id))
        if not open_step.afterwards:
            self.follow(target, [word for word in step.actions if action_of(word).at_end])

    def follow(self, target: Target, closing: Sequence[str] = ()) -> None:
        """Go where a step leads; ``closing`` are the step's actions that act at an end too."""
        if target.step:
            self.enter(target.step)
            return
        pending = [step.id for step in self.case.open_steps]
        # In an emergency parallel steps are filed later, yet before the end: a closed case has all its papers.
        if pending:
            raise Refused("filed_afterwards_open", steps=", ".join(pending))
        if awaited := self._awaited():
            raise Refused("paper_not_come", documents=", ".join(awaited))
        data = {"ending": target.end, "actions": [*dict.fromkeys((*closing, *target.actions))]}
        self.add(Draft("ended", SYSTEM.person, data))

    def reset_deadlines(self, actor: str, reason: str) -> None:
        """Set the deadlines of the open steps and of the service anew where they have moved."""
        for open_step in self.case.open_steps:
            moved = self._deadline(open_step)
            if moved != open_step.due_at:
                self._say_deadline(actor, open_step.id, moved, reason)
        promised = self.promised()
        if promised != self.case.service_due_at:
            self._say_deadline(actor, None, promised, reason)

    def promised(self) -> datetime | None:
        """When the service's own promise ends, moved on by every pause so far."""
        promise = promised_time(self.sop, self.case.form)
        if promise is None:
            return None
        return promise_end(self.sop, promise, self.case.opened_at, self.calendar, self.case.pauses)

    def _deadline(self, open_step: OpenStep) -> datetime | None:
        return self._end_of(self.sop.step(open_step.id), open_step.entered_at, open_step.pauses)

    def _end_of(self, step: Step, begun: datetime, pauses: tuple[tuple[datetime, datetime], ...]) -> datetime | None:
        """When a step's time is over. A complaint's has none printed: first the answer's, then the solution's."""
        kind = self.sop.promise.calendar
        if step.time is not None:
            return deadline(begun, step.time.maximum, kind, self.calendar, pauses)
        if self.sop.kind != "complaint" or step.id == self.sop.start:
            return None
        solved = self.promised()
        if self.case.answered or not answers_first(self.sop, step):
            return solved
        answer = deadline(begun, ANSWER, kind, self.calendar, pauses)
        return min(answer, solved) if solved else answer

    def _say_deadline(self, actor: str, step: str | None, due_at: datetime | None, reason: str) -> None:
        data = {"due_at": stamp(due_at) if due_at else None, "reason": reason, "calendar": self.calendar.version}
        self.add(Draft("deadline_recomputed", actor, data, step=step))

    def _due(self, step: Step) -> str | None:
        end = self._end_of(step, self.happened_at, ())
        return stamp(end) if end else None

    def _produce(self, step: Step, open_step: OpenStep, proof: Data) -> None:
        missing = [key for key in step.requires if not self.case.has(key) and not self._filed_later(key)]
        for key in step.outputs:
            if self._made_in(step, open_step, key):
                continue
            supplied = self._made(step, open_step, self.sop.documents[key], proof)
            if supplied is None:
                missing.append(key)
            else:
                self.supply(step.id, self._last_signer(step), key, supplied, _source(self.sop.documents[key], proof))
        if missing:
            names = ", ".join(self.sop.documents[key].name for key in dict.fromkeys(missing))
            raise Refused("missing_document", step=step.id, documents=names)

    def _made_in(self, step: Step, open_step: OpenStep, key: str) -> bool:
        visit = (key, step.id, open_step.round)
        return any((r.document, r.step, r.round) == visit for r in self.case.records)

    def _awaited(self) -> list[str]:
        """Papers that the SOP wants as such and that were only announced: without them no case is closed (BTM-PR1)."""
        wanted = [document for document in self.sop.documents.values() if document.origin == PAPER]
        newest = [(document, self.case.latest(document.key)) for document in wanted]
        return [document.name for document, record in newest if record is not None and record.announced]

    def _filed_later(self, key: str) -> bool:
        return any(key in self.sop.step(s.id).outputs for s in self.case.open_steps if s.afterwards)

    def _made(self, step: Step, open_step: OpenStep, document: Document, proof: Data) -> Supplied | None:
        """What the tracker makes by itself: letters from templates, bundles, proofs, and a fresh record passed on."""
        if makes_itself(document):
            return Supplied(content={"made_from": self._bundle(step), **({"proof": proof} if proof else {})})
        if proof:
            return Supplied(content={"proof": proof})
        newest = self.case.latest(document.key)
        if newest and document.key in step.requires and newest.round == open_step.round:
            return Supplied(newest.sha256, newest.name, newest.note, {"passed_on_from": newest.seq})
        return None

    def _bundle(self, step: Step) -> list[Mapping[str, Any]]:
        latest = [self.case.latest(key) for key in step.requires]
        return [{"document": r.document, "round": r.round, "event": r.seq} for r in latest if r]

    def _last_signer(self, step: Step) -> str:
        return (self.case.signers.get(step.id) or (SYSTEM.person,))[-1]


def promised_time(sop: Sop, form: Data) -> Duration | None:
    """The service's promise: its guarantee, else the longest total; of a complaint the limit of its kind."""
    printed = sop.promise.guarantee or (sop.promise.total.maximum if sop.promise.total else None)
    return printed or (solution_time(form) if sop.kind == "complaint" else None)


def makes_itself(document: Document) -> bool:
    """True for letters from templates and for bundles; measured evidence must be handed in."""
    return document.origin == "bundel" or bool(document.template and not document.automatic)


def _filled(supplied: Supplied) -> dict[str, Any]:
    keys = ("sha256", "name", "note", "content", "original")
    values = {key: getattr(supplied, key) for key in keys}
    return {key: value for key, value in values.items() if value is not None}


def _source(document: Document, proof: Data) -> str:
    if document.template and not document.automatic:
        return "template"
    if document.origin == "bundel":
        return "bundle"
    return "proof" if proof else "passed_on"
