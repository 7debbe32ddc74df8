"""An SOP as the tracker runs it in, its flow chart in the screen's words out (PermenPANRB 35/2012, annex: SOP AP).

Columns: No, Aktivitas, the actors, Mutu Baku (kelengkapan, waktu, output), Keterangan. A page holds whole rows; an
arrow to another page ends in the sign for it (segilima). With marks it is the chart of a case. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence

from request_tracker.chart.arrows import arrows
from request_tracker.chart.layout import (
    ACTORS,
    HEAD,
    LINE,
    PADDING,
    SHORTEST_ROW,
    STANDARD,
    Chart,
    ChartColumn,
    Mark,
    Row,
    Shape,
    Symbol,
    chart_of,
    wrapped,
)
from request_tracker.sop.model import SYSTEM_LANE, Lane, Mode, Sop, Step

# Widths in points: a lane holds one symbol and room for the arrows beside it, a cell some seventeen letters a line.
NUMBER, ACTIVITY, LANE, NEEDS, TIME, OUTPUT, REMARK = 26.0, 150.0, 86.0, 92.0, 54.0, 92.0, 92.0


def lay_out(sop: Sop, marks: Mapping[str, Mark] | None = None, rows_a_page: int = 99) -> Chart:
    """The chart of an SOP; with ``marks`` by step, of a case."""
    columns = tuple(_columns(sop))
    rows = tuple(_rows(sop, columns, marks or {}, rows_a_page))
    return chart_of(sop.title, columns, rows, arrows(sop, rows))


def shapes_of(sop: Sop, step: Step, actors: int) -> list[Shape]:
    """Of the actors in their order: the first begins the SOP, the last decides or ends it, all else is a process."""
    shapes = [Shape.PROCESS] * actors
    if actors and step.id == sop.start:
        shapes[0] = Shape.TERMINATOR
    if actors and any(target.end for target in step.targets):
        shapes[-1] = Shape.TERMINATOR
    if actors and step.decision:
        shapes[-1] = Shape.DECISION
    return shapes


def head_of(lane: Lane) -> str:
    """A column's name, after the number that the printed table gives it."""
    return lane.name if lane.number is None else f"{lane.number}. {lane.name}"


def _columns(sop: Sop) -> Iterator[ChartColumn]:
    acting = {lane for step in sop.steps.values() for lane in step.lanes}
    lanes = [(head_of(lane), LANE, key) for key, lane in sop.lanes.items() if lane.printed]
    hidden = [(key, lane) for key, lane in sop.lanes.items() if not lane.printed and key in acting]
    lanes += [(f"{head_of(lane)} (tidak tercetak)", LANE, key) for key, lane in hidden if key != SYSTEM_LANE]
    if SYSTEM_LANE in acting:
        lanes.append(("Sistem", LANE, SYSTEM_LANE))
    fixed = [("Kelengkapan", NEEDS, ""), ("Waktu", TIME, ""), ("Output", OUTPUT, ""), ("Keterangan", REMARK, "")]
    x = 0.0
    for name, width, lane in [("No", NUMBER, ""), ("Aktivitas", ACTIVITY, ""), *lanes, *fixed]:
        group = ACTORS if lane else STANDARD if name in ("Kelengkapan", "Waktu", "Output") else ""
        yield ChartColumn(wrapped(name, width), x, width, lane, group)
        x += width


def _rows(sop: Sop, columns: Sequence[ChartColumn], marks: Mapping[str, Mark], rows_a_page: int) -> Iterator[Row]:
    y = HEAD
    for place, step in enumerate(sorted(sop.steps.values(), key=lambda step: step.order)):
        if place and place % rows_a_page == 0:
            y = HEAD
        mark = marks.get(step.id)
        cells = tuple(
            wrapped(text, column.width) for text, column in zip(_texts(sop, step, columns), columns, strict=True)
        )
        height = max(SHORTEST_ROW, max(len(cell) for cell in cells) * LINE + 2 * PADDING)
        middles = [column.middle for lane in step.lanes for column in columns if column.lane == lane]
        shapes = shapes_of(sop, step, len(middles))
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
