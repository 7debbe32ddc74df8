"""The real server over a fresh office, as ``lebarpita-tracker serve`` starts it, and raw connections to it."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from children import child, until
from ports import free_port
from tree import EXAMPLE_CITY, ROOT

PATIENCE_SECONDS = 60.0
"""Of a socket: far more than any answer needs, so that what hangs fails the test and nothing else does."""


@dataclass(frozen=True)
class ServedOffice:
    """A running server: where it answers, its process, its files."""

    port: int
    process: "subprocess.Popen[Any]"
    folder: Path

    def connect(self, address: str = "127.0.0.1") -> socket.socket:
        """A connection from an address of the loopback, nothing said yet."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS, source_address=(address, 0))

    def ask(self, head: str, body: bytes = b"", address: str = "127.0.0.1") -> tuple[int, str]:
        """Send a request of its own connection; the answer's status and text."""
        with closing(self.connect(address)) as connection:
            connection.sendall(f"{head}\r\nHost: x\r\nConnection: close\r\n\r\n".encode() + body)
            return answer_of(connection)

    def get(self, path: str = "/", address: str = "127.0.0.1") -> tuple[int, str]:
        """Look at a page."""
        return self.ask(f"GET {path} HTTP/1.1", address=address)

    def figure(self, name: str, reason: str = "") -> float:
        """A metric as the server tells it."""
        label = rf'\{{\w+="{reason}"\}}' if reason else ""
        found = re.search(rf"^{name}{label} (\S+)$", self.get("/metrics")[1], re.MULTILINE)
        assert found, f"{name} {reason} is not told"
        return float(found[1])

    def counted(self, name: str, reason: str) -> float:
        """Wait until something was counted for that reason."""
        return until(lambda: self.figure(f"lebarpita_http_{name}_total", reason), reason, self.process)


def answer_of(connection: socket.socket) -> tuple[int, str]:
    """All that comes until the server closes; status and text, status 0 where nothing came."""
    answer = everything(connection)
    status = re.match(rb"HTTP/1.1 (\d+)", answer)
    return (int(status[1]) if status else 0), answer.decode(errors="replace")


def everything(connection: socket.socket) -> bytes:
    """What comes until the connection is closed, by whomever and however."""
    came = b""
    try:
        while piece := connection.recv(65_536):
            came += piece
    except ConnectionError:
        pass
    return came


def configuration(folder: Path, port: int, **parts: Any) -> Path:
    """The settings of an office in that folder; ``parts`` beside the usual ones."""
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text("rahasia-sesi-yang-panjang", encoding="utf-8")
    settings = {
        "inventory": str(EXAMPLE_CITY.absolute()),
        "database": str(folder / "data" / "tracker.db"),
        "files": str(folder / "data" / "files"),
        "secret_key": f"file:{secret}",
        "listen": f"127.0.0.1:{port}",
        "public_url": f"http://127.0.0.1:{port}",
        # The tests read the figures as a Prometheus of the office's own network does.
        "live_traffic_from": ["127.0.0.0/8"],
        **parts,
    }
    path = folder / "tracker.yaml"
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path


def command(path: Path) -> Sequence[str]:
    """How the server is started."""
    return [sys.executable, "-m", "request_tracker.cli", "serve", "--config", str(path)]


@contextmanager
def serving(
    folder: Path, server: Mapping[str, Any] | None = None, before: Callable[[], None] | None = None, **parts: Any
) -> Iterator[ServedOffice]:
    """The server with these bounds (``server:`` of the configuration), answering; ``before`` runs in its process."""
    port = free_port()
    path = configuration(folder, port, server=dict(server or {}), **parts)
    if not (folder / "data").exists():
        # Not in this process: it would go on holding the database open.
        init = [sys.executable, "-m", "request_tracker.cli", "init", "--config", str(path)]
        subprocess.run(init, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with ExitStack() as open_here:
        log = open_here.enter_context((folder / "log").open("a", encoding="utf-8"))
        started = child(command(path), stdout=log, stderr=log, cwd=ROOT, preexec_fn=before)
        process = open_here.enter_context(started)
        until(lambda: answers(port), folder / "log", process)
        yield ServedOffice(port, process, folder)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True
