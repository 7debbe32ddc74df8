"""Pictures of an OPD's use, for pages and papers: points in, SVG out; the same text each time. Gaps stay gaps."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

Points = Sequence[Sequence[float]]
Local = Callable[[datetime], datetime]
Drawing = Callable[[Points, Points, "Limits", Local, str], str]
# Megabits in a byte: the axis is in Mbit/s, the points are bytes a second.
MEGABITS_A_BYTE = 8e-6
# Points further apart than so many of the shortest step have one missing between them; clocks jitter by less.
MISSING = 1.5
_WAYS = (("receive", "unduh", "#2f6690"), ("transmit", "unggah", "#b5651d"))
MADE_UP = "data karangan (demo)"
_ENGLISH = {
    "karangan": "invented",
    "unduh": "download",
    "unggah": "upload",
    "batas": "ceiling of",
    "diminta,": "asked,",
}
_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
# A fixed salt: matplotlib numbers its clip paths by a hash that is random otherwise. Text as paths needs no font later.
_STYLE: dict[Any, Any] = {"svg.hashsalt": "lebarpita", "svg.fonttype": "path", "font.size": 8}


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """What a graph is drawn on: inches, and its letters' points."""

    width: float
    height: float
    letters: float


# A column of A4; and a telephone of 360 pixels between its margins, where a point is a pixel and a third.
_PAPER = _Sheet(width=7.2, height=2.4, letters=8)
_ABOVE: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "frameon": False, "ncols": 4}
_PHONE = _Sheet(width=3.3, height=3.0, letters=8.5)
# Days at the axis of a narrow graph, each with its date.
_PHONE_DAYS = 5


@dataclass(frozen=True)
class Limits:
    """The lines beside the use, by direction: the ceilings in force with their begins, and what is asked for.

    ``made_up_before`` (Unix seconds): of a demo, what was drawn of before was invented, and the picture says so.
    """

    ceilings: Mapping[str, Points] = field(default_factory=dict)
    wishes: Mapping[str, float] = field(default_factory=dict)
    made_up_before: float | None = None


def limits_of(use: Mapping[str, Any], wanted: Mapping[str, Any] | None = None) -> Limits:
    """The lines of a frozen report; one that was frozen before its ceilings were kept has the last one all the time."""
    allocation = use["allocation"] or {}
    last = {way: allocation.get(f"{way}_ceiling") for way, _, _ in _WAYS}
    # A ceiling without a begin is drawn from the first point on.
    ceilings = {way: use[way].get("ceilings") or ([(0.0, last[way])] if last[way] else ()) for way in last}
    wishes = {way: wanted[f"{way}_ceiling"] for way in last} if wanted else {}
    return Limits(ceilings, wishes, use.get("made_up_before"))


def graph(receive: Points, transmit: Points, limits: Limits, local: Local, language: str = "id") -> str:
    """Both directions over time with the ceilings in force, and what is asked for."""
    return _graph(_PAPER, (receive, transmit), limits, local, language)


def phone_graph(receive: Points, transmit: Points, limits: Limits, local: Local, language: str = "id") -> str:
    """The same as high and as narrow as a telephone: its letters keep their size there."""
    return _graph(_PHONE, (receive, transmit), limits, local, language)


def _graph(sheet: _Sheet, both: Sequence[Points], limits: Limits, local: Local, language: str) -> str:
    with matplotlib.rc_context({**_STYLE, "font.size": sheet.letters}):
        figure = Figure(figsize=(sheet.width, sheet.height), layout="constrained")
        axes = figure.subplots()
        _lines(axes, both, limits, local)
        legend = _english(axes) if language == "en" else axes.get_legend_handles_labels()
        if sheet is _PHONE:
            # Above the whole picture: beside the axis its names would leave no room for the lines.
            figure.legend(*legend, loc="outside upper left", frameon=False, ncols=2, handlelength=1.5)
            # Whole days: matplotlib counts time in them.
            axes.xaxis.set_major_locator(MaxNLocator(_PHONE_DAYS, integer=True))
        else:
            axes.legend(*legend, **_ABOVE)
        return _svg(figure)


def week_and_line(use: Mapping[str, Any], local: Local, wanted: Mapping[str, Any] | None = None) -> str:
    """The same above two heat strips: the mean of every hour of the week, each way; white is not measured."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 3.9), layout="constrained")
        panes = figure.subplot_mosaic([["line", "line"], ["receive", "transmit"]], height_ratios=(1.25, 1))
        _lines(panes["line"], [use[way]["hourly"] for way, _, _ in _WAYS], limits_of(use, wanted), local)
        panes["line"].legend(**_ABOVE)
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


def stairs(ceilings: Points, moments: Sequence[float]) -> list[tuple[float, float]]:
    """The ceilings in force as a line over these moments: each holds until the next begins."""
    if not ceilings or not moments:
        return []
    begin, end = min(moments), max(moments)
    begins = [max(since, begin) for since, _ in ceilings]
    ends = [*begins[1:], end]
    rates = [rate for _, rate in ceilings]
    return [(at, rate) for step in zip(begins, ends, rates, strict=True) for at, rate in _flat(*step)]


def _flat(begin: float, end: float, rate: float) -> tuple[tuple[float, float], ...]:
    return ((begin, rate), (end, rate)) if begin <= end else ()


def _lines(axes: Any, both: Sequence[Points], limits: Limits, local: Local) -> None:
    def clock(at: float) -> datetime:
        return local(datetime.fromtimestamp(at, UTC)).replace(tzinfo=None)

    def draw(points: Points, **look: Any) -> None:
        times = [clock(at) for at, _ in points]
        axes.plot(times, [value * MEGABITS_A_BYTE for _, value in points], **look)

    moments = [at for points in both for at, _ in points]
    for (way, name, colour), points in zip(_WAYS, both, strict=True):
        draw(with_gaps(points), color=colour, linewidth=0.9, label=name)
        ceilings = stairs(limits.ceilings.get(way, ()), moments)
        if ceilings:
            draw(ceilings, color=colour, linestyle="--", linewidth=0.8, label=f"batas {name}")
        if limits.wishes.get(way):
            wish = limits.wishes[way] * MEGABITS_A_BYTE
            axes.axhline(wish, color=colour, linestyle=":", linewidth=1.1, label=f"diminta, {name}")
    before = limits.made_up_before
    if before is not None and moments and min(moments) < before:
        axes.axvspan(clock(min(moments)), clock(before), color="#888888", alpha=0.25, lw=0, label=MADE_UP)
    axes.set_ylabel("Mbit/s")
    axes.set_ylim(bottom=0)
    days = DateFormatter("%d-%m")  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    axes.xaxis.set_major_formatter(days)


def _english(axes: Any) -> tuple[list[Any], list[str]]:
    """The legend's lines with their names in English."""
    lines, names = axes.get_legend_handles_labels()
    return lines, [" ".join(_ENGLISH.get(word, word) for word in name.split(" ")) for name in names]


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
