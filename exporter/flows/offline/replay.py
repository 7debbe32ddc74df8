"""``flows replay``: the datagrams of captures sent to a collector at a given rate, from this host's address."""

import argparse
import socket
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from exporter.errors import ExporterError
from exporter.flows.offline.report import CaptureStream, datagrams
from exporter.http.server import Listen, parse_listen

EXAMPLE = "example: lebarpita-exporter flows replay flows.pcap --to 127.0.0.1:2055 --rate 1000"

# Work over two seconds shows its progress.
_SHOW_SECONDS = 2.0


def add_replay(commands: Any) -> None:
    """Add ``replay`` to the commands of ``flows``."""
    replay = commands.add_parser("replay", help="send a capture's datagrams to a collector", epilog=EXAMPLE)
    replay.add_argument(
        "captures", nargs="+", type=Path, metavar="CAPTURE", help="pcap, pcapng, or a file of one datagram"
    )
    replay.add_argument("--to", required=True, metavar="HOST:PORT", help="the collector")
    replay.add_argument("--rate", type=_rate, default=1000.0, metavar="N", help="datagrams per second (%(default)s)")
    replay.set_defaults(run=_replay)


def send_paced(
    rows: Iterable[bytes],
    rate: float,
    send: Callable[[bytes], object],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Send every row no earlier than its turn at ``rate`` a second; returns how many."""
    begin, number = clock(), 0
    for number, row in enumerate(rows, 1):
        # Against the beginning and not the last one sent: what a sleep oversleeps is made up for.
        early = begin + (number - 1) / rate - clock()
        if early > 0:
            sleep(early)
        send(row)
    return number


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no rate; write datagrams per second, for example 1000")
    return rate


def _where(text: str) -> Listen:
    try:
        where = parse_listen(text)
    except ExporterError:
        where = Listen()
    if not where.host:
        raise ExporterError(f"--to {text}: datagrams go to HOST:PORT, for example 127.0.0.1:2055")
    return where


def _replay(options: argparse.Namespace) -> int:
    where = _where(options.to)
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    progress = _Progress()
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as door:
            rows = (progress.count(row[0]) for row in datagrams(options.captures, CaptureStream()))
            number = send_paced(rows, options.rate, lambda data: door.sendto(data, (where.host, where.port)))
    except OSError as error:
        raise ExporterError(f"{options.to}: datagrams cannot be sent: {error.strerror}; check --to") from error
    print(f"{number} datagrams sent to {options.to}; they came from this host, whatever the capture's exporters were")
    return 0


class _Progress:
    """Tells a person at a terminal how far the work is."""

    def __init__(self) -> None:
        self._number, self._last = 0, time.monotonic()

    def count(self, data: bytes) -> bytes:
        self._number += 1
        if sys.stderr.isatty() and time.monotonic() - self._last > _SHOW_SECONDS:
            self._last = time.monotonic()
            print(f"\r{self._number} datagrams", end="", file=sys.stderr)
        return data
