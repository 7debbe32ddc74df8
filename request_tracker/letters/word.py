"""A paper in, a Word document out that the office goes on writing in (docxtpl over ``surat.docx`` or the office's own).

Templates are code of strangers: they run in Jinja's sandbox, and data is escaped. What cannot be set is a sentence.
"""

from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

from docxtpl import DocxTemplate
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from request_tracker.errors import TrackerError
from request_tracker.letters.model import Paper
from request_tracker.letters.pdf import template

TEMPLATE = "surat.docx"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(paper: Paper, own: Path | None = None) -> bytes:
    """The document. Raises TrackerError naming the template and what is wrong in it."""
    source, made = template(TEMPLATE, own), BytesIO()
    try:
        document = DocxTemplate(source)
        document.render(dict(paper.data()), jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
        document.save(made)
    except (TemplateError, BadZipFile, ValueError, KeyError, TypeError) as error:
        raise TrackerError(f"{source}: cannot be set: {error}; mend it in Word, or remove it to use ours") from error
    return made.getvalue()
