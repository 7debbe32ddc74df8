"""Laporan analisa bandwidth (BTM-06): the paper a recommendation rests on, frozen when the analysis is signed."""

from request_tracker.evidence.analysis import KIND
from request_tracker.letters.analysis.figures import take
from request_tracker.letters.analysis.paper import analysis
from request_tracker.letters.press.kinds import CasePaper, Measurement
from request_tracker.letters.press.sheets import REPORT
from request_tracker.words.bilingual import Both

ANALYSIS = "laporan_analisa"
PAPERS = (
    CasePaper(
        name=Both("Laporan analisa bandwidth", "Bandwidth analysis report"),
        words=(ANALYSIS,),
        sheet=REPORT,
        make=analysis,
        measurement=Measurement(kind=KIND, take=take),
    ),
)
