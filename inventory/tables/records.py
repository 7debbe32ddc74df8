"""A sheet and its headings in, one record for each row that says something out; what is left out is said.

Empty rows, sums, numbered columns and repeated headings go; a blank under a merged cell is the one above, and ``sda``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from inventory.sentences import Sentence
from inventory.tables.grid import Grid, GridRow
from inventory.tables.headings import TableHeading

_SUM = re.compile(r"(grand\s*|sub\s*)?(total|jumlah)\b|rata\s*-?\s*rata\b|sum\b", re.IGNORECASE)
_DISTRICT = re.compile(r"(?:kecamatan|kec\.?|wilayah|distrik|zona)\s+(.+)", re.IGNORECASE)
_AS_ABOVE = {"sda", "s.d.a", "s.d.a.", "idem", "ditto", '"', "''", "〃", '"-"', '-"-'}
_NOTHING = {"-", "--", "–", "—", "n/a", "na", "tidak ada", "belum ada", "kosong", "?"}
_TOO_MANY = Sentence(
    "lebih banyak sel daripada judul kolom; apit sel yang memuat pemisah dengan tanda petik",
    "more cells than headings; put a cell that holds the separator between quotation marks",
)
_NUMBERING = re.compile(r"\(?([0-9]{1,3})\)?")


@dataclass(frozen=True)
class TableRecord:
    """One row: its texts by column, the headings of columns where a blank was read as the cell above, or its fault."""

    line: int
    texts: Mapping[str, str]
    as_above: tuple[str, ...] = ()
    fault: Sentence | None = None


@dataclass(frozen=True)
class LeftOut:
    """A row that is no record, and why."""

    line: int
    text: str
    reason: Sentence


@dataclass(frozen=True)
class Continuation:
    """How blanks are read: ``key`` names the records, ``proof`` shows that a row is one, ``carried`` go downwards.

    ``rare`` goes downwards only in a row where another column does, or where most of its own cells are blank.
    """

    key: tuple[str, ...]
    proof: tuple[str, ...]
    carried: tuple[str, ...]
    rare: tuple[str, ...] = ()


def records_of(grid: Grid, heading: TableHeading, how: Continuation) -> tuple[list[TableRecord], list[LeftOut]]:
    """Every record of the sheet, and every row that was left out though it is not empty."""
    rows = [row for row in grid.rows[heading.first_row :] if any(row.cells)]
    tail = _tail(grid, heading, how)
    left_out: list[LeftOut] = []
    records: list[TableRecord] = []
    district, above = "", dict[str, str]()
    merged = _mostly_blank(rows, heading, how)
    for row in rows:
        reason, district = _no_record(row, heading, how, district)
        if reason is None and row.line >= tail:
            reason = Sentence("catatan di bawah tabel", "a note below the table")
        if reason:
            left_out.append(LeftOut(row.line, " ".join(filter(None, dict.fromkeys(row.cells))), reason))
            continue
        record = _record(row, heading, how, above, merged)
        if district and not record.texts.get("district"):
            record = replace(record, texts={**record.texts, "district": district})
        # A sheet of Excel has notes beside the table; in a text file a cell too many is a separator inside a cell.
        if not grid.name and any(row.cells[len(heading.texts) :]):
            record = replace(record, fault=_TOO_MANY)
        above |= {key: text for key, text in record.texts.items() if text}
        records.append(record)
    return records, left_out


def _tail(grid: Grid, heading: TableHeading, how: Continuation) -> float:
    """The line from which on there are only notes and signatures: below the last network, behind a gap or a sum."""
    rows = grid.rows[heading.first_row :]
    last = max((place for place, row in enumerate(rows) if _has_proof(row, heading, how)), default=len(rows))
    for row in rows[last + 1 :]:
        if not any(row.cells) or any(_SUM.match(cell) for cell in row.cells):
            return row.line
    return float("inf")


def _has_proof(row: GridRow, heading: TableHeading, how: Continuation) -> bool:
    places = (heading.columns[key].place for key in how.proof if key in heading.columns)
    return any(letter.isdigit() for place in places for letter in row.cell(place))


def _mostly_blank(rows: list[GridRow], heading: TableHeading, how: Continuation) -> set[str]:
    """The rare columns of which at least half is blank: a merged cell leaves that behind, a forgotten one does not."""
    return {
        key
        for key in how.rare
        if key in heading.columns
        # Twice the blanks are at least all rows: half of them.
        and sum(not row.cell(heading.columns[key].place) for row in rows) * 2 >= len(rows)
    }


def _no_record(row: GridRow, heading: TableHeading, how: Continuation, district: str) -> tuple[Sentence | None, str]:
    """Why a row is no record, and the district that holds from it on."""
    texts = [cell for place, cell in enumerate(row.cells) if cell and place not in row.from_left]
    has_proof = _has_proof(row, heading, how)
    if tuple(row.cells[: len(heading.texts)]) == heading.texts:
        return Sentence("judul kolom yang diulang", "headings repeated"), district
    numbers = [match for text in texts if (match := _NUMBERING.fullmatch(text))]
    if len(numbers) == len(texts) > 1 and [int(match[1]) for match in numbers] == list(range(1, len(texts) + 1)):
        return Sentence("nomor kolom", "numbers of columns"), district
    # The sum's own word stands at the left, before or in the column of names; an office of that name has a network.
    if not has_proof and any(_SUM.match(text) for text in texts[:3]):
        return Sentence("jumlah", "a sum"), district
    names = [heading.columns[key].place for key in how.key if key in heading.columns]
    alone = len(texts) == 1 and (bool(row.from_left) or not any(row.cell(place) for place in names))
    if not has_proof and (alone or (len(texts) == 1 and _DISTRICT.fullmatch(texts[0]))):
        section = _DISTRICT.fullmatch(texts[0])
        return Sentence("judul bagian atau catatan", "title of a part, or a note"), section[1] if section else district
    return None, district


def _record(
    row: GridRow, heading: TableHeading, how: Continuation, above: Mapping[str, str], merged: set[str]
) -> TableRecord:
    texts: dict[str, str] = {}
    for key, column in heading.columns.items():
        text = "" if column.place in row.from_left else row.cell(column.place)
        text = "" if text.lower() in _NOTHING else text
        texts[key] = above.get(key, "") if text.lower() in _AS_ABOVE else text
    blank = [key for key in _carried(texts, how, merged) if not texts[key] and above.get(key)]
    for key in blank:
        texts[key] = above[key]
    return TableRecord(row.line, texts, tuple(heading.columns[key].title for key in blank))


def _carried(texts: Mapping[str, str], how: Continuation, merged: set[str]) -> Iterator[str]:
    if any(texts.get(key) for key in how.proof) and not any(texts.get(key) for key in how.key):
        yield from (key for key in how.key if key in texts)
    yield from (key for key in how.carried if key in texts)
    continued = any(key in texts and not texts[key] for key in how.carried)
    yield from (key for key in how.rare if key in texts and (continued or key in merged))
