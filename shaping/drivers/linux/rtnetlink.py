"""rtnetlink for the few messages HTB needs (RFC 3549; linux/rtnetlink.h, linux/pkt_sched.h). Bytes in, bytes out.

Every request is acknowledged with an errno of its own, unlike ``tc -batch``. No library, because pyroute2 reads 500
classes thirty times slower than this.
"""

import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from shaping.errors import ShapingError

# linux/rtnetlink.h: RTM_NEWQDISC and its neighbours.
NEWQDISC, DELQDISC, GETQDISC, NEWCLASS, DELCLASS, GETCLASS = 36, 37, 38, 40, 41, 42
_NEWLINK, _DELLINK, _GETLINK = 16, 17, 18
DELTFILTER, GETTFILTER = 45, 46
# linux/netlink.h: NLM_F_*. DUMP is ROOT and MATCH; REPLACE, EXCL and CREATE mean something only in a NEW request.
REQUEST, ACK, DUMP, REPLACE, EXCL, CREATE = 0x1, 0x4, 0x300, 0x100, 0x200, 0x400
# TC_H_ROOT (linux/pkt_sched.h): the parent of the qdisc that stands on the interface itself.
ROOT = 0xFFFFFFFF

# linux/rtnetlink.h: TCA_KIND, TCA_OPTIONS, TCA_STATS2, TCA_STAB.
KIND, OPTIONS, STATS2, STAB = 1, 2, 7, 8
# linux/if_link.h: IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO; in it IFLA_INFO_KIND, IFLA_INFO_SLAVE_KIND.
_IFNAME, _MASTER, _LINKINFO, _INFO_KIND, _INFO_PORT_KIND = 3, 10, 18, 1, 4
# linux/netlink.h: NLMSG_ERROR (also the acknowledgement, with 0), NLMSG_DONE, and the flag NLM_F_DUMP_INTR.
_ERROR, _DONE, _DUMP_INTERRUPTED = 2, 3, 0x10
# The two highest bits of an attribute's type are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
_NLA_TYPE = 0x3FFF

# More than any datagram of a dump (the kernel makes them of 32 KiB at most), so that none is cut.
_RECEIVE_BYTES = 1 << 18

# A whole dump may wait here while it is parsed; the kernel takes less where net.core.rmem_max is less.
_BUFFER_BYTES = 1 << 22

# The kernel answers in milliseconds; after five seconds it does not, and the turn is a failed one.
_ANSWER_SECONDS = 5.0

# 500 classes are read within 8 ms: a dump interrupted five times in a row meets a program that never rests.
_ATTEMPTS = 5

# struct nlmsghdr: u32 length, u16 type, u16 flags, u32 sequence, u32 port.
_HEADER = struct.Struct("=IHHII")
# struct tcmsg: u8 family, u8 and u16 padding, i32 ifindex, u32 handle, u32 parent, u32 info.
_TCMSG = struct.Struct("=BBHiIII")
# struct ifinfomsg: u8 family, u8 padding, u16 type, i32 ifindex, u32 flags, u32 change.
_IFINFOMSG = struct.Struct("=BBHiII")
# The interface alone, after family and padding of struct tcmsg; and struct nlattr: u16 length, u16 type.
_INDEX, _INDEX_PLACE, _NLATTR = struct.Struct("=i"), 4, struct.Struct("=HH")


class QueueMessage(NamedTuple):
    """One qdisc or class as the kernel tells it. A tuple: a frozen dataclass of eight fields takes three times as long
    to make, and a city's reading makes two thousand.
    """

    type: int
    interface: int
    handle: int
    parent: int
    kind: str
    options: bytes
    stats: bytes
    sizes: bytes = b""


