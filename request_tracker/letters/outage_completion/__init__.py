"""Laporan penyelesaian gangguan (PKL-G-09): every outage has it; its figures are those frozen at the end."""

from request_tracker.letters.outage_completion.paper import completion
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.sheets import REPORT
from request_tracker.words.bilingual import Both

PAPERS = (
    CasePaper(
        name=Both("Laporan penyelesaian gangguan", "Report that an outage is solved"),
        words=("penyelesaian_gangguan",),
        sheet=REPORT,
        make=completion,
        offers_itself=lambda sop, words: sop.kind == "outage",
        place=20,
        closes=True,
    ),
)
