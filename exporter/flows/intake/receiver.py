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
from exporter.flows.account.collector import Collector
from exporter.flows.account.copies import RecentDatagrams
from exporter.flows.account.pipeline import take_ahead
from exporter.flows.intake.mmsg import BATCH, OVERFLOW, SocketReader
from exporter.http.server import parse_listen
from exporter.sockets import widen
from runtime.jobs import Faults, Job, Jobs
from runtime.supervision import supervised

log = logging.getLogger(__name__)

PART = "flows"

# The kernel doubles it for its own needs: room for 29,000 datagrams, 700,000 flows. docs/why/flow-speed.md measures so.
BUFFER_BYTES = 32 * 2**20

# A turn ends after 0.45 s where nothing comes, and sooner where much does.
IDLE_SECONDS = 1.0

# A socket that cannot be read at all must not turn the loop into a busy one; 50 ms of datagrams wait in its buffer.
_RETRY_SECONDS = 0.05

# Seconds: a nap between batches, at most (what is on the page is no older), and between two writings of the counters
# (what a killed collector loses at most). A burst of 20,000 datagrams a second (half a million flows) is always
# reckoned with.
_LONGEST_NAP, _BURST, _KEEP_SECONDS = 0.25, 20_000.0, 0.05

# What the kernel takes from the buffer for a datagram of usual size: its slab of 2,048 bytes and an sk_buff of 256.
_KERNEL_BYTES = 2304

# SD_LISTEN_FDS_START of sd_listen_fds(3).
_FIRST_DESCRIPTOR = 3


class Receiver:
    """Reads until ``stop``. ``lock`` guards the collector against the page and the state writer.

    ``keep`` is called after what was counted, at most every _KEEP_SECONDS, so that a killed collector loses no more.
    What fails while a batch is counted is told by the job ``receiving``; the next batch is counted all the same.
    """

    def __init__(self, collector: Collector, addresses: Sequence[str], keep: Callable[[], None] = lambda: None) -> None:
        self._collector, self._addresses, self._keep = collector, addresses, keep
        self._last_write, self._unwritten = -math.inf, False
        self.lock = threading.Lock()
        self._faults, self._began, self._room = Faults(), 0.0, 0
        self.jobs = Jobs(
            PART, (Job("receiving", IDLE_SECONDS, self.turn), Job("counters", IDLE_SECONDS, self._keep_counters))
        )
        self._readers: dict[socket.socket, SocketReader] = {}
        self._over, self._recent = threading.Event(), RecentDatagrams()
        arguments = ("flows", self._run, self._over.is_set)
        self._thread = threading.Thread(target=supervised, args=arguments, name="flows", daemon=True)

    @property
    def drops(self) -> int:
        """Datagrams the kernel dropped because nobody read them in time."""
        return sum(reader.drops for reader in self._readers.values())

    def start(self) -> None:
        """Open or take over the sockets and begin. Raises ExporterError where an address cannot be had."""
        for listener in activation_sockets() or [_open(address) for address in self._addresses]:
            listener.setblocking(False)
            listener.setsockopt(socket.SOL_SOCKET, OVERFLOW, 1)
            self._readers[listener] = SocketReader(listener)
        self._room, self._began = min(map(_room, self._readers), default=0), time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """End after what has been read."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(5)
        for listener in self._readers:
            listener.close()

    def _run(self) -> None:
        state = self.jobs.states["receiving"]
        while not self._over.is_set():
            self.jobs.run("receiving")
            if state.failing:
                self._over.wait(_RETRY_SECONDS)

    def turn(self) -> None:
        """Count what waits in every socket, keep the counters, and nap while little comes."""
        ready, _, _ = select.select(list(self._readers), [], [], 0.2)
        most = max((self._take(self._readers[listener]) for listener in ready), default=0)
        now = time.monotonic()
        self._unwritten |= most > 0
        if now - self._last_write >= (_KEEP_SECONDS if self._unwritten else IDLE_SECONDS):
            self._last_write = now
            with self.lock:
                self.jobs.run("counters")
        if 0 < most < BATCH:
            time.sleep(nap(self._room, most / max(now - self._began, 1e-6)))
        self._began = now
        self._faults.tell()

    def keep_now(self) -> None:
        """Keep the counters before they are shown; the caller has the lock. A failure is counted, as the job's."""
        self._unwritten = True
        self.jobs.run("counters")

    def _keep_counters(self) -> None:
        if self._unwritten:
            self._keep()
            self._unwritten = False

    def _take(self, reader: SocketReader) -> int:
        """Count what waits in a socket; tells how many datagrams that was."""
        batch = None
        # One try for a batch; what it costs is nothing while nothing is raised. One socket's fault is not the others'.
        try:
            batch = reader.read()
            if batch is not None:
                with self.lock:
                    take_ahead(self._collector, self._recent, batch, time.monotonic())
        except Exception as error:
            self._faults.note(error)
        return 0 if batch is None else len(batch.lengths)


def nap(room: int, rate: float) -> float:
    """Seconds to wait for more: batches are what makes counting cheap, but a socket may never fill up meanwhile.

    ``room``: datagrams the socket holds; ``rate``: datagrams a second at the moment. A quarter of the room is used,
    and a burst of _BURST datagrams a second is reckoned with.
    """
    return float(min(_LONGEST_NAP, room / 4 / max(rate, _BURST)))


def _room(listener: socket.socket) -> int:
    return listener.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // _KERNEL_BYTES


def activation_sockets() -> list[socket.socket]:
    """Sockets passed by the service manager (sd_listen_fds(3)); none where there are none for this process."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    number = int(os.environ.get("LISTEN_FDS", "0"))
    return [socket.socket(fileno=_FIRST_DESCRIPTOR + place) for place in range(number)]


def _open(address: str) -> socket.socket:
    where = parse_listen(address)
    try:
        family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_DGRAM)
        if widen(listener, BUFFER_BYTES) < BUFFER_BYTES:
            log.warning("event=small_buffer wanted=%d advice=%r", BUFFER_BYTES, "sysctl net.core.rmem_max=33554432")
        listener.bind((where.host, where.port))
        return listener
    except OSError as error:
        raise ExporterError(f"flows: {address} cannot be had: {error.strerror}; choose another in datagrams") from error
