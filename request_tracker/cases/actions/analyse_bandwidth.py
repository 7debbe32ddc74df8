"""``analisa_bandwidth``: the analysis of use and capacity, frozen into the case when its step is signed. Pure."""

from collections.abc import Iterable

from request_tracker.cases.actions.action import Action, Monitoring, without_document
from request_tracker.cases.model import Case, Data
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

WORD = "analisa_bandwidth"


class Analyse(Action):
    """The office's use and its uplink's room are measured, with an advice (BTM-06)."""

    word = WORD
    name = Both("analisa bandwidth", "analyse the bandwidth")
    measures = True
    proposes = True

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs a document of the step that it makes (``otomatis``)."""
        yield from without_document(sop, step, WORD)

    def shows(self, case: Case, step: Step) -> Both:
        """That the analysis is frozen with the signature, and that the decision stays a person's."""
        return Both(
            "Angka pemantauan saat ini dibekukan bersama tanda tangan Anda; putusan tetap pada Anda.",
            "The monitoring's figures of this moment are frozen with your signature; the decision stays yours.",
        )

    def measure(self, monitoring: Monitoring, case: Case) -> Data:
        """Thirty days of use, the uplink's room, the advice with its rule."""
        return monitoring.analysis(case)


ACTION: Action = Analyse()
