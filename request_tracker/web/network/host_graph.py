"""The graph of who uses it, for its page: steps in, a picture with its scale, times and names out. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from request_tracker.chart.columns import StackColumn, draw_columns, scale_of, swatch
from request_tracker.evidence.hosts import UseGraph
from request_tracker.web.network.host_form import MINUTE, HostChoice
from request_tracker.web.shell import formats

# Bits are what lines are sold by.
_BITS = 8
# Names under the pointer: what fits on a screen's height.
_MOST_NAMES = 4


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """A layer: its colour, its name and place, its bytes over the whole time."""

    swatch: Markup
    name: str
    place: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """A step in figures: when it begins, what it had and what the same step had before, and where it leads to."""

    at: int
    bytes: int
    before: int | None
    largest: str
    href: str


@dataclass(frozen=True, kw_only=True)
class GraphView:
    """``top`` and ``middle`` are rates at the picture's edge and half; ``ticks`` are moments along its lower edge."""

    picture: Markup
    top: str
    middle: str
    ticks: tuple[str, ...]
    legend: tuple[LegendEntry, ...]
    steps: tuple[StepRow, ...]
    step: int


def graph_view(graph: UseGraph, choice: HostChoice, until: int, reader: tuple[str, ZoneInfo]) -> GraphView:
    """The picture; ``reader``: his language and the office's zone. ``until``: where the last step ends."""
    language, zone = reader
    ends = [*graph.times[1:], max(until, graph.times[-1] + 1)] if graph.times else []
    # A step that the end of the question cuts is as long as it is, in whole minutes: rows are of whole ones.
    lengths = [-(-(end - start) // MINUTE) * MINUTE for start, end in zip(graph.times, ends, strict=True)]
    steps = tuple(_step(graph, place, choice) for place in range(len(graph.times)))
    sums = [row.bytes for row in steps]
    peak = max([*_rates(sums, lengths), *_rates(list(graph.before), lengths)], default=0.0)
    top = scale_of(peak)
    columns = [
        StackColumn(
            sizes=_rates([*(layer.sizes[place] for layer in graph.layers), graph.rest[place]], [lengths[place]]),
            href=row.href,
            title=_title(graph, place, (lengths[place], language), zone),
        )
        for place, row in enumerate(steps)
    ]
    legend = [
        LegendEntry(swatch=swatch(place), name=layer.name, place=layer.place, bytes=sum(layer.sizes))
        for place, layer in enumerate(graph.layers)
    ]
    legend.append(LegendEntry(swatch=swatch(None), name="", place="", bytes=sum(graph.rest)))
    return GraphView(
        # What nobody recorded is no line at nought.
        picture=draw_columns(columns, _rates(list(graph.before), lengths) if any(graph.before) else [], top),
        top=formats.rate(top / _BITS, language),
        middle=formats.rate(top / 2 / _BITS, language),
        ticks=_ticks(graph, until, lambda at: formats.clock(at, zone, language)),
        legend=tuple(legend),
        steps=steps,
        step=graph.step,
    )


def _rates(sizes: list[int], lengths: list[int]) -> list[float]:
    """Bit/s of bytes; one length holds for all."""
    if len(lengths) == 1:
        lengths = lengths * len(sizes)
    return [size * _BITS / length for size, length in zip(sizes, lengths, strict=False)]


def _step(graph: UseGraph, place: int, choice: HostChoice) -> StepRow:
    at = graph.times[place]
    total = sum(layer.sizes[place] for layer in graph.layers) + graph.rest[place]
    largest = max(graph.layers, key=lambda layer: layer.sizes[place], default=None)
    return StepRow(
        at=at,
        bytes=total,
        before=graph.before[place] if graph.before else None,
        largest=largest.name if largest and largest.sizes[place] else "",
        href=choice.link(dari=at, sampai=at + max(MINUTE, graph.step)),
    )


def _title(graph: UseGraph, place: int, step: tuple[int, str], zone: ZoneInfo) -> str:
    """When, and the largest of that step with their rates."""
    seconds, language = step
    layers = sorted(graph.layers, key=lambda layer: -layer.sizes[place])[:_MOST_NAMES]
    lines = [
        f"{layer.name}: {formats.rate(layer.sizes[place] / seconds, language)}"
        for layer in layers
        if layer.sizes[place]
    ]
    return "\n".join([formats.clock(graph.times[place], zone, language), *lines])


def _ticks(graph: UseGraph, until: int, written: Callable[[int], str]) -> tuple[str, ...]:
    if not graph.times:
        return ()
    since = graph.times[0]
    return tuple(written(at) for at in (since, (since + until) // 2, until))
