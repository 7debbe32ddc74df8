"""Sends a generated load over UDP at a given rate, again and again with running sequence numbers. For benchmarks."""

import multiprocessing
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from exporter.flows.bench.generator import RECORDS, FlowLoad

# Where the sequence number stands in the header of each version.
_SEQUENCE_AT = {5: 16, 9: 12, 10: 8}

# Seconds: between two groups of datagrams (the scheduler's sleep is no finer than a millisecond on a busy machine), and
# from the last one to the tail (by then a collector has read what its socket holds).
_TICK_SECONDS = 0.002
_TAIL_SECONDS = 1.0

# Bytes: what is shorter is a template, which counts no records.
_SHORTEST_DATA = 200


@dataclass(frozen=True)
class SentLoad:
    """What left, and in how long."""

    flows: int
    datagrams: int
    seconds: float


@dataclass
class _Row:
    """One datagram; ``step``: by how much its sequence number grows from one pass over the load to the next."""

    data: bytearray
    stream: bytes
    at: int
    units: int
    records: int
    step: int = 0

    def advance(self) -> None:
        """Make it the datagram of the next pass."""
        now = struct.unpack_from("!I", self.data, self.at)[0]
        struct.pack_into("!I", self.data, self.at, (now + self.step) % (1 << 32))


def send(load: FlowLoad, port: int, flows_per_second: float, seconds: float | None = None) -> SentLoad:
    """One pass over the load, or passes for ``seconds``; a rate of 0 is as fast as it goes. In a process of its own."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=lambda: answers.put(_run(load, port, flows_per_second, seconds)))
    child.start()
    sent: SentLoad = answers.get()
    child.join()
    return sent


def _run(load: FlowLoad, port: int, rate: float, seconds: float | None) -> SentLoad:
    rows = [_row(row) for row in load.datagrams]
    passes = Counter[bytes]()
    for row in rows:
        passes[row.stream] += row.units
    for row in rows:
        row.step = passes[row.stream]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        began = time.perf_counter()
        flows, datagrams, place = _send_paced(sender, rows, rate, seconds)
        took = time.perf_counter() - began
        if seconds is not None:
            last = _send_tail(sender, [*rows[place:], *rows[:place]])
            flows, datagrams = flows + sum(row.records for row in last), datagrams + len(last)
    return SentLoad(flows, datagrams, took)


def _row(datagram: bytes) -> _Row:
    version, count = struct.unpack_from("!HH", datagram)
    stream = datagram[:2] + (datagram[12:16] if version == 10 else b"")
    records = RECORDS if len(datagram) > _SHORTEST_DATA else 0
    units = 1 if version == 9 else records
    assert version != 5 or count == records
    return _Row(bytearray(datagram), stream, _SEQUENCE_AT[version], units, records)


def _send_paced(sender: socket.socket, rows: list[_Row], rate: float, seconds: float | None) -> tuple[int, int, int]:
    """Flows, datagrams, and where in the pass it ended."""
    each = max(1, round(rate * _TICK_SECONDS / RECORDS)) if rate else 256
    tick = each * RECORDS / rate if rate else 0.0
    began = due = time.perf_counter()
    flows = datagrams = 0
    while True:
        for place in range(0, len(rows), each):
            part = rows[place : place + each]
            for row in part:
                sender.send(row.data)
                if seconds is not None:
                    row.advance()
                flows += row.records
            datagrams += len(part)
            due += tick
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            if seconds is not None and time.perf_counter() - began >= seconds:
                return flows, datagrams, place + len(part)
        if seconds is None:
            return flows, datagrams, 0


def _send_tail(sender: socket.socket, rows: Iterable[_Row]) -> list[_Row]:
    """After a pause, the next datagram of every stream, so that a gap at the end shows too."""
    time.sleep(_TAIL_SECONDS)
    following: dict[bytes, _Row] = {}
    for row in rows:
        following.setdefault(row.stream, row)
    for row in following.values():
        sender.send(row.data)
    return list(following.values())
