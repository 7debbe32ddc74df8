"""kill -9 and a restart: templates, rates and counters come back, the kept socket loses nothing, nothing goes back."""

import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from flow_packets import USUAL, a_set, ipfix, record, template
from ports import free_port
from tree import EXAMPLE_CITY

CITY = EXAMPLE_CITY
NET, DINKES = "198.51.100.1", "10.10.1.2"
SAMPLER = a_set(3, struct.pack("!HHHHHHH", 300, 2, 1, 149, 4, 34, 4))

HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""


class Part:
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


def test_after_kill_9_nothing_is_undecoded_and_the_kept_socket_lost_nothing(tmp_path: Path) -> None:
    data = a_set(256, record(USUAL, NET, DINKES, 10, 1))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kept,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter,
    ):
        kept.bind(("127.0.0.1", 0))
        exporter.connect(kept.getsockname())
        part = Part(tmp_path, kept, free_port())
        try:
            exporter.send(ipfix(template(USUAL), SAMPLER, a_set(300, struct.pack("!II", 1, 7)), sequence=0))
            exporter.send(ipfix(data, sequence=1))
            part.await_bytes(70)
            part.await_template()
            part.child.send_signal(signal.SIGKILL)
            part.child.wait()
            for number in range(2, 12):
                exporter.send(ipfix(data, sequence=number))
            part = Part(tmp_path, kept, part.port)
            part.await_bytes(70 * 11)
            assert part.value("lebarpita_flow_undecoded_sets_total") == 0
            assert part.value("lebarpita_flow_lost_records_total") == 0
        finally:
            part.child.kill()
            part.child.wait()


def test_killed_at_any_moment_no_counter_ever_goes_back_and_nothing_is_lost_unsaid(tmp_path: Path) -> None:
    """Killed in the middle of a stream, again and again: what was shown stands; sent = counted + told as lost."""
    usual, shown, sent = a_set(256, record(USUAL, NET, DINKES, 10, 1)), 0.0, 1
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kept,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter,
    ):
        kept.bind(("127.0.0.1", 0))
        exporter.connect(kept.getsockname())
        part = Part(tmp_path, kept, free_port())
        try:
            exporter.send(ipfix(template(USUAL), usual, sequence=0))
            part.await_bytes(10)
            part.await_template()
            for _ in range(3):
                for _ in range(300):
                    exporter.send(ipfix(usual, sequence=sent))
                    sent += 1
                    time.sleep(0.001)
                shown = part.value("lebarpita_flow_bytes_total")
                part.child.send_signal(signal.SIGKILL)
                part.child.wait()
                part = Part(tmp_path, kept, part.port)
                part.await_bytes_from(shown)
            exporter.send(ipfix(usual, sequence=sent))
            part.await_all(sent + 1)
        finally:
            part.child.kill()
            part.child.wait()


def test_a_collector_that_smooths_and_is_ended_counts_what_waited_at_once_when_it_is_back(tmp_path: Path) -> None:
    timed, smooth = (*USUAL, (152, 8), (153, 8)), ", smooth_seconds: 300"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kept,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter,
    ):
        kept.bind(("127.0.0.1", 0))
        exporter.connect(kept.getsockname())
        part = Part(tmp_path, kept, free_port(), smooth)
        try:
            exporter.send(ipfix(template(timed), a_set(256, record(timed, NET, DINKES, 3_000_000, 300, 0, 300_000))))
            part.await_bytes(3_000_000)
            assert part.value("lebarpita_opd_receive_bytes_total") < 1_500_000
            part.child.terminate()
            part.child.wait(10)
            part = Part(tmp_path, kept, part.port, smooth)
            part.await_bytes(3_000_000)
            assert part.value("lebarpita_opd_receive_bytes_total") == 3_000_000
        finally:
            part.child.kill()
            part.child.wait()
