"""Connections that no honest browser makes, held beside the crowd: an address and a number in, that many held open out.

A quarter says nothing, a quarter half a head, a quarter a byte of a body each second, a quarter asks and never reads.
One that the server closes is opened again within a second. Runs as a process of its own, so that it costs the people
beside it nothing but what the server has to do.
"""

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from request_tracker.errors import TrackerError

KINDS = (
    b"",
    b"GET / HTTP/1.1\r\nHost: x\r\n",
    b"POST /permohonan HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n",
    b"GET /static/lebarpita.css HTTP/1.1\r\nHost: x\r\n\r\n" * 4,
)
TRICKLE = 2
SMALL_WINDOW = 4_096  # What a slow reader lets the kernel keep for it, in bytes.
SPARE_FILES = 64
READY = "held"


@contextmanager
def beside(place: tuple[str, int], count: int) -> Iterator[None]:
    """Hold so many for the block; none for a count of nought. Begins once all have been opened."""
    if not count:
        yield
        return
    command = [sys.executable, "-m", "request_tracker.bench.hostile", place[0], str(place[1]), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            if child.stdout is None or READY not in child.stdout.readline():
                raise TrackerError(f"bench: {count} connections cannot be held; allow more open files (ulimit -n)")
            yield
        finally:
            child.terminate()


def main(arguments: Sequence[str]) -> int:
    """Hold them until this process is ended."""
    host, port, count = arguments[0], int(arguments[1]), int(arguments[2])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count + SPARE_FILES:
        return 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    connections = [_opened((host, port), number % len(KINDS)) for number in range(count)]
    print(READY, flush=True)
    while True:
        began = time.monotonic()
        for number, connection in enumerate(connections):
            if not _alive(connection, number % len(KINDS)):
                connection.close()
                connections[number] = _opened((host, port), number % len(KINDS))
        time.sleep(max(0.0, began + 1.0 - time.monotonic()))


def _opened(place: tuple[str, int], kind: int) -> socket.socket:
    """From an address of the loopback that is the kind's own, where there are many."""
    connection = socket.socket()
    if place[0].startswith("127."):
        connection.bind((f"127.0.1.{kind + 1}", 0))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
    connection.connect(place)
    connection.sendall(KINDS[kind])
    connection.setblocking(False)
    return connection


def _alive(connection: socket.socket, kind: int) -> bool:
    try:
        if kind == TRICKLE:
            connection.send(b"x")
        # A slow reader's connection always has something to read; looking at one byte takes nothing out of it.
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
