"""``cek_kesediaan``: what every uplink can still promise, frozen into the case when its step is signed. Pure."""

from collections.abc import Iterable

from request_tracker.cases.actions.action import Action, Monitoring, without_document
from request_tracker.cases.model import Case, Data
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

WORD = "cek_kesediaan"


class CheckAvailability(Action):
    """Capacity less what is promised and what is kept in reserve, of every uplink (KTM-05)."""

    word = WORD
    name = Both("cek kesediaan bandwidth", "check the available bandwidth")
    measures = True
    proposes = True

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs a document of the step that it makes (``otomatis``)."""
        yield from without_document(sop, step, WORD)

    def shows(self, case: Case, step: Step) -> Both:
        """That the form fills itself."""
        return Both(
            "Formulir pengecekan terisi dari buku alokasi dan pemantauan saat Anda menandatangani.",
            "The form of the check is filled from the ledger and the monitoring when you sign.",
        )

    def measure(self, monitoring: Monitoring, case: Case) -> Data:
        """The room of every uplink, with the wish of this case."""
        return monitoring.availability(case) if case.opd else monitoring.analysis(case)


ACTION: Action = CheckAvailability()
