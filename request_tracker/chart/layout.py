"""The parts of a chart at their places, as data: columns, rows with their symbols, arrows, signs for other pages.

Lengths are in points. ``swimlanes`` and ``approved`` lay SOPs out, ``svg`` draws what they made.
"""

from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap

# The head holds four lines of an actor's name; a line is 8.5 points of type (chart/svg.py) and its leading.
HEAD, LINE, PADDING, SYMBOL_WIDTH, SYMBOL_HEIGHT = 78.0, 10.5, 8.0, 38.0, 22.0
# A row is higher than its symbol by room for an arrow. 4.9 is above the mean width of a letter of 8.5 points.
SHORTEST_ROW, _CHARACTER = 50.0, 4.9


# What stands over several columns together.
ACTORS, STANDARD = "Pelaksana", "Mutu Baku"


class Shape(StrEnum):
    """The symbols: begin and end, process, decision; arrows and page signs are Way and PageSign."""

    TERMINATOR = "terminator"
    PROCESS = "process"
    DECISION = "decision"


class Mark(StrEnum):
    """What a case has made of a step."""

    DONE = "done"
    HERE = "here"
    LATE = "late"
    AHEAD = "ahead"


@dataclass(frozen=True)
class ChartColumn:
    """A column with its place; ``lane`` is empty for those that are no actor's.

    ``group`` is the word over several columns; ``added``: the approved paper has no such column.
    """

    title: tuple[str, ...]
    x: float
    width: float
    lane: str = ""
    group: str = ""
    added: bool = False

    @property
    def middle(self) -> float:
        """Its middle line."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Symbol:
    """One symbol by its centre; ``added`` where the approved paper has none."""

    shape: Shape
    x: float
    y: float
    mark: Mark | None = None
    added: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A step on a page: its cells by column, wrapped, and its symbols in the order of the actors."""

    step: str
    page: int
    y: float
    height: float
    cells: tuple[tuple[str, ...], ...]
    symbols: tuple[Symbol, ...]
    mark: Mark | None = None

    @property
    def middle(self) -> float:
        """The height at which its symbols stand."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Way:
    """An arrow through these points; ``label`` is the decision's word, ``left`` of an arrow that goes down.

    ``added``: the approved paper has no such arrow.
    """

    page: int
    points: tuple[tuple[float, float], ...]
    label: str = ""
    left: bool = False
    added: bool = False


@dataclass(frozen=True)
class PageSign:
    """The sign for another page, with the number of the step it leads to or comes from, and a decision's word."""

    page: int
    x: float
    y: float
    text: str
    label: str = ""


@dataclass(frozen=True)
class Arrows:
    """All arrows of a chart, and the signs where one leaves its page."""

    ways: tuple[Way, ...]
    signs: tuple[PageSign, ...]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Everything at its place; ``heights`` of the pages."""

    title: str
    width: float
    heights: tuple[float, ...]
    columns: tuple[ChartColumn, ...]
    rows: tuple[Row, ...]
    ways: tuple[Way, ...]
    signs: tuple[PageSign, ...]


def wrapped(text: str, width: float) -> tuple[str, ...]:
    """A cell's text in lines of that width."""
    return tuple(wrap(text, max(4, int((width - PADDING) / _CHARACTER)), break_long_words=True)) or ("",)


def chart_of(title: str, columns: tuple[ChartColumn, ...], rows: tuple[Row, ...], arrows: Arrows) -> Chart:
    """The parts put together; a page is as high as its rows."""
    last = {row.page: row.y + row.height for row in rows}
    return Chart(
        title=title,
        width=columns[-1].x + columns[-1].width,
        heights=tuple(last[page] for page in sorted(last)),
        columns=columns,
        rows=rows,
        ways=arrows.ways,
        signs=arrows.signs,
    )
