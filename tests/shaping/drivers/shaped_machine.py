"""A machine between ISP and offices, inside ``unshare``: its interfaces, a tracker's two pages, the agent's process.

What a class holds is read from the kernel, not from the agent.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from zlib import crc32

from children import child
from ledgers import CITY

from shaping.drivers.linux import kernel
from shaping.drivers.linux.nft import Interfaces

OFFICES = sorted(opd.code for opd in CITY.opds)
# The room of a busy machine: what is waited for takes seconds on a quiet one.
PATIENCE_SECONDS = 120


class Tracker(BaseHTTPRequestHandler):
    """The ledger with its ETag, and the proofs that came; 503 while it is ``silent``."""

    body: ClassVar[dict[str, Any]] = {}
    silent: ClassVar[bool] = False
    answers: ClassVar[Counter[int]] = Counter()
    proofs: ClassVar[list[Any]] = []

    def do_GET(self) -> None:
        # Of the whole page: what begins later leaves the hash of what is in force as it is.
        tag = f'"{crc32(json.dumps(self.body).encode())}"'
        status = 503 if self.silent else 304 if self.headers.get("If-None-Match") == tag else 200
        self.answers[status] += 1
        self._answer(status, self.body, tag)

    def do_POST(self) -> None:
        proof = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.silent:
            self.proofs.append(proof)
        self._answer(503 if self.silent else 200, {}, "")

    def _answer(self, status: int, body: Any, tag: str) -> None:
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        if status != 304:
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def interfaces() -> None:
    """Loopback, and ``wan`` and ``lan``, each with somebody behind it."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for name in ("wan", "lan"):
        subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-far"], check=True)
        subprocess.run(["ip", "link", "set", name, "up"], check=True)


@contextmanager
def agent(state: Path, address: str) -> "Iterator[subprocess.Popen[bytes]]":
    """The agent as a process of its own beside the tracker; its pages are at that address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tracker)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    config = state / "shaping.yaml"
    settings = {
        "inventory": str(Path("inventory/example/city.yaml").resolve()),
        "uplink": "isp-utama",
        "tracker": f"http://127.0.0.1:{server.server_port}",
        "token": "env:SHAPING_TOKEN",
        "state": str(state),
        "listen": address,
    }
    config.write_text(json.dumps(settings))
    command = [sys.executable, "-m", "shaping.cli", "agent", "--config", str(config)]
    environment = {**os.environ, "SHAPING_TOKEN": "a token of a test"}
    with child(command, env=environment, stderr=subprocess.DEVNULL) as process:
        yield process


def ceiling() -> int:
    """Of the second office's class, 0 before it is there."""
    htb = kernel.read(Interfaces("wan", "lan")).classes["lan"].get(0x11)
    return htb.ceil if htb else 0


def until(true: Callable[[], object]) -> float:
    """How long it took, in seconds."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.02)
    return time.monotonic() - began
