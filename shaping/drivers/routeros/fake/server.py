"""The sockets of a fake router: connections in, each one a session of sentences. Plain or over TLS.

``Trouble`` is what a test plants: a change of that number is refused, or its request or its answer is lost. Log-in is
that of 6.43 and later (facts 1.11); an older version sends its challenge whatever the password was (1.12). Before the
log-in every command is ``not logged in`` (1.10).
"""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from shaping.drivers.routeros.fake.router import CHANGES, FakeRouter
from shaping.drivers.routeros.fake.switches import Version
from shaping.drivers.routeros.fake.words import ProtocolFault, encode_sentence, read_sentence

# A client that says nothing for so long is let go; a router has no such limit (facts 9.10), a test's fake needs one.
_SILENT_SECONDS = 300.0
# From this version on the password is sent and not its answer to a challenge (facts 1.11).
FIRST_PLAIN_LOGIN: Version = (6, 43, 0)
_SAFE = ("take", "release", "unroll")


@dataclass
class Trouble:
    """``kind`` meets the change ``number`` (from 1, over all sessions) and what follows where it is ``gone``.

    ``refused``: it is answered with a trap. ``fatal``: with a reason and the end of the session (facts 1.9).
    ``request``: the connection ends before it is done. ``answer``: it ends after it was done. ``silent``: it is done
    and never answered. ``down``: after that nobody can connect any more.
    """

    kind: Literal["none", "refused", "fatal", "request", "answer", "silent"] = "none"
    number: int = 0
    down: bool = False
    changes: int = 0
    commands: list[str] = field(default_factory=list)
    closed: bool = False

    def meets(self, command: str) -> bool:
        """Count a command; True where this is the one."""
        self.commands.append(command)
        verb = command.rpartition("/")[2]
        if verb not in CHANGES and verb not in _SAFE:
            return False
        self.changes += 1
        return self.kind != "none" and self.changes == self.number


class FakeServer(socketserver.ThreadingTCPServer):
    """A fake router on an address; ``tls`` is a context with its certificate."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, router: FakeRouter, address: tuple[str, int], tls: ssl.SSLContext | None = None) -> None:
        self.router, self.tls, self.trouble = router, tls, Trouble()
        super().__init__(address, _FakeSession)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks its connection is no news."""


class _FakeSession(socketserver.BaseRequestHandler):
    """One connection."""

    server: FakeServer

    def handle(self) -> None:
        with suppress(OSError, ProtocolFault), self._secured() as line:
            line.settimeout(_SILENT_SECONDS)
            self._line = line
            try:
                self._talk()
            finally:
                self.server.router.leave(self)

    @contextmanager
    def _secured(self) -> Iterator[socket.socket]:
        if self.server.trouble.closed:
            raise OSError("down")
        tls = self.server.tls
        if tls is None:
            yield self.request
            return
        with tls.wrap_socket(self.request, server_side=True) as line:
            yield line

    def _talk(self) -> None:
        welcome = False
        while words := read_sentence(self._receive):
            if not welcome and words[0] != "/login":
                self._send([["!fatal", "not logged in"]])
                return
            if words[0] == "/quit":
                self._send([["!fatal", "session terminated on request"]])
                return
            if words[0] == "/login":
                welcome = self._login(words)
            elif not self._obey(words):
                return

    def _obey(self, words: list[str]) -> bool:
        trouble = self.server.trouble
        if not trouble.meets(words[0]):
            self._send(self.server.router.answer(self, words))
            return True
        trouble.closed = trouble.down
        if trouble.kind == "refused":
            self._send([["!trap", "=message=failure: planted by a test"], ["!done"]])
            return True
        if trouble.kind == "fatal":
            self._send([["!fatal", "session terminated on request"]])
            return False
        if trouble.kind != "request":
            self.server.router.answer(self, words)
        if trouble.kind == "silent":
            # The client gives up first; what it sends then is nothing any more.
            self._line.recv(1)
        return False

    def _login(self, words: Sequence[str]) -> bool:
        sent = dict(word[1:].partition("=")[::2] for word in words[1:])
        router = self.server.router
        # A version that is none (0) is of a test, and logs in as any router of today.
        if (0, 0, 0) < router.make.number < FIRST_PLAIN_LOGIN:
            self._send([["!done", f"=ret={'0' * 32}"]])
            return False
        if (sent.get("name"), sent.get("password")) != (router.user, router.password):
            self._send([["!trap", "=message=invalid user name or password (6)"], ["!done"]])
            return False
        if "api" not in router.policies:
            self._send([["!trap", "=message=std failure: not allowed (9)"], ["!done"]])
            return False
        self._send([["!done"]])
        return True

    def _receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._line.recv(size - len(data))
            if not part:
                raise ProtocolFault("the client has left")
            data += part
        return data

    def _send(self, sentences: Sequence[Sequence[str]]) -> None:
        self._line.sendall(b"".join(map(encode_sentence, sentences)))


@contextmanager
def serving(server: FakeServer) -> Iterator[FakeServer]:
    """Answer in a thread for the length of a block."""
    # A short poll, so that the end of a block is not waited for. Not supervised: the block's caller sees a fake that is
    # silent.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
