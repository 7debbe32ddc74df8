"""The rows of a sheet in, the row of its headings and what each column holds out. Pure.

Titles may stand above it, a heading may take two rows, and its words are those of offices: a column is known by the
longest phrase of a vocabulary that its heading holds.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.rate_texts import unit_of
from inventory.tables.grid import Grid, GridRow

Vocabulary = Mapping[str, tuple[str, ...]]
# Of a heading beside a phrase: whether it is all of it, how many words, and whether it is what holds now.
_Score = tuple[int, int, int]
_NONE: _Score = (0, 0, 0)

# Letterhead, title, date and a legend stand above a table; a sheet whose table begins later is asked for as its own.
MAX_ROWS_ABOVE = 40
# Slips of the keyboard that offices' own lists have, and one word that is written as two.
_SPELLINGS = {"bandwith": "bandwidth", "bandwidht": "bandwidth", "bandwitdh": "bandwidth", "bandwitch": "bandwidth"}
# Of two columns of one kind the present one is meant, not what was before.
_FORMER = {"lama", "sebelum", "sebelumnya", "lalu", "old", "previous", "semula"}
# ``namaOpd`` is two words.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# A heading is a few words; what is longer is a sentence of the title.
MAX_HEADING = 80
# What columns hold that nobody reads here, so that "Nama PIC" is no office and "Jumlah perangkat" no device.
_UNREAD = (
    *("no", "nomor", "keterangan", "ket", "status", "alamat", "tanggal", "media", "provider", "isp", "email"),
    *("pic", "nama pic", "kontak", "kontak person", "nama kontak", "narahubung", "nama narahubung", "telepon", "no hp"),
    *("jumlah", "jumlah perangkat", "jumlah user", "jumlah opd", "jumlah bandwidth", "kepala", "nama kepala"),
    *("kode pos", "merk perangkat", "merek perangkat", "tipe perangkat", "jenis perangkat", "sn perangkat"),
)


@dataclass(frozen=True)
class TableColumn:
    """Where a column stands, how its heading is written, and the unit it names."""

    place: int
    title: str
    unit: str


@dataclass(frozen=True)
class TableHeading:
    """The columns that are known (``exact``: so many to the word), the others, and the row after it (from 0)."""

    line: int
    columns: Mapping[str, TableColumn]
    unread: tuple[str, ...]
    first_row: int
    texts: tuple[str, ...]
    exact: int = 0


def find_heading(grid: Grid, vocabulary: Vocabulary) -> TableHeading | None:
    """The row, or the two rows, with the most known columns; of equal ones the first. None where no column is known."""
    best: TableHeading | None = None
    for place, row in enumerate(grid.rows[:MAX_ROWS_ABOVE]):
        candidates = [_heading(row.line, row.cells, place + 1, vocabulary)]
        # A title has one cell; the upper row of a heading in two has several.
        several = sum(map(bool, row.cells)) > 1
        if several and place + 1 < len(grid.rows) and _sub_heading(grid.rows[place + 1]):
            candidates.append(_heading(row.line, _joined(row, grid.rows[place + 1]), place + 2, vocabulary))
        for heading in candidates:
            if best is None or _rank(heading) > _rank(best):
                best = heading
    return best if best is not None and best.columns else None


def _rank(heading: TableHeading) -> tuple[int, int]:
    return len(heading.columns), heading.exact


def _heading(line: int, texts: tuple[str, ...], first_row: int, vocabulary: Vocabulary) -> TableHeading:
    titles = [" ".join(text.split()) for text in texts]
    scores: dict[str, _Score] = {}
    columns: dict[str, TableColumn] = {}
    for place, title in enumerate(titles):
        key, score = _key(title, vocabulary)
        if key and score > scores.get(key, _NONE):
            scores[key], columns[key] = score, TableColumn(place, title, unit_of(_apart(title)))
    places = {column.place for column in columns.values()}
    unread = tuple(title for place, title in enumerate(titles) if title and place not in places)
    return TableHeading(line, columns, unread, first_row, texts, sum(score[0] for score in scores.values()))


def _key(title: str, vocabulary: Vocabulary) -> tuple[str, _Score]:
    """What a heading names: the whole heading before a part of it, a longer phrase before a shorter, the later key."""
    words = _words(title)
    best, key = _NONE, ""
    present = int(not _FORMER.intersection(words))
    if len(title) > MAX_HEADING:
        return key, best
    for name, phrases in [("", _UNREAD), *vocabulary.items()]:
        for phrase in phrases:
            wanted = _words(phrase)
            # ``Sub Net`` and a heading broken over two lines are the same letters.
            whole = "".join(wanted) == "".join(words)
            if wanted and (whole or _holds(words, wanted)) and (score := (int(whole), len(wanted), present)) >= best:
                best, key = score, name
    return key, best


def _words(text: str) -> list[str]:
    """The words of a heading, without the unit and other remarks in brackets."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", _apart(text).lower())
    return [_SPELLINGS.get(word, word) for word in re.findall(r"[a-z0-9]+", bare)]


def _apart(text: str) -> str:
    """``bandwidth_kbps`` and ``bandwidthKbps`` as two words."""
    return _CAMEL.sub(" ", text).replace("_", " ")


def _holds(words: list[str], wanted: list[str]) -> bool:
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1))


def _sub_heading(row: GridRow) -> bool:
    """A second row of headings has words and no number: no network, no rate, no numbering."""
    texts = [cell for cell in row.cells if cell]
    return bool(texts) and not any(letter.isdigit() for text in texts for letter in text)


def _joined(above: GridRow, below: GridRow) -> tuple[str, ...]:
    """``Bandwidth`` over ``Download`` and ``Upload``: a heading above stands for every filled cell under it."""
    texts, current = [], ""
    for place in range(max(len(above.cells), len(below.cells))):
        upper, lower = above.cell(place), below.cell(place)
        current = upper or current
        texts.append(f"{current} {lower}".strip() if lower and lower != current else upper)
    return tuple(texts)


def missing_columns(
    heading: TableHeading | None, needed: Iterable[tuple[str, ...]], vocabulary: Vocabulary
) -> list[str]:
    """What must be there and is not, with the headings that would name it; each need is met by any of its keys."""
    present = set(heading.columns) if heading else set()
    # As many spellings as fit a sentence; all of them stand in the documentation.
    shown = 4
    return [
        f"{keys[0]} ({' or '.join(vocabulary[keys[0]][:shown])})" for keys in needed if not present.intersection(keys)
    ]
