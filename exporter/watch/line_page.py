"""The metrics of the asked lines: a Watch in; reachability, loss, round trips and their histogram as a page out."""

from collections.abc import Iterator
from functools import lru_cache

from exporter.metrics import Metric, head, label_pairs, number
from exporter.watch import metrics as m
from exporter.watch.lines.line import Line
from exporter.watch.lines.windows import STEPS, STEPS_PER_OCTAVE, WindowFigures, bound_of
from exporter.watch.rounds import Watch

# Bounds of the histogram: every second octave, 0.3 ms to 1.3 s, where lines of a city and to a satellite stand.
_BOUNDS = tuple(range(4 * STEPS_PER_OCTAVE - 1, STEPS - 4, 2 * STEPS_PER_OCTAVE))
_LE = tuple(number(round(bound_of(bound), 5)) for bound in _BOUNDS)
# Of 1,000 lines: their place, three windows with and without two quantiles, ten bounds.
_LABELS_KEPT = 20_000
Place = tuple[str, str]
Samples = list[tuple[tuple[str, ...], float]]


def line_page(watch: Watch) -> bytes:
    """Every asked node of the tree."""
    lines = [((name, watch.nodes[name].opd), line) for name, line in watch.requests.lines.items()]
    figures = list(_figures(lines, watch.clocks.steady()))
    families: tuple[tuple[Metric, Samples], ...] = (
        (m.REACHABLE, [(place, int(place[0] not in watch.silent)) for place, _ in lines]),
        (m.ROUND_TRIP, [(place, line.round_trip) for place, line in lines if line.round_trip is not None]),
        (m.LOST, [(place, line.lost) for place, line in lines]),
        (m.LOSS, [(place, window.loss) for place, window in figures if window.loss is not None]),
        (m.QUANTILE, [sample for place, window in figures for sample in _quantiles(place, window)]),
        (m.JITTER, [(place, window.jitter) for place, window in figures if window.jitter is not None]),
    )
    return "".join(_family(metric, samples) for metric, samples in families).encode() + _histograms(lines)


def _family(metric: Metric, samples: Samples) -> str:
    lines = [f"{metric.name}{_labels(metric.labels, values)} {number(value)}\n" for values, value in samples]
    return head(metric) + "".join(lines) if lines else ""


@lru_cache(maxsize=_LABELS_KEPT)
def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    """The labels in their braces: the same on every page, and to make them would be most of its cost."""
    return label_pairs(names, values)


def _figures(lines: list[tuple[Place, Line]], now: float) -> Iterator[tuple[tuple[str, ...], WindowFigures]]:
    for place, line in lines:
        for name, window in line.windows.items():
            yield (*place, name), window.figures(now)


def _quantiles(place: tuple[str, ...], window: WindowFigures) -> Samples:
    shares = (("0.5", window.median), ("0.95", window.p95))
    return [((*place, share), seconds) for share, seconds in shares if seconds is not None]


def _histograms(lines: list[tuple[Place, Line]]) -> bytes:
    text, name, labels = [head(m.TRIPS)], m.TRIPS.name, m.TRIPS.labels
    for place, line in lines:
        below, begun = 0, 0
        for bound, le in zip(_BOUNDS, _LE, strict=True):
            below += sum(line.trips[begun : bound + 1])
            begun = bound + 1
            text.append(f"{name}_bucket{_labels((*labels, 'le'), (*place, le))} {below}\n")
        below += sum(line.trips[begun:])
        text.append(f"{name}_bucket{_labels((*labels, 'le'), (*place, '+Inf'))} {below}\n")
        text.append(f"{name}_sum{_labels(labels, place)} {number(line.trips_seconds)}\n")
        text.append(f"{name}_count{_labels(labels, place)} {below}\n")
    return "".join(text).encode()
