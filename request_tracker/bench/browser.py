"""One person at a browser: addresses and filled-in forms in, pages out; keeps its connection and its cookies.

What a browser does about a form is done here too: the hidden fields that stand in it go with it (the token that says it
is ours, the key by which it is sent once, the version of the case), and files go as multipart.
"""

import html
import http.client
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from request_tracker.web.public.picture_progress import LOOK_SECONDS, PROGRESS_PATH

# Far beyond every goal: a page that takes longer is an answer that was wrong.
PATIENCE_SECONDS = 30.0
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Page:
    """An answer; ``location`` where it sends the browser on; ``unfinished``: it is asked again."""

    status: int
    text: str
    location: str = ""
    unfinished: bool = False


@dataclass(frozen=True)
class Upload:
    """A file that somebody chose."""

    field: str
    name: str
    content: bytes


@dataclass
class Browser:
    """One connection, with a set of cookies for each role it visits as; ``source`` is the address it comes from."""

    place: tuple[str, int]
    source: str
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, role: str, address: str) -> Page:
        """Ask for a page. Raises OSError, http.client.HTTPException."""
        return self._ask(role, "GET", address)

    def post(self, role: str, address: str, values: Mapping[str, str], file: Upload | None = None) -> Page:
        """Send a form and wait for its answer, as a browser does. Raises OSError, http.client.HTTPException."""
        kind, body = _multipart(values, file) if file else (_URLENCODED, urlencode(values).encode())
        page = self._ask(role, "POST", address, body, kind)
        if not page.location.startswith(PROGRESS_PATH):
            return page
        address, over = page.location, time.monotonic() + PATIENCE_SECONDS
        while (page := self._ask(role, "GET", address)).unfinished and time.monotonic() < over:
            time.sleep(LOOK_SECONDS)
        return page

    def close(self) -> None:
        """Leave."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _ask(self, role: str, method: str, address: str, body: bytes | None = None, kind: str | None = None) -> Page:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                *self.place, timeout=PATIENCE_SECONDS, source_address=(self.source, 0)
            )
        mine = self.cookies.setdefault(role, {})
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in mine.items())} if mine else {}
        headers |= {"Content-Type": kind} if kind else {}
        try:
            self._connection.request(method, address, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        for line in answer.headers.get_all("Set-Cookie") or ():
            mine |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Page(answer.status, text, answer.headers.get("Location", ""), "Refresh" in answer.headers)


_URLENCODED = "application/x-www-form-urlencoded"


def hidden_fields(page: str, mark: str) -> dict[str, str] | None:
    """The hidden fields of the first form in which ``mark`` stands; None where there is no such form."""
    form = next((candidate for candidate in _FORM.findall(page) if mark in candidate), None)
    return None if form is None else {name: html.unescape(value) for name, value in _HIDDEN.findall(form)}


def _multipart(values: Mapping[str, str], file: Upload) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{file.field}"; filename="{file.name}"\r\n\r\n'
    return (
        f"multipart/form-data; boundary={boundary}",
        b"".join([*parts, head.encode(), file.content, f"\r\n--{boundary}--\r\n".encode()]),
    )
