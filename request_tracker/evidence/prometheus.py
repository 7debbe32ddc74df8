"""The Prometheus HTTP API, as much as the tracker needs: a query in, samples out. Every question has a deadline.

A server that lets a question wait is left alone for a while: a page asks a dozen questions, two hundred people open
pages, and each would wait for each. Meanwhile every page says so at once; one question at a time finds out whether it
answers again.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests

from request_tracker.errors import Refused
from runtime.bounded_http import Bounds, ask

ASK_SECONDS = 3.0  # A page waits for several questions in a row; a person leaves after about ten seconds.
# Thirty days of 5-minute points are 8,640 of some 35 bytes, 0.3 MB; a vector of 500 OPDs is less. Four times the larger
# of both, with room for long labels; what is longer was not asked for.
MOST_BYTES = 4 * 2**20
# Prometheus refuses a range of more than 11,000 points ("exceeded maximum resolution"); the round number below.
MOST_POINTS = 10_000
# Both ways of each uplink of a city over two windows, for a handful of moments.
MOST_FIGURES = 64
Answer = TypeVar("Answer")
# As long as a person looks at a page before opening the next; a server that is back is noticed within that.
REST_SECONDS = 10.0
# The look-up of its name and an answer that comes in pieces have a second more.
_BOUNDS = Bounds(ASK_SECONDS, ASK_SECONDS + 1, MOST_BYTES)
# What is refused is refused in milliseconds; what fails later than that held somebody up.
AT_ONCE_SECONDS = 1.0


class NoData(Refused):
    """Prometheus could not be asked; the page says so and goes on."""


@dataclass(frozen=True)
class Sample:
    """One value of an instant vector. ``at`` is Unix seconds."""

    labels: dict[str, str]
    value: float
    at: float


@dataclass
class Rest:
    """When a server that was slow may be asked again; shared by all threads. Times are of the monotonic clock."""

    until: float = -math.inf
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_ask(self) -> bool:
        """True where it may be asked now; after a rest for one alone, and the others once that one has an answer."""
        now = time.monotonic()
        with self._lock:
            if now < self.until:
                return False
            if self.until > -math.inf:
                self.until = now + REST_SECONDS
            return True

    def was(self, slow: bool) -> None:
        """What became of a question."""
        with self._lock:
            self.until = time.monotonic() + REST_SECONDS if slow else -math.inf


@dataclass
class FigureMemory:
    """Figures that many pages need at once, each as of a moment on the grid; of the last few moments only."""

    _figures: dict[tuple[str, float], Any] = field(default_factory=dict)

    def of(self, name: str, at: float, read: Callable[[], Answer]) -> Answer:
        """The figure of that moment, read where it is not there; two that ask at once may both read it."""
        figures = self._figures
        if (name, at) in figures:
            earlier: Answer = figures[name, at]
            return earlier
        answer = read()
        # A copy with the new one takes its place whole, so that no thread sees half of it.
        latest = list(figures.items())[-(MOST_FIGURES - 1) :]
        self._figures = {**dict(latest), (name, at): answer}
        return answer


@dataclass(frozen=True)
class Prometheus:
    """A server by its URL; None where the office has none yet.

    ``made_up_before`` (Unix seconds): of a demo, what it says of before that moment was invented.
    """

    url: str | None
    made_up_before: float | None = field(default=None, kw_only=True)
    rest: Rest = field(default_factory=Rest, compare=False, repr=False, kw_only=True)
    figures: FigureMemory = field(default_factory=FigureMemory, compare=False, repr=False, kw_only=True)

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """An instant vector; what is no number (0 / 0, 1 / 0) was not measured and is left out. Raises NoData."""
        # Milliseconds are all that Prometheus keeps; more digits would make the same question look like another.
        parameters = {"query": expression} | ({"time": f"{at:.3f}"} if at is not None else {})
        rows = self._get("/api/v1/query", parameters)
        try:
            samples = [Sample(row["metric"], float(row["value"][1]), float(row["value"][0])) for row in rows]
        except _UNREADABLE as error:
            raise _silent(error) from error
        return [sample for sample in samples if math.isfinite(sample.value)]

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """The first value, None where there is no sample or it is not a number. Raises NoData."""
        samples = self.query(expression, at)
        return samples[0].value if samples else None

    def series(self, expression: str, start: float, end: float, step: float) -> list[tuple[float, float]]:
        """The first series of a range query, without points that are no numbers. Raises NoData."""
        rows = self.every_series(expression, (start, end), step)
        return rows[0][1] if rows else []

    def every_series(
        self, expression: str, times: tuple[float, float], step: float
    ) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        """Every series of a range query: its labels, its points without those that are no numbers. Raises NoData.

        A window of more points than Prometheus gives in one answer is asked for in parts.
        """
        whole: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
        for start, end in _parts(times, step):
            for labels, points in self._part(expression, (start, end), step):
                whole.setdefault(tuple(sorted(labels.items())), []).extend(points)
        return [(dict(labels), points) for labels, points in whole.items()]

    def _part(
        self, expression: str, times: tuple[float, float], step: float
    ) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        start, end = times
        parameters = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
        rows = self._get("/api/v1/query_range", parameters)
        try:
            return [(dict(row["metric"]), _points(row["values"])) for row in rows]
        except _UNREADABLE as error:
            raise _silent(error) from error

    def _get(self, path: str, parameters: dict[str, str]) -> list[Any]:
        if not self.url:
            raise NoData("prometheus_unset")
        if not self.rest.may_ask():
            raise NoData("prometheus_slow")
        asked_at = time.monotonic()
        try:
            answer = ask("GET", f"{self.url.rstrip('/')}{path}", _BOUNDS, params=parameters)
        except requests.RequestException as error:
            # Refused at once costs nobody time: it may be asked again at once. A name that is looked up in vain does.
            slow = isinstance(error, requests.Timeout) or time.monotonic() - asked_at > AT_ONCE_SECONDS
            self.rest.was(slow=slow)
            raise (NoData("prometheus_slow") if slow else _silent(error)) from error
        self.rest.was(slow=False)
        try:
            body = answer.json()
            if answer.status != 200 or body.get("status") != "success":
                reason = str(body.get("error", answer.status))[:_SHOWN]
                raise NoData("prometheus_refused", query=repr(parameters["query"][:80]), reason=reason)
            return list(body["data"]["result"])
        except _UNREADABLE as error:
            raise _silent(error) from error


_SHOWN = 200  # Characters of Prometheus' own reason: a line of a page.
# What taking an answer apart raises where it is not the one that was asked for.
_UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)


def _parts(times: tuple[float, float], step: float) -> Iterator[tuple[float, float]]:
    """The window in parts that begin a step after the one before ended."""
    start, end = times
    while start <= end:
        last = min(end, start + (MOST_POINTS - 1) * step)
        yield start, last
        start = last + step


def _points(values: list[Any]) -> list[tuple[float, float]]:
    points = [(float(at), float(value)) for at, value in values]
    # One sum tells of thousands that they are numbers; where it is none, each is looked at.
    if math.isfinite(sum(value for _, value in points)):
        return points
    return [point for point in points if math.isfinite(point[1])]


def _silent(error: Exception) -> NoData:
    return NoData("prometheus_silent", reason=type(error).__name__)
