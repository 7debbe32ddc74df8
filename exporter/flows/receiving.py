"""The sockets: datagrams of the network in, batches to the collector. One thread; a short nap when the queue is short.

A socket handed over by systemd (or the lab) under ``LISTEN_FDS`` is used as it is: what arrives while the collector
is being restarted waits in the kernel and is not lost.
"""

import os
import select
import socket
import struct
import threading
import time
from collections.abc import Sequence

from exporter.config import ExporterError
from exporter.flows.collecting import Collector
from exporter.http import parse_listen

BUFFER_BYTES = 32 * 2**20
MAX_DATAGRAM = 65_535
_OVERFLOW = 40
_BATCH = 256
_NAP_SECONDS = 0.002
_FIRST_HANDED = 3


class Receiver:
    """Reads until ``stop``. ``lock`` guards the collector against the page and the state writer."""

    def __init__(self, collector: Collector, addresses: Sequence[str]) -> None:
        self._collector, self._addresses = collector, addresses
        self.lock = threading.Lock()
        self.drops = 0
        self._dropped: dict[int, int] = {}
        self._sockets: list[socket.socket] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flows", daemon=True)

    def start(self) -> None:
        """Open or take over the sockets and begin. Raises ExporterError where an address cannot be had."""
        self._sockets = handed_over() or [_open(address) for address in self._addresses]
        for one in self._sockets:
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, _OVERFLOW, 1)
        self._thread.start()

    def stop(self) -> None:
        """End after what has been read."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(5)
        for one in self._sockets:
            one.close()

    def _run(self) -> None:
        while not self._over.is_set():
            ready, _, _ = select.select(self._sockets, [], [], 0.2)
            for one in ready:
                batch = self._read(one)
                with self.lock:
                    for data, source in batch:
                        self._collector.take(data, source)
            if ready:
                time.sleep(_NAP_SECONDS)

    def _read(self, one: socket.socket) -> list[tuple[bytes, str]]:
        batch: list[tuple[bytes, str]] = []
        try:
            while len(batch) < _BATCH:
                data, extra, _, address = one.recvmsg(MAX_DATAGRAM, 64)
                for level, kind, content in extra:
                    if (level, kind) == (socket.SOL_SOCKET, _OVERFLOW):
                        self._note_drops(one.fileno(), struct.unpack("=I", content[:4])[0])
                batch.append((data, address[0].removeprefix("::ffff:")))
        except BlockingIOError:
            pass
        return batch

    def _note_drops(self, number: int, total: int) -> None:
        before = self._dropped.get(number, 0)
        self.drops += (total - before) % (1 << 32)
        self._dropped[number] = total


def handed_over() -> list[socket.socket]:
    """Sockets passed by the service manager (sd_listen_fds(3)); none where there are none for this process."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    number = int(os.environ.get("LISTEN_FDS", "0"))
    return [socket.socket(fileno=_FIRST_HANDED + place) for place in range(number)]


def _open(address: str) -> socket.socket:
    where = parse_listen(address)
    try:
        family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
        one = socket.socket(family, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        one.bind((where.host, where.port))
        return one
    except OSError as error:
        raise ExporterError(f"flows: {address} cannot be had: {error.strerror}; choose another in datagrams") from error
