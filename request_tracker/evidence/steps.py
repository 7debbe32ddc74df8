"""Five minutes at a time, exactly: an OPD or a line in, the query of its true 5-minute means and their points out.

``rate(x[5m])`` spreads what lies between the first and the last sample of a window over that part of it: at one sample
a minute it is a mean of four minutes, and a p95 of it is 1.5 to 2.5 % too high. Here a counter is read at both ends of
each five minutes of the clock; where all samples came that usually come, those two are five minutes apart to the
second. A counter that was set back, or whose samples are missing, measured nothing in these five minutes. Rates are
bytes per second; a point stands at the begin of its five minutes.

``timestamp(x)`` would say how far apart two samples are, but in a range Prometheus 2.42 reads every sample from the
begin again for each point: a minute for thirty days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from request_tracker.evidence.ceilings import Numbers
from request_tracker.evidence.prometheus import Prometheus

# The interval of billing and of the recording rules: every rate here is a mean of five minutes of the clock.
STEP_SECONDS = 300
DAY_SECONDS = 86_400
# Nine in ten five minutes have at least the usual number of samples: so an interval of scraping that was changed within
# the window counts on both sides of the change, unless one side is less than a tenth.
_USUAL = 0.1
Points = list[tuple[float, float]]
SeriesRow = tuple[dict[str, str], Points]


@dataclass(frozen=True)
class CounterLine:
    """What is counted: the counter's selector without its closing brace."""

    counter: str

    @property
    def selector(self) -> str:
        """The counter as PromQL names it."""
        return self.counter + "}"

    def means(self, samples: int) -> str:
        """Its true 5-minute means, a series for each instance that asked the port."""
        return step_of(self.selector, samples)


class FlowLine(CounterLine):
    """What collectors of flows counted for an OPD."""

    def means(self, samples: int) -> str:
        """Collectors hear different exporters and are added; two that hear the same say that they are a pair."""
        alone, paired = (step_of(f'{self.counter},pair{same}""}}', samples) for same in ("=", "!="))
        return f"sum by (opd) (sum by (opd, scope) ({alone}) or max by (opd, scope, pair) ({paired}))"


def line_of_opd(opd: str, way: str, source: str) -> CounterLine:
    """The counter of an OPD by what measures it: its port (``interface``), its ``queue``, or ``flow``.

    An OPD hangs on one port and one queue; the inventory's check sees to that.
    """
    return line_of_opds((opd,), way, source)


def line_of_opds(opds: Sequence[str], way: str, source: str) -> CounterLine:
    """The counters of several OPDs that the same thing measures."""
    # Codes are lower-case letters, digits and hyphens: nothing in them means anything to a regular expression.
    which = f'="{opds[0]}"' if len(opds) == 1 else f'=~"{"|".join(opds)}"'
    counter = f'lebarpita_opd_{way}_bytes_total{{opd{which},source="{source}"'
    return FlowLine(counter) if source == "flow" else CounterLine(counter)


def line_of_link(link: str, way: str) -> CounterLine:
    """The counter of a link or an uplink."""
    return CounterLine(f'lebarpita_link_{way}_bytes_total{{link="{link}"')


def step_of(counter: str, samples: int) -> str:
    """What a counter grew in the five minutes before, a second, where both its ends have so many samples."""
    grown = f"({counter} - {counter} offset 5m) / {STEP_SECONDS} >= 0"
    return (
        f"{grown} and count_over_time({counter}[5m]) >= {samples}"
        f" and count_over_time({counter}[5m] offset 5m) >= {samples}"
    )


@dataclass(frozen=True)
class MeansQuery:
    """A line's means where so many samples came in each five minutes."""

    line: CounterLine
    samples: int

    @property
    def text(self) -> str:
        """The same in PromQL, as whoever wants to see the points may type it."""
        return self.line.means(self.samples)


