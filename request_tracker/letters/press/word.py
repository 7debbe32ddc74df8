"""A paper in, a Word document out that the office goes on writing in (docxtpl over ``surat.docx`` or the office's own).

Templates are code of strangers: they run in Jinja's sandbox, and data is escaped. What cannot be set is a sentence.
"""

import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docxtpl import DocxTemplate
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from request_tracker.errors import Refused
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.pdf import template

TEMPLATE = "surat.docx"
# Letters of an error that a page shows: the place and the first sentence of it.
LONGEST = 300
# What a stranger's template or a file that is none can raise; lxml's errors of syntax are SyntaxErrors.
_FAULTS = (
    *(TemplateError, BadZipFile, zlib.error, SyntaxError, RuntimeError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(paper: Paper, own: Path | None = None) -> bytes:
    """The document. Refused, naming the template and what is wrong in it."""
    return word_of(TEMPLATE, paper.data(), own)


def word_of(name: str, data: Mapping[str, Any], own: Path | None = None) -> bytes:
    """The document of that template, its places filled with the data. Refused as ``word`` is."""
    source, content = template(name, own), BytesIO()
    try:
        document = DocxTemplate(source)
        document.render(dict(data), jinja_env=_Sandbox(autoescape=True), autoescape=True)
        document.save(content)
    except _FAULTS as error:
        raise Refused("bad_template", file=source.name, why=str(error)[:LONGEST]) from error
    return content.getvalue()


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, which bounds loops; here nothing can be made huge by multiplying either."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not all(isinstance(side, int | float) for side in (left, right)):
            raise SecurityError(f"{operator} is only for numbers, and ** is not allowed")
        return super().call_binop(context, operator, left, right)
