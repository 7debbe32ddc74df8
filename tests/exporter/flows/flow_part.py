"""The flow part as a process of its own, on a socket that outlives it: a folder and a socket in, its page out."""

import re
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from flow_packets import a_set

CITY = Path("inventory/example/city.yaml")
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
        city.write_text(CITY.read_text().replace("address: 10.255.0.1, direction", "address: 127.0.0.1, direction"))
        self.city, self.state, self.port = city, folder / "state", port
        config = folder / "exporter.yaml"
        config.write_text(f"inventory: {city}\nstate: {self.state}\nflows: {{listen: '127.0.0.1:{port}'{more}}}\n")
        part = [sys.executable, "-m", "exporter.part", "flows", "--config", str(config)]
        self.child = subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(kept.fileno()), *part], pass_fds=[kept.fileno()]
        )

    def value(self, name: str) -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=2) as answer:
            found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", answer.read().decode(), re.MULTILINE)
        return sum(map(float, found))

    def await_bytes(self, expected: int) -> None:
        end = time.monotonic() + 20
        while True:
            try:
                if self.value("lebarpita_flow_bytes_total") == expected:
                    return
            except OSError:
                pass
            assert time.monotonic() < end, f"{expected} bytes were never counted"
            time.sleep(0.05)

    def await_bytes_from(self, shown: float) -> None:
        """Until the page is back; its bytes are no fewer than those shown before."""
        end = time.monotonic() + 20
        while True:
            try:
                assert self.value("lebarpita_flow_bytes_total") >= shown
                return
            except OSError:
                assert time.monotonic() < end, "the page never came back"
                time.sleep(0.05)

    def await_all(self, sent: int) -> None:
        """Until every record that was sent is counted or told as lost."""
        end, told = time.monotonic() + 20, 0.0
        while told != sent:
            assert time.monotonic() < end, f"{told} of {sent} records were counted or told as lost"
            time.sleep(0.05)
            told = sum(map(self.value, ("lebarpita_flow_records_total", "lebarpita_flow_lost_records_total")))

    def await_template(self) -> None:
        """Until what the exporter told of itself has been written."""
        path, end = self.state / "flows.json", time.monotonic() + 20
        while not (path.exists() and '"templates": [[256' in path.read_text()):
            assert time.monotonic() < end, "the template was never written"
            time.sleep(0.05)