def means_query(prometheus: Prometheus, line: CounterLine, at: float, days: int) -> MeansQuery | None:
    """The query of a line's means, by how many samples usually come; None where none came. Raises NoData."""
    counts = f"min(quantile_over_time({_USUAL}, count_over_time({line.selector}[5m])[{days}d:1h]))"
    samples = prometheus.first_value(counts, at)
    return None if samples is None else MeansQuery(line, max(1, int(samples)))


def on_the_grid(seconds: float) -> float:
    """The last full five minutes: asked again within them, every query is the same."""
    return float(int(seconds) // STEP_SECONDS * STEP_SECONDS)


def read_steps(prometheus: Prometheus, query: MeansQuery, end: float, days: int) -> Points:
    """The points of the days before ``end``, which lies on the grid. Raises NoData.

    Several series are several instances that asked one port: their sum would double its use, and the larger of both is
    above either, for they asked at other seconds. The one that measured most is taken, the others where it has nothing.
    """
    return _merged(_rows(prometheus, query, end, days))


def read_steps_by_opd(prometheus: Prometheus, query: MeansQuery, end: float, days: int) -> dict[str, Points]:
    """The same for each OPD of a query of several; a series that names none belongs to none. Raises NoData."""
    rows: dict[str, list[SeriesRow]] = {}
    for labels, points in _rows(prometheus, query, end, days):
        if opd := labels.get("opd"):
            rows.setdefault(opd, []).append((labels, points))
    return {opd: _merged(mine) for opd, mine in rows.items()}


def _rows(prometheus: Prometheus, query: MeansQuery, end: float, days: int) -> list[SeriesRow]:
    """A row for each series.

    Of a counter its value at both ends of every five minutes is read, and of its samples only where there were too few:
    matching them in PromQL, point by point, takes Prometheus seven times as long as arrays here.
    """
    begin, size = end - days * DAY_SECONDS, days * DAY_SECONDS // STEP_SECONDS + 1
    if isinstance(query.line, FlowLine):
        return prometheus.every_series(query.text, (begin + STEP_SECONDS, end), STEP_SECONDS)
    counters = prometheus.every_series(query.line.selector, (begin, end), STEP_SECONDS)
    few = f"count_over_time({query.line.selector}[5m]) < {query.samples}"
    thin: dict[tuple[tuple[str, str], ...], Points] = {}
    if prometheus.query(f"count_over_time(({few})[{days}d:5m])", end):
        thin = {_series(labels): points for labels, points in prometheus.every_series(few, (begin, end), STEP_SECONDS)}
    return [
        (labels, _means(_at(points, begin, size), _at(thin.get(_series(labels), []), begin, size), begin))
        for labels, points in counters
    ]


def _series(labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What tells a series from others; a function of it has no name any more."""
    return tuple(sorted((key, value) for key, value in labels.items() if key != "__name__"))


def _at(points: Points, begin: float, size: int) -> Numbers:
    """The values on the grid from ``begin`` on; not a number where there is none."""
    values = np.full(size, np.nan)
    if points:
        times, numbers = np.array(points).T
        values[np.rint((times - begin) / STEP_SECONDS).astype(int)] = numbers
    return values


def _means(counter: Numbers, thin: Numbers, begin: float) -> Points:
    """What a counter grew in each five minutes, a second, where neither end has too few samples; each at its end."""
    grown = np.diff(counter) / STEP_SECONDS
    whole = np.isnan(thin)
    # Nothing compares with what is not a number: it is not measured.
    places = np.flatnonzero((grown >= 0) & whole[1:] & whole[:-1])
    ends = begin + (places + 1) * STEP_SECONDS
    return list(zip(ends.tolist(), grown[places].tolist(), strict=True))


def _merged(rows: Sequence[SeriesRow]) -> Points:
    if len(rows) == 1:
        return [(at - STEP_SECONDS, value) for at, value in rows[0][1]]
    merged: dict[float, float] = {}
    for _, points in sorted(rows, key=lambda row: (-len(row[1]), sorted(row[0].items()))):
        for at, value in points:
            merged.setdefault(at - STEP_SECONDS, value)
    return sorted(merged.items())
