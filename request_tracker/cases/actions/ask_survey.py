"""``minta_skm``: the message at the end asks the requester to rate the service (PermenPANRB 14/2017). Pure."""

from collections.abc import Iterable

from request_tracker.cases.actions.action import Action
from request_tracker.cases.model import Case
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

WORD = "minta_skm"


class AskSurvey(Action):
    """The requester is asked for his nine answers when the case ends (BTM-14)."""

    word = WORD
    name = Both("minta survei kepuasan", "ask for the satisfaction survey")
    own_act = False
    at_end = True
    end_notice = "survey_asked"

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs a step that leads to an end: the survey opens when the case is over."""
        if not any(target.end for target in step.targets):
            yield f"{WORD} asks when the case ends; {step.id} leads to no end"

    def shows(self, case: Case, step: Step) -> Both:
        """That he is asked."""
        return Both(
            "Pemohon diminta menilai layanan begitu kasus selesai.",
            "The requester is asked to rate the service when the case ends.",
        )


ACTION: Action = AskSurvey()
