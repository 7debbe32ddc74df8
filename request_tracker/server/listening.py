"""Where the server listens: ``HOST:PORT``, ``*:PORT``, ``[IPv6]:PORT`` or ``unix:/path`` in, bound sockets out."""

import errno
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SOCKET_MODE = 0o660  # The reverse proxy's user reaches it by the group; nobody else may ask as this machine.
# A name such as localhost stands for addresses that this machine may not have (IPv6 switched off).
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def listeners(listen: str) -> list[socket.socket]:
    """The sockets of that place, bound and not yet listening. Raises OSError where it cannot be had."""
    if listen.startswith("unix:/"):
        return [_of_path(Path(listen.removeprefix("unix:")))]
    host, _, port = listen.rpartition(":")
    wanted = None if host in ("", "*") else host.strip("[]")
    places = socket.getaddrinfo(wanted, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound = list(_bound({(family, place) for family, _, _, _, place in places}))
    if not bound:
        raise OSError(errno.EADDRNOTAVAIL, "this machine has no such address")
    return bound


def _bound(places: "set[tuple[socket.AddressFamily, tuple[object, ...]]]") -> Iterator[socket.socket]:
    for family, place in sorted(places):
        try:
            opened = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            continue
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            opened.bind(place)
        except OSError as error:
            opened.close()
            if len(places) == 1 or error.errno not in _NOT_HERE:
                raise
        else:
            yield opened


def _of_path(path: Path) -> socket.socket:
    """A socket in the file system. The one that a killed server left behind is in the way of the next."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.bind(str(path))
        path.chmod(SOCKET_MODE)
    except OSError:
        opened.close()
        raise
    return opened
