"""Whether an address can still be reached: ``host:port`` in, yes or no out. A TCP connection, opened and closed."""

import socket

# Two attempts of a second: one lost packet of the handshake is sent again after one second (RFC 6298), and the whole of
# confirm-or-undone has five.
_ATTEMPTS, _SECONDS = 2, 1.0


def reachable(address: str) -> bool:
    """True where somebody answers. A refused connection is an answer: the way there and back is what is asked."""
    host, _, port = address.rpartition(":")
    for _ in range(_ATTEMPTS):
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS).close()
            return True
        except ConnectionRefusedError:
            return True
        except OSError:
            continue
    return False
