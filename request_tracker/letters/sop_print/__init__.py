"""An SOP in its printed form, for signature and for the wall: everybody may read it."""

from request_tracker.letters.press.kinds import PaperKind
from request_tracker.words.bilingual import Both

PAPERS = (PaperKind(name=Both("SOP tercetak", "Printed SOP"), act=None, forms=("pdf", "docx", "odt")),)
