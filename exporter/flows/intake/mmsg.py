"""Many datagrams by one system call (recvmmsg(2), Linux): a socket in, a batch of its datagrams with their sources out.

The buffers are the reader's own and overwritten by the next batch; nothing is parsed here. What a kernel dropped for
want of room is counted by SO_RXQ_OVFL with each datagram.
"""

import ctypes
import errno
import mmap
import os
import socket
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporter.flows.decode.batches import DatagramBatch
from exporter.flows.intake.senders import Senders

# Datagrams of one call. In process (2026-11-28) batches of 256, 512, 1,024, 2,048 and 4,096 counted 3.8, 5.6, 7.6, 9.4
# and 9.8 million flows a CPU second; 4,096 would take another 5 MB of memory for the last 5 %.
BATCH = 2048

# Exporters keep datagrams below the MTU of 1,500 bytes; the rest takes jumbo frames and fragments up to 16 kB in all.
SLOT_BYTES, REST_BYTES = 2048, 14_336

# Exporters of small offices send two to ten records in a datagram. Rows have at least what of a datagram is compared
# (``account.copies``).
SHORT_BYTES, LEAST_BYTES = 512, 64

# Linux's numbers, which Python's socket module does not name: SO_RXQ_OVFL (asm-generic/socket.h) and MSG_DONTWAIT
# (bits/socket.h).
OVERFLOW = 40
_DONTWAIT = 0x40

# sockaddr_in6 is 28 bytes, sockaddr_in 16: family (2), port (2, big-endian), address (4); of IPv6 flow information (4)
# and address (16). Control data is one cmsghdr with a 32-bit count; 64 leave room for a timestamp.
_NAME_BYTES, _CONTROL_BYTES = 28, 64
_V4_ADDRESS, _V6_ADDRESS, _PORT = slice(4, 8), slice(8, 24), slice(2, 4)

# A cmsghdr in words of 32 bits: length (a size_t: two words), level, type, then the count of SO_RXQ_OVFL.
_LEVEL_WORD, _TYPE_WORD, _COUNT_WORD, _CMSG_BYTES = 2, 3, 4, 20
_OVERFLOW_CMSG = (socket.SOL_SOCKET, OVERFLOW)


def _rows(size: int) -> NDArray[np.uint8]:
    """A row for each datagram. No huge pages, so that what no datagram reaches is no memory."""
    # Of mmap, not of NumPy: only so can the kernel be advised about it.
    room = mmap.mmap(-1, BATCH * size)
    room.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(room, np.uint8).reshape(BATCH, size)


# The C library that this process has already loaded; use_errno keeps its errno for ctypes.get_errno().
_LIBRARY = ctypes.CDLL(None, use_errno=True)


class _Vector(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    """struct msghdr; ctypes pads name_length and flags to eight bytes, as the C compiler does."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vector", ctypes.c_void_p),
        ("vectors", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    """struct mmsghdr: a message and the length of what came."""

    _fields_ = (("header", _Header), ("length", ctypes.c_uint32))


class SocketReader:
    """One socket's buffers: the usual datagram fits its slot, of a longer one the rest stands apart.

    A datagram longer than both is cut and will not decode.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._socket = listener
        self._data, self._rest = _rows(SLOT_BYTES), _rows(REST_BYTES)
        self._names = np.zeros((BATCH, _NAME_BYTES), np.uint8)
        self._control = np.zeros((BATCH, _CONTROL_BYTES), np.uint8)
        self._vectors = (_Vector * 2 * BATCH)()
        self._messages = (_Message * BATCH)()
        # Addresses of the buffers are fixed for good: a batch costs one system call.
        for place in range(BATCH):
            self._vectors[place][0] = _Vector(self._data[place].ctypes.data, SLOT_BYTES)
            self._vectors[place][1] = _Vector(self._rest[place].ctypes.data, REST_BYTES)
            message = self._messages[place].header
            message.name, message.control = self._names[place].ctypes.data, self._control[place].ctypes.data
            message.vector, message.vectors = ctypes.addressof(self._vectors[place]), 2
        # The kernel writes lengths into the structures; these views read and reset all of them at once.
        columns: NDArray[Any] = np.frombuffer(memoryview(self._messages), np.dtype(_Message))
        self._name_length = columns["header"]["name_length"]
        self._control_length = columns["header"]["control_length"]
        self._length = columns["length"]
        self._address = _V4_ADDRESS if listener.family == socket.AF_INET else _V6_ADDRESS
        self._senders = Senders()
        self.drops = 0
        self._dropped_before = 0

    def read(self) -> DatagramBatch | None:
        """What waits, at most BATCH datagrams; None where nothing does. Raises OSError."""
        # The kernel overwrites both with what it wrote; they have to say anew how much room there is.
        self._name_length[:], self._control_length[:] = _NAME_BYTES, _CONTROL_BYTES
        number = _LIBRARY.recvmmsg(self._socket.fileno(), self._messages, BATCH, _DONTWAIT, None)
        if number < 0:
            error = ctypes.get_errno()
            if error in (errno.EAGAIN, errno.EINTR):
                return None
            raise OSError(error, os.strerror(error))
        if number == 0:
            return None
        self._note_drops(number - 1)
        origin, sources = self._senders.of(np.ascontiguousarray(self._names[:number, self._address]))
        lengths = self._length[:number].astype(np.int64)
        ports = np.ascontiguousarray(self._names[:number, _PORT]).view(">u2")[:, 0].astype(np.int64)
        return DatagramBatch(self._rows(lengths), lengths, origin, sources, self._rest[:number], ports)

    def _rows(self, lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The rows of these datagrams; short ones side by side, for a page of memory each costs more than a copy."""
        longest = int(lengths.max())
        if longest > SHORT_BYTES:
            return self._data[: len(lengths)]
        return np.ascontiguousarray(self._data[: len(lengths), : max(longest, LEAST_BYTES)])

    def _note_drops(self, last: int) -> None:
        """The kernel's count since the socket was opened, as the last datagram tells it (in a cmsghdr)."""
        head = self._control[last].view(np.uint32)
        if self._control_length[last] >= _CMSG_BYTES and (head[_LEVEL_WORD], head[_TYPE_WORD]) == _OVERFLOW_CMSG:
            # The count has 32 bits and wraps.
            total = int(head[_COUNT_WORD])
            self.drops += (total - self._dropped_before) % (1 << 32)
            self._dropped_before = total
