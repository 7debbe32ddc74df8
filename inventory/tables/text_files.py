"""The bytes of a CSV in, its grids out: one for each sign that may part its columns.

UTF-8 or UTF-16 with or without a mark, Windows-1252 as older Excel writes it; semicolons (Excel where the comma is the
decimal sign), commas, tabs; the line ``sep=;`` that Excel obeys.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO

from inventory.tables.grid import MAX_COLUMNS, MAX_ROWS, Grid, GridRow, unusable

_SEPARATORS = (";", ",", "\t", "|")
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
# One cell and nothing beside it: a mark inside is written twice.
_QUOTED_LINE = re.compile(r'"((?:[^"]|"")*)"')
# ``="10.1.0.0/24"``: how people keep Excel from reading a text as a number.
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# A cell of two pages; what is longer began with a quotation mark that nobody closed. csv itself stops at 131,072.
MOST_CELL = 8000
# Every second byte of western text in UTF-16 is zero; a few names with other letters leave it well above a third.
_LEAST_ZEROS, _LOOKED_AT = 0.4, 1000


def text_grids(raw: bytes, file: str) -> list[Grid]:
    """Every reading of the text; raises InventoryError where it is none."""
    text = _decoded(raw, file)
    if text.lstrip()[:1] == "<":
        raise unusable(
            file,
            "adalah halaman web yang dinamai tabel; buka di Excel lalu simpan sebagai XLSX",
            "is a web page under the name of a table; open it in Excel and save it as XLSX",
        )
    first, _, rest = text.partition("\n")
    separator = _SEPARATOR_LINE.fullmatch(first.rstrip("\r"))
    if separator:
        return [Grid("", tuple(_rows(rest, separator[1], file, 1)))]
    text = _unwrapped(text)
    present = [sign for sign in _SEPARATORS if sign in text] or [","]
    return [Grid("", tuple(_rows(text, sign, file, 0))) for sign in present]


def _unwrapped(text: str) -> str:
    """A file of which every line is one quoted cell, as some programs save it: the lines without those marks."""
    lines = text.splitlines()
    if not all(_QUOTED_LINE.fullmatch(line.rstrip(";,\t ")) for line in lines if line.strip(";,\t ")):
        return text
    bare = (
        match[1].replace('""', '"') if (match := _QUOTED_LINE.fullmatch(line.rstrip(";,\t "))) else "" for line in lines
    )
    return "\n".join(bare)


def _decoded(raw: bytes, file: str) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    head = raw[:_LOOKED_AT]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head and head[offset::2].count(0) >= _LEAST_ZEROS * len(head) and not head[1 - offset :: 2].count(0):
            return raw.decode(encoding, errors="replace")
    if b"\0" in raw:
        raise unusable(
            file,
            "bukan berkas CSV; di Excel simpan sebagai CSV UTF-8 atau XLSX",
            "is not a CSV file; in Excel save it as CSV UTF-8 or XLSX",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _rows(text: str, separator: str, file: str, lines_before: int) -> Iterator[GridRow]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    line = lines_before + 1
    try:
        for cells in reader:
            if any(len(cell) > MOST_CELL for cell in cells):
                raise _unclosed(file, line)
            if line - lines_before > MAX_ROWS:
                too_many = f"lebih dari {MAX_ROWS} baris; bagi menjadi beberapa", f"more than {MAX_ROWS} rows; split it"
                raise unusable(file, *too_many, line)
            yield GridRow(line, tuple(_bare(cell.strip()) for cell in cells[:MAX_COLUMNS]))
            # The line a row begins at; a cell may have several.
            line = lines_before + reader.line_num + 1
    except csv.Error as error:
        raise _unclosed(file, line) from error


def _bare(cell: str) -> str:
    match = _AS_TEXT.fullmatch(cell)
    return match[1].strip() if match else cell


def _unclosed(file: str, line: int) -> Exception:
    return unusable(
        file,
        'satu sel terlalu panjang; cari tanda petik (") yang tidak ditutup',
        'one cell is too long; look for a quotation mark (") that is not closed',
        line,
    )