class Netlink:
    """One netlink socket, of NETLINK_ROUTE unless said otherwise. Each request waits for the kernel's answer."""

    def __init__(self, protocol: int = socket.NETLINK_ROUTE) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.settimeout(_ANSWER_SECONDS)
        # Port 0: the kernel chooses a free one. The process id, as one often reads, is taken from the second socket on.
        self._socket.bind((0, 0))
        self._sequence = 0

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def change(self, kind: int, flags: int, body: bytes) -> None:
        """One change. Raises OSError with the kernel's errno."""
        for _ in self._exchange(kind, REQUEST | ACK | flags, body):
            pass

    def ask(self, kind: int, flags: int, body: bytes) -> list[tuple[int, bytes]]:
        """Every message of the answer, with its type. Raises OSError with the kernel's errno."""
        return list(self._exchange(kind, flags, body))

    def dump(self, kind: int, index: int) -> list[QueueMessage]:
        """Every qdisc (GETQDISC) or class (GETCLASS) of an interface; asked again where the kernel was interrupted."""
        return self.dump_each(kind, (index,))[index]

    def dump_each(self, kind: int, indexes: Sequence[int]) -> dict[int, list[QueueMessage]]:
        """The same of several interfaces with one question; of classes one interface can be asked for at a time."""
        for _ in range(_ATTEMPTS):
            by_index: dict[int, list[QueueMessage]] = {index: [] for index in indexes}
            for its_kind, data in self._exchange(kind, REQUEST | DUMP, tcmsg(indexes[0])):
                # A dump of qdiscs answers for every interface, whichever was asked for (net/sched/sch_api.c), as tc
                # filters too. By the number alone first: others may have as many qdiscs as ours.
                own = by_index.get(_INDEX.unpack_from(data, _INDEX_PLACE)[0])
                if own is not None:
                    own.append(read_message(its_kind, data))
            # NLM_F_DUMP_INTR: a qdisc or class came or went between two datagrams of the dump, so that one may be
            # missing in it.
            if not self._interrupted:
                return by_index
        raise ShapingError("the kernel's queues changed all the time while they were read; something else changes them")

    def has_filters(self, index: int, parent: int) -> bool:
        """True where filters hang at that qdisc or class."""
        return any(True for _ in list(self._exchange(GETTFILTER, REQUEST | DUMP, tcmsg(index, 0, parent))))

    def remove_filters(self, index: int, parent: int) -> None:
        """Take every filter of that qdisc or class away (no priority and no protocol: all of them)."""
        self.change(DELTFILTER, 0, tcmsg(index, 0, parent))

    def add_interface(self, name: str, kind: str) -> None:
        """A virtual interface of that kind, down and without an address."""
        info = attribute(_LINKINFO, attribute(_INFO_KIND, kind.encode()))
        named = attribute(_IFNAME, name.encode() + b"\0")
        self.change(_NEWLINK, CREATE | EXCL, _IFINFOMSG.pack(0, 0, 0, 0, 0, 0) + named + info)

    def remove_interface(self, index: int) -> None:
        """Take an interface away that was added."""
        self.change(_DELLINK, 0, _IFINFOMSG.pack(0, 0, 0, index, 0, 0))

    def bridge_of(self, index: int) -> int:
        """The number of the bridge that this interface is a port of; 0 where it is none."""
        for _, content in self._exchange(_GETLINK, REQUEST | ACK, _IFINFOMSG.pack(0, 0, 0, index, 0, 0)):
            about = attributes(content[_IFINFOMSG.size :])
            kind = attributes(about.get(_LINKINFO, b"")).get(_INFO_PORT_KIND, b"")
            if kind.rstrip(b"\0") == b"bridge":
                return int(struct.unpack("=I", about[_MASTER])[0])
        return 0

    def _exchange(self, kind: int, flags: int, body: bytes) -> Iterator[tuple[int, bytes]]:
        self._sequence += 1
        self._interrupted = False
        header = _HEADER.pack(_HEADER.size + len(body), kind, flags, self._sequence, 0)
        self._socket.send(header + body)
        while True:
            data = self._socket.recv(_RECEIVE_BYTES)
            place = 0
            while place + _HEADER.size <= len(data):
                length, reply, its_flags, sequence, _ = _HEADER.unpack_from(data, place)
                content = data[place + _HEADER.size : place + length]
                # Messages, like attributes, begin at multiples of four bytes (NLMSG_ALIGN).
                place += (length + 3) & ~3
                # Left of an exchange that was given up: its answers would be taken for those of this one.
                if sequence != self._sequence:
                    continue
                self._interrupted |= bool(its_flags & _DUMP_INTERRUPTED)
                if reply == _ERROR:
                    # struct nlmsgerr begins with the negative errno; 0 is the acknowledgement that was asked for.
                    number = -struct.unpack_from("=i", content)[0]
                    if number:
                        raise OSError(number, os.strerror(number))
                    return
                if reply == _DONE:
                    return
                yield reply, content


@contextmanager
def opened(protocol: int = socket.NETLINK_ROUTE) -> Iterator[Netlink]:
    """A socket for the length of a block."""
    link = Netlink(protocol)
    try:
        yield link
    finally:
        link.close()


def tcmsg(index: int, handle: int = 0, parent: int = 0, kind: str = "", options: bytes = b"") -> bytes:
    """``struct tcmsg`` with kind and options."""
    head = _TCMSG.pack(0, 0, 0, index, handle, parent, 0)
    # The kernel compares the kind as a C string: without the zero it reads into the next attribute.
    named = attribute(KIND, kind.encode() + b"\0") if kind else b""
    return head + named + (attribute(OPTIONS, options) if options else b"")


def attribute(number: int, content: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    # struct nlattr: u16 length with its own four bytes but without the padding, u16 type.
    length = 4 + len(content)
    return struct.pack("=HH", length, number) + content + b"\0" * (-length % 4)


def attributes(data: bytes) -> dict[int, bytes]:
    """The attributes of a message or a nest, by number."""
    contents: dict[int, bytes] = {}
    place, end, head = 0, len(data), _NLATTR.unpack_from
    while place + 4 <= end:
        length, number = head(data, place)
        # A length of less than its own head would never move on.
        if length < 4 or place + length > end:
            break
        contents[number & _NLA_TYPE] = data[place + 4 : place + length]
        place += (length + 3) & ~3
    return contents


def read_message(kind: int, data: bytes) -> QueueMessage:
    """``struct tcmsg`` and its attributes, as data."""
    _, _, _, index, handle, parent, _ = _TCMSG.unpack_from(data)
    nest = attributes(data[_TCMSG.size :])
    name = nest.get(KIND, b"").rstrip(b"\0").decode("ascii", "replace")
    return QueueMessage(
        type=kind,
        interface=index,
        handle=handle,
        parent=parent,
        kind=name,
        options=nest.get(OPTIONS, b""),
        stats=nest.get(STATS2, b""),
        sizes=nest.get(STAB, b""),
    )
