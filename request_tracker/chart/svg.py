"""A chart in, SVG out: presentation attributes only, so that a strict content security policy lets it pass. Pure.

Colour is never alone: what is done carries a tick, where the case stands an arrowhead, what is late the word.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from request_tracker.chart.layout import (
    HEAD,
    LINE,
    PADDING,
    SYMBOL_HEIGHT,
    SYMBOL_WIDTH,
    Chart,
    ChartColumn,
    Mark,
    PageSign,
    Row,
    Shape,
    Symbol,
    Way,
)

_INK, _RULE, _HEAD_FILL = "#1b2733", "#8795a1", "#e8edf2"
# Light fills under dark ink: each has a contrast of more than 7 to 1 with the text (WCAG 2.1, 1.4.6).
_FILLS = {Mark.DONE: "#bfe3c9", Mark.HERE: "#ffe08a", Mark.LATE: "#f6b3a9", Mark.AHEAD: "#ffffff", None: "#ffffff"}
_ROW_FILLS = {Mark.HERE: "#fff8e1", Mark.LATE: "#fdecea"}
_WORDS = {Mark.DONE: "✓ selesai", Mark.HERE: "▶ di sini", Mark.LATE: "▶ terlambat"}
# Liberation Sans has Arial's widths, and layout.py wraps its cells by them.
_FONT = "font-family='Liberation Sans, Arial, sans-serif' font-size='8.5'"
# What the approved paper has not is drawn broken, on any printer.
_BROKEN = " stroke-dasharray='3 2'"
_NAMES = ("Mulai / selesai", "Proses", "Keputusan", "Alur kerja", "Penghubung beda halaman", "Tambahan sistem")


def draw(chart: Chart, page: int = 0) -> str:
    """One page of a chart."""
    height = chart.heights[page]
    parts = [
        *_rules(chart, page),
        *(part for row in chart.rows if row.page == page for part in _row(row, chart.columns)),
        *(_way(way) for way in chart.ways if way.page == page),
        *(_symbol(symbol) for row in chart.rows if row.page == page for symbol in row.symbols),
        *(part for way in chart.ways if way.page == page for part in _label(way)),
        *(_sign(sign) for sign in chart.signs if sign.page == page),
    ]
    return _sheet(chart.width, height, f"Bagan alir: {chart.title}", parts)


def legend() -> str:
    """The five symbols with their names, and how an addition is drawn."""
    y, step = 16.0, 150.0
    shapes = [
        _symbol(Symbol(Shape.TERMINATOR, 24, y)),
        _symbol(Symbol(Shape.PROCESS, 24 + step, y)),
        _symbol(Symbol(Shape.DECISION, 24 + 2 * step, y)),
        _way(Way(0, ((5 + 3 * step, y), (43 + 3 * step, y)))),
        _sign(PageSign(0, 24 + 4 * step, y, "")),
        _symbol(Symbol(Shape.PROCESS, 24 + 5 * step, y, added=True)),
    ]
    names = [_text(50 + place * step, y + 3, name, "start") for place, name in enumerate(_NAMES)]
    return _sheet(len(_NAMES) * step, 2 * y, "Simbol bagan alir", [*shapes, *names])


def _sheet(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    # A point of room on each side: half of an outline lies outside its path.
    size = f"viewBox='-1 -1 {width + 2:g} {height + 2:g}' width='{width + 2:g}' height='{height + 2:g}'"
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' class='chart' role='img' {size} {_FONT} fill='{_INK}'>"
        f"<title>{escape(title)}</title>"
        # refX 7 of 8: the tip touches the symbol and the line ends inside the head.
        "<defs><marker id='arrow' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='6' markerHeight='6' "
        f"orient='auto-start-reverse'><path d='M0 0 L8 4 L0 8 Z' fill='{_INK}'/></marker></defs>"
    )
    return head + "".join(parts) + "</svg>"


def _rules(chart: Chart, page: int) -> Iterator[str]:
    """The table's head and lines; actors and mutu baku have a head above their columns."""
    height = chart.heights[page]
    yield f"<rect x='0' y='0' width='{chart.width:g}' height='{height:g}' fill='#ffffff' stroke='{_INK}'/>"
    yield f"<rect x='0' y='0' width='{chart.width:g}' height='{HEAD:g}' fill='{_HEAD_FILL}' stroke='{_INK}'/>"
    first_of_groups = set()
    for name, columns in groupby((column for column in chart.columns if column.group), lambda column: column.group):
        group = list(columns)
        left, right = group[0].x, group[-1].x + group[-1].width
        first_of_groups.add(left)
        yield f"<path d='M{left:g} 18 H{right:g}' stroke='{_RULE}'/>"
        yield _text((left + right) / 2, 12.5, name, weight="bold")
    for column in chart.columns:
        below = 18 if column.group else 0
        if column.x:
            top = 0 if column.x in first_of_groups else below
            yield f"<path d='M{column.x:g} {top} V{height:g}' stroke='{_RULE}'{_BROKEN if column.added else ''}/>"
        yield from _lines(column.middle, (HEAD + below) / 2, column.title, "middle", "bold")


