"""A tracker that is not there, refuses, or is another program: the sentence names its address and the next step."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ports import free_port

from lab.loopback import at_work
from shaping.config import Config
from shaping.errors import ShapingError
from shaping.tracker_line import TrackerQuestion, ask_tracker

LEDGER = TrackerQuestion("GET", "/api/allocations", None)


@contextmanager
def answering(status: int, text: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield address


def refused(tracker: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TOKEN", "a token of a test")
    config = Config(inventory=place, uplink="isp-utama", tracker=tracker, token="env:TOKEN", state=place)
    with pytest.raises(ShapingError) as error:
        ask_tracker(config, LEDGER)
    assert "a token of a test" not in str(error.value)
    return str(error.value)


def test_nobody_at_the_address_is_said_with_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    said = refused(address, tmp_path, monkeypatch)
    assert said == (
        f"tracker: {address}/api/allocations did not answer (ConnectionError); is it running, and is tracker: in "
        "shaping.yaml its address?"
    )


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (
            401,
            "no token",
            "answered 401: no token; make one: lebarpita-tracker token add NAME --scope allocations:read",
        ),
        (403, "scope", "answered 403: scope; make one: lebarpita-tracker token add"),
        (503, "busy", "answered 503: busy"),
        (200, "<html>Welcome to nginx</html>", "answered something else than JSON; is it the right address?"),
    ],
)
def test_another_answer_says_what_to_do(
    status: int, text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(status, text) as address:
        assert f"tracker: {address}/api/allocations {said}" in refused(address, tmp_path, monkeypatch)
