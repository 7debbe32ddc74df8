"""The request form on paper (PKL-B-CT2): blank for everybody, filled for who may read the papers of its case."""

from request_tracker.letters.press.kinds import PaperKind
from request_tracker.words.bilingual import Both

PAPERS = (
    PaperKind(name=Both("Formulir permohonan, kosong", "Request form, blank"), act=None, forms=("pdf",)),
    PaperKind(name=Both("Formulir permohonan, terisi", "Request form, filled"), forms=("pdf",)),
)
