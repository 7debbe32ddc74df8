"""A file in, its table out: the sheet and the columns that a vocabulary knows, whatever kind of file it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inventory.reading import FileProblem, InventoryError
from inventory.sentences import Sentence
from inventory.tables.grid import Grid, unusable
from inventory.tables.headings import TableHeading, Vocabulary, find_heading, missing_columns
from inventory.tables.records import Continuation, LeftOut, TableRecord, records_of
from inventory.tables.text_files import text_grids
from inventory.tables.workbooks import workbook_grids

# As the city file: a list of offices above 16 MiB is something else.
MAX_FILE_BYTES = 16 * 2**20
# How files begin: a ZIP, of which XLSX is one, and Microsoft's compound file: XLS, or an XLSX with a password.
_ZIP, _COMPOUND = b"PK\3\4", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class TableForm:
    """What a table must tell: the words for its columns, the columns that must be there, how blanks are read."""

    vocabulary: Vocabulary
    needed: tuple[tuple[str, ...], ...]
    blanks: Continuation


@dataclass(frozen=True)
class Table:
    """A file as its records; ``notes`` are guesses about the file as a whole."""

    file: str
    sheet: str
    heading: TableHeading
    records: tuple[TableRecord, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Sentence, ...]


def read_table(path: Path, form: TableForm, sheet: str | None = None) -> Table:
    """Read the table of a file. Raises InventoryError where there is none, or it lacks a column."""
    grids = _grids(path)
    if sheet is not None and not (grids := [grid for grid in grids if grid.name == sheet]):
        raise unusable(str(path), f"tidak ada lembar “{sheet}”", f"there is no sheet {sheet!r}")
    headings = [find_heading(grid, form.vocabulary) for grid in grids]
    lacking = [missing_columns(heading, form.needed, form.vocabulary) for heading in headings]
    # The sheet, or the separator, that lacks least and of which most is known.
    best = min(range(len(grids)), key=lambda place: (len(lacking[place]), -_column_count(headings[place])))
    heading = headings[best]
    if lacking[best] or heading is None:
        raise _lacks(str(path), heading, lacking[best])
    records, left_out = records_of(grids[best], heading, form.blanks)
    others = [grid.name for place, grid in enumerate(grids) if place != best and grid.name and not lacking[place]]
    notes = [*grids[best].notes, *_other_sheets(others)]
    return Table(str(path), grids[best].name, heading, tuple(records), tuple(left_out), tuple(notes))


def _column_count(heading: TableHeading | None) -> int:
    return len(heading.columns) if heading else 0


def _lacks(file: str, heading: TableHeading | None, lacking: Iterable[str]) -> InventoryError:
    line = heading.line if heading else 1
    named = ", ".join(lacking)
    return InventoryError(
        [
            FileProblem(
                file,
                line,
                f"the column {named} is missing; one row must name the columns"
                f" / kolom {named} tidak ada; satu baris harus memuat judul kolom",
            )
        ]
    )


def _other_sheets(names: Sequence[str]) -> list[Sentence]:
    if not names:
        return []
    named = ", ".join(names)
    return [Sentence(f"lembar lain tidak dibaca: {named} (--sheet)", f"other sheets were not read: {named} (--sheet)")]


def _grids(path: Path) -> list[Grid]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InventoryError([FileProblem(str(path), 0, f"cannot be read: {error.strerror}")]) from error
    if len(raw) > MAX_FILE_BYTES:
        raise unusable(str(path), "lebih besar dari 16 MiB; bagi menjadi beberapa", "is above 16 MiB; split it")
    if raw.startswith(_COMPOUND):
        raise unusable(
            str(path),
            "adalah Excel lama (XLS) atau dikunci sandi; di Excel simpan sebagai XLSX tanpa sandi",
            "is an old Excel file (XLS) or locked by a password; in Excel save it as XLSX without one",
        )
    return workbook_grids(raw, str(path)) if raw.startswith(_ZIP) else text_grids(raw, str(path))
