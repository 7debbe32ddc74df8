"""An SOP in, a table with symbols and arrows at their places out (PermenPANRB 35/2012, annex: SOP AP, flow chart).

Columns: No, Aktivitas, the actors, Mutu Baku (kelengkapan, waktu, output), Keterangan. Lengths are in points. A page
holds whole rows; an arrow to another page ends in the sign for it (segilima). Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from textwrap import wrap

from request_tracker.sop.model import SYSTEM_LANE, Lane, Mode, Sop, Step

# Widths in points: a lane holds one symbol and room for the arrows beside it, a cell some seventeen letters a line.
NUMBER, ACTIVITY, LANE, NEEDS, TIME, OUTPUT, REMARK = 26.0, 150.0, 86.0, 92.0, 54.0, 92.0, 92.0
# The head holds four lines of an actor's name; a line is 8.5 points of type (chart/svg.py) and its leading.
HEAD, LINE, PADDING, SYMBOL_WIDTH, SYMBOL_HEIGHT = 78.0, 10.5, 8.0, 38.0, 22.0
# A row is higher than its symbol by room for an arrow. 4.9 is above the mean width of a letter of 8.5 points.
_SHORTEST_ROW, _CHARACTER = 50.0, 4.9


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
    """A column with its place; ``lane`` is empty for those that are no actor's."""

    title: tuple[str, ...]
    x: float
    width: float
    lane: str = ""

    @property
    def middle(self) -> float:
        """Its middle line."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Symbol:
    """One symbol by its centre."""

    shape: Shape
    x: float
    y: float
    mark: Mark | None = None


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
    """An arrow through these points; ``label`` is the decision's word, ``left`` of an arrow that goes down."""

    page: int
    points: tuple[tuple[float, float], ...]
    label: str = ""
    left: bool = False


@dataclass(frozen=True)
class PageSign:
    """The sign for another page, with the number of the step it leads to or comes from."""

    page: int
    x: float
    y: float
    text: str


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


def lay_out(sop: Sop, marks: Mapping[str, Mark] | None = None, rows_a_page: int = 99) -> Chart:
    """The chart of an SOP; with ``marks`` by step, of a case."""
    columns = tuple(_columns(sop))
    rows = tuple(_rows(sop, columns, marks or {}, rows_a_page))
    last = {row.page: row.y + row.height for row in rows}
    ways, signs = _ways(sop, rows)
    width = columns[-1].x + columns[-1].width
    return Chart(
        title=sop.title,
        width=width,
        heights=tuple(last[page] for page in sorted(last)),
        columns=columns,
        rows=rows,
        ways=tuple(ways),
        signs=tuple(signs),
    )


def _columns(sop: Sop) -> Iterator[ChartColumn]:
    acting = {lane for step in sop.steps.values() for lane in step.lanes}
    lanes = [(_head(lane), LANE, key) for key, lane in sop.lanes.items() if lane.printed]
    hidden = [(key, lane) for key, lane in sop.lanes.items() if not lane.printed and key in acting]
    lanes += [(f"{_head(lane)} (tidak tercetak)", LANE, key) for key, lane in hidden if key != SYSTEM_LANE]
    if SYSTEM_LANE in acting:
        lanes.append(("Sistem", LANE, SYSTEM_LANE))
    fixed = [("Kelengkapan", NEEDS, ""), ("Waktu", TIME, ""), ("Output", OUTPUT, ""), ("Keterangan", REMARK, "")]
    x = 0.0
    for name, width, lane in [("No", NUMBER, ""), ("Aktivitas", ACTIVITY, ""), *lanes, *fixed]:
        yield ChartColumn(tuple(_wrapped(name, width)), x, width, lane)
        x += width


def _head(lane: Lane) -> str:
    """A column's name, after the number that the printed table gives it."""
    return lane.name if lane.number is None else f"{lane.number}. {lane.name}"


