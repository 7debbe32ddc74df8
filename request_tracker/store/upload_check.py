"""What may be handed in as a paper: the bytes and name somebody chose in, a clean paper out, or Refused with a reason.

A paper is what its name says and nothing besides: no page, script or archive hides in it. It is no virus scan; papers
are only ever given out as downloads.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.utils import secure_filename

from request_tracker.errors import Refused
from request_tracker.store.files import PaperFile
from request_tracker.store.photographs import Spoiled, clean
from request_tracker.words.bilingual import Both

MAX_FILE_BYTES = 10 * 2**20  # A scanned letter of some pages; the sentence in FAULTS names it.
MAX_NAME = 100  # Fits every file system and a line of the case's page.
# An honest DOCX or ODT with pictures unpacks to a few times its size; a bomb to a thousand times.
MAX_UNPACKED_BYTES = 60 * 2**20
MAX_MEMBERS = 2000
END_OF_PDF_WITHIN = 1024  # Readers look for %%EOF in the last 1,024 bytes (Adobe's PDF Reference 1.7, appendix H).
FAULTS = {
    "damaged": Both("berkas ini rusak", "this file is damaged"),
    "large": Both("lebih besar dari 10 MB", "larger than 10 MB"),
    "no_paper": Both(
        "bukan berkas PDF, JPG, PNG, DOCX atau ODT yang utuh", "not a whole PDF, JPG, PNG, DOCX or ODT file"
    ),
    "cut_off": Both(
        "PDF ini terpotong atau ada isi lain di belakangnya", "this PDF is cut off, or something else hangs on its end"
    ),
    "hidden": Both(
        "di dalam PDF ini tersembunyi berkas jenis lain; cetak ulang ke PDF",
        "a file of another kind hides in this PDF; print it to PDF again",
    ),
    "program": Both("PDF ini berisi program; cetak ulang ke PDF", "this PDF holds a program; print it to PDF again"),
    "other_kind": Both("isinya bukan dokumen yang disebut namanya", "it is not the document its name says"),
    "unpacked": Both("isinya terlalu besar setelah dibuka", "what is in it is too large when unpacked"),
    "outside": Both("isinya menunjuk ke luar berkas", "what is in it points outside the file"),
    "besides": Both("ada isi lain di dalamnya", "something else is in it"),
    "macros": Both("berisi makro; simpan tanpa makro", "it holds macros; save it without them"),
}
# What a browser takes for a page when it guesses a type from the first bytes (WHATWG MIME Sniffing, 7.1).
_PAGE = re.compile(rb"<(?:script|html|iframe|!doctype\s+html|svg\s)", re.IGNORECASE)
# Adobe's PDF Reference 1.7, 8.5.3: the actions that run a script or start a program.
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|Launch)\b")
# Where OOXML and OpenDocument keep their macros.
_MACROS = re.compile(r"vbaProject\.bin$|^(?:Basic|Scripts)/", re.IGNORECASE)


def accept(content: bytes, name: str) -> PaperFile:
    """The clean paper. Raises Refused with the reason in a sentence."""
    if len(content) > MAX_FILE_BYTES:
        raise _refused(name, FAULTS["large"])
    safe = _safe(name)
    for kind in KINDS:
        if safe.lower().endswith(kind.ends) and content.startswith(kind.magic):
            return PaperFile(kind.check(content, safe), safe, kind.mime)
    raise _refused(safe, FAULTS["no_paper"])


def _safe(name: str) -> str:
    """A file name without folders and without surprises; its ending stays."""
    safe = secure_filename(name) or "surat"
    stem, dot, ending = safe.rpartition(".")
    return f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}" if dot else safe[:MAX_NAME]


def _pdf(content: bytes, name: str) -> bytes:
    if b"%%EOF" not in content[-END_OF_PDF_WITHIN:]:
        raise _refused(name, FAULTS["cut_off"])
    if _PAGE.search(content) or zipfile.is_zipfile(io.BytesIO(content)):
        raise _refused(name, FAULTS["hidden"])
    if _ACTIVE_PDF.search(content):
        raise _refused(name, FAULTS["program"])
    return content


def _photograph(content: bytes, name: str) -> bytes:
    try:
        return clean(content)
    except Spoiled as error:
        raise _refused(name, error.reason) from error


def _word(content: bytes, name: str) -> bytes:
    return _archive(content, name, lambda archive: "word/document.xml" in archive.namelist())


def _text(content: bytes, name: str) -> bytes:
    kind = OPEN_DOCUMENT.encode()
    return _archive(content, name, lambda archive: archive.namelist()[0] == "mimetype" and _first(archive) == kind)


def _archive(content: bytes, name: str, is_kind: Callable[[zipfile.ZipFile], bool]) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            reason = _fault(archive) or (None if is_kind(archive) else FAULTS["other_kind"])
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise _refused(name, FAULTS["damaged"]) from error
    if reason:
        raise _refused(name, reason)
    return content


def _fault(archive: zipfile.ZipFile) -> Both | None:
    """Why this archive is no document; the sizes it claims come first, so that little is unpacked."""
    members = archive.infolist()
    if not members or len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        return FAULTS["unpacked"]
    if any(".." in member.filename.split("/") or member.filename.startswith(("/", "\\")) for member in members):
        return FAULTS["outside"]
    # A ZIP is read from its end: what stands before the first member, or in the comment, no reader of it shows.
    if min(member.header_offset for member in members) or archive.comment:
        return FAULTS["besides"]
    if any(_MACROS.search(member.filename) for member in members):
        return FAULTS["macros"]
    # testzip reads every member against its CRC; by now all their sizes together are known to be bounded.
    return FAULTS["damaged"] if archive.testzip() else None


def _first(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as file:
        return file.read(100)


def _refused(name: str, reason: Both) -> Refused:
    return Refused("bad_field", field=name[:80], reason=reason)


@dataclass(frozen=True)
class UploadKind:
    """One kind of paper: how it begins, how its name ends, what it is called, how it is checked."""

    magic: bytes
    ends: tuple[str, ...]
    mime: str
    check: Callable[[bytes, str], bytes]


OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = (
    UploadKind(b"%PDF-", (".pdf",), "application/pdf", _pdf),
    UploadKind(b"\xff\xd8\xff", (".jpg", ".jpeg"), "image/jpeg", _photograph),
    UploadKind(b"\x89PNG\r\n\x1a\n", (".png",), "image/png", _photograph),
    UploadKind(b"PK\x03\x04", (".docx",), WORD, _word),
    UploadKind(b"PK\x03\x04", (".odt",), OPEN_DOCUMENT, _text),
)
