"""What an import understood, guessed and refused in, its preview for people out; and their yes.

Each row by its number in the file, so that a person finds it there.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from inventory.sentences import Sentence
from inventory.tables.reading import Table


class RowVerdict(StrEnum):
    """What became of a row, in the office's word."""

    UNDERSTOOD = "dipahami"
    GUESSED = "ditebak"
    REFUSED = "ditolak"
    LEFT_OUT = "dilewati"


ENGLISH = {
    RowVerdict.UNDERSTOOD: "understood",
    RowVerdict.GUESSED: "guessed",
    RowVerdict.REFUSED: "refused",
    RowVerdict.LEFT_OUT: "left out",
}


@dataclass(frozen=True)
class RowPreview:
    """One row: what was understood of it, and the sentences of what was guessed or refused."""

    line: int
    echo: str
    guesses: tuple[Sentence, ...] = ()
    refusals: tuple[Sentence, ...] = ()
    left_out: bool = False

    @property
    def verdict(self) -> RowVerdict:
        """A row with one refusal is refused; with one guess guessed."""
        if self.left_out:
            return RowVerdict.LEFT_OUT
        return RowVerdict.REFUSED if self.refusals else RowVerdict.GUESSED if self.guesses else RowVerdict.UNDERSTOOD


def preview_text(table: Table, rows: Iterable[RowPreview]) -> str:
    """The whole preview: how the file was read, every row, and how many of each kind."""
    skipped = (RowPreview(row.line, row.text, (row.reason,), left_out=True) for row in table.left_out)
    ordered = sorted([*rows, *skipped], key=lambda row: row.line)
    return "".join(
        f"{line}\n" for line in (*_head(table), *(line for row in ordered for line in _row(row)), *_sums(ordered))
    )


def _head(table: Table) -> Iterator[str]:
    sheet = f", lembar {table.sheet}" if table.sheet else ""
    yield f"{table.file}{sheet}: judul kolom di baris {table.heading.line} / headings in row {table.heading.line}"
    columns = (f"{column.title} = {key}" for key, column in table.heading.columns.items())
    yield f"  dibaca / read: {'; '.join(columns)}"
    if table.heading.unread:
        yield f"  tidak dibaca / not read: {'; '.join(table.heading.unread)}"
    yield from (f"  {note}" for note in table.notes)


def _row(row: RowPreview) -> Iterator[str]:
    # The longest verdict has eight letters; echoes stand under each other.
    yield f"baris {row.line:>4}  {row.verdict.value:<8}  {row.echo}".rstrip()
    yield from (f"            {sentence}" for sentence in (*row.refusals, *row.guesses))


def _sums(rows: Iterable[RowPreview]) -> Iterator[str]:
    numbers = Counter(row.verdict for row in rows)
    yield ", ".join(f"{numbers[verdict]} {verdict.value} / {ENGLISH[verdict]}" for verdict in RowVerdict)


def confirmed(yes: bool, certain: bool = False) -> bool:
    """Whether a person wants it so: asked on a terminal; elsewhere only ``yes``, or that nothing was guessed."""
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        if not certain:
            refusal = "belum ditulis; periksa, lalu ulangi dengan --yes / nothing written; look it over, then add --yes"
            print(refusal, file=sys.stderr)
        return certain
    answer = input("Tulis seperti di atas? / Write it as above? [y/t] ")
    return answer.strip().lower() in ("y", "ya", "yes")
