"""A paper in, an OpenDocument text out (ISO/IEC 26300): the same words as the PDF and the Word document. Pure."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from request_tracker.letters.press.model import Paper

ANNEX = "Lampiran"
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
    '<style:style style:name="Bold" style:family="paragraph"><style:text-properties fo:font-weight="bold"/>'
    "</style:style>"
    '<style:style style:name="End" style:family="paragraph"><style:paragraph-properties fo:text-align="end"/>'
    "</style:style>"
)
# One fixed date for the archive's members, so that the same paper is the same bytes.
_MOMENT = (2026, 1, 1, 0, 0, 0)


def opendocument(paper: Paper) -> bytes:
    """The document's bytes; the same for the same paper."""
    return packed("".join(_body(paper)))


def packed(body: str, across: bool = False) -> bytes:
    """The archive around a body made by ``paragraph`` and ``grid``; ``across``: A4 on its long side."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        # First and uncompressed, so that the type can be read at a fixed place of the file (OpenDocument 1.2, part 3,
        # 3.3).
        archive.writestr(ZipInfo("mimetype", _MOMENT), MIME, ZIP_STORED)
        archive.writestr(ZipInfo("content.xml", _MOMENT), _content(body), ZIP_DEFLATED)
        if across:
            archive.writestr(ZipInfo("styles.xml", _MOMENT), _across(), ZIP_DEFLATED)
        archive.writestr(ZipInfo("META-INF/manifest.xml", _MOMENT), _manifest(across), ZIP_DEFLATED)
    return content.getvalue()


def paragraph(text: str, style: str = "Standard") -> str:
    """A paragraph; ``style`` is Standard, Middle, Bold or End."""
    return f'<text:p text:style-name="{style}">{escape(text)}</text:p>'


def grid(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A table of these cells, or nothing."""
    if not rows:
        return
    yield f'<table:table><table:table-column table:number-columns-repeated="{len(rows[0])}"/>'
    for row in rows:
        cells = "".join(f"<table:table-cell>{paragraph(cell)}</table:table-cell>" for cell in row)
        yield f"<table:table-row>{cells}</table:table-row>"
    yield "</table:table>"


def _content(body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} office:version="1.2">'
        f"<office:automatic-styles>{_STYLES}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def _body(paper: Paper) -> Iterator[str]:
    title = () if paper.letter else (paper.title.upper(),)
    for line in (paper.head.government.upper(), paper.head.name.upper(), paper.head.address, *title):
        yield paragraph(line, "Middle")
    yield paragraph(paper.date, "End")
    if paper.letter or paper.number:
        yield paragraph(f"Nomor : {paper.number or '–'}")
    if paper.letter:
        yield from map(
            paragraph, ("Sifat : Biasa", "Lampiran : –", f"Hal : {paper.subject}", f"Yth. {paper.to} di tempat")
        )
    yield from map(paragraph, paper.opening)
    yield from grid([(name, value or "–") for name, value in paper.pairs])
    yield from grid(list(paper.rows))
    yield from map(paragraph, paper.body_closing)
    for signer in paper.signers:
        name = signer.name or "……………………………………"
        for line in (signer.place, signer.title, signer.mark, name, *signer.under, signer.behalf):
            yield paragraph(line, "End")
    if paper.copies:
        yield paragraph("Tembusan:")
        yield from (paragraph(f"{number}. {copy}") for number, copy in enumerate(paper.copies, 1))
    if paper.annexed:
        yield paragraph(ANNEX, "Bold")
        yield from map(paragraph, paper.annexed)
    yield paragraph(paper.foot)


def _across() -> str:
    """A page layout, which only the styles part of a document may hold (OpenDocument 1.2, part 1, 16.5 and 16.9)."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {_SPACES} office:version="1.2">'
        '<office:automatic-styles><style:page-layout style:name="Across"><style:page-layout-properties '
        'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin="1.8cm"/>'
        "</style:page-layout></office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Standard" style:page-layout-name="Across"/></office:master-styles>'
        "</office:document-styles>"
    )


def _manifest(across: bool) -> str:
    parts = [("/", MIME), ("content.xml", "text/xml"), *([("styles.xml", "text/xml")] if across else [])]
    rows = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in parts
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {_SPACES} manifest:version="1.2">'
    return f"{head}{rows}</manifest:manifest>"
