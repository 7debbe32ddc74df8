"""Many packets with one call of the kernel (sendmmsg(2)): what is timed is the kernel's path and not Python's."""

import ctypes
import ipaddress
import os
import socket
import struct
import time
from collections.abc import Sequence


class _Piece(ctypes.Structure):
    """``struct iovec``."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Head(ctypes.Structure):
    """``struct mmsghdr``: a ``struct msghdr`` and what was sent of it."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("pieces", ctypes.POINTER(_Piece)),
        ("piece_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("sent", ctypes.c_uint),
    )


class Burst:
    """The same content to each of these addresses in turn (UDP, port 9), or as it is where there are none."""

    def __init__(self, content: bytes, addresses: Sequence[str] = (), count: int = 256) -> None:
        # struct sockaddr_in: family in the machine's order, port and address in the network's.
        names = [
            struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", 9, ipaddress.ip_address(address).packed)
            for address in addresses
        ]
        self.count = len(names) or count
        self._content = ctypes.create_string_buffer(content, len(content))
        self._names = [ctypes.create_string_buffer(name, len(name)) for name in names]
        self._piece = _Piece(ctypes.addressof(self._content), len(content))
        self._heads = (_Head * self.count)()
        for number, head in enumerate(self._heads):
            head.pieces, head.piece_count = ctypes.pointer(self._piece), 1
            if names:
                head.name, head.name_length = ctypes.addressof(self._names[number]), len(names[number])
        self._libc = ctypes.CDLL(None, use_errno=True)

    def send(self, link: socket.socket) -> int:
        """All of them; how many the kernel took. Raises OSError where it took none."""
        # 0: no flags. The kernel stops at the first that it does not take.
        accepted = int(self._libc.sendmmsg(link.fileno(), self._heads, self.count, 0))
        if accepted < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return accepted

    def seconds_each(self, link: socket.socket, least_seconds: float, rounds: int = 5) -> float:
        """What one packet takes: the quickest of some rounds, so that what else the machine does counts least."""
        return min(self._round(link, least_seconds / rounds) for _ in range(rounds))

    def _round(self, link: socket.socket, least_seconds: float) -> float:
        began, packets = time.monotonic(), 0
        while (passed := time.monotonic() - began) < least_seconds:
            packets += self.send(link)
        return passed / max(1, packets)
