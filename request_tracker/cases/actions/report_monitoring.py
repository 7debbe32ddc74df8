"""``laporan_monitoring``: the monitoring's report, frozen into the case when its step is signed. Pure."""

from collections.abc import Iterable

from request_tracker.cases.actions.action import Action, Monitoring, without_document
from request_tracker.cases.model import Case, Data
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

WORD = "laporan_monitoring"


class ReportMonitoring(Action):
    """The report of an outage (PKL-G-05), or of an office's bandwidth (KTM-06), as the monitoring has it."""

    word = WORD
    name = Both("laporan monitoring", "monitoring report")
    measures = True

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs a document of the step that it makes (``otomatis``)."""
        yield from without_document(sop, step, WORD)

    def shows(self, case: Case, step: Step) -> Both:
        """That the report is frozen with the signature."""
        return Both(
            "Laporan pemantauan dibekukan bersama tanda tangan Anda.",
            "The monitoring's report is frozen with your signature.",
        )

    def measure(self, monitoring: Monitoring, case: Case) -> Data:
        """Of an outage its course; of a request thirty days of the office."""
        if case.kind == "outage":
            return monitoring.outage(case)
        return monitoring.bandwidth(case) if case.opd else monitoring.analysis(case)


ACTION: Action = ReportMonitoring()
