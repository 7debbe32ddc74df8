"""Berita Acara Pekerjaan (BTM-09, X-BA): frozen as PDF when both parties have signed (``letters.keeping``)."""

from request_tracker.letters.handover.paper import SHEET, TEMPLATE, minutes
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.words.bilingual import Both

PAPERS = (
    CasePaper(name=Both("Berita acara pekerjaan", "Handover record"), words=(TEMPLATE,), sheet=SHEET, make=minutes),
)
