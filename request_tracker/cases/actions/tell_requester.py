"""``beri_tahu_pemohon``: the requester is told of the finished step, or of the end it stands at. Pure."""

from request_tracker.cases.actions.action import Action
from request_tracker.cases.model import Case
from request_tracker.sop.model import Step
from request_tracker.words.bilingual import Both


class TellRequester(Action):
    """A message to the requester, by the way he has chosen (BTM-14, KTM-06)."""

    word = "beri_tahu_pemohon"
    name = Both("beri tahu pemohon", "tell the requester")
    own_act = False
    at_end = True
    tells_requester = True

    def shows(self, case: Case, step: Step) -> Both:
        """That he is told."""
        return Both(
            "Pemohon diberi tahu begitu langkah ini selesai.", "The requester is told as soon as this step is done."
        )


ACTION: Action = TellRequester()
