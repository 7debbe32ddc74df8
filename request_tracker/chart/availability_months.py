"""Months of a line's availability, in, SVG out: a column each, below it how much of the month was measured. Pure.

A line that is down for an hour is up for 99.9 % of a month: a scale from nought would show nothing. So the scale begins
at a floor, which is written beside it, and what was lost is drawn from above in its own colour. A month of which too
little was measured is grey with a broken outline over its whole height: neither up nor down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

# Units of the drawing, which is stretched to its place: the columns, a gap, the strip of what was measured.
_WIDTH, _HEIGHT, _GAP, _STRIP = 720.0, 180.0, 14.0, 26.0
# Between two columns, as a share of one.
_BETWEEN = 0.16
# Where the scale may begin; the first that is below everything measured. Below 99 % people stop telling tenths apart.
_FLOORS = (0.99, 0.98, 0.95, 0.9, 0.75, 0.5)
_THIN = " vector-effect='non-scaling-stroke'"


@dataclass(frozen=True, kw_only=True)
class AvailabilityMonth:
    """``share`` is None where it cannot be judged; ``measured`` is the share of the month's time, 0 to 1."""

    share: float | None
    measured: float
    href: str
    title: str


def floor_of(shares: Sequence[float]) -> float:
    """Where the scale begins: below the lowest share, 0 to 1."""
    lowest = min(shares, default=1.0)
    return next((floor for floor in _FLOORS if floor < lowest), 0.0)


def draw_months(months: Sequence[AvailabilityMonth], floor: float) -> Markup:
    """The picture. Each month is a link to its own page; the names, the scale and the figures stand beside it."""
    whole = _HEIGHT + _GAP + _STRIP
    wide = _WIDTH / max(1, len(months))
    parts = [
        f"<line class='part-rule' x1='0' x2='{_WIDTH:g}' y1='{y:g}' y2='{y:g}'{_THIN}/>"
        for y in (0.0, _HEIGHT / 2, _HEIGHT)
    ]
    for place, month in enumerate(months):
        left, width = place * wide + wide * _BETWEEN / 2, wide * (1 - _BETWEEN)
        parts.append(
            f"<a href='{escape(month.href)}' tabindex='-1'><title>{escape(month.title)}</title>"
            f"<rect x='{place * wide:.2f}' y='0' width='{wide:.2f}' height='{whole:g}' fill-opacity='0'/>"
            f"{''.join(_column(month, (left, width), floor))}</a>"
        )
    head = f"<svg xmlns='http://www.w3.org/2000/svg' class='columns' viewBox='0 0 {_WIDTH:g} {whole:g}' "
    return Markup(head + "preserveAspectRatio='none' aria-hidden='true' focusable='false'>" + "".join(parts) + "</svg>")


def _column(month: AvailabilityMonth, place: tuple[float, float], floor: float) -> Iterator[str]:
    if month.share is None:
        yield _rect("part-unknown", place, (0.0, _HEIGHT))
    else:
        top = _HEIGHT * (1 - (max(month.share, floor) - floor) / (1 - floor))
        yield _rect("part-lost", place, (0.0, top))
        yield _rect("part-up", place, (top, _HEIGHT))
    strip = _HEIGHT + _GAP
    yield _rect("part-edge", place, (strip, strip + _STRIP))
    yield _rect("part-measured", place, (strip + _STRIP * (1 - month.measured), strip + _STRIP))


def _rect(kind: str, place: tuple[float, float], heights: tuple[float, float]) -> str:
    (left, width), (upper, lower) = place, heights
    return (
        f"<rect class='{kind}' x='{left:.2f}' y='{upper:.2f}' width='{width:.2f}' height='{lower - upper:.2f}'{_THIN}/>"
    )
