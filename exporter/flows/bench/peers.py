"""The collectors of the benchmark: ours, nfcapd and nfacctd, each started on loopback and asked what it counted."""

import contextlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from exporter.errors import ExporterError
from exporter.processes import cpu_seconds, ended_children_seconds, resident_bytes
from inventory.model import City
from runtime.children import end

NFCAPD, NFACCTD, PMACCT = "nfcapd", "nfacctd", "pmacct"

# Of the socket of each collector: the same for all, what ours asks for by itself.
BUFFER_BYTES = 32 * 2**20
# Twenty tries a second for two minutes: a busy machine starts late, and one that ends ends the wait.
_TRIES = 2400


@dataclass(frozen=True)
class RunningCollector:
    """A collector at work. ``counted`` tells bytes so far (after it ended, for those that tell only then)."""

    name: str
    port: int
    page: str
    child: "subprocess.Popen[str]"
    counted: Callable[[], int]

    def cpu(self) -> float:
        """CPU seconds of the process and its children so far."""
        return sum(cpu_seconds(pid) for pid in self._family())

    def memory(self) -> int:
        """Resident bytes now, summed over the process and its children."""
        return sum(resident_bytes(pid) for pid in self._family())

    def writers(self) -> float:
        """CPU seconds of its children that have ended: the writers of its history."""
        return ended_children_seconds(self.child.pid)

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        return [self.child.pid, *map(int, children)]

    def settle(self) -> None:
        """Wait until it has nothing left to do."""
        # Half a second with at most one clock tick (10 ms) of CPU in each tenth; half a minute at most.
        idle = 0
        for _ in range(300):
            before = self.cpu()
            time.sleep(0.1)
            idle = idle + 1 if self.cpu() - before < 0.011 else 0
            if idle == 5:
                return


# A collector in a folder of its own.
Start = Callable[[Path], contextlib.AbstractContextManager[RunningCollector]]


@contextlib.contextmanager
def ours(folder: Path, city: Path, history: bool = True) -> Iterator[RunningCollector]:
    """The flow part, as it is delivered; its history is written below ``folder``/history."""
    history_part = f"history: {{folder: {folder}/history}}, " if history else ""
    port, http = _free(socket.SOCK_DGRAM), _free(socket.SOCK_STREAM)
    (folder / "exporter.yaml").write_text(
        f"inventory: {city}\nstate: {folder}/state\n"
        f"flows: {{{history_part}listen: '127.0.0.1:{http}', datagrams: ['127.0.0.1:{port}']}}\n"
    )
    page = f"http://127.0.0.1:{http}/metrics"
    command = [sys.executable, "-m", "exporter.part", "flows", "--config", str(folder / "exporter.yaml")]
    with _child(command) as child:
        running = RunningCollector(
            "lebarpita", port, page, child, lambda: int(value(read(page), "lebarpita_flow_bytes_total"))
        )
        _await(lambda: bool(read(page)), child)
        yield running


@contextlib.contextmanager
def nfcapd(folder: Path) -> Iterator[RunningCollector]:
    """nfdump's collector, which stores every flow; it tells what it had when it ends."""
    port, store = _free(socket.SOCK_DGRAM), folder / "nfcapd"
    store.mkdir()
    log = folder / "nfcapd.log"
    command = [_program(NFCAPD), "-w", str(store), "-b", "127.0.0.1", "-p", str(port), "-B", str(BUFFER_BYTES)]

    def counted() -> int:
        child.send_signal(signal.SIGTERM)
        child.wait(20)
        return sum(map(int, re.findall(r"Flows: \d+, Packets: \d+, Bytes: (\d+)", log.read_text())))

    with log.open("w") as output, _child([*command, "-t", "3600"], output) as child:
        time.sleep(0.5)
        yield RunningCollector(NFCAPD, port, "", child, counted)
    shutil.rmtree(store)


@contextlib.contextmanager
def nfacctd(folder: Path, city: City) -> Iterator[RunningCollector]:
    """pmacct's collector with its memory table, summing by the prefixes of a networks file."""
    port, pipe = _free(socket.SOCK_DGRAM), folder / "imt"
    networks = [str(prefix) for opd in city.opds for prefix in opd.prefixes]
    (folder / "networks").write_text("".join(f"{network}\n" for network in networks))
    settings = {
        "daemonize": "false",
        "nfacctd_ip": "127.0.0.1",
        "nfacctd_port": port,
        "nfacctd_pipe_size": BUFFER_BYTES,
        "nfacctd_net": "file",
        "networks_file": folder / "networks",
        "plugins": "memory",
        "aggregate": "src_net, dst_net",
        "imt_path": pipe,
        "imt_mem_pools_number": 0,
        "plugin_pipe_size": 100 * 2**20,
        "plugin_buffer_size": 100 * 2**10,
    }
    (folder / "nfacctd.conf").write_text("".join(f"{key}: {setting}\n" for key, setting in settings.items()))

    def counted() -> int:
        table = subprocess.run(
            [_program(PMACCT), "-s", "-p", str(pipe), "-O", "json"], capture_output=True, text=True, check=True
        )
        return sum(json.loads(line)["bytes"] for line in table.stdout.splitlines() if line.startswith("{"))

    command = [_program(NFACCTD), "-f", str(folder / "nfacctd.conf")]
    with (folder / "nfacctd.log").open("w") as log, _child(command, log) as child:
        _await(pipe.exists, child)
        time.sleep(0.5)
        yield RunningCollector(NFACCTD, port, "", child, counted)


def read(page: str) -> str:
    """A page on loopback. Raises OSError."""
    with urllib.request.urlopen(page, timeout=5) as answer:
        return str(answer.read().decode())


def value(text: str, name: str) -> float:
    """The sum of a metric's samples on a page."""
    return sum(float(sample) for sample in re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE))


@contextlib.contextmanager
def _child(command: list[str], log: "IO[str] | None" = None) -> Iterator["subprocess.Popen[str]"]:
    out = log if log is not None else subprocess.DEVNULL
    child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, text=True)
    try:
        yield child
    finally:
        end(child, signal.SIGINT)


def _await(ready: Callable[[], bool], child: "subprocess.Popen[str]") -> None:
    for _ in range(_TRIES):
        with contextlib.suppress(OSError):
            if ready():
                return
        if child.poll() is not None:
            break
        time.sleep(0.05)
    raise ExporterError(f"bench: {child.args!r} did not start")


def _program(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        raise ExporterError(f"{name} is not installed; apt-get install nfdump pmacct")
    return path


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
