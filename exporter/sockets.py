"""UDP sockets with as much room as the kernel gives: a socket and the bytes wanted in, the room there is out."""

import socket
from contextlib import suppress

_SO_RCVBUFFORCE = 33


def widen(one: socket.socket, wanted: int) -> int:
    """Ask for that many bytes of receive buffer: beyond net.core.rmem_max only with CAP_NET_ADMIN. What it now has."""
    with suppress(PermissionError):
        one.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, wanted)
        return one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, wanted)
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
