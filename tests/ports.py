"""Ports of the loopback for programs under test.

Not from the kernel's own range: any connection that goes out could take such a port before the program opens it.
"""

import socket
from contextlib import suppress
from random import SystemRandom

PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port that nobody holds now, by TCP or by UDP, and that the kernel gives nobody by itself."""
    for _ in range(1000):
        port = SystemRandom().choice(PORTS)
        with suppress(OSError), socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            for probe in (tcp, udp):
                probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no port of 127.0.0.1 between {PORTS.start} and {PORTS.stop} is free")
