"""A Prometheus over a made month: for each OPD and direction what it used at each 5-minute step, None where nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker_office import CITY, MBIT

from request_tracker.evidence.prometheus import Prometheus, Sample

Use = Callable[[int], float | None]
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class UsedMonth(Prometheus):
    """``uses`` by (OPD, direction), of the number of a step; one more series names no OPD at all."""

    url: str | None = None
    uses: Mapping[tuple[str, str], Use] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """As many samples as usual, where the question is of an OPD that was measured at its port."""
        self.questions.append(expression)
        return 5.0 if any(self._asked(expression)) else None

    def every_series(
        self, expression: str, times: tuple[float, float], step: float
    ) -> list[tuple[dict[str, str], Points]]:
        """The counters at every end of five minutes."""
        self.questions.append(expression)
        rows: list[tuple[dict[str, str], Points]] = [({"instance": "a"}, [(times[0], 9e9)])]
        for opd, use in self._asked(expression):
            rows.append(({"opd": opd, "instance": "a"}, counter_of(use, times)))
        return rows

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """No five minutes had too few samples."""
        return []

    def _asked(self, expression: str) -> list[tuple[str, Any]]:
        found = re.search(r'opd_(receive|transmit)_bytes_total\{opd=~?"([^"]+)",source="interface"', expression)
        if found is None:
            return []
        way, opds = found[1], found[2].split("|")
        return [(opd, self.uses[opd, way]) for opd in opds if (opd, way) in self.uses]


def counter_of(use: Use, times: tuple[float, float]) -> Points:
    """A counter at every five minutes of a window that grew by this use in each; set back where it was not measured."""
    start, end = times
    # Far above what a month of setting it back by one byte takes away.
    total, points = 1e6, [(start, 1e6)]
    for number in range(int((end - start) // 300)):
        mean = use(number)
        total += -1 if mean is None else mean * 300
        points.append((start + (number + 1) * 300, total))
    return points


def use_of_days(values: Sequence[float], times: tuple[float, float]) -> Use:
    """The 5-minute means of whole days before the window's end, all of a day alike."""
    steps = int((times[1] - times[0]) // 300)

    def use(number: int) -> float | None:
        back = (steps - 1 - number) // 288
        return values[-1 - back] if back < len(values) else None

    return use


def full_month(first: float = 0) -> UsedMonth:
    """Every OPD of the city used 10 Mbit/s both ways, measured from this step on."""
    ways = [(opd.code, way) for opd in CITY.opds for way in ("receive", "transmit")]
    return UsedMonth(uses=dict.fromkeys(ways, lambda step: 10 * MBIT if step >= first else None))