def _rows(sop: Sop, columns: Sequence[ChartColumn], marks: Mapping[str, Mark], rows_a_page: int) -> Iterator[Row]:
    y = HEAD
    for place, step in enumerate(sorted(sop.steps.values(), key=lambda step: step.order)):
        if place and place % rows_a_page == 0:
            y = HEAD
        mark = marks.get(step.id)
        cells = tuple(
            tuple(_wrapped(text, column.width))
            for text, column in zip(_texts(sop, step, columns), columns, strict=True)
        )
        height = max(_SHORTEST_ROW, max(len(cell) for cell in cells) * LINE + 2 * PADDING)
        middles = [column.middle for lane in step.lanes for column in columns if column.lane == lane]
        shapes = _shapes(sop, step, len(middles))
        symbols = tuple(Symbol(shape, x, y + height / 2, mark) for shape, x in zip(shapes, middles, strict=True))
        yield Row(step=step.id, page=place // rows_a_page, y=y, height=height, cells=cells, symbols=symbols, mark=mark)
        y += height


def _texts(sop: Sop, step: Step, columns: Sequence[ChartColumn]) -> Iterator[str]:
    needs = "; ".join(sop.documents[key].name for key in step.requires if key in sop.documents)
    output = "; ".join(sop.documents[key].name for key in step.outputs if key in sop.documents)
    time = str(step.time).replace("_", " ") if step.time else ""
    yield from (str(step.order), step.text)
    yield from ("" for column in columns if column.lane)
    yield from (needs, time, output, _remark(sop, step))


def _remark(sop: Sop, step: Step) -> str:
    said = []
    if step.copies_to:
        said.append("tembusan: " + ", ".join(sop.lanes[lane].name for lane in step.copies_to if lane in sop.lanes))
    if len(step.lanes) > 1 and step.mode is not Mode.IN_ORDER:
        said.append({Mode.ALL: "semua pelaksana", Mode.ANY: "salah satu pelaksana"}[step.mode])
    said += [f"{_said(label)}: berakhir {_said(way.end)}" for label, way in step.decision.items() if way.end]
    if step.inferred:
        said.append("pelaksana disimpulkan")
    if step.printed_text:
        said.append(f"tertulis: “{step.printed_text}”")
    return "; ".join(said)


def _said(key: str) -> str:
    return key.replace("_", " ")


def _shapes(sop: Sop, step: Step, actors: int) -> list[Shape]:
    """Of the actors in their order: the first begins the SOP, the last decides or ends it, all else is a process."""
    shapes = [Shape.PROCESS] * actors
    if actors and step.id == sop.start:
        shapes[0] = Shape.TERMINATOR
    if actors and any(target.end for target in step.targets):
        shapes[-1] = Shape.TERMINATOR
    if actors and step.decision:
        shapes[-1] = Shape.DECISION
    return shapes


def _ways(sop: Sop, rows: Sequence[Row]) -> tuple[list[Way], list[PageSign]]:
    by_step = {row.step: row for row in rows}
    ways: list[Way] = []
    signs: list[PageSign] = []
    for row in rows:
        ways += [_joined(row, a, b) for a, b in pairwise(row.symbols)]
        step = sop.steps[row.step]
        onward = [(step.next, "")] if step.next else []
        aside = any(way.end or _forward(by_step.get(way.step or ""), row) for way in step.decision.values())
        for turn, (target, label) in enumerate([*onward, *((way, word) for word, way in step.decision.items())]):
            reached = by_step.get(target.step or "")
            if target.end and label and row.symbols:
                ways.append(_ended(row, label))
            if reached is None or not row.symbols or not reached.symbols:
                continue
            if reached.page == row.page:
                ways.append(_between(row, reached, label, turn, aside))
            else:
                signs += _page_signs(row, reached)
    return ways, signs


def _forward(reached: Row | None, row: Row) -> bool:
    """Whether a way leaves to the right: on to a row that is not the next one."""
    return reached is not None and (reached.page, reached.y) > (row.page, row.y + row.height)


def _joined(row: Row, symbol: Symbol, other: Symbol) -> Way:
    toward = 1 if other.x > symbol.x else -1
    half = SYMBOL_WIDTH / 2
    return Way(row.page, ((symbol.x + toward * half, symbol.y), (other.x - toward * half, other.y)))


def _between(row: Row, reached: Row, label: str, turn: int, aside: bool) -> Way:
    """Down to the next row through the line between; elsewhere by a track beside the lane, across no symbol."""
    begin, end = row.symbols[-1], reached.symbols[0]
    bottom, top = row.y + row.height, end.y - SYMBOL_HEIGHT / 2
    # The next row: straight down, through the line between the two.
    if bottom == reached.y:
        # Where both stand in one lane, two of the four points are one; dict.fromkeys leaves them out.
        points = [(begin.x, begin.y + SYMBOL_HEIGHT / 2), (begin.x, bottom), (end.x, bottom), (end.x, top)]
        return Way(row.page, tuple(dict.fromkeys(points)), label, aside)
    side = 1 if end.x >= begin.x and reached.y > row.y else -1
    # 9 points leave room for an arrowhead beside the symbol; each further way of a decision has its track 4 beyond.
    track = begin.x + side * (SYMBOL_WIDTH / 2 + 9 + 4 * turn)
    # Ways down and ways up enter a row at different heights, so that they never lie on one another.
    above = reached.y + 4 if reached.y > row.y else reached.y + 3
    points = [
        (begin.x + side * SYMBOL_WIDTH / 2, begin.y),
        (track, begin.y),
        (track, above),
        (end.x, above),
        (end.x, top),
    ]
    return Way(row.page, tuple(points), label)


def _ended(row: Row, label: str) -> Way:
    """A decision that ends the case: an arrow out of the diamond; the remark says which end."""
    begin = row.symbols[-1].x + SYMBOL_WIDTH / 2
    return Way(row.page, ((begin, row.middle), (begin + 16, row.middle)), label)


def _page_signs(row: Row, reached: Row) -> list[PageSign]:
    # A page sign is 16 high about its centre (chart/svg.py): 9 points keep it inside its row.
    below = row.y + row.height - 9
    return [
        PageSign(row.page, row.symbols[-1].x, below, reached.cells[0][0]),
        PageSign(reached.page, reached.symbols[0].x, reached.y + 9, row.cells[0][0]),
    ]


def _wrapped(text: str, width: float) -> list[str]:
    return wrap(text, max(4, int((width - PADDING) / _CHARACTER)), break_long_words=True) or [""]
