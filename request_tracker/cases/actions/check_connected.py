"""``periksa_tersambung``: the monitoring proposes whether the line is back, a person decides. Pure.

What it proposes is asked at the edge (``evidence.connected``) and kept beside the decision (PKL-G-08b).
"""

from collections.abc import Iterable

from request_tracker.cases.actions.action import Action
from request_tracker.cases.model import Case, Data
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both, joined

WORD = "periksa_tersambung"
CONNECTED, NOT_CONNECTED = "terhubung", "tidak_terhubung"
OTHERWISE = Both("Putusan Anda berbeda dari usulan pemantauan.", "You decide otherwise than the monitoring proposes.")


def judges(step: Step) -> bool:
    """True where the monitoring proposes the step's decision."""
    return WORD in step.actions


def judgement(verdict: Data, reason: Both, decision: str | None, note: str) -> Data:
    """The proposal beside the decision, to be kept; a decision against it needs its reason. Raises Refused."""
    overruled = decision != verdict["proposal"]
    if overruled and not note.strip():
        raise Refused("reason_needed", warning=joined((reason, OTHERWISE), " "))
    return {"verdict": dict(verdict), "decision": decision, "overruled": overruled}


class CheckConnected(Action):
    """The last minutes of the line are judged; the proposal is kept beside the decision."""

    word = WORD
    name = Both("periksa apakah tersambung", "check whether the line is back")

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs an outage, the decision ``terhubung`` or ``tidak_terhubung``, and a paper that keeps the proposal."""
        if sop.kind != "outage":
            yield f"{WORD} belongs to a gangguan; nothing is judged for another case"
        if set(step.decision) != {CONNECTED, NOT_CONNECTED}:
            yield f"{WORD} proposes {CONNECTED} or {NOT_CONNECTED}; keputusan must have these two"
        if not step.outputs:
            yield f"{WORD} keeps its proposal in a document; hasil has none"

    def shows(self, case: Case, step: Step) -> Both:
        """The proposal with its reason, above the decision."""
        return Both(
            "Pemantauan mengusulkan putusan; yang memutuskan Anda.",
            "The monitoring proposes the decision; it is you who decides.",
        )


ACTION: Action = CheckConnected()
