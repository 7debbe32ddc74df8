"""A storm of 12,000 traps at the served watch: none lost uncounted, memory bounded, its page served meanwhile."""

import http.client
import os
import socket
import subprocess
import sys
from pathlib import Path

from children import PATIENCE_SECONDS, child, until
from ports import free_port
from snmp_scene import Samples, read_page
from test_watch_traps import LINK_DOWN, inform

STORM, GROWTH_BYTES = 12_000, 48 * 2**20
CITY = """\
city: {name: Kota, watch_from: core}
devices: [{name: core, address: 127.0.0.1}]
uplinks:
  - {name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}
"""


class OverUnix(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("watch", timeout=PATIENCE_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE_SECONDS)
        self.sock.connect(str(self._path))


def page(path: Path) -> Samples:
    connection = OverUnix(path)
    connection.request("GET", "/metrics")
    answer = connection.getresponse().read().decode()
    connection.close()
    return read_page(answer)


def total(samples: Samples, name: str) -> int:
    return int(sum(count for key, count in samples.items() if key[0] == name))


def everything(samples: Samples) -> Samples | None:
    return samples if accounted(samples) >= STORM else None


def accounted(samples: Samples) -> int:
    return total(samples, "lebarpita_snmp_trap_received_total") + total(samples, "lebarpita_snmp_trap_refused_total")


def test_every_trap_of_a_storm_is_counted_while_the_page_is_served(tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_text(CITY)
    traps, served = free_port(), tmp_path / "watch.sock"
    watch = f"{{listen: 'unix:{served}', traps: '127.0.0.1:{traps}', trap_community: 'env:TRAP_COMMUNITY'}}"
    path = tmp_path / "exporter.yaml"
    path.write_text(f"inventory: {tmp_path}/city.yaml\nstate: {tmp_path}/state\nwatch: {watch}\n")
    command = [sys.executable, "-m", "exporter.cli", "serve", "--config", path, "watch"]
    with child(command, env={**os.environ, "TRAP_COMMUNITY": "benar"}, stderr=subprocess.DEVNULL) as part:
        until(served.exists, "the socket", part)
        before = total(page(served), "process_resident_memory_bytes")
        right, wrong = inform(b"benar", LINK_DOWN), inform(b"salah", LINK_DOWN)
        during: list[int] = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(STORM):
                sender.sendto(wrong if number % 4 == 0 else right, ("127.0.0.1", traps))
                if number % 3000 == 2999:
                    during.append(accounted(page(served)))
        samples = until(lambda: everything(page(served)), "all traps", part, pause=0.1)
    assert len(during) == 4
    assert accounted(samples) == STORM
    assert total(samples, "process_resident_memory_bytes") - before < GROWTH_BYTES
