"""UDP sockets with as much room as the kernel gives: a socket and the bytes wanted in, the room there is out."""

import socket
from contextlib import suppress

# asm-generic/socket.h; the socket module does not name it.
_SO_RCVBUFFORCE = 33


def widen(udp: socket.socket, size: int) -> int:
    """Ask for that many bytes of receive buffer: beyond net.core.rmem_max only with CAP_NET_ADMIN. What it now has."""
    # SO_RCVBUFFORCE passes net.core.rmem_max, which Debian leaves at 208 KiB: a tenth of a second of a busy collector.
    with suppress(PermissionError):
        udp.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
        return udp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    return udp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
