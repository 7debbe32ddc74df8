"""The sockets: datagrams of the network in, batches to the collector. One thread; a short nap when the queue is short.

A socket handed over by systemd (or the lab) under ``LISTEN_FDS`` is used as it is: what arrives while the collector
is being restarted waits in the kernel and is not lost.
"""

import logging
import math
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence

from exporter.errors import ExporterError
from exporter.flows.account.bulk import take_batch
from exporter.flows.account.collector import Collector
from exporter.flows.intake.mmsg import BATCH, OVERFLOW, Reader
from exporter.http.server import parse_listen
from exporter.sockets import widen

log = logging.getLogger(__name__)
BUFFER_BYTES = 32 * 2**20
_LONGEST_NAP, _BURST, _KEEP_SECONDS = 0.25, 20_000.0, 0.05
_KERNEL_BYTES = 2304
_FIRST_HANDED = 3


class Receiver:
    """Reads until ``stop``. ``lock`` guards the collector against the page and the state writer.

    ``keep`` is called after what was counted, at most every _KEEP_SECONDS, so that a killed collector loses no more.
    """

    def __init__(self, collector: Collector, addresses: Sequence[str], keep: Callable[[], None] = lambda: None) -> None:
        self._collector, self._addresses, self._keep = collector, addresses, keep
        self._kept, self._unkept = -math.inf, False
        self.lock = threading.Lock()
        self._readers: dict[socket.socket, Reader] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flows", daemon=True)

    @property
    def drops(self) -> int:
        """Datagrams the kernel dropped because nobody read them in time."""
        return sum(reader.drops for reader in self._readers.values())

    def start(self) -> None:
        """Open or take over the sockets and begin. Raises ExporterError where an address cannot be had."""
        for one in handed_over() or [_open(address) for address in self._addresses]:
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, OVERFLOW, 1)
            self._readers[one] = Reader(one)
        self._thread.start()

    def stop(self) -> None:
        """End after what has been read."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(5)
        for one in self._readers:
            one.close()

    def _run(self) -> None:
        room = min(_room(one) for one in self._readers)
        began = time.monotonic()
        while not self._over.is_set():
            ready, _, _ = select.select(list(self._readers), [], [], 0.2)
            most = max((self._take(self._readers[one]) for one in ready), default=0)
            now = time.monotonic()
            self._keep_now(now, most > 0)
            if 0 < most < BATCH:
                time.sleep(nap(room, most / max(now - began, 1e-6)))
            began = now

    def _keep_now(self, now: float, fresh: bool) -> None:
        self._unkept |= fresh
        if self._unkept and now - self._kept >= _KEEP_SECONDS:
            with self.lock:
                self._keep()
            self._kept, self._unkept = now, False

    def _take(self, reader: Reader) -> int:
        """Count what waits in a socket; tells how many datagrams that was."""
        try:
            batch = reader.read()
        except OSError as error:
            log.error("event=flows_not_read reason=%s", error.strerror)
            return 0
        if batch is None:
            return 0
        with self.lock:
            take_batch(self._collector, batch)
        return len(batch.lengths)


def nap(room: int, rate: float) -> float:
    """Seconds to wait for more: batches are what makes counting cheap, but a socket may never fill up meanwhile.

    ``room``: datagrams the socket holds; ``rate``: datagrams a second at the moment. A quarter of the room is used,
    and a burst of _BURST datagrams a second is reckoned with.
    """
    return float(min(_LONGEST_NAP, room / 4 / max(rate, _BURST)))


def _room(one: socket.socket) -> int:
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // _KERNEL_BYTES


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
        if widen(one, BUFFER_BYTES) < BUFFER_BYTES:
            log.warning("event=small_buffer wanted=%d advice=%r", BUFFER_BYTES, "sysctl net.core.rmem_max=33554432")
        one.bind((where.host, where.port))
        return one
    except OSError as error:
        raise ExporterError(f"flows: {address} cannot be had: {error.strerror}; choose another in datagrams") from error
