"""An SOP in, its printed form out: PDF with the drawn flow chart, Word and OpenDocument with the same words."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from request_tracker.chart import draw, lay_out_approved, legend
from request_tracker.chart.approved import PAGE_SHARE
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.word import word_of
from request_tracker.letters.sop_print.opendocument import sop_opendocument
from request_tracker.letters.sop_print.sheet import ADDED, MEANINGS, sheet_of
from request_tracker.sop.model import Sop

# The SOP, the office's name, its government and the folder of its own templates in, a file's bytes out.
Print = Callable[[Sop, str, str, Path | None], bytes]


def sop_pdf(sop: Sop, office: str, government: str, own: Path | None = None) -> bytes:
    """The PDF of one revision, for signature and for the wall. Raises TrackerError."""
    chart, sheet = lay_out_approved(sop), sheet_of(sop, office, government)
    pages = {f"chart-{page}.svg": draw(chart, page) for page in range(len(chart.heights))}
    data = {
        "title": sheet.title,
        "foot": sheet.foot,
        "office": {"name": office, "government": government},
        "identity": sheet.identity,
        "lists": sheet.lists,
        "sections": [(section.title, section.lines) for section in sheet.sections],
        "pages": [(name, high > chart.width * PAGE_SHARE) for name, high in zip(pages, chart.heights, strict=True)],
        "added_title": ADDED,
        "notes": sheet.notes,
    }
    return pdf("sop.typ", data, {**pages, "legend.svg": legend()}, own)


def sop_word(sop: Sop, office: str, government: str, own: Path | None = None) -> bytes:
    """The same words as a Word document that the office goes on writing in; its symbols are signs. Raises Refused."""
    data = {**asdict(sheet_of(sop, office, government)), "added_title": ADDED, "meanings": MEANINGS}
    return word_of("sop.docx", data, own)


def sop_odt(sop: Sop, office: str, government: str, own: Path | None = None) -> bytes:
    """The same words as an OpenDocument text; it has no template, so ``own`` changes nothing."""
    return sop_opendocument(sheet_of(sop, office, government))


# By the ending of the file that holds it.
PRINTS: Mapping[str, Print] = {"pdf": sop_pdf, "docx": sop_word, "odt": sop_odt}
