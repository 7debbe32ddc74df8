"""A sheet as rows of texts, whatever file it came from. Data only."""

from dataclasses import dataclass, field

from inventory.reading import FileProblem, InventoryError
from inventory.sentences import Sentence

# Offices of the largest city (20,000) with a few rows each, and more columns than any form has.
MAX_ROWS, MAX_COLUMNS = 50_000, 200


@dataclass(frozen=True)
class GridRow:
    """One row: its number for people, its cells, and which of them only repeat a merged cell above or to the left."""

    line: int
    cells: tuple[str, ...]
    from_above: frozenset[int] = frozenset()
    from_left: frozenset[int] = frozenset()

    def cell(self, column: int) -> str:
        """The cell's text, '' where the row ends before."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Grid:
    """One sheet, or one way to part a text file into columns; ``notes`` are what people must know of its reading."""

    name: str
    rows: tuple[GridRow, ...]
    notes: tuple[Sentence, ...] = field(default=())


def unusable(file: str, indonesian: str, english: str, line: int = 0) -> InventoryError:
    """The refusal of a whole file."""
    return InventoryError([FileProblem(file, line, f"{english} / {indonesian}")])
