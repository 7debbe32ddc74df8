"""Real receivers on loopback for the tracker's messages: one that takes JSON by HTTP, one that takes mail by SMTP."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from lab.loopback import at_work
from request_tracker.config import TrackerConfig


@dataclass
class Heard:
    """What a receiver was told: (the place it was sent to, the title, the text); ``broken`` places refuse."""

    address: str = ""
    told: list[tuple[str, str, str]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def places(self) -> list[str]:
        return [place for place, _, _ in self.told]


@contextmanager
def http_receiver() -> Iterator[Heard]:
    """Apprise's ``json://``: the path is the place."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            place = self.path.strip("/")
            if place not in heard.broken:
                heard.told.append((place, body["title"], body["message"]))
            self.send_response(500 if place in heard.broken else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    heard.address = f"json://127.0.0.1:{server.server_port}"
    with at_work(server):
        yield heard


@contextmanager
def smtp_receiver() -> Iterator[Heard]:
    """As much of RFC 5321 as a sender needs; the envelope's recipient is the place."""
    heard = Heard()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 loopback")
            place = ""
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("RCPT TO:"):
                    place = line.partition("<")[2].partition(">")[0]
                    self._say("550 nobody here" if place in heard.broken else "250 fine")
                elif verb == "DATA":
                    self._say("354 go on")
                    self._take(place)
                    self._say("250 taken")
                else:
                    self._say("221 bye" if verb == "QUIT" else "250 fine")

        def _take(self, place: str) -> None:
            lines = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            mail = message_from_string("\n".join(lines), policy=policy.default)
            text = mail.get_body(("plain", "html"))
            heard.told.append((place, str(mail["Subject"]), text.get_content() if text else ""))

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
    heard.address = f"mailto://127.0.0.1:{server.server_address[1]}?from=pelacak@kota.invalid&to={{to}}&format=text"
    with at_work(server):
        yield heard


def config(folder: Path, *channels: str, notify: bool = False) -> TrackerConfig:
    """A configuration with these channels, and the office's own where ``notify``."""
    known = {"email": "env:MAIL", "chat": "env:CHAT"}
    return TrackerConfig(
        inventory=folder / "city.yaml",
        database=folder / "tracker.db",
        files=folder,
        notify=("env:ROOM",) if notify else (),
        channels={name: known[name] for name in channels},
    )
