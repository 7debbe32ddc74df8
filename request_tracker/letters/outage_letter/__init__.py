"""Surat laporan penyelesaian gangguan (PKL-G-10): to every office hit, with the figures frozen at the end."""

from request_tracker.cases.possible import CLOSING
from request_tracker.letters.outage_letter.paper import completion_letter
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.sheets import LETTER
from request_tracker.words.bilingual import Both

PAPERS = (
    CasePaper(
        name=Both("Surat laporan penyelesaian gangguan", "Letter that an outage is over"),
        words=(CLOSING,),
        sheet=LETTER,
        make=completion_letter,
        closes=True,
    ),
)
