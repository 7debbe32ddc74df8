"""Pictures of an OPD's use, for pages and papers: points in, SVG out; the same text each time. Gaps stay gaps."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter
from matplotlib.figure import Figure

Points = Sequence[Sequence[float]]
Local = Callable[[datetime], datetime]
# Megabits in a byte: the axis is in Mbit/s, the points are bytes a second.
MEGABITS_A_BYTE = 8e-6
# Points further apart than so many of the shortest step have one missing between them; clocks jitter by less.
MISSING = 1.5
_WAYS = (("receive", "unduh", "#2f6690"), ("transmit", "unggah", "#b5651d"))
_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
# A fixed salt: matplotlib numbers its clip paths by a hash that is random otherwise. Text as paths needs no font later.
_STYLE: dict[Any, Any] = {"svg.hashsalt": "lebarpita", "svg.fonttype": "path", "font.size": 8}


def graph(receive: Points, transmit: Points, allocation: Mapping[str, Any] | None, local: Local) -> str:
    """Both directions over time with their ceilings."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 2.4), layout="constrained")
        _lines(figure.subplots(), (receive, transmit), allocation, local)
        return _svg(figure)


def week_and_line(use: Mapping[str, Any], local: Local) -> str:
    """The same above two heat strips: the mean of every hour of the week, each way; white is not measured."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 3.9), layout="constrained")
        panes = figure.subplot_mosaic([["line", "line"], ["receive", "transmit"]], height_ratios=(1.25, 1))
        _lines(panes["line"], [use[way]["hourly"] for way, _, _ in _WAYS], use["allocation"], local)
        for way, name, _ in _WAYS:
            _week(figure, panes[way], name, use[way]["week"])
        return _svg(figure)


def with_gaps(points: Points) -> list[tuple[float, float]]:
    """The points with a hole wherever one is missing, so that no line is drawn over what was not measured."""
    steps = [later[0] - sooner[0] for sooner, later in pairwise(points)]
    drawn: list[tuple[float, float]] = []
    for (at, value), step in zip(points, [0.0, *steps], strict=True) if points else ():
        if step > MISSING * min(steps, default=step):
            drawn.append((at - step / 2, math.nan))
        drawn.append((at, value))
    return drawn


def _lines(axes: Any, both: Sequence[Points], allocation: Mapping[str, Any] | None, local: Local) -> None:
    for (way, name, colour), points in zip(_WAYS, both, strict=True):
        times = [local(datetime.fromtimestamp(at, UTC)).replace(tzinfo=None) for at, _ in with_gaps(points)]
        rates = [value * MEGABITS_A_BYTE for _, value in with_gaps(points)]
        axes.plot(times, rates, color=colour, linewidth=0.9, label=name)
        if allocation:
            ceiling = allocation[f"{way}_ceiling"] * MEGABITS_A_BYTE
            axes.axhline(ceiling, color=colour, linestyle="--", linewidth=0.8, label=f"batas {name}")
    axes.set_ylabel("Mbit/s")
    axes.set_ylim(bottom=0)
    days = DateFormatter("%d-%m")  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    axes.xaxis.set_major_formatter(days)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, ncols=4)


def _week(figure: Figure, axes: Axes, name: str, week: Sequence[Sequence[float | None]]) -> None:
    axes.set_title(f"Rata-rata {name} per jam (Mbit/s)", fontsize=8)
    rows = [[math.nan if value is None else value * MEGABITS_A_BYTE for value in day] for day in week]
    axes.set_xticks(range(0, 25, 6), [f"{hour:02d}" for hour in range(0, 25, 6)])
    axes.set_yticks([place + 0.5 for place in range(7)], _DAYS)
    axes.set_xlim(0, 24)
    axes.set_ylim(7, 0)
    if any(not math.isnan(value) for row in rows for value in row):
        drawn = axes.pcolormesh(range(25), range(8), rows, cmap="Blues", vmin=0, edgecolors="face", linewidth=0.1)
        figure.colorbar(drawn, ax=axes, pad=0.02, format=lambda value, _: f"{value:g}".replace(".", ","))


def _svg(figure: Figure) -> str:
    svg = BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None})
    return svg.getvalue().decode()
