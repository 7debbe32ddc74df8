"""``kirim_balasan``: the papers of the finished step are the requester's, and he is told. Pure."""

from collections.abc import Iterable

from request_tracker.cases.actions.action import Action
from request_tracker.cases.model import Case
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

WORD = "kirim_balasan"


class SendReply(Action):
    """The signed letter goes to the requester (BTM-07): told by message, taken from his page."""

    word = WORD
    name = Both("kirim surat balasan", "send the letter of reply")
    tells_requester = True

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs a paper among the step's ``hasil``: that is what is sent."""
        if not step.outputs:
            yield f"{WORD} sends what the step makes; hasil is empty"

    def shows(self, case: Case, step: Step) -> Both:
        """That the letter leaves with the last signature."""
        return Both(
            "Setelah tanda tangan terakhir pemohon diberi tahu dan dapat mengambil suratnya.",
            "After the last signature the requester is told and can take the letter.",
        )


ACTION: Action = SendReply()
