"""The load of a city with an exporter in every office: 500 addresses in turn, two to four records in each datagram.

A made-up load in, the same records cut anew out; sent from as many addresses of loopback. What each of two collectors
needs for it comes out as figures. nfcapd only stores what ours sums by OPD.
"""

import multiprocessing
import socket
import struct
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exporter.flows.bench.generator import V4_FIELDS, FlowLoad
from exporter.flows.bench.peers import RunningCollector, Start

EXPORTERS = 500

# Records of a datagram, in turn; together the 24 of a datagram of the usual load.
_PIECES = (2, 3, 4, 2, 3, 4, 2, 4)

# A header of NetFlow v9 and of its set (RFC 3954 5.1); a datagram shorter than 200 bytes is a template.
_CONTENT, _SHORTEST_DATA, _TEMPLATE = 24, 200, 257
_RECORD = sum(length for _, length in V4_FIELDS)

# Where a record's bytes (element 1) stand: behind six fields of four.
_BYTES_AT = 24

# Datagrams a second, which is 90,000 flows, three times a city's; and of one go, two milliseconds.
_DATAGRAMS_PER_SECOND, _EACH = 30_000, 64


@dataclass(frozen=True)
class ManyLoad:
    """``pieces``: records of a datagram and their number; ``flows`` and ``total`` bytes of all."""

    pieces: tuple[tuple[bytes, int], ...]
    flows: int
    total: int


def addresses() -> list[str]:
    """The exporters' addresses, all of loopback (127.0.0.0/8)."""
    return [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(EXPORTERS)]


def city_text(text: str) -> str:
    """A generated city whose flows come from all of these addresses."""
    rows = ", ".join(f"{{address: {address}, internal: true}}" for address in addresses())
    return text.replace("flows: [{address: 10.255.0.1, internal: true}]", f"flows: [{rows}]")


def cut(load: FlowLoad) -> ManyLoad:
    """The NetFlow v9 records of a made-up load, two to four in a datagram."""
    pieces: list[tuple[bytes, int]] = []
    for datagram in load.datagrams:
        if datagram[:2] == b"\0\t" and len(datagram) > _SHORTEST_DATA:
            place = _CONTENT
            for records in _PIECES:
                end = place + records * _RECORD
                pieces.append((datagram[place:end], records))
                place = end
    content = np.frombuffer(b"".join(piece for piece, _ in pieces), np.uint8).reshape(-1, _RECORD)
    sizes = np.ascontiguousarray(content[:, _BYTES_AT : _BYTES_AT + 4]).view(">u4")
    return ManyLoad(tuple(pieces), len(content), int(sizes.sum(dtype=np.uint64)))


def datagrams(load: ManyLoad) -> Iterator[tuple[int, bytes]]:
    """The number of the exporter and its datagram, in turn; each begins with its template."""
    specs = b"".join(struct.pack("!HH", *field) for field in V4_FIELDS)
    layout = struct.pack("!HHHH", 0, 8 + len(specs), _TEMPLATE, len(V4_FIELDS)) + specs
    for number in range(EXPORTERS):
        yield number, _head(1, 0) + layout
    for place, (piece, records) in enumerate(load.pieces):
        content = struct.pack("!HH", _TEMPLATE, 4 + len(piece)) + piece
        yield place % EXPORTERS, _head(records, 1 + place // EXPORTERS) + content


def send_many(load: ManyLoad, port: int) -> None:
    """One pass, from a process of its own."""
    child = multiprocessing.get_context("fork").Process(target=lambda: _send(load, port))
    child.start()
    child.join()


def flows_per_cpu_second(running: RunningCollector, load: ManyLoad) -> float:
    """One pass; what was lost of it does not count."""
    before = running.cpu()
    send_many(load, running.port)
    running.settle()
    spent = running.cpu() - before
    return load.flows * (running.counted() / load.total) / spent


def in_turn(starts: Mapping[str, Start], folder: Path, load: ManyLoad) -> dict[str, float]:
    """Each of the collectors once."""
    speeds = {}
    for name, start in starts.items():
        with tempfile.TemporaryDirectory(dir=folder) as place, start(Path(place)) as running:
            speeds[name] = flows_per_cpu_second(running, load)
    return speeds


def _head(records: int, sequence: int) -> bytes:
    return struct.pack("!HHIIII", 9, records, 1000, 1_795_000_000, sequence, 1)


def _send(load: ManyLoad, port: int) -> None:
    with ExitStack() as stack:
        senders = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(EXPORTERS)]
        for sender, address in zip(senders, addresses(), strict=True):
            sender.bind((address, 0))
            sender.connect(("127.0.0.1", port))
        due = time.perf_counter()
        for place, (number, datagram) in enumerate(datagrams(load)):
            senders[number].send(datagram)
            if place % _EACH == 0:
                due += _EACH / _DATAGRAMS_PER_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
