"""The effect on the others frozen with a decision: an act in, the answer that its page showed out, to be kept with it.

The answer is read, never worked out here: a signature waits for no replay. It is written in the act's own transaction,
under the case's chain, so that what was signed can be shown later beside what is true then. Only what the person had
before him is frozen: who decides on paper, or before there was an answer, has signed none.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.capacity.replayer import kept_answer
from request_tracker.capacity.waiting_list import wished
from request_tracker.cases import Case, Desk, Event, Note, Sign, history
from request_tracker.cases.proposing import DECIDERS, proposes
from request_tracker.cases.signing_off import CaseAct, Consequence
from request_tracker.errors import Refused
from request_tracker.sop.register import by_hash
from request_tracker.store.chain import canonical

KIND = "pengaruh_keputusan"


@dataclass(frozen=True)
class SignedEffects:
    """Frozen at ``signed_at`` with the decision of a step; ``answer`` is ``WhatIf.data()`` with its own moment."""

    signed_at: datetime
    answer: Mapping[str, Any]
    sha256: str


def effects_of_decisions(desk: Desk) -> Callable[[Case, CaseAct], tuple[Consequence, ...]]:
    """The follower of whoever decides on a number: what his page said of everybody else, where it said anything.

    An answer that an earlier signature of the case has frozen already is not kept twice. It raises Refused where there
    is another answer by now than the page showed.
    """

    def measure(case: Case, act: CaseAct) -> tuple[Consequence, ...]:
        # Who saw another version of the case is told so by the act itself.
        if not act.effects_shown or act.version not in (None, case.version) or not _decides(desk, case, act):
            return ()
        answer, sha256 = kept_answer(desk, case, wished(desk, case, act.clock())), act.effects_shown
        if answer is None or hash_of(answer) != sha256:
            raise Refused("effects_differ", number=case.number)
        before = signed_effects(history(desk, case.number))
        if before is not None and before.sha256 == sha256:
            return ()
        data = {"kind": KIND, "at": answer["at"], "effects": answer, "sha256": sha256}
        return (Consequence(Note("evidence_frozen", data), act.who),)

    return measure


def signed_effects(events: Iterable[Event]) -> SignedEffects | None:
    """What was frozen last; None where nothing was. Pure."""
    frozen = [event for event in events if event.kind == "evidence_frozen" and event.data.get("kind") == KIND]
    if not frozen:
        return None
    return SignedEffects(frozen[-1].occurred_at, frozen[-1].data["effects"], frozen[-1].data["sha256"])


def hash_of(answer: Mapping[str, Any]) -> str:
    """SHA-256 of the answer as it is stored."""
    return hashlib.sha256(canonical(answer).encode()).hexdigest()


def _decides(desk: Desk, case: Case, act: CaseAct) -> bool:
    """True for a signature by somebody whose step may set the number."""
    command = act.command
    if not isinstance(command, Sign) or case.kind != "request" or case.opd is None:
        return False
    sop = by_hash(desk.store, case.sop_hash)
    named = command.step in sop.steps and proposes(sop, sop.steps[command.step])
    # On a step of two lanes the requester signs too; he decides nothing.
    return named and any(act.who.holds(role) for role in DECIDERS)
