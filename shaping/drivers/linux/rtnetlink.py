"""rtnetlink for the few messages HTB needs (RFC 3549; linux/rtnetlink.h, linux/pkt_sched.h). Bytes in, bytes out.

Every request is acknowledged with an errno of its own, unlike ``tc -batch``. No library, because pyroute2 reads 500
classes thirty times slower than this.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shaping.errors import ShapingError

NEWQDISC, DELQDISC, GETQDISC, NEWCLASS, DELCLASS, GETCLASS = 36, 37, 38, 40, 41, 42
REQUEST, ACK, DUMP, REPLACE, EXCL, CREATE = 0x1, 0x4, 0x300, 0x100, 0x200, 0x400
ROOT = 0xFFFFFFFF
KIND, OPTIONS, STATS2 = 1, 2, 7
_ERROR, _DONE, _DUMP_INTERRUPTED = 2, 3, 0x10
_NLA_TYPE = 0x3FFF
_RECEIVE_BYTES = 1 << 18
_ANSWER_SECONDS = 5.0


@dataclass(frozen=True)
class Message:
    """One qdisc or class as the kernel tells it."""

    type: int
    index: int
    handle: int
    parent: int
    kind: str
    options: bytes
    stats: bytes


class Netlink:
    """One NETLINK_ROUTE socket. ``ask`` waits for the kernel's acknowledgement of each request."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.settimeout(_ANSWER_SECONDS)
        self._socket.bind((0, 0))
        self._sequence = 0

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def change(self, kind: int, flags: int, body: bytes) -> None:
        """One change. Raises OSError with the kernel's errno."""
        for _ in self._exchange(kind, REQUEST | ACK | flags, body):
            pass

    def dump(self, kind: int, index: int) -> list[Message]:
        """Every qdisc (GETQDISC) or class (GETCLASS) of an interface; asked again where the kernel was interrupted."""
        for _ in range(5):
            found = [read_message(kind_, data) for kind_, data in self._exchange(kind, REQUEST | DUMP, tcmsg(index))]
            if not self._interrupted:
                return [message for message in found if message.index == index]
        raise ShapingError("the kernel's queues changed all the time while they were read; something else changes them")

    def _exchange(self, kind: int, flags: int, body: bytes) -> Iterator[tuple[int, bytes]]:
        self._sequence += 1
        self._interrupted = False
        header = struct.pack("=IHHII", 16 + len(body), kind, flags, self._sequence, 0)
        self._socket.send(header + body)
        while True:
            data = self._socket.recv(_RECEIVE_BYTES)
            place = 0
            while place + 16 <= len(data):
                length, found, its_flags, sequence, _ = struct.unpack_from("=IHHII", data, place)
                content = data[place + 16 : place + length]
                place += (length + 3) & ~3
                if sequence != self._sequence:
                    continue
                self._interrupted |= bool(its_flags & _DUMP_INTERRUPTED)
                if found == _ERROR:
                    number = -struct.unpack_from("=i", content)[0]
                    if number:
                        raise OSError(number, os.strerror(number))
                    return
                if found == _DONE:
                    return
                yield found, content


@contextmanager
def opened() -> Iterator[Netlink]:
    """A socket for the length of a block."""
    link = Netlink()
    try:
        yield link
    finally:
        link.close()


def tcmsg(index: int, handle: int = 0, parent: int = 0, kind: str = "", options: bytes = b"") -> bytes:
    """``struct tcmsg`` with kind and options."""
    head = struct.pack("=BBHiIII", 0, 0, 0, index, handle, parent, 0)
    named = attribute(KIND, kind.encode() + b"\0") if kind else b""
    return head + named + (attribute(OPTIONS, options) if options else b"")


def attribute(number: int, content: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    length = 4 + len(content)
    return struct.pack("=HH", length, number) + content + b"\0" * (-length % 4)


def attributes(data: bytes) -> dict[int, bytes]:
    """The attributes of a message or a nest, by number."""
    found: dict[int, bytes] = {}
    place = 0
    while place + 4 <= len(data):
        length, number = struct.unpack_from("=HH", data, place)
        if length < 4 or place + length > len(data):
            break
        found[number & _NLA_TYPE] = data[place + 4 : place + length]
        place += (length + 3) & ~3
    return found


def read_message(kind: int, data: bytes) -> Message:
    """``struct tcmsg`` and its attributes, as data."""
    _, _, _, index, handle, parent, _ = struct.unpack_from("=BBHiIII", data)
    found = attributes(data[20:])
    name = found.get(KIND, b"").rstrip(b"\0").decode("ascii", "replace")
    return Message(kind, index, handle, parent, name, found.get(OPTIONS, b""), found.get(STATS2, b""))
