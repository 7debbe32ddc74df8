"""An SOP in, the chart of its approved paper out: the paper's words, its symbols in its columns, nothing left out.

What the tracker adds (an actor that the paper does not name, a way back, an end without a symbol) is drawn broken, and
said in a last column of its own that is no part of the paper. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence

from request_tracker.chart.arrows import arrows
from request_tracker.chart.layout import (
    HEAD,
    LINE,
    PADDING,
    STANDARD,
    Chart,
    ChartColumn,
    Row,
    Shape,
    Symbol,
    chart_of,
    wrapped,
)
from request_tracker.chart.swimlanes import shapes_of
from request_tracker.chart.wording import lane_name, wording_of
from request_tracker.sop.model import SYSTEM_LANE, Lane, Mode, Sop, Step
from request_tracker.sop.printed import PrintHeads, PrintRow, PrintSymbol

# Widths in points. Narrower actors than on the screen and a wider activity: the paper's sentences are longer.
NUMBER, ACTIVITY, LANE, NEEDS, TIME, OUTPUT, REMARK, ADDED = 26.0, 160.0, 84.0, 88.0, 50.0, 88.0, 60.0, 92.0
# A symbol of 22 in the middle, and above or below it a sign for another page, 16 high at a distance of one.
LOWEST_ROW = 56.0
# Of a page's width: sop.typ gives a chart 25.7 cm of A4 across; the legend below it has two centimetres.
PAGE_SHARE = 0.6
ADDED_HEAD = "Tambahan sistem (tidak tercetak)"
_SHAPES = {
    PrintSymbol.BEGIN_END: Shape.TERMINATOR,
    PrintSymbol.PROCESS: Shape.PROCESS,
    PrintSymbol.DECISION: Shape.DECISION,
}


def lay_out_approved(sop: Sop) -> Chart:
    """The chart of the approved paper, on as many pages as it needs to be read."""
    columns = tuple(_columns(sop, wording_of(sop).heads))
    rows = tuple(_rows(sop, columns))
    return chart_of(wording_of(sop).title, columns, rows, arrows(sop, rows))


def additions(sop: Sop, row: PrintRow) -> tuple[str, ...]:
    """What the tracker does at a row's step that the paper does not say, in the words of the last column."""
    step = sop.steps[row.step]
    said = []
    if step.lanes == (SYSTEM_LANE,):
        said.append("dikerjakan sistem")
    if any(lane in sop.lanes and lane not in row.symbols for lane in step.lanes):
        said.append("pelaksana disimpulkan")
    if len(step.lanes) > 1:
        said.append(
            {Mode.IN_ORDER: "berurutan", Mode.ALL: "semua pelaksana", Mode.ANY: "salah satu pelaksana"}[step.mode]
        )
    if step.copies_to:
        said.append("tembusan: " + ", ".join(sop.lanes[lane].name for lane in step.copies_to))
    said += _turns(sop, step, row)
    return tuple(said)


def _turns(sop: Sop, step: Step, row: PrintRow) -> Iterator[str]:
    """Where the step may lead otherwise than down, and who may not do it."""
    numbers = {entry.step: entry.number.rstrip(".") for entry in wording_of(sop).rows}
    if step.different_people:
        yield "empat mata"
    if step.back:
        yield f"dapat kembali ke {numbers[step.back]}"
    # Where the paper's cells are empty, the symbols drawn broken say it.
    if step.decision and row.symbols and PrintSymbol.DECISION not in row.symbols.values():
        yield "diputuskan di sini"
    if step.next and step.next.end and row.symbols and PrintSymbol.BEGIN_END not in row.symbols.values():
        yield f"berakhir {_said(step.next.end)}"
    if step.emergency_parallel:
        yield "keadaan darurat: boleh menyusul"


def _columns(sop: Sop, heads: PrintHeads) -> Iterator[ChartColumn]:
    rows = {row.step: row for row in wording_of(sop).rows}
    used = {lane for step in sop.steps.values() for lane in step.lanes if lane in sop.lanes}
    parts = [(heads.number, NUMBER, "", "", False), (heads.activity, ACTIVITY, "", "", False)]
    parts += [(_head(sop, lane), LANE, key, heads.lanes, False) for key, lane in sop.lanes.items() if lane.printed]
    unprinted = [lane for key, lane in sop.lanes.items() if not lane.printed and key in used]
    parts += [(f"{lane.name} (tidak tercetak)", LANE, lane.key, heads.lanes, True) for lane in unprinted]
    if any(step.lanes == (SYSTEM_LANE,) and not rows[step.id].symbols for step in sop.steps.values()):
        parts.append(("Sistem (tidak tercetak)", LANE, SYSTEM_LANE, heads.lanes, True))
    parts += [(heads.requirements, NEEDS, "", STANDARD, False), (heads.time, TIME, "", STANDARD, False)]
    parts += [(heads.output, OUTPUT, "", STANDARD, False), (heads.remark, REMARK, "", "", False)]
    x = 0.0
    for title, width, lane_key, group, added in [*parts, (ADDED_HEAD, ADDED, "", "", True)]:
        yield ChartColumn(wrapped(title, width), x, width, lane_key, group, added)
        x += width


def _head(sop: Sop, lane: Lane) -> str:
    name = lane_name(sop, lane)
    return name if lane.number is None else f"{lane.number}. {name}"


def _rows(sop: Sop, columns: Sequence[ChartColumn]) -> Iterator[Row]:
    longest = (columns[-1].x + columns[-1].width) * PAGE_SHARE
    y, page = HEAD, 0
    for row in wording_of(sop).rows:
        cells = tuple(
            wrapped(text, column.width) for text, column in zip(_texts(sop, row, columns), columns, strict=True)
        )
        height = max(LOWEST_ROW, max(len(cell) for cell in cells) * LINE + 2 * PADDING)
        if y + height > longest and y > HEAD:
            y, page = HEAD, page + 1
        symbols = tuple(_symbols(sop, row, columns, y + height / 2))
        yield Row(step=row.step, page=page, y=y, height=height, cells=cells, symbols=symbols)
        y += height


def _texts(sop: Sop, row: PrintRow, columns: Sequence[ChartColumn]) -> Iterator[str]:
    yield from (row.number, row.activity)
    yield from ("" for column in columns if column.lane)
    yield from (row.requirements, row.time, row.output, row.remark, "; ".join(additions(sop, row)))


def _symbols(sop: Sop, row: PrintRow, columns: Sequence[ChartColumn], y: float) -> Iterator[Symbol]:
    """The step's actors in their order, then who stands in the paper's row besides."""
    step, middles = sop.steps[row.step], {column.lane: column.middle for column in columns if column.lane}
    acting = [lane for lane in step.lanes if lane in middles]
    shapes = dict(zip(acting, shapes_of(sop, step, len(acting)), strict=True))
    if row.symbols:
        # A begin or an end stands where the paper has it, and once.
        shapes = {lane: Shape.DECISION if shape is Shape.DECISION else Shape.PROCESS for lane, shape in shapes.items()}
    for lane in dict.fromkeys([*acting, *_by_column(row.symbols, columns)]):
        drawn = row.symbols.get(lane)
        yield Symbol(_SHAPES[drawn] if drawn else shapes[lane], middles[lane], y, added=drawn is None)


def _by_column(symbols: Mapping[str, PrintSymbol], columns: Sequence[ChartColumn]) -> list[str]:
    return [column.lane for column in columns if column.lane in symbols]


def _said(key: str) -> str:
    return key.replace("_", " ")
