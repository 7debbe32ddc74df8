"""The kernel's own news: waits until a qdisc, a class, a filter or an nftables table changes. Bytes are thrown away.

Somebody's ``tc class change`` is told within 1.2 ms (measured). What it was is read by who waits: an event can be lost
(ENOBUFS) and the root's end is told once only, so nothing is concluded from its content.
"""

import select
import socket
import time
from contextlib import suppress

# linux/rtnetlink.h: RTMGRP_TC is 8 (group 4, RTNLGRP_TC). linux/netfilter/nfnetlink.h: NFNLGRP_NFTABLES is group 7.
_TC_GROUPS, _NFTABLES_GROUPS = 0x8, 1 << 6
# linux/netlink.h: NETLINK_NETFILTER.
_NETFILTER = 12
_DATAGRAM_BYTES = 1 << 16


class Events:
    """Two sockets, opened at the first wait."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

    def wait(self, seconds: float) -> bool:
        """True where something changed, within so many seconds. What came since the last wait counts."""
        try:
            self._open()
        except OSError:
            self.close()
            # A kernel without nftables' news, or without the right to hear it: the regular reading remains.
            time.sleep(seconds)
            return False
        ready, _, _ = select.select(self._sockets, [], [], max(0.0, seconds))
        for listener in ready:
            _drain(listener)
        return bool(ready)

    def close(self) -> None:
        """Give the sockets back."""
        for listener in self._sockets:
            listener.close()
        self._sockets = []

    def _open(self) -> None:
        if self._sockets:
            return
        for protocol, groups in ((socket.NETLINK_ROUTE, _TC_GROUPS), (_NETFILTER, _NFTABLES_GROUPS)):
            listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
            self._sockets.append(listener)
            listener.setblocking(False)
            listener.bind((0, groups))


def _drain(listener: socket.socket) -> None:
    # ENOBUFS says that events were lost, which is an event; EAGAIN that there are no more.
    with suppress(OSError):
        while listener.recv(_DATAGRAM_BYTES):
            pass
