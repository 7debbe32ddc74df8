"""Run inside ``unshare --user --map-root-user --net``: the agent as a process of its own beside a tracker, as JSON.

A ledger is applied, somebody's hand is mended, a signature arrives, a large change waits, a kill leaves nothing.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import urlopen

from children import child
from ledgers import CITY, ledger

from shaping.drivers.linux import kernel
from shaping.drivers.linux.nft import Interfaces

PATIENCE_SECONDS = 60
OFFICES = tuple(opd.code for opd in CITY.opds)
ADDRESS = "127.0.0.1:9830"


class Tracker(BaseHTTPRequestHandler):
    """The ledger with its ETag, and the proofs that came."""

    body: ClassVar[dict[str, Any]] = {}
    answers: ClassVar[Counter[int]] = Counter()
    proofs: ClassVar[list[Any]] = []

    def do_GET(self) -> None:
        tag = f'"{self.body["hash"]}"'
        status = 304 if self.headers.get("If-None-Match") == tag else 200
        self.answers[status] += 1
        self.send_response(status)
        self.send_header("ETag", tag)
        self.end_headers()
        if status != 304:
            self.wfile.write(json.dumps(self.body).encode())

    def do_POST(self) -> None:
        self.proofs.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

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
        "listen": ADDRESS,
    }
    config.write_text(json.dumps(settings))
    Tracker.body = ledger(1, **dict.fromkeys(OFFICES, (625_000, 2_500_000)))
    command = [sys.executable, "-m", "shaping.cli", "agent", "--config", str(config)]
    environment = {**os.environ, "SHAPING_TOKEN": "a token of a test"}
    with child(command, env=environment, stderr=subprocess.DEVNULL) as agent:
        print(json.dumps(story(agent)))


def story(agent: "subprocess.Popen[bytes]") -> dict[str, Any]:
    until(lambda: ceiling() == 2_500_000 and Tracker.proofs)
    time.sleep(2.0)
    calm = len(Tracker.proofs)
    change = "tc class change dev lan parent 1eb:1 classid 1eb:11 htb rate 1mbit ceil 1mbit quantum 1514"
    subprocess.run(change.split(), check=True)
    hand = until(lambda: ceiling() == 2_500_000)
    until(lambda: any("drift" in proof for proof in Tracker.proofs))
    figures = dict.fromkeys(OFFICES, (625000, 2500000))
    office = sorted(OFFICES)[1]
    Tracker.body = ledger(2, **(figures | {office: (625_000, 5_000_000)}))
    signed = until(lambda: ceiling() == 5_000_000)
    Tracker.body = ledger(3, **dict.fromkeys(OFFICES, (125_000, 125_000)))
    until(lambda: "lebarpita_shaping_waits_for_a_person 1.0" in page())
    told = page()
    beside = children(agent.pid)
    agent.kill()
    agent.wait()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in beside))
    return {
        "hand": hand,
        "signed": signed,
        "held": ceiling(),
        "answers": {str(status): count for status, count in Tracker.answers.items()},
        "drift": [proof["drift"]["changes"] for proof in Tracker.proofs if "drift" in proof],
        "calm": calm,
        "counted": [line for line in told.splitlines() if line.startswith("lebarpita_shaping_drift_noticed_total{")],
        "watchdogs": len(beside),
        "office": office,
    }


def ceiling() -> int:
    """Of the second office's class."""
    htb = kernel.read(Interfaces("wan", "lan")).classes["lan"].get(0x11)
    return htb.ceil if htb else 0


def page() -> str:
    with urlopen(f"http://{ADDRESS}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(true: Callable[[], object]) -> float:
    """How long it took."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.02)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
