"""Synthetic histories with known answers: thirty days of counters as an exporter counts them, and a plain reckoning.

The reckoning knows no PromQL and no array: it walks the samples as they were scraped and adds up in whole bytes. What
the evidence says must be what it says.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random

from tracker_office import CALENDAR, MBIT

# A Sunday at midnight in UTC; the window of the evidence ends there.
END = int(datetime(2026, 11, 29, tzinfo=UTC).timestamp())
DAYS, STEP, MINUTE = 30, 300, 60
BEGIN = END - DAYS * 86_400
# Scrapes come seventeen seconds past the minute: no sample lies on the grid.
PHASE = 17
Rate = Callable[[int], float]
Sample = tuple[int, int]


@dataclass(frozen=True)
class Counter:
    """A counter of one direction as it was scraped; ``every`` seconds apart, from ``instance``."""

    samples: tuple[Sample, ...]
    instance: str = "a"
    source: str = "interface"


def counted(rate: Rate, every: int = MINUTE, phase: int = PHASE, resets: tuple[int, ...] = ()) -> tuple[Sample, ...]:
    """What a counter shows at each scrape; at each of ``resets`` (Unix seconds) the device begins again at nothing."""
    total, samples, left = 0, [], list(resets)
    for at in range(BEGIN - STEP + phase, END + STEP, every):
        if left and at >= left[0]:
            left.pop(0)
            total = 0
        samples.append((at, total))
        total += round(rate(at) * every)
    return tuple(samples)


def later(samples: tuple[Sample, ...], seconds: int) -> tuple[Sample, ...]:
    """What another instance sees, that asks the same counter so many seconds later."""
    return tuple(
        (at + seconds, value + max(following - value, 0) * seconds // (after - at))
        for (at, value), (after, following) in pairwise(samples)
    )


def without(samples: tuple[Sample, ...], begin: int, end: int) -> tuple[Sample, ...]:
    """The same with nothing scraped in between."""
    return tuple(sample for sample in samples if not begin <= sample[0] < end)


def office_hours(busy: float, quiet: float, seed: int) -> Rate:
    """A rate in Mbit/s that is high in the office's hours and low else, other each minute, bursts of a few minutes."""
    random = Random(seed)
    drawn: dict[int, float] = {}

    @cache
    def at_work(quarter: int) -> bool:
        local = CALENDAR.local(datetime.fromtimestamp(quarter * 900, UTC))
        return any(a <= local.time() < b for a, b in CALENDAR.spans(local.date()))

    def rate(at: int) -> float:
        works = at_work(at // 900)
        burst = drawn.setdefault(at // 420, random.random())
        return MBIT * (busy if works else quiet) * (0.6 + 0.4 * burst + 0.2 * random.random())

    return rate


def plain_means(samples: tuple[Sample, ...]) -> dict[int, float]:
    """The 5-minute means by the begin of their five minutes: bytes between two samples over the time between them."""
    times = [at for at, _ in samples]
    means = {}
    for begin in range(BEGIN, END, STEP):
        first, last = bisect_right(times, begin) - 1, bisect_right(times, begin + STEP) - 1
        if first < 0 or last == first or times[first] <= begin - STEP or times[last] <= begin:
            continue
        grown, took = samples[last][1] - samples[first][1], times[last] - times[first]
        if grown >= 0 and abs(took - STEP) <= MINUTE:
            means[begin] = grown / took
    return means


def plain_p95(means: Mapping[int, float]) -> float:
    """The mean that 5 % of them are above, half-way between two where it falls between."""
    ordered = sorted(means.values())
    place = 0.95 * (len(ordered) - 1)
    low = int(place)
    above = ordered[min(low + 1, len(ordered) - 1)]
    return ordered[low] + (place - low) * (above - ordered[low])


def plain_hours(means: Mapping[int, float], ceiling: Callable[[int], float], share: float) -> float:
    """Measured hours at or above the share of the ceiling in force."""
    return sum(value >= share * ceiling(at) for at, value in means.items()) * STEP / 3600


def text(opds: Mapping[str, Mapping[str, tuple[Counter, ...]]]) -> str:
    """All counters of all OPDs in OpenMetrics text, one metric after the other."""

    def lines() -> Iterator[str]:
        for way in ("receive", "transmit"):
            yield f"# TYPE lebarpita_opd_{way}_bytes counter"
            for opd, ways in opds.items():
                for counter in ways.get(way, ()):
                    labels = f'opd="{opd}",source="{counter.source}",instance="{counter.instance}"'
                    if counter.source == "flow":
                        labels += ',scope="internet"'
                    name = f"lebarpita_opd_{way}_bytes_total{{{labels}}}"
                    yield from (f"{name} {value} {at}" for at, value in counter.samples)
        yield "# EOF\n"

    return "\n".join(lines())


def moment(day: int, hour: float = 0.0) -> int:
    """So many days and hours after the begin of the window, in Unix seconds."""
    return BEGIN + int(timedelta(days=day, hours=hour).total_seconds())
