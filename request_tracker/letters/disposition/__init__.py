"""Lembar Disposisi (X-DSP): the sheet on A4, and the same on half a folio wherever an SOP has one."""

from request_tracker.cases.paper import SHEET as WORD
from request_tracker.letters.disposition.paper import HALF_SHEET, SHEET, disposition
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.words.bilingual import Both

PAPERS = (
    CasePaper(name=Both("Lembar disposisi", "Disposition sheet"), words=(WORD,), sheet=SHEET, make=disposition),
    CasePaper(
        name=Both("Lembar disposisi, setengah folio", "Disposition sheet, half a folio"),
        words=("lembar_disposisi_setengah",),
        sheet=HALF_SHEET,
        make=lambda facts: disposition(facts, half=True),
        offers_itself=lambda sop, words: WORD in words,
        place=10,
    ),
)
