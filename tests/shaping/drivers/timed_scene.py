"""Run inside ``unshare --user --map-root-user --net``: the tracker falls silent before a rate begins and ends.

The agent runs as a process on the real kernel; what its class holds is read from the kernel, not from the agent.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from children import child
from ledgers import CITY, ledger, timed

from shaping.drivers.linux import kernel
from shaping.drivers.linux.nft import Interfaces

OFFICES = sorted(opd.code for opd in CITY.opds)
BASE, EVENT = (625_000, 2_500_000), (625_000, 5_000_000)
# Of the event, seconds from the first answer: long enough for a busy machine to have applied the ledger before it.
BEGINS_AFTER, LASTS = 8.0, 6.0


class Tracker(BaseHTTPRequestHandler):
    """One page, and then nothing."""

    body: ClassVar[dict[str, Any]] = {}
    silent: ClassVar[bool] = False
    proofs: ClassVar[list[Any]] = []

    def do_GET(self) -> None:
        self.answer(503 if self.silent else 200, self.body)

    def do_POST(self) -> None:
        proof = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.silent:
            self.proofs.append(proof)
        self.answer(503 if self.silent else 200, {})

    def answer(self, status: int, body: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for name in ("wan", "lan"):
        subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-far"], check=True)
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tracker)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    state, config = Path(sys.argv[1]), Path(sys.argv[1]) / "shaping.yaml"
    settings = {
        "inventory": str(Path("inventory/example/city.yaml").resolve()),
        "uplink": "isp-utama",
        "tracker": f"http://127.0.0.1:{server.server_port}",
        "token": "env:SHAPING_TOKEN",
        "state": str(state),
        "listen": "127.0.0.1:9832",
    }
    config.write_text(json.dumps(settings))
    begin = time.time() + BEGINS_AFTER
    end = begin + LASTS
    office = OFFICES[1]
    base = ledger(1, **dict.fromkeys(OFFICES, BASE))
    Tracker.body = timed(base, (begin, 2, {office: EVENT}), (end, 3, {office: BASE}))
    command = [sys.executable, "-m", "shaping.cli", "agent", "--config", str(config)]
    environment = {**os.environ, "SHAPING_TOKEN": "a token of a test"}
    with child(command, env=environment, stderr=subprocess.DEVNULL):
        until(lambda: ceiling() == BASE[1] and Tracker.proofs)
        Tracker.silent = True
        before = time.time()
        until(lambda: ceiling() == EVENT[1])
        begun = time.time()
        until(lambda: ceiling() == BASE[1])
        ended = time.time()
        Tracker.silent = False
        until(lambda: any(proof["revision"] == 3 for proof in Tracker.proofs))
    last = Tracker.proofs[-1]
    (read,) = [row for row in last["readback"] if (row["opd"], row["direction"]) == (office, "receive")]
    found = {"applied_before": before < begin, "not_early": begun >= begin and ended >= end, "ok": last["ok"]}
    print(json.dumps({**found, "read": read["ceiling"], "same_hash": last["hash"] == base["hash"]}))


def ceiling() -> int:
    """Of the second office's class."""
    htb = kernel.read(Interfaces("wan", "lan")).classes["lan"].get(0x11)
    return htb.ceil if htb else 0


def until(true: Callable[[], object]) -> None:
    """Ends as soon as it is true; the test's own patience ends what never is."""
    while not true():
        time.sleep(0.02)


if __name__ == "__main__":
    main()
