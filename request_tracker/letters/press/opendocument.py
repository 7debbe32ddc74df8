"""A paper in, an OpenDocument text out (ISO/IEC 26300): the same words as the PDF and the Word document. Pure."""

from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from request_tracker.letters.press.model import Paper

MIME = "application/vnd.oasis.opendocument.text"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"))
) + (
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
)
_STYLES = (
    '<style:style style:name="Middle" style:family="paragraph">'
    '<style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="End" style:family="paragraph"><style:paragraph-properties fo:text-align="end"/>'
    "</style:style>"
)
# One fixed date for the archive's members, so that the same paper is the same bytes.
_MOMENT = (2026, 1, 1, 0, 0, 0)


def opendocument(paper: Paper) -> bytes:
    """The document's bytes; the same for the same paper."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        # First and uncompressed, so that the type can be read at a fixed place of the file (OpenDocument 1.2, part 3,
        # 3.3).
        archive.writestr(ZipInfo("mimetype", _MOMENT), MIME, ZIP_STORED)
        archive.writestr(ZipInfo("content.xml", _MOMENT), _content(paper), ZIP_DEFLATED)
        archive.writestr(ZipInfo("META-INF/manifest.xml", _MOMENT), _manifest(), ZIP_DEFLATED)
    return content.getvalue()


def _content(paper: Paper) -> str:
    body = "".join(_body(paper))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} office:version="1.2">'
        f"<office:automatic-styles>{_STYLES}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def _body(paper: Paper) -> Iterator[str]:
    title = () if paper.letter else (paper.title.upper(),)
    for line in (paper.head.government.upper(), paper.head.name.upper(), paper.head.address, *title):
        yield _line(line, "Middle")
    yield _line(paper.date, "End")
    if paper.letter or paper.number:
        yield _line(f"Nomor : {paper.number or '–'}")
    if paper.letter:
        yield from map(_line, ("Sifat : Biasa", "Lampiran : –", f"Hal : {paper.subject}", f"Yth. {paper.to} di tempat"))
    yield from map(_line, paper.opening)
    yield from _table([(name, value or "–") for name, value in paper.pairs])
    yield from _table(list(paper.rows))
    yield from map(_line, paper.closing)
    for signer in paper.signers:
        name = signer.name or "……………………………………"
        for line in (signer.place, signer.title, signer.mark, name, *signer.under, signer.behalf):
            yield _line(line, "End")
    if paper.copies:
        yield _line("Tembusan:")
        yield from (_line(f"{number}. {copy}") for number, copy in enumerate(paper.copies, 1))
    yield _line(paper.foot)


def _line(text: str, style: str = "Standard") -> str:
    return f'<text:p text:style-name="{style}">{escape(text)}</text:p>'


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f'<table:table><table:table-column table:number-columns-repeated="{len(rows[0])}"/>'
    for row in rows:
        cells = "".join(f"<table:table-cell>{_line(cell)}</table:table-cell>" for cell in row)
        yield f"<table:table-row>{cells}</table:table-row>"
    yield "</table:table>"


def _manifest() -> str:
    rows = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", MIME), ("content.xml", "text/xml"))
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {_SPACES} manifest:version="1.2">'
    return f"{head}{rows}</manifest:manifest>"
