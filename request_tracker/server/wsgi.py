"""A request as WSGI (PEP 3333) wants it, and an application's whole answer: one call of the application, in its thread.

The answer is taken whole before any of it is sent, into memory or a temporary file: a slow reader holds no thread.
"""

import logging
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from request_tracker.errors import Refused, failure_behind
from request_tracker.server.request_body import RequestBody

log = logging.getLogger(__name__)

# In the environment: the reason for which the body was not taken (``tally``); the application says the sentence.
REFUSAL = "lebarpita.refusal"
Environment = dict[str, Any]
Scope = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]
# A page is some dozens of kilobytes; papers and exports go to the disk, where a thousand slow readers cost no memory.
IN_MEMORY_BYTES = 2**20
PIECE_BYTES = 64 * 1024  # asyncio's own mark above which a writer waits.
_OF_THEIR_OWN = {"content-type": "CONTENT_TYPE", "content-length": "", "transfer-encoding": ""}


@dataclass
class WsgiAnswer:
    """What the application said."""

    status: int = 500
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES))  # noqa: SIM115
    size: int = 0

    def begin(self, status: str, fields: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], Any]:
        """PEP 3333's ``start_response``."""
        self.status = int(status.partition(" ")[0])
        self.fields = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
        return self.write

    def write(self, piece: bytes) -> None:
        """The next piece of the body."""
        self.size += self.body.write(piece)

    def pieces(self) -> Iterator[tuple[bytes, bool]]:
        """The body in pieces, each with whether more follows; at least one."""
        self.body.seek(0)
        left = self.size
        while True:
            piece = self.body.read(PIECE_BYTES)
            left -= len(piece)
            yield piece, bool(piece) and left > 0
            if not piece or left <= 0:
                return


def environment(scope: Scope, body: RequestBody) -> Environment:
    """What the application reads of a request."""
    server, client = scope.get("server") or ("localhost", None), scope.get("client")
    made: Environment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0] if client else "localhost",  # Over a Unix socket only this machine can ask.
        "CONTENT_LENGTH": str(body.size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO() if body.refusal else body.file,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        REFUSAL: body.refusal,
    }
    for name, value in scope["headers"]:
        _enter(made, name.decode("latin-1"), value.decode("latin-1"))
    return made


def _enter(made: Environment, name: str, value: str) -> None:
    # With an underscore a field could take the place of one that a proxy has set (X_Forwarded_For).
    key = "" if "_" in name else _OF_THEIR_OWN.get(name, f"HTTP_{name.upper().replace('-', '_')}")
    if not key:
        return
    between = "; " if key == "HTTP_COOKIE" else ","
    made[key] = f"{made[key]}{between}{value}" if key in made else value


def answer_of(application: Application, made: Environment) -> WsgiAnswer:
    """Call the application and take all of its answer. What it raises is logged, and answered with a sentence."""
    answer = WsgiAnswer()
    try:
        parts = application(made, answer.begin)
        try:
            for part in parts:
                answer.write(part)
        finally:
            if hasattr(parts, "close"):
                parts.close()
    except Exception as error:
        answer.body.close()
        failure = failure_behind(error)
        # Without the address, which may hold a secret link. What a page raises is answered by the application itself;
        # this is left to what is raised while its answer is taken: a table made row by row, a disk that is full.
        log.error("event=answer_failed reason=%s number=%s", failure.code, failure.number, exc_info=error)
        return _sentence(failure)
    except BaseException:
        answer.body.close()
        raise
    return answer


def _sentence(failure: Refused) -> WsgiAnswer:
    """In both languages: which one was chosen is known to the application alone."""
    answer = WsgiAnswer(failure.status, [(b"content-type", b"text/plain; charset=utf-8")], BytesIO())
    answer.write("\n".join(failure.both()).encode())
    return answer
