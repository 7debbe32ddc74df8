"""Papers as people hand them in, made small by real libraries: PDF, photographs with secrets, office documents."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pikepdf
import pillow_heif
from compound_files import compound
from PIL import Image

from request_tracker.store.uploads.office_documents import OPEN_DOCUMENT, OPEN_SHEET


def made_pdf(change: Callable[[pikepdf.Pdf], object] = lambda pdf: None, **how: object) -> bytes:
    """A PDF of one empty page of A4, after something was done to it; ``how`` as for pikepdf's save."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, **({"deterministic_id": True} | how))  # type: ignore[arg-type]  # handed through
        return out.getvalue()


PDF = made_pdf()
SECRETS = (b"Telepon Budi", b"-6.2088", b"rahasia")


def pdf(text: bytes = b"") -> bytes:
    """A PDF with something between its objects, where no reader looks."""
    return PDF.replace(b"endobj", b"endobj\n% " + text, 1)


def other_pdf(title: str) -> bytes:
    """Another PDF than ``PDF``, with a title of its own."""

    def name(made: pikepdf.Pdf) -> None:
        made.docinfo["/Title"] = title

    return made_pdf(name)


def photograph(form: str = "JPEG", turned: int = 1, size: tuple[int, int] = (40, 24)) -> bytes:
    """A picture with the telephone, the place, a comment, and a page hung on behind."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Telepon Budi", turned
    exif[0x8825] = {1: "S", 2: (6.0, 12.0, 31.0), 3: "E", 4: (106.0, 50.0, 44.0)}
    exif[0x010E] = "-6.2088"
    out = io.BytesIO()
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    picture.save(out, form, exif=exif, **({"comment": b"rahasia"} if form == "JPEG" else {}))
    return out.getvalue() + b"<script>rahasia</script>"


def archive(
    *members: tuple[str, str | bytes], before: bytes = b"", comment: bytes = b"", packed: bool = False
) -> bytes:
    """A zip of named texts and files."""
    out = io.BytesIO(before)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as made:
        for name, text in members:
            made.writestr(name, text, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
        made.comment = comment
    return out.getvalue()


XML = '<?xml version="1.0" encoding="UTF-8"?>'
WORD_MEMBERS = (("[Content_Types].xml", "<Types/>"), ("word/document.xml", f'{XML}<w:document xmlns:w="w"/>'))
ODT_MEMBERS = (("mimetype", OPEN_DOCUMENT), ("content.xml", "<office/>"))
ODS_MEMBERS = (("mimetype", OPEN_SHEET), ("content.xml", "<office/>"))
DOC = compound({"WordDocument": b"\xec\xa5", "1Table": b"", "\x05SummaryInformation": b""}, {"ObjectPool": {}})
RTF_TEXT = b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 Mohon tambahan bandwidth.\\par}"


def heic(size: tuple[int, int] = (64, 48), turned: int = 1) -> bytes:
    """A photograph of a telephone, with its secrets."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x010E] = "Telepon Budi", turned, "-6.2088"
    out = io.BytesIO()
    picture = pillow_heif.from_pillow(Image.linear_gradient("L").resize(size).convert("RGB"))
    picture.save(out, format="HEIF", exif=exif.tobytes(), quality=90)
    return out.getvalue()


def scan(pages: int, mode: str = "1", size: tuple[int, int] = (200, 300)) -> bytes:
    """A TIFF of so many pages, as an office's scanner writes it; each page has its number as a bar."""
    made = []
    for number in range(pages):
        page = Image.new(mode, size, "white")
        page.paste(0 if mode in ("1", "L") else "black", (0, 0, 20 * (number + 1), 40))
        made.append(page)
    out = io.BytesIO()
    compression = "group4" if mode == "1" else "tiff_deflate"
    made[0].save(out, "TIFF", save_all=True, append_images=made[1:], compression=compression, dpi=(200, 200))
    return out.getvalue()


def word(change: Callable[[Any], object] = lambda document: None) -> bytes:
    """A Word text, written by python-docx after something was done to it."""
    document = docx.Document()
    document.add_paragraph("Mohon tambahan bandwidth.")
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook() -> bytes:
    """An Excel workbook with a chart's worth of figures, written by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("OPD")
    sheet.append(["OPD", "Mbit/s"])
    sheet.append(["dinkes", 50])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
