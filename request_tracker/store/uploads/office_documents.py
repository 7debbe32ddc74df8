"""Word, Excel and OpenDocument files: the bytes of one in, the same bytes out where nothing in it runs, calls or hides.

They stay as they are. Every part is read once: XML by expat, without DTD and entities; relationships for what they load
from elsewhere (a template on somebody's server runs macros); anything else by its first bytes, so that no program
travels as a picture. Charts carry a small workbook: what is embedded is a document of these kinds itself, or refused.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.archives import archive_of, pieces
from request_tracker.store.uploads.faults import CleanFile, spoiled
from request_tracker.store.uploads.ole import MAGIC as OLE

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
OPEN_SHEET = "application/vnd.oasis.opendocument.spreadsheet"
DEEPEST = 2  # A chart's workbook in a letter; a document in a document in a document is no letter.
MAX_EMBEDDED_BYTES = 8 * 2**20  # A chart's workbook has some kilobytes; it is held whole while it is read.
_XML = (".xml", ".rels", ".vml", ".rdf")
_MACROS = re.compile(r"vbaProject\w*\.bin$|vbaData\.xml$|^(?:Basic|Scripts)/|(?:^|/)macrosheets/", re.IGNORECASE)
_ACTIVE = re.compile(
    r"(?:^|/)activeX/|(?:^|/)(?:oleObject[^/]*|[^/]*\.(?:exe|dll|js|vbs|hta|lnk|scr|bat|cmd))$", re.IGNORECASE
)
_EMBEDDED = re.compile(r"(?:^|/)embeddings/", re.IGNORECASE)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", OLE)
# Word keeps where its own template lies; on the writer's own disk that loads nothing from anywhere.
_OWN_DISK = re.compile(r"^(?:file:///)?[A-Za-z]:[\\/]", re.IGNORECASE)
_AFAR = re.compile(r"^(?:[a-z][a-z0-9+.-]+:|//|\\\\)", re.IGNORECASE)
# A link is clicked by a person; where the template of a text lay, OpenDocument only notes.
_LINKS = frozenset(("text:a", "draw:a", "meta:template"))


@dataclass(frozen=True)
class OfficeKind:
    """How a document of one kind is known: the part it must have and, of OpenDocument, what ``mimetype`` says."""

    part: str
    mimetype: str | None = None


WORD_KIND, EXCEL_KIND = OfficeKind("word/document.xml"), OfficeKind("xl/workbook.xml")
TEXT_KIND, SHEET_KIND = OfficeKind("content.xml", OPEN_DOCUMENT), OfficeKind("content.xml", OPEN_SHEET)
_ANY = (WORD_KIND, EXCEL_KIND, TEXT_KIND, SHEET_KIND)


def document_check(kind: OfficeKind) -> Callable[[bytes], CleanFile]:
    """The check of one kind of document; it raises Spoiled with the reason."""

    def clean(content: bytes) -> CleanFile:
        _check(content, (kind,), 0)
        return CleanFile(content)

    return clean


def _check(content: bytes, kinds: tuple[OfficeKind, ...], depth: int) -> None:
    if content.startswith(OLE):
        # Office writes a document with a password as an OLE container around the encrypted ZIP (MS-OFFCRYPTO).
        raise spoiled("locked")
    with archive_of(content) as archive:
        if not any(_is_kind(archive, kind) for kind in kinds):
            raise spoiled("other_kind")
        for member in archive.infolist():
            _check_member(archive, member, depth)


def _is_kind(archive: zipfile.ZipFile, kind: OfficeKind) -> bool:
    names = archive.namelist()
    if kind.part not in names:
        return False
    if kind.mimetype is None:
        return True
    return names[0] == "mimetype" and next(pieces(archive, archive.infolist()[0]), b"") == kind.mimetype.encode()


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int) -> None:
    name = member.filename
    if _MACROS.search(name):
        raise spoiled("macros")
    if _ACTIVE.search(name):
        raise spoiled("objects")
    if name.lower().endswith(_XML):
        _read_xml(archive, member)
        return
    start = b""
    for piece in pieces(archive, member):
        start = start or piece
    if start.startswith(_PROGRAMS):
        raise spoiled("objects")
    if start.startswith(b"PK\x03\x04") or _EMBEDDED.search(name):
        _check_embedded(archive, member, depth)


def _check_embedded(archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int) -> None:
    if depth + 1 >= DEEPEST or member.file_size > MAX_EMBEDDED_BYTES:
        raise spoiled("objects")
    try:
        _check(b"".join(pieces(archive, member)), _ANY, depth + 1)
    except Spoiled as error:
        raise spoiled("objects") from error


def _read_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read a part to its end. Raises Spoiled for a DTD, for what it loads from elsewhere, for what is no XML."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = _relationship if member.filename.lower().endswith(".rels") else _element
    try:
        for piece in pieces(archive, member):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise spoiled("damaged") from error


def _refuse_doctype(*_: object) -> None:
    raise spoiled("declared")


def _relationship(name: str, attributes: Mapping[str, str]) -> None:
    """A relationship of OPC (ECMA-376 part 2): inside the file, or a link that a person must click."""
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    if attributes.get("TargetMode", "").lower() != "external" or kind == "hyperlink":
        return
    if kind == "attachedtemplate" and _OWN_DISK.match(attributes.get("Target", "")):
        return
    raise spoiled("template" if kind == "attachedtemplate" else "outside")


def _element(name: str, attributes: Mapping[str, str]) -> None:
    """An element of a part: of OpenDocument, a macro on an event, a part from elsewhere, a part that is encrypted."""
    if name in ("script:event-listener", "office:script"):
        raise spoiled("macros")
    if name == "manifest:encryption-data":
        raise spoiled("locked")
    target = attributes.get("xlink:href", "")
    if target and name not in _LINKS and _AFAR.match(target):
        raise spoiled("outside")
