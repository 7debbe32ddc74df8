"""The world of the benchmark: a namespace with so many lines on loopback, cut by a rule of the kernel; a sink.

Nothing leaves the namespace. ``inside`` begins the same command again in one; the rest is meant to run there.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

from exporter.watch.testing.bench_peers import SINK_PORT

_INSIDE = "LEBARPITA_BENCH_WATCH"
_FIRST = IPv4Address("127.1.0.1")
_TABLE = """
table ip bench {
  set cut { type ipv4_addr; }
  chain input { type filter hook input priority 0; icmp type echo-request ip daddr @cut drop; }
}
"""


def inside(arguments: list[str]) -> int | None:
    """Run the command again in a network namespace of its own and return its code; None where this is it."""
    if os.environ.get(_INSIDE):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["nft", "-f", "-"], input=_TABLE.encode(), check=True)
        return None
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-m", "exporter.cli", *arguments]
    return subprocess.run(command, env={**os.environ, _INSIDE: "1"}, check=False).returncode


def addresses(links: int) -> list[str]:
    """Where the simulated offices answer."""
    return [str(_FIRST + number) for number in range(links)]


def city(folder: Path, links: int) -> Path:
    """A city file of so many offices, each on its own line of the core."""
    offices = [
        {"code": f"o{n}", "name": f"Kantor {n}", "prefixes": [f"10.{n >> 8}.{n & 255}.0/24"], "address": address}
        for n, address in enumerate(addresses(links))
    ]
    lines = [
        {"name": f"l{n}", "upstream": {"device": "core", "interface": f"e{n}"}, "opd": f"o{n}", "speed": "1 Gbit/s"}
        for n in range(links)
    ]
    rates = {"receive_capacity": "10 Gbit/s", "transmit_capacity": "10 Gbit/s"}
    whole = {
        "city": {"name": "Kota", "watch_from": "core"},
        "devices": [{"name": "core", "address": "127.0.0.1"}],
        "uplinks": [{"name": "isp", "device": "core", "interface": "wan", **rates}],
        "links": lines,
        "opds": offices,
    }
    path = folder / "city.yaml"
    path.write_text(json.dumps(whole))
    return path


def cut(address: str) -> None:
    """From now on no request reaches this address."""
    subprocess.run(["nft", "add", "element", "ip", "bench", "cut", f"{{ {address} }}"], check=True)


def heal(address: str) -> None:
    """It answers again."""
    subprocess.run(["nft", "delete", "element", "ip", "bench", "cut", f"{{ {address} }}"], check=True)


class Sink:
    """When each root's first webhook came, by alert name."""

    def __init__(self) -> None:
        self.came: dict[tuple[str, str], float] = {}

    def take(self, body: bytes) -> None:
        """One webhook of Alertmanager."""
        now = time.monotonic()
        for alert in json.loads(body)["alerts"]:
            labels = alert["labels"]
            self.came.setdefault((labels["alertname"], labels["root"]), now)


@contextmanager
def listening(sink: Sink) -> Iterator[None]:
    """The sink at its port as long as the block."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sink.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: the figures are printed at the end."""

    server = ThreadingHTTPServer(("127.0.0.1", SINK_PORT), Hook)
    # Needs no supervisor: the benchmark fails by itself where no webhook is taken.
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