def _row(row: Row, columns: Sequence[ChartColumn]) -> Iterator[str]:
    if row.mark in _ROW_FILLS:
        width = columns[1].x + columns[1].width - 1
        y, height = row.y + 0.5, row.height - 1
        yield f"<rect x='0.5' y='{y:g}' width='{width:g}' height='{height:g}' fill='{_ROW_FILLS[row.mark]}'/>"
    end = columns[-1].x + columns[-1].width
    yield f"<path d='M0 {row.y + row.height:g} H{end:g}' stroke='{_RULE}' stroke-width='0.6'/>"
    for column, cell in zip(columns, row.cells, strict=True):
        if column.lane:
            continue
        middle = column is columns[0] or "Waktu" in column.title
        x = column.middle if middle else column.x + PADDING / 2
        yield from _lines(x, row.middle, cell, "middle" if middle else "start")
    word = _WORDS.get(row.mark) if row.mark else None
    if word:
        yield _text(columns[1].x + PADDING / 2, row.y + row.height - 4, word, "start", "bold")


def _symbol(symbol: Symbol) -> str:
    x, y, w, h = symbol.x - SYMBOL_WIDTH / 2, symbol.y - SYMBOL_HEIGHT / 2, SYMBOL_WIDTH, SYMBOL_HEIGHT
    paint = f"fill='{_FILLS[symbol.mark]}' stroke='{_INK}' stroke-width='{2 if symbol.mark in _ROW_FILLS else 1}'"
    paint += _BROKEN if symbol.added else ""
    if symbol.shape is Shape.DECISION:
        path = f"M{symbol.x:g} {y:g} L{x + w:g} {symbol.y:g} L{symbol.x:g} {y + h:g} L{x:g} {symbol.y:g} Z"
        body = f"<path class='decision' d='{path}' {paint}/>"
    else:
        # Rounded by half its height, a rectangle is the regulation's terminator.
        round_ = h / 2 if symbol.shape is Shape.TERMINATOR else 0
        body = (
            f"<rect class='{symbol.shape}' x='{x:g}' y='{y:g}' width='{w:g}' height='{h:g}' rx='{round_:g}' {paint}/>"
        )
    tick = _text(symbol.x, symbol.y + 3, "✓") if symbol.mark is Mark.DONE else ""
    return body + tick


def _way(way: Way) -> str:
    first, *others = way.points
    dashes = _BROKEN if way.added else ""
    path = f"M{first[0]:g} {first[1]:g} " + " ".join(f"L{x:g} {y:g}" for x, y in others)
    paint = f"fill='none' stroke='{_INK}' stroke-width='0.9'{dashes}"
    return f"<path class='way' d='{path}' {paint} marker-end='url(#arrow)'/>"


def _label(way: Way) -> Iterator[str]:
    if not way.label:
        return
    (x, y), (next_x, _) = way.points[0], way.points[1]
    word = _word(way.label)
    if next_x == x:
        yield _text(x - 3 if way.left else x + 3, y + 9, word, "end" if way.left else "start", "bold")
    else:
        left, beside = next_x < x, next_x if len(way.points) > 2 else x
        # Of a way from one actor to the next it stands above the symbols, between which there is no room.
        above = y - 3 if len(way.points) > 2 else y - SYMBOL_HEIGHT / 2 - 3
        yield _text(beside - 3 if left else beside + 3, above, word, "end" if left else "start", "bold")


def _word(label: str) -> str:
    return label.replace("_", " ").capitalize()


def _sign(sign: PageSign) -> str:
    x, y = sign.x, sign.y
    shape = f"M{x - 9:g} {y - 8:g} H{x + 9:g} V{y + 2:g} L{x:g} {y + 8:g} L{x - 9:g} {y + 2:g} Z"
    text = _text(x, y + 1.5, sign.text, "middle") if sign.text else ""
    text += _text(x, y - 11, _word(sign.label), "middle", "bold") if sign.label else ""
    return f"<path class='page' d='{shape}' fill='#ffffff' stroke='{_INK}'/>" + text


def _lines(x: float, middle: float, lines: Sequence[str], anchor: str, weight: str = "") -> Iterator[str]:
    top = middle - (len(lines) - 1) * LINE / 2 + 3
    for place, line in enumerate(lines):
        yield _text(x, top + place * LINE, line, anchor, weight)


def _text(x: float, y: float, text: str, anchor: str = "middle", weight: str = "") -> str:
    bold = f" font-weight='{weight}'" if weight else ""
    return f"<text x='{x:g}' y='{y:g}' text-anchor='{anchor}'{bold}>{escape(text)}</text>"
