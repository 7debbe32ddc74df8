"""What waits to be read of a storm of traps: datagrams taken from the kernel at once, worked through in small pieces.

The kernel's buffer holds some hundred datagrams; this holds LIMIT bytes of them, so that a storm is not lost while
each trap is looked at. What does not fit is counted, and so is what could not be worked through: a job tells of it.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from runtime.jobs import Faults

# Some 50,000 traps; the storm of the benchmark is 12,000.
LIMIT_BYTES = 16 * 2**20
# Traps looked at before the echo answers of a round, which share the loop, have their turn.
PIECE = 10
# Taken from the kernel in one go: a sender faster than we are must not keep the loop for ever.
_DRAINED_AT_ONCE = 2_000
# UDP's 16 bits of length (RFC 768).
_LONGEST_DATAGRAM = 65_535
# What CPython adds to a datagram here: the bytes object, its tuple and the address.
_OVERHEAD_BYTES = 200

Work = Callable[[bytes, Any], None]


class Backlog:
    """``put`` takes a datagram and everything behind it in the socket; ``work`` is called for each, in order."""

    def __init__(self, udp: socket.socket, work: Work) -> None:
        self._socket, self._work = udp, work
        self._waiting: deque[tuple[bytes, Any]] = deque()
        self._bytes = 0
        self._busy = False
        self.faults = Faults()
        self.overflowed = self.spoilt = 0

    def put(self, datagram: bytes, address: Any) -> None:
        """Take it, and what else is there."""
        self._keep(datagram, address)
        for _ in range(_DRAINED_AT_ONCE):
            try:
                self._keep(*self._socket.recvfrom(_LONGEST_DATAGRAM))
            except OSError:
                break
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _keep(self, datagram: bytes, address: Any) -> None:
        size = len(datagram) + _OVERHEAD_BYTES
        if self._bytes + size > LIMIT_BYTES:
            self.overflowed += 1
            return
        self._bytes += size
        self._waiting.append((datagram, address))

    def _go_on(self) -> None:
        # The length is taken before: what is put while this piece is worked through waits for the next turn of the
        # loop.
        for _ in range(min(PIECE, len(self._waiting))):
            datagram, address = self._waiting.popleft()
            self._bytes -= len(datagram) + _OVERHEAD_BYTES
            # Nobody waits for this: what escaped would leave the backlog busy for ever, and every later trap unread.
            try:
                self._work(datagram, address)
            except Exception as error:
                self.spoilt += 1
                self.faults.note(error)
        self._busy = bool(self._waiting)
        if self._busy:
            asyncio.get_running_loop().call_soon(self._go_on)
