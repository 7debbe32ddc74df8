"""The words of a paper, whatever its form: PDF, Word or OpenDocument in, plain text out."""

import subprocess
from io import BytesIO
from pathlib import Path

from docx import Document
from odfdo import Document as OpenDocument


def words_of_pdf(content: bytes, folder: Path) -> str:
    (folder / "paper.pdf").write_bytes(content)
    command = ["pdftotext", "-layout", str(folder / "paper.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return " ".join(told.split())


def words_of_docx(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(one.text for one in document.paragraphs), *cells]).split())


def words_of_odt(content: bytes) -> str:
    return " ".join(OpenDocument(BytesIO(content)).get_formatted_text().split())
