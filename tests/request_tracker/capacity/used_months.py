"""A Prometheus over a made month: for each OPD and direction what it used at each 5-minute step, None where nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker_office import CITY, MBIT

from request_tracker.evidence.prometheus import Prometheus

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
        """The means as Prometheus tells them, each at the end of its five minutes."""
        self.questions.append(expression)
        start, end = times
        moments = [start + number * step for number in range(int((end - start) // step) + 1)]
        rows: list[tuple[dict[str, str], Points]] = [({"instance": "a"}, [(start, 9e9)])]
        for opd, use in self._asked(expression):
            points = [(at, value) for number, at in enumerate(moments) if (value := use(number)) is not None]
            rows.append(({"opd": opd, "instance": "a"}, points))
        return rows

    def _asked(self, expression: str) -> list[tuple[str, Any]]:
        found = re.search(r'opd_(receive|transmit)_bytes_total\{opd=~?"([^"]+)",source="interface"', expression)
        if found is None:
            return []
        way, opds = found[1], found[2].split("|")
        return [(opd, self.uses[opd, way]) for opd in opds if (opd, way) in self.uses]


def steps_of_days(values: Sequence[float], end: float) -> Points:
    """The 5-minute means of whole days before ``end``, all of a day alike, each at its end as Prometheus tells it."""
    steps = [value for value in values for _ in range(288)]
    return [(end - back * 300, value) for back, value in enumerate(reversed(steps))][::-1]


def full_month(first: float = 0) -> UsedMonth:
    """Every OPD of the city used 10 Mbit/s both ways, measured from this step on."""
    ways = [(opd.code, way) for opd in CITY.opds for way in ("receive", "transmit")]
    return UsedMonth(uses=dict.fromkeys(ways, lambda step: 10 * MBIT if step >= first else None))
