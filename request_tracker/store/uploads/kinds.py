"""The kinds of papers that may be handed in: how each begins, how its name ends, what it is called, how it is examined.

A kind that is not here has a sentence of what to do instead (``ADVICE``): people send what their telephone made.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.bundles import BundledPaper, bundle_check
from request_tracker.store.uploads.faults import CleanFile
from request_tracker.store.uploads.office_documents import (
    EXCEL,
    EXCEL_KIND,
    OPEN_DOCUMENT,
    OPEN_SHEET,
    SHEET_KIND,
    TEXT_KIND,
    WORD,
    WORD_KIND,
    document_check,
)
from request_tracker.store.uploads.ole import MAGIC as OLE
from request_tracker.store.uploads.ole import clean_doc
from request_tracker.store.uploads.pdf import begins_pdf, clean_pdf
from request_tracker.store.uploads.pictures import clean_photograph, is_heif, to_jpeg
from request_tracker.store.uploads.scans import is_tiff, to_pdf
from request_tracker.store.uploads.texts import RTF, clean_rtf, clean_text
from request_tracker.words.bilingual import Both


@dataclass(frozen=True, kw_only=True)
class UploadKind:
    """One kind of paper. ``only_stored``: its text is read by nobody here, which the pages say beside it."""

    called: str
    ends: tuple[str, ...]
    mime: str
    begins: Callable[[bytes], bool]
    examine: Callable[[bytes], CleanFile]
    only_stored: bool = False


def _with(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


_ZIP = b"PK\x03\x04"
BUNDLE = "zip"  # It holds papers of every other kind, and no bundle.


def _examine_bundled(paper: BundledPaper) -> CleanFile:
    key = kind_of(paper.content, paper.name, [key for key in KINDS if key != BUNDLE])
    if key is None:
        raise Spoiled(advice(paper.name))
    return KINDS[key].examine(paper.content)


KINDS = {
    "pdf": UploadKind(called="PDF", ends=(".pdf",), mime="application/pdf", begins=begins_pdf, examine=clean_pdf),
    "jpg": UploadKind(
        called="JPG",
        ends=(".jpg", ".jpeg", ".jfif"),
        mime="image/jpeg",
        begins=_with(b"\xff\xd8\xff"),
        examine=clean_photograph,
    ),
    "png": UploadKind(
        called="PNG",
        ends=(".png",),
        mime="image/png",
        begins=_with(b"\x89PNG\r\n\x1a\n"),
        examine=clean_photograph,
    ),
    "heic": UploadKind(called="HEIC", ends=(".heic", ".heif"), mime="image/heic", begins=is_heif, examine=to_jpeg),
    "webp": UploadKind(
        called="WEBP",
        ends=(".webp",),
        mime="image/webp",
        begins=lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP",
        examine=to_jpeg,
    ),
    "tiff": UploadKind(called="TIFF", ends=(".tif", ".tiff"), mime="image/tiff", begins=is_tiff, examine=to_pdf),
    # With a password they are OLE containers: the sentence about the password is better than one about the kind.
    "docx": UploadKind(
        called="DOCX",
        ends=(".docx",),
        mime=WORD,
        begins=_with(_ZIP, OLE),
        examine=document_check(WORD_KIND),
    ),
    "xlsx": UploadKind(
        called="XLSX",
        ends=(".xlsx",),
        mime=EXCEL,
        begins=_with(_ZIP, OLE),
        examine=document_check(EXCEL_KIND),
    ),
    "odt": UploadKind(
        called="ODT",
        ends=(".odt",),
        mime=OPEN_DOCUMENT,
        begins=_with(_ZIP),
        examine=document_check(TEXT_KIND),
    ),
    "ods": UploadKind(
        called="ODS",
        ends=(".ods",),
        mime=OPEN_SHEET,
        begins=_with(_ZIP),
        examine=document_check(SHEET_KIND),
    ),
    "doc": UploadKind(
        called="DOC",
        ends=(".doc",),
        mime="application/msword",
        begins=_with(OLE),
        examine=clean_doc,
        only_stored=True,
    ),
    "rtf": UploadKind(
        called="RTF",
        ends=(".rtf",),
        mime="application/rtf",
        begins=_with(RTF),
        examine=clean_rtf,
        only_stored=True,
    ),
    "txt": UploadKind(
        called="TXT",
        ends=(".txt",),
        mime="text/plain; charset=utf-8",
        begins=lambda content: bool(content),
        examine=clean_text,
    ),
    "zip": UploadKind(
        called="ZIP",
        ends=(".zip",),
        mime="application/zip",
        begins=_with(_ZIP),
        examine=bundle_check(_examine_bundled),
    ),
}


def kind_of(content: bytes, name: str, keys: Iterable[str]) -> str | None:
    """The key of the kind that both the name's ending and the first bytes say; None where they say none of these."""
    ending = name.lower()
    return next((key for key in keys if ending.endswith(KINDS[key].ends) and KINDS[key].begins(content)), None)


def _save_as(indonesian: str, english: str) -> Both:
    return Both(f"jenis berkas ini tidak diterima; {indonesian}", f"this kind of file is not taken; {english}")


_AS_PDF = _save_as(
    "simpan sebagai PDF lewat Berkas > Cetak > Simpan sebagai PDF", "save it as a PDF with File > Print > Save as PDF"
)
_NO_PAPER = Both(
    "bukan berkas PDF, foto, pindaian atau dokumen yang utuh; periksa berkasnya, atau cetak ke PDF lalu kirim PDF itu",
    "not a whole PDF, photo, scan or document; look at the file, or print it to PDF and send that",
)
ADVICE = {
    **dict.fromkeys((".docm", ".dotm", ".dotx"), _save_as("simpan sebagai Dokumen Word (.docx)", "save it as .docx")),
    **dict.fromkeys(
        (".xlsm", ".xls", ".xlsb"), _save_as("simpan sebagai Buku Kerja Excel (.xlsx)", "save it as .xlsx")
    ),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".pages", ".wpd", ".wps", ".vsd", ".vsdx", ".dwg"), _AS_PDF),
    **dict.fromkeys((".html", ".htm", ".mht", ".eml", ".msg", ".svg"), _AS_PDF),
    **dict.fromkeys((".gif", ".bmp", ".avif", ".raw", ".dng"), _save_as("simpan sebagai JPG", "save it as JPG")),
    **dict.fromkeys(
        (".rar", ".7z", ".tar", ".gz", ".tgz"),
        _save_as("buka arsipnya lalu kirim isinya satu per satu", "unpack it and send its files one by one"),
    ),
    **dict.fromkeys(
        (".mp4", ".mov", ".3gp", ".mp3", ".opus", ".m4a"),
        _save_as("kirim foto layarnya sebagai JPG atau PNG", "send a picture of the screen as JPG or PNG"),
    ),
    **dict.fromkeys((".csv",), _save_as("simpan sebagai .xlsx", "save it as .xlsx")),
}


def advice(name: str) -> Both:
    """What to do with a file that is of no kind that is taken."""
    stem, _, ending = name.lower().rpartition(".")
    return ADVICE.get(f".{ending}", _NO_PAPER) if stem else _NO_PAPER
