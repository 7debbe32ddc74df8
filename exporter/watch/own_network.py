"""The monitor's own way to the network: the root's address in, whether this host itself is cut off out.

A host without a route to the root router, or whose port on that way has no carrier, hears nobody. That is no outage of
the city. What lies between the port and the root cannot be told from here.
"""

import fcntl
import socket
import struct
from pathlib import Path

from inventory.model import Address

# linux/sockios.h and linux/if.h; the interface's request is 16 bytes of name and at least 16 of answer.
_GET_FLAGS, _GET_ADDRESS, _UP, _RUNNING = 0x8913, 0x8915, 0x1, 0x40
_NAME_BYTES, _REQUEST_BYTES = 16, 40
# The port is not written to: a datagram socket that is connected only chooses its way (udp(7)).
_ANY_PORT = 9
_IPV6_ADDRESSES = Path("/proc/net/if_inet6")


def cut_off(root: Address) -> bool:
    """True where this host has no way out to the root; False where it has one or nothing can be said."""
    family = socket.AF_INET if root.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((str(root), _ANY_PORT))
        except OSError:
            return True
        own = str(asking.getsockname()[0]).partition("%")[0]
        name = _ipv4_interface(asking, own) if root.version == 4 else _ipv6_interface(own)
        return name is not None and not _running(name)


def _ipv4_interface(asking: socket.socket, own: str) -> str | None:
    """The interface that has this address."""
    for _, name in socket.if_nameindex():
        try:
            answer = fcntl.ioctl(asking, _GET_ADDRESS, name.encode().ljust(_REQUEST_BYTES, b"\0"))
        except OSError:
            continue
        # struct sockaddr_in after the name: family, port, then the address.
        if socket.inet_ntoa(answer[_NAME_BYTES + 4 : _NAME_BYTES + 8]) == own:
            return name
    return None


def _ipv6_interface(own: str) -> str | None:
    wanted = socket.inet_pton(socket.AF_INET6, own).hex()
    rows = (row.split() for row in _IPV6_ADDRESSES.read_text().splitlines())
    return next((row[-1] for row in rows if row[0] == wanted), None)


def _running(name: str) -> bool:
    """The port is switched on and has a carrier."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        answer = fcntl.ioctl(asking, _GET_FLAGS, name.encode().ljust(_REQUEST_BYTES, b"\0"))
    (flags,) = struct.unpack_from("=H", answer, _NAME_BYTES)
    return bool(flags & _UP and flags & _RUNNING)
