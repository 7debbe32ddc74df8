"""Alertmanager's silences as its API v2 keeps them, for what a real one is not made to do: lose some, say nothing."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from lab.loopback import at_work


class AlertmanagerFake:
    """``silences`` by identity; ``mute`` drops the answer to whatever is set next, ``refuse`` the label it will not."""

    def __init__(self) -> None:
        self.silences: dict[str, dict[str, Any]] = {}
        self.mute = False
        self.refuse = ""
        self.url = ""
        self._next = 1

    def set(self, body: dict[str, Any]) -> str | None:
        """Set or change one; its identity, or None where it is refused."""
        if self.refuse in [matcher["name"] for matcher in body["matchers"]]:
            return None
        identity = str(body.get("id") or f"s{self._next}")
        self._next += 1
        self.silences[identity] = {**body, "id": identity, "status": {"state": "active"}}
        return identity

    def living(self) -> dict[str, dict[str, Any]]:
        """Label to the silence that stands for it."""
        alive = [silence for silence in self.silences.values() if silence["status"]["state"] == "active"]
        return {silence["matchers"][0]["name"]: silence for silence in alive}

    def silent(self, **labels: str) -> bool:
        """Whether an alert of these labels is held back."""
        alive = [silence for silence in self.silences.values() if silence["status"]["state"] == "active"]
        return any(all(_fits(matcher, labels) for matcher in silence["matchers"]) for silence in alive)


@contextmanager
def alertmanager_fake() -> Iterator[AlertmanagerFake]:
    """One that runs in this block."""
    fake = AlertmanagerFake()
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (_Requests,), {"fake": fake}))
    with at_work(server) as address:
        fake.url = address
        yield fake


def _fits(matcher: dict[str, Any], labels: dict[str, str]) -> bool:
    """As Alertmanager reads it: anchored at both ends, a label that is absent is empty."""
    matches = re.fullmatch(matcher["value"], labels.get(matcher["name"], "")) is not None
    return bool(matches is matcher["isEqual"])


class _Requests(BaseHTTPRequestHandler):
    fake: AlertmanagerFake

    def do_GET(self) -> None:
        self._answer(list(self.fake.silences.values()))

    def do_POST(self) -> None:
        identity = self.fake.set(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if identity is None:
            self._answer("no", 400)
        elif not self.fake.mute:
            self._answer({"silenceID": identity})

    def do_DELETE(self) -> None:
        self.fake.silences[self.path.rpartition("/")[2]]["status"] = {"state": "expired"}
        self._answer(None)

    def log_message(self, format: str, *args: object) -> None:
        return

    def _answer(self, content: Any, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
