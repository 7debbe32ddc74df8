"""The pictures of the quarterly evaluation: bars of the same tables; SVG, the same text each time. Pure."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from request_tracker.evidence.uptime import said
from request_tracker.letters.quarter.cells import cell_text
from request_tracker.letters.quarter.tables import causes, roles
from request_tracker.reports.quarter import Evaluation, UplinkQuarter
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.spreadsheet_text import ShareCell

_STYLE: dict[Any, Any] = {"svg.hashsalt": "lebarpita", "svg.fonttype": "path", "font.size": 8}
_BLUE, _PALE, _GREY = "#2f6690", "#c9d6e2", "#9a9a9a"
_ROW_INCHES, _FRAME_INCHES, _LEAST_INCHES = 0.21, 0.6, 1.3
_SHORT = 12  # Letters of a figure; more of them stand in more room.
_FEWEST = 4  # Rows: a single bar would fill the picture.
_LETTERS = 34  # Of a label: longer ones would leave no room for the bars.
_NOTHING = Both("belum ada", "none")
Bar = tuple[str, float | None, str]


def requests_chart(of: Evaluation, language: str) -> str:
    """Left what became of the requests, right who was in time."""
    counted: dict[str, int] = {}
    for row in of.volumes:
        for outcome, count in row.outcomes if row.kind == "request" else ():
            name = phrase(outcome).said(language)
            counted[name] = counted.get(name, 0) + count
    left: list[Bar] = [(name, float(count), str(count)) for name, count in counted.items()]
    right = [_share(row[0], row[3], language) for row in roles(of).rows]
    titles = (
        Both("Permohonan menurut hasil", "Requests by outcome"),
        Both("Tepat waktu menurut peran", "In time by role"),
    )
    return _pair((left, right), [title.said(language) for title in titles], language)


def outages_chart(of: Evaluation, language: str) -> str:
    """Left what outages cost by cause, right how available the uplinks were."""
    left = [(cell_text(row[0], language), float(str(row[3])), cell_text(row[3], language)) for row in causes(of).rows]
    right = [_uplink(of, row, language) for row in of.uplinks]
    titles = (
        Both("Menit-OPD yang hilang menurut penyebab", "Office-minutes lost by cause"),
        Both("Ketersediaan uplink", "Availability of the uplinks"),
    )
    return _pair((left, right), [title.said(language) for title in titles], language)


def _share(name: Any, value: Any, language: str) -> Bar:
    """A bar of a share; a grey stub where it cannot be judged."""
    return cell_text(name, language), float(value) if isinstance(value, ShareCell) else None, cell_text(value, language)


def _uplink(of: Evaluation, row: UplinkQuarter, language: str) -> Bar:
    uptime = row.uptime
    text = said(uptime.share, uptime.measured_share, of.least).said(language)
    return of.line_names.get(row.uplink, row.uplink), uptime.judged(of.least), text


def _pair(both: tuple[Sequence[Bar], Sequence[Bar]], titles: Sequence[str], language: str) -> str:
    rows = max(_FEWEST, *(len(bars) for bars in both))
    with matplotlib.rc_context(_STYLE):
        height = max(_LEAST_INCHES, _ROW_INCHES * rows + _FRAME_INCHES)
        figure = Figure(figsize=(7.2, height), layout="constrained")
        for axes, bars, title, shares in zip(figure.subplots(1, 2), both, titles, (False, True), strict=True):
            axes.set_title(title, fontsize=9, loc="left")
            _bars(axes, bars, (shares, rows), language)
        svg = BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
    return svg.getvalue().decode()


def _bars(axes: Any, bars: Sequence[Bar], of: tuple[bool, int], language: str) -> None:
    """Bars of one thickness, however few; ``of``: whether they are shares, and for how many rows there is room."""
    shares, rows = of
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xticks([])
    if not bars:
        axes.set_yticks([])
        axes.text(0, 0.5, _NOTHING.said(language), transform=axes.transAxes, color=_GREY)
        return
    names = [name if len(name) <= _LETTERS else f"{name[:_LETTERS]}…" for name, _, _ in bars]
    places = range(len(bars))
    most = 1.0 if shares else max((value or 0.0 for _, value, _ in bars), default=1.0) or 1.0
    if shares:
        axes.barh(places, [most] * len(bars), color=_PALE, height=0.6)
    axes.barh(places, [value or 0.0 for _, value, _ in bars], color=_BLUE, height=0.6)
    for place, (_, value, text) in enumerate(bars):
        colour = _GREY if value is None else "black"
        at = most if shares else value or 0.0
        axes.text(at + most * 0.02, place, text, va="center", fontsize=7.5, color=colour)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    # Room for the figure beside the longest bar.
    axes.set_xlim(0, most * (1.35 if all(len(text) < _SHORT for _, _, text in bars) else 2.4))
    axes.set_ylim(max(len(bars), rows) - 0.4, -0.6)
