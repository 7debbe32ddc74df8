"""The forms a paper comes in: a paper and the name of a form in, bytes and their MIME type out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.opendocument import MIME, opendocument
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.word import WORD, word


@dataclass(frozen=True)
class Form:
    """One form: its MIME type and who writes it, given the office's own templates."""

    mime: str
    write: Callable[[Paper, Path | None], bytes]


FORMS: Mapping[str, Form] = {
    "pdf": Form("application/pdf", lambda paper, own: pdf(paper.template, paper.data(), own=own)),
    "docx": Form(WORD, word),
    "odt": Form(MIME, lambda paper, own: opendocument(paper)),
}


def set_paper(paper: Paper, form: str = "pdf", own: Path | None = None) -> bytes:
    """The paper in one of the forms. Raises TrackerError where a template cannot be set."""
    return FORMS[form].write(paper, own)
