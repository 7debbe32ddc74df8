"""A measurement shows a limit, refutes it, or decides nothing; what is not known is never in force."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.loopback import at_work
from shaping.errors import ShapingError
from shaping.measuring import AVERAGE_SECONDS, Use, UseVerdict, judge, uses, window
from shaping.queues import Queue

QUEUE = Queue("dinkes", "receive", 625_000, 2_500_000)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("use", "seconds", "verdict"),
    [
        (Use(1_900_000, 2_400_000), DAY, UseVerdict.MEASURED),
        (Use(2_500_000, 2_500_000), DAY, UseVerdict.MEASURED),
        (Use(100_000, 2_000_000), DAY, UseVerdict.MEASURED),
        (Use(100_000, 1_999_999), DAY, UseVerdict.IDLE),
        (Use(0, 0), DAY, UseVerdict.IDLE),
        (Use(2_660_000, 2_700_000), DAY, UseVerdict.EXCEEDED),
        (Use(100_000, 3_200_000), DAY, UseVerdict.EXCEEDED),
        (None, DAY, UseVerdict.UNKNOWN),
        (Use(2_400_000, 2_400_000), 599.0, UseVerdict.EARLY),
    ],
)
def test_use_near_the_ceiling_shows_it_and_use_above_refutes_it(
    use: Use | None, seconds: float, verdict: UseVerdict
) -> None:
    assert judge(QUEUE, use, seconds) is verdict


@given(st.floats(0, 1e10), st.floats(0, 1e10), st.floats(0, 1e8))
def test_no_use_above_the_tolerance_is_ever_called_measured(p95: float, peak: float, seconds: float) -> None:
    if judge(QUEUE, Use(p95, peak), seconds) is UseVerdict.MEASURED:
        assert p95 <= 1.06 * 2_500_000 and 0.8 * 2_500_000 <= peak <= 1.25 * 2_500_000


@given(st.floats(0, 1e9))
def test_a_window_holds_nothing_from_before_the_confirmation(seconds: float) -> None:
    assert window(seconds) <= max(0.0, seconds - AVERAGE_SECONDS)


def test_windows_are_few_however_many_confirmations_there_are() -> None:
    assert len({window(float(seconds)) for seconds in range(0, 90 * 86_400, 97)}) == 15


def test_every_verdict_says_why() -> None:
    assert [verdict for verdict in UseVerdict if not verdict.sentence] == []
    assert all(
        "not measured" in verdict.sentence for verdict in (UseVerdict.IDLE, UseVerdict.EARLY, UseVerdict.UNKNOWN)
    )


class Answers(BaseHTTPRequestHandler):
    """Prometheus' answer to each query: peaks of 2 MB/s, p95 of 1 MB/s, and one office that is not a number."""

    status, body = 200, ""

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)["query"][0]
        rate = "1000000" if query.startswith("quantile_over_time(0.95, ") else "2000000"
        rows = [{"metric": {"opd": opd}, "value": [1, value]} for opd, value in (("dinkes", rate), ("rsud", "NaN"))]
        text = self.body or json.dumps({"status": "success", "data": {"resultType": "vector", "result": rows}})
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def prometheus() -> Iterator[str]:
    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), Answers)) as address:
        yield f"{address}/"


def test_prometheus_is_asked_for_peak_and_p95_of_both_directions(prometheus: str) -> None:
    found = uses(prometheus, 3600, 1_800_000_000.0)
    assert found == {("dinkes", way): Use(1_000_000, 2_000_000) for way in ("receive", "transmit")}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (503, "", "answered 503"),
        (200, "<html>", "something else than a vector"),
        (200, "[]", "something else than a vector"),
        (200, '{"data": {"result": [{"metric": {}}]}}', "something else than a vector"),
        (200, '{"data": null}', "something else than a vector"),
    ],
)
def test_an_answer_that_is_no_vector_is_no_figure(
    prometheus: str, monkeypatch: pytest.MonkeyPatch, status: int, body: str, said: str
) -> None:
    monkeypatch.setattr(Answers, "status", status)
    monkeypatch.setattr(Answers, "body", body)
    with pytest.raises(ShapingError, match=said):
        uses(prometheus, 3600, 1.0)


def test_a_prometheus_that_is_not_there_is_named() -> None:
    with pytest.raises(ShapingError, match=r"127\.0\.0\.1:9/api/v1/query did not answer"):
        uses("http://127.0.0.1:9", 3600, 1.0)
