"""A share as one bar, in, SVG out: it stands in the cell of a table beside its name and its figure. Pure.

The text is the table's own, so that the chart is read by everybody and at any width; the bar is drawn out to its cell.
Colours are classes of the sheet, dark or light as the page is.
"""

from markupsafe import Markup

# Units of the drawing; the cell stretches it.
_WIDTH, _HEIGHT = 100.0, 10.0


def draw_bar(share: float | None) -> Markup:
    """A bar of ``share``, 0 to 1; of what is unknown (None) an empty one with a broken outline, never one of nought."""
    if share is None:
        return _sheet(f"<rect class='part-unknown' width='{_WIDTH:g}' height='{_HEIGHT:g}'{_OUTLINE}/>")
    length = _WIDTH * min(max(share, 0.0), 1.0)
    back = f"<rect class='part-rest' width='{_WIDTH:g}' height='{_HEIGHT:g}'/>"
    return _sheet(f"{back}<rect class='part-up' width='{length:.2f}' height='{_HEIGHT:g}'/>")


# However far the drawing is stretched its outline stays as thin.
_OUTLINE = " vector-effect='non-scaling-stroke'"


def _sheet(parts: str) -> Markup:
    return Markup(
        f"<svg xmlns='http://www.w3.org/2000/svg' class='bar' viewBox='0 0 {_WIDTH:g} {_HEIGHT:g}' "
        f"preserveAspectRatio='none' aria-hidden='true' focusable='false'>{parts}</svg>"
    )
