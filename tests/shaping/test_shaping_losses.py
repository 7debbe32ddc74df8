"""What the agent asks the watch over HTTP: rows as the watch's own page writes them, and every answer that is none."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ports import free_port

from exporter.watch.outages import Outage, listed
from lab.loopback import at_work
from shaping.errors import ShapingError
from shaping.losses import lasting_roots

LASTS = Outage("isp-utama", "uplink", 1_790_000_000.0, ("dinkes",))
OVER = Outage("agg-timur", "link", 1_790_000_000.0, ("rsud",)).ended(1_790_000_060.0)
Answer = Callable[[int, str], str]


@pytest.fixture
def answer() -> Iterator[Answer]:
    """Give the status and the body of the one page; the address to ask comes back."""
    told: list[tuple[int, str]] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = told[-1] if self.path.startswith("/outages?since=") else (404, "")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), Page)) as address:

        def give(status: int, body: str) -> str:
            told.append((status, body))
            return f"{address}/"

        yield give


def test_what_lasts_in_the_watch_s_own_rows_is_lost_and_what_is_over_is_not(answer: Answer) -> None:
    body = {"now": 1_790_000_100.0, "outages": [listed(LASTS), listed(OVER)]}
    assert lasting_roots(answer(200, json.dumps(body))) == {"isp-utama"}
    assert lasting_roots(answer(200, json.dumps({"now": 0, "outages": []}))) == frozenset()


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, "full"), (200, "<html>"), (200, "[]"), (200, '{"outages": [{}]}'), (200, '{"outages": 7}'), (200, "null")],
)
def test_an_answer_that_is_none_says_so_and_is_no_all_clear(answer: Answer, status: int, body: str) -> None:
    with pytest.raises(ShapingError, match="watch: /outages"):
        lasting_roots(answer(status, body))


def test_a_watch_that_is_not_there_says_so() -> None:
    with pytest.raises(ShapingError, match="see watch: of shaping"):
        lasting_roots(f"http://127.0.0.1:{free_port()}")
