"""Columns that stand on each other over time, in, SVG out; each column is a link to its own time. Pure.

Presentation attributes and classes of the sheet, so that a strict content security policy lets it pass and lines are
seen on a dark page too, and no text: the picture is drawn out to any width, and what is written beside it stays
readable on a telephone. Its figures stand in a table as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, pairwise

from markupsafe import Markup

# Okabe and Ito's colours, which all eyes tell apart, in the order of the layers; grey is what no layer names.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#b8a800")
REST = "#9aa5b1"
# Units of the drawing; only their ratio to a column's width matters, for the drawing is stretched.
WIDTH, HEIGHT = 720.0, 240.0
# Between two columns, as a share of one.
_GAP = 0.12
# Steps of a scale, times a power of ten, whose half a person reads at once too.
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class StackColumn:
    """``sizes`` of the layers from below, the rest last; ``title`` is shown under the pointer."""

    sizes: Sequence[float]
    href: str
    title: str


def scale_of(largest: float) -> float:
    """The top of the scale: the next number that is easily read."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** (len(f"{int(largest)}") - 1) if largest >= 1 else 1.0
    return next(step * power for step in _NICE if step * power >= largest)


def draw_columns(columns: Sequence[StackColumn], before: Sequence[float], top: float) -> Markup:
    """The picture; ``before`` (may be empty) is a dashed line with a value for each column, ``top`` its upper edge."""
    width = WIDTH / max(1, len(columns))
    parts = [_rule(HEIGHT * share) for share in (0.0, 0.5)]
    parts += [_column(column, place * width, width, top) for place, column in enumerate(columns)]
    if before:
        points = " ".join(
            f"{place * width:.2f},{y:.2f} {(place + 1) * width:.2f},{y:.2f}"
            for place, y in enumerate(HEIGHT - HEIGHT * min(value, top) / top for value in before)
        )
        parts.append(f"<polyline class='part-before' points='{points}' vector-effect='non-scaling-stroke'/>")
    head = f"<svg xmlns='http://www.w3.org/2000/svg' class='columns' viewBox='0 0 {WIDTH:g} {HEIGHT:g}' "
    return Markup(head + "preserveAspectRatio='none' aria-hidden='true' focusable='false'>" + "".join(parts) + "</svg>")


def swatch(place: int | None) -> Markup:
    """The colour of a layer, for its name beside the picture; of the rest where it is None or beyond the colours."""
    colour = COLOURS[place] if place is not None and place < len(COLOURS) else REST
    return Markup(
        "<svg xmlns='http://www.w3.org/2000/svg' class='swatch' viewBox='0 0 10 10' width='10' height='10' "
        f"aria-hidden='true' focusable='false'><rect width='10' height='10' fill='{colour}'/></svg>"
    )


def _rule(y: float) -> str:
    return f"<line class='part-rule' x1='0' x2='{WIDTH:g}' y1='{y:g}' y2='{y:g}' vector-effect='non-scaling-stroke'/>"


def _column(column: StackColumn, left: float, width: float, top: float) -> str:
    """One link: what it shows under the pointer, its layers from below, and a field that can be hit."""
    edges = [HEIGHT - HEIGHT * sum_ / top for sum_ in accumulate(column.sizes, initial=0.0)]
    x, wide = left + width * _GAP / 2, width * (1 - _GAP)
    layers = "".join(
        f"<rect x='{x:.2f}' y='{upper:.2f}' width='{wide:.2f}' height='{lower - upper:.2f}' fill='{colour}'/>"
        for (lower, upper), colour in zip(pairwise(edges), _colours(len(column.sizes)), strict=True)
        if lower > upper
    )
    return (
        f"<a href='{escape(column.href)}' tabindex='-1'><title>{escape(column.title)}</title>"
        f"<rect x='{left:.2f}' y='0' width='{width:.2f}' height='{HEIGHT:g}' fill='#ffffff' fill-opacity='0'/>"
        f"{layers}</a>"
    )


def _colours(count: int) -> tuple[str, ...]:
    """Those of the layers; the last is the rest's."""
    return (*COLOURS[: count - 1], REST)
