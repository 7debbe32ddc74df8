"""A sheet of an SOP in, the same words as an OpenDocument text out (Permenkominfo 7/2013 asks offices for it). Pure."""

from collections.abc import Iterator

from request_tracker.letters.press.opendocument import grid, packed, paragraph
from request_tracker.letters.sop_print.sheet import ADDED, MEANINGS, SopSheet


def sop_opendocument(sheet: SopSheet) -> bytes:
    """The document's bytes; the same for the same sheet."""
    return packed("".join(_body(sheet)), across=True)


def _body(sheet: SopSheet) -> Iterator[str]:
    for text in (sheet.government.upper(), sheet.office.upper(), sheet.title):
        yield paragraph(text, "Middle")
    yield from grid([(name, value or "–") for name, value in sheet.identity])
    for name, lines in (*sheet.lists, *((section.title, section.lines) for section in sheet.sections)):
        yield paragraph(name, "Bold")
        yield from map(paragraph, lines or ("–",))
    yield from grid([sheet.heads, *sheet.rows])
    yield paragraph(MEANINGS)
    yield paragraph(ADDED, "Bold")
    yield from map(paragraph, (*sheet.added, *sheet.notes))
    yield paragraph(sheet.foot)
