"""The demo's inbox: a loopback receiver that stands for Telegram and e-mail, and a page of what it was sent.

Apprise's ``json://`` posts to it as it would to a real gateway; nothing leaves the machine. Keeps the last messages in
memory alone, for they hold links with which an outage is taken on. Never for an office: whoever opens it reads all.
"""

import argparse
import html
import json
import re
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from inventory.reading import read_city
from lab import board_pictures

# What a demo's afternoon sends; the oldest go.
MOST_MESSAGES = 200
# A message is a few lines of text: Telegram takes 4,096 letters.
MOST_BYTES = 64 * 1024
PAGE, BOARD_PAGE = (Path(__file__).with_name(name) for name in ("inbox.html", "boards.html"))
# Where the rows stand in both pages.
ROWS = "<!-- rows -->"
BOARDS = "/papan"
CHANNELS = {"telegram": "Telegram", "email": "Surel / e-mail"}
_LINK = re.compile(r"https?://127\.0\.0\.1[:/][^\s<>\"']*")


@dataclass(frozen=True)
class InboxMessage:
    """One message as its receiver would have it."""

    at: datetime
    channel: str
    place: str
    title: str
    text: str


class InboxServer(ThreadingHTTPServer):
    """The receiver and its page, on one port of loopback."""

    daemon_threads = True

    def __init__(self, port: int, zone: ZoneInfo) -> None:
        super().__init__(("127.0.0.1", port), _InboxRequest)
        self.zone = zone
        self.messages: deque[InboxMessage] = deque(maxlen=MOST_MESSAGES)

    def take(self, path: str, body: bytes) -> bool:
        """Keep what was posted to ``/CHANNEL/PLACE``; False where it is no message."""
        channel, _, place = unquote(path).strip("/").partition("/")
        try:
            content = json.loads(body)
            title, text = str(content["title"]), str(content["message"])
        except (ValueError, KeyError, TypeError):
            return False
        if channel not in CHANNELS or not place:
            return False
        self.messages.appendleft(InboxMessage(datetime.now(self.zone), channel, place, title, text))
        return True

    def page(self) -> str:
        """All messages, the newest first."""
        rows = "\n".join(_row(message) for message in list(self.messages))
        nothing = "<p id='kosong'>Belum ada pesan. Putuskan satu jalur: <code>python -m lab cut agg-utara</code></p>"
        return PAGE.read_text(encoding="utf-8").replace(ROWS, rows or nothing)


class _InboxRequest(BaseHTTPRequestHandler):
    server: InboxServer
    timeout = 30  # A sender on the same machine has long sent all of it.

    def do_GET(self) -> None:
        """The page, the boards as pictures, or nothing."""
        image = board_pictures.picture(self.path.removeprefix(BOARDS + "/")) if self.path.startswith(BOARDS) else None
        if self.path == "/":
            self._answer(200, "text/html", self.server.page())
        elif self.path == BOARDS:
            boards = BOARD_PAGE.read_text(encoding="utf-8").replace(ROWS, board_pictures.figures())
            self._answer(200, "text/html", boards)
        elif image is not None:
            self._answer(200, "image/png", image)
        else:
            self._answer(404, "text/plain", "tidak ada / nothing here\n")

    def do_POST(self) -> None:
        """A message."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MOST_BYTES:
            self._answer(413, "text/plain", f"at most {MOST_BYTES} bytes\n")
            return
        is_message = self.server.take(self.path, self.rfile.read(int(length)))
        self._answer(200 if is_message else 400, "text/plain", "" if is_message else "no message\n")

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: a path holds an address."""

    def _answer(self, code: int, kind: str, content: str | bytes) -> None:
        body = content if isinstance(content, bytes) else content.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind if isinstance(content, bytes) else f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def _row(message: InboxMessage) -> str:
    text = _LINK.sub(lambda link: f"<a href='{link[0]}'>{link[0]}</a>", html.escape(message.text, quote=False))
    place = html.escape(message.place)
    return (
        f"<article><h2>{html.escape(message.title)}</h2>"
        f"<p class='to'>{CHANNELS[message.channel]} &rarr; <strong>{place}</strong>"
        f" &middot; <time>{message.at:%d-%m-%Y %H.%M.%S}</time></p><pre>{text}</pre></article>"
    )


def main(arguments: Sequence[str]) -> None:
    """``python -m lab.inbox --port N --city FILE``: the lab runs it where the tracker is."""
    parser = argparse.ArgumentParser(prog="python -m lab.inbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--city", required=True, help="whose clock it shows")
    options = parser.parse_args(arguments)
    with InboxServer(options.port, ZoneInfo(read_city(options.city).city.timezone)) as inbox:
        inbox.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
