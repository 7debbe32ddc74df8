"""PDF papers, read by qpdf (pikepdf): the bytes of one in, the PDF that is kept out.

What is kept is what was checked: a file that qpdf reads without a word stays as it is, byte for byte, so that an
electronic signature holds; one that had to be mended is written anew, and then hides nothing from other readers.
"""

import io
import re
import zipfile
from collections.abc import Iterator

import pikepdf

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.faults import CleanFile, spoiled

HEADER_WITHIN = 1024  # Readers look for %PDF- in the first 1,024 bytes (Adobe's PDF Reference 1.7, appendix H).
# Scans of a thousand pages have some ten thousand objects; a hostile file of 25 MB could have a million empty ones.
MAX_OBJECTS = 300_000
# A mail gateway's line or a printer's trailer is shorter; what is longer behind the end is something of its own.
MAX_TAIL_BYTES = 4096
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf|[\s\0]|\x1b%-12345X|@PJL[^\r\n]*)*")
_PAGE = re.compile(rb"<(?:script|html|iframe|!doctype\s+html|svg\s)", re.IGNORECASE)
_UPDATE = re.compile(rb"\d+\s+\d+\s+obj\b")
# The names of ISO 32000-2 that make a reader run, call, play or hand out something.
_PROGRAMS = frozenset(
    f"/{name}".encode()
    for name in (
        *("JavaScript", "JS", "Launch", "XFA", "ImportData", "SubmitForm", "GoToR", "GoToE"),
        *("RichMedia", "RichMediaExecute", "Rendition", "Movie", "Sound", "3D"),
    )
)
_ATTACHED = frozenset((b"/EmbeddedFile", b"/EmbeddedFiles", b"/FileAttachment", b"/Collection"))
_FILE_NAMES = frozenset((b"/Filespec", b"/F", b"/UF"))
_ANY_OF_THEM = re.compile(rb"|".join(sorted(re.escape(name) for name in (*_PROGRAMS, *_ATTACHED, b"/EF"))))
_SCRIPT_LINK = re.compile(rb"/URI\s*\(\s*(?:javascript|vbscript|data):", re.IGNORECASE)
# qpdf writes names without escapes and strings without bare brackets, so that three patterns read what it has written.
_TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>|(/[^\s()<>\[\]{}/%]*)", re.DOTALL)


def clean_pdf(content: bytes) -> CleanFile:
    """The PDF to keep. Raises Spoiled with the reason and what to do."""
    body = _trimmed(content)
    if zipfile.is_zipfile(io.BytesIO(body)):
        raise spoiled("hidden")
    try:
        with pikepdf.open(io.BytesIO(body), suppress_warnings=True) as pdf:
            return CleanFile(_checked(pdf, body))
    except Spoiled:
        raise
    except pikepdf.PasswordError as error:
        raise spoiled("locked") from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, RuntimeError, RecursionError) as error:
        raise spoiled("damaged") from error


def begins_pdf(content: bytes) -> bool:
    """True where a PDF begins, be it after a byte order mark, white space or a printer's own lines."""
    at = content.find(b"%PDF-", 0, HEADER_WITHIN)
    return at >= 0 and _BEFORE.fullmatch(content, 0, at) is not None


def _trimmed(content: bytes) -> bytes:
    """The PDF without what stands before it and behind it."""
    body = content[max(0, content.find(b"%PDF-", 0, HEADER_WITHIN)) :]
    end = body.rfind(b"%%EOF") + len(b"%%EOF")
    if end < len(b"%%EOF"):
        raise spoiled("cut_off")
    tail = body[end:]
    if not tail.strip(b"\0\r\n\t\f "):
        return body if len(tail) <= 2 else body[:end] + b"\n"
    if zipfile.is_zipfile(io.BytesIO(body)):
        raise spoiled("hidden")
    # Objects behind the last end are a newer state of the document that was cut off: the older one is not the paper.
    if len(tail) > MAX_TAIL_BYTES or _PAGE.search(tail) or _UPDATE.search(tail):
        raise spoiled("cut_off")
    return body[:end] + b"\n"


def _checked(pdf: pikepdf.Pdf, body: bytes) -> bytes:
    if len(pdf.objects) > MAX_OBJECTS:
        raise spoiled("too_complex")
    signed = False
    for written in _written_objects(pdf):
        names = _names(written) if _ANY_OF_THEM.search(written) else frozenset()
        if names & _PROGRAMS or _SCRIPT_LINK.search(written):
            raise spoiled("program")
        if names & _ATTACHED or (b"/EF" in names and names & _FILE_NAMES):
            raise spoiled("attached")
        signed = signed or b"/ByteRange" in written
    if not len(pdf.pages):
        raise spoiled("cut_off")
    if _hides_page(pdf, body):
        raise spoiled("hidden")
    return body if not pdf.get_warnings() else _mended(pdf, signed)


def _written_objects(pdf: pikepdf.Pdf) -> Iterator[bytes]:
    """Every object as qpdf writes it, those of object streams too; of a stream its dictionary."""
    for thing in pdf.objects:
        yield (thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing).unparse(resolved=True)
    yield pdf.trailer.unparse(resolved=True)


def _names(written: bytes) -> frozenset[bytes]:
    """The names of an object, outside its strings."""
    return frozenset(match[1] for match in _TOKEN.finditer(written) if match[1])


def _hides_page(pdf: pikepdf.Pdf, body: bytes) -> bool:
    """True where markup stands between the objects; in a title or in text it is harmless."""
    pages = len(_PAGE.findall(body))
    if not pages:
        return False
    out = io.BytesIO()
    pdf.save(
        out,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        fix_metadata_version=False,
    )
    return pages > len(_PAGE.findall(out.getvalue()))


def _mended(pdf: pikepdf.Pdf, signed: bool) -> bytes:
    if signed:
        raise spoiled("signed_damaged")
    out = io.BytesIO()
    pdf.save(out, deterministic_id=not pdf.is_encrypted, fix_metadata_version=False)
    return out.getvalue()
