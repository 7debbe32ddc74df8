"""The flow part as a process of its own, on a socket that outlives it: a folder and a socket in, its page out."""

import re
import socket
import struct
import sys
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

from children import child, until
from flow_packets import a_set
from tree import EXAMPLE_CITY

NET, DINKES = "198.51.100.1", "10.10.1.2"
SAMPLER = a_set(3, struct.pack("!HHHHHHH", 300, 2, 1, 149, 4, 34, 4))

HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""


class FlowPartProcess:
    """The flow part on a socket that outlives it, as a service manager hands it over (sd_listen_fds(3))."""

    def __init__(self, folder: Path, kept: socket.socket, port: int, more: str = "") -> None:
        city = folder / "city.yaml"
        city.write_text(
            EXAMPLE_CITY.read_text().replace("address: 10.255.0.1, direction", "address: 127.0.0.1, direction")
        )
        self.city, self.state, self.port = city, folder / "state", port
        config = folder / "exporter.yaml"
        config.write_text(f"inventory: {city}\nstate: {self.state}\nflows: {{listen: '127.0.0.1:{port}'{more}}}\n")
        part = [sys.executable, "-m", "exporter.part", "flows", "--config", str(config)]
        self.ends = ExitStack()
        command = [sys.executable, "-c", HAND_OVER, str(kept.fileno()), *part]
        self.child = self.ends.enter_context(child(command, pass_fds=[kept.fileno()]))

    def value_or_none(self, name: str) -> float | None:
        """The sum of a metric's samples; None while the page does not answer."""
        with suppress(OSError):
            return self.value(name)
        return None

    def value(self, name: str) -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", answer.read().decode(), re.MULTILINE)
        return sum(map(float, found))

    def await_bytes(self, expected: int) -> None:
        until(lambda: self.value_or_none("lebarpita_flow_bytes_total") == expected, f"{expected} bytes", self.child)

    def await_bytes_from(self, shown: float) -> None:
        """Until the page is back; its bytes are no fewer than those shown before."""
        until(lambda: self.value_or_none("lebarpita_flow_bytes_total") is not None, "the page", self.child)
        assert self.value("lebarpita_flow_bytes_total") >= shown

    def await_all(self, sent: int) -> None:
        """Until every record that was sent is counted or told as lost."""
        names = ("lebarpita_flow_records_total", "lebarpita_flow_lost_records_total")
        until(lambda: sum(map(self.value, names)) == sent, f"all {sent} records", self.child)

    def await_template(self) -> None:
        """Until what the exporter told of itself has been written."""
        path = self.state / "flows.json"
        until(lambda: path.exists() and '"templates": [[256' in path.read_text(), "the template", self.child)
