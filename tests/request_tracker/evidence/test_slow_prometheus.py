"""A Prometheus that answers after half a minute, too much, or no numbers: every page answers and says why."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tracker_site import Site

from lab.loopback import at_work
from request_tracker.evidence import prometheus as client
from request_tracker.evidence.prometheus import NoData, Prometheus, Rest
from runtime.bounded_http import Bounds

SLOW = "Prometheus terlalu lama menjawab"
PATIENCE_SECONDS = 0.3


@dataclass
class Told:
    """What the stand-in was asked, and what it says; it waits for ``until`` first."""

    url: str = ""
    body: bytes = b""
    asked: list[str] = field(default_factory=list)
    until: threading.Event = field(default_factory=threading.Event)


@contextmanager
def prometheus(result: Any, slow: bool) -> Iterator[Told]:
    told = Told(body=json.dumps({"status": "success", "data": {"result": result}}).encode())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            # Half a minute, or until the test is over.
            told.until.wait(30)
            try:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(told.body)
            except OSError:
                pass

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    if not slow:
        told.until.set()
    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as told.url:
        try:
            yield told
        finally:
            told.until.set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    monkeypatch.setattr(client, "_BOUNDS", Bounds(PATIENCE_SECONDS, PATIENCE_SECONDS, client.MOST_BYTES))
    with prometheus([], slow=True) as told:
        yield told


def watching(site: Site, url: str) -> None:
    """The office's pages ask that Prometheus."""
    extensions = site.client.application.extensions
    extensions["office"] = replace(extensions["office"], prometheus=Prometheus(url))


def test_a_slow_prometheus_costs_one_question_and_not_one_for_each_figure_of_each_page(site: Site, slow: Told) -> None:
    number = site.request().number
    site.enter("technician")
    watching(site, slow.url)
    for page in ("/wall", f"/kasus/{number}", "/kesediaan", "/wall"):
        assert site.client.get(page).status_code == 200, page
    assert SLOW in site.get("/wall")
    assert len(slow.asked) == 1


def test_while_it_rests_every_question_is_answered_at_once_and_the_next_one_after_is_for_one_alone() -> None:
    rest = Rest()
    assert [rest.may_ask() for _ in range(3)] == [True] * 3
    rest.was(slow=True)
    assert not rest.may_ask()
    rest.until = 0.0
    assert [rest.may_ask() for _ in range(3)] == [True, False, False]
    rest.was(slow=False)
    assert [rest.may_ask() for _ in range(3)] == [True] * 3


def test_a_prometheus_that_is_quick_again_is_asked_again(slow: Told) -> None:
    asked = Prometheus(slow.url)
    with pytest.raises(NoData, match=SLOW):
        asked.query("up")
    slow.until.set()
    with pytest.raises(NoData, match=SLOW):
        asked.query("up")
    asked.rest.until = 0.0
    assert asked.query("up") == [] and asked.query("up") == []


def test_a_prometheus_that_is_not_there_is_asked_again_at_once() -> None:
    asked = Prometheus("http://127.0.0.1:9")
    for _ in range(2):
        with pytest.raises(NoData, match=r"Prometheus tidak menjawab \(ConnectionError\)"):
            asked.query("up")


def test_an_answer_longer_than_any_page_needs_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_BOUNDS", Bounds(60, 60, 1000))
    rows = [{"metric": {"opd": "x" * 2000}, "value": [0, "1"]}]
    with prometheus(rows, slow=False) as told, pytest.raises(NoData, match="ConnectionError"):
        Prometheus(told.url).query("up")


def test_what_is_no_number_was_not_measured() -> None:
    values = ["1.5", "NaN", "+Inf", "-Inf"]
    rows = [{"metric": {"opd": f"opd-{n}"}, "value": [100 + n, value]} for n, value in enumerate(values)]
    with prometheus(rows, slow=False) as told:
        assert [(sample.labels["opd"], sample.value) for sample in Prometheus(told.url).query("x")] == [("opd-0", 1.5)]
    points = [[100 + n, value] for n, value in enumerate(values)]
    with prometheus([{"metric": {}, "values": points}], slow=False) as told:
        assert Prometheus(told.url).series("x", 0, 1, 1) == [(100.0, 1.5)]


@pytest.mark.parametrize(
    "result", [5, [5], [{}], [{"metric": {}, "value": [1]}], [{"metric": {}, "value": ["x", "y"]}], {"a": 1}], ids=repr
)
def test_an_answer_that_is_none_is_a_sentence(result: Any) -> None:
    with prometheus(result, slow=False) as told, pytest.raises(NoData, match="Prometheus tidak menjawab"):
        Prometheus(told.url).query("x")
