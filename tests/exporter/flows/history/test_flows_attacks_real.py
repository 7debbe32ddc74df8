"""Each planted attack against a collector that runs: NetFlow v9 datagrams over loopback at the speed of the attack.

The collector is the part's own process with its history on. Only the beacon's past is not waited for: its nine calls of
before go, minute by minute, through the same writer that the collector starts, as the collector would have handed them
over; the tenth comes as a datagram.
"""

import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from children import until
from flow_packets import EXPORTER, SOURCE4, TARGET4, a_set, ipfix, new_collector, record, template, v9
from flow_part import FlowPartProcess
from ports import free_port

from exporter.flows.account.pipeline import take_datagram
from exporter.flows.history.beacons import LEAST_CALLS
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.history.minute_wire import MinuteToWrite, minute_bytes

Flow = tuple[str, str, int, int, int, int]
FIELDS = (SOURCE4, TARGET4, (7, 2), (11, 2), (4, 1), (1, 4))
TICK_SECONDS = 0.25
RECORDS = 50
BEACON: list[Flow] = [
    ("10.10.6.9", "203.0.113.77", 50_000, 443, 6, 800),
    ("203.0.113.77", "10.10.6.9", 443, 50_000, 6, 4_000),
]
PLANTED = {
    ("scan", "disdik", "10.10.2.3", "out", "22", ""),
    ("ports", "dukcapil", "10.10.3.3", "out", "0", ""),
    ("flood", "kec-utara", "10.10.4.2", "in", "80", ""),
    ("mail", "rsud", "10.10.5.9", "out", "0", ""),
    ("scan", "dinkes", "192.0.2.0/24", "in", "3389", ""),
    ("beacon", "dishub", "10.10.6.9", "out", "443", "203.0.113.0/24"),
}


def remote(number: int) -> str:
    return f"198.{18 + number // 65_536 % 2}.{number // 256 % 256}.{number % 256}"


def tick(number: int) -> Iterator[Flow]:
    """A quarter of a second: 40 addresses and 80 ports tried a second, 800 sources, 8 mails, 16 doors; and work."""
    for n in range(number * 10, number * 10 + 10):
        yield "10.10.2.3", remote(n), 50_000, 22, 6, 60
    for n in range(number * 20, number * 20 + 20):
        yield "10.10.3.3", "198.51.100.9", 50_000, 1 + n % 60_000, 6, 44
    for n in range(number * 200, number * 200 + 200):
        yield remote(n), "10.10.4.2", 50_000, 80, 6, 60
    for n in range(number * 2, number * 2 + 2):
        yield "10.10.5.9", remote(n), 50_000, 25, 6, 9_000
        yield remote(n), "10.10.5.9", 25, 50_000, 6, 900
    for n in range(number * 4, number * 4 + 4):
        yield "192.0.2.66", f"10.10.1.{1 + n % 250}", 50_000, 3389, 6, 60
    yield "10.10.7.2", remote(number % 60), 50_000, 443, 6, 2_000
    yield remote(number % 60), "10.10.7.2", 443, 50_000, 6, 90_000


def rows(flows: Sequence[Flow]) -> bytes:
    return b"".join(record(FIELDS, *flow) for flow in flows)


def write_past_calls(folder: Path) -> None:
    """Nine calls, five minutes apart, the last one five minutes ago."""
    now = int(time.time()) // 60 * 60
    for ago in range(5 * (LEAST_CALLS - 1), 0, -5):
        collector = new_collector()
        history = MinuteHistory(collector.lookup)
        collector.observe = history.add
        take_datagram(collector, ipfix(template(FIELDS), a_set(256, rows(BEACON))), EXPORTER)
        minute = minute_bytes(MinuteToWrite(now - 60 * ago, history.codes, history.top, history.take()))
        command = [sys.executable, "-m", "exporter.flows.history.parquet", str(folder), "30"]
        assert subprocess.run(command, input=minute, capture_output=True, check=True).stdout == b"[]\n"


def send(target: tuple[str, int], over: threading.Event) -> None:
    sequence, more = count(), BEACON
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(target)
        sender.send(v9(template(FIELDS, ipfix=False), sequence=next(sequence)))
        for number in count():
            flows = [*more, *tick(number)]
            for begin in range(0, len(flows), RECORDS):
                sender.send(v9(a_set(256, rows(flows[begin : begin + RECORDS])), sequence=next(sequence)))
            more = []
            if over.wait(TICK_SECONDS):
                return


def signs(port: int) -> Iterator[tuple[str, ...]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        for line in re.findall(r"^lebarpita_flow_attack_targets{(.*)}", answer.read().decode(), re.MULTILINE):
            yield tuple(re.findall(r'"([^"]*)"', line))


def test_every_planted_attack_is_on_the_page_when_its_minute_is_over_and_nothing_else(tmp_path: Path) -> None:
    folder, port, over, shown = tmp_path / "history", free_port(), threading.Event(), set[tuple[str, ...]]()
    write_past_calls(folder)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kept:
        kept.bind(("127.0.0.1", 0))
        part = FlowPartProcess(tmp_path, kept, port, f", history: {{folder: '{folder}'}}")
        sender = threading.Thread(target=send, args=(kept.getsockname(), over))
        with part.ends:
            until(lambda: part.value_or_none("lebarpita_flow_bytes_total") is not None, "the page", part.child)
            began = time.monotonic()
            sender.start()

            def all_shown() -> bool:
                shown.update(signs(port))
                return shown >= PLANTED

            try:
                until(all_shown, "every attack", part.child, pause=0.2)
            finally:
                print(f"shown: {sorted(shown)}")
                over.set()
                sender.join()
            print(f"all planted attacks shown {time.monotonic() - began:.1f} s after the first datagram")
            assert shown == PLANTED
            assert part.value("lebarpita_flow_lost_records_total") == 0
