"""The Prometheus HTTP API, as much as the tracker needs: a query in, samples out. Every question has a deadline."""

from dataclasses import dataclass
from typing import Any

import requests

from request_tracker.errors import Refused

ASK_SECONDS = 3.0  # A page waits for several questions in a row; a person leaves after about ten seconds.


class NoData(Refused):
    """Prometheus could not be asked; the page says so and goes on."""


@dataclass(frozen=True)
class Sample:
    """One value of an instant vector. ``at`` is Unix seconds."""

    labels: dict[str, str]
    value: float
    at: float


@dataclass(frozen=True)
class Prometheus:
    """A server by its URL; None where the office has none yet."""

    url: str | None

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """An instant vector. Raises NoData."""
        # Milliseconds are all that Prometheus keeps; more digits would make the same question look like another.
        parameters = {"query": expression} | ({"time": f"{at:.3f}"} if at is not None else {})
        result = self._get("/api/v1/query", parameters)
        return [Sample(row["metric"], float(row["value"][1]), float(row["value"][0])) for row in result]

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """The first value, None where there is no sample or it is not a number. Raises NoData."""
        samples = self.query(expression, at)
        # The comparison with itself is false for NaN alone, which Prometheus writes for 0 / 0.
        return samples[0].value if samples and samples[0].value == samples[0].value else None

    def series(self, expression: str, start: float, end: float, step: float) -> list[tuple[float, float]]:
        """The first series of a range query. Raises NoData."""
        parameters = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
        result = self._get("/api/v1/query_range", parameters)
        return [(float(at), float(value)) for at, value in result[0]["values"]] if result else []

    def _get(self, path: str, parameters: dict[str, str]) -> list[Any]:
        if not self.url:
            raise NoData("prometheus_unset")
        try:
            answer = requests.get(f"{self.url.rstrip('/')}{path}", params=parameters, timeout=ASK_SECONDS)
            body = answer.json()
            if answer.status_code != 200 or body.get("status") != "success":
                reason = body.get("error", answer.status_code)
                raise NoData("prometheus_refused", query=repr(parameters["query"][:80]), reason=reason)
            return list(body["data"]["result"])
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            raise NoData("prometheus_silent", reason=type(error).__name__) from error
