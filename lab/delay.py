"""A wire on which all comes late: the frames that enter one end in, the same frames out of the other some time after.

Not every kernel has netem. Runs in the namespace ``cable`` as a service of the lab; SIGTERM ends it when the frames
under way have left. Changes no frame; one that cannot leave is lost, as on a cut cable.
"""

import asyncio
import signal
import socket
import sys
from contextlib import suppress

# linux/if_ether.h: all protocols, ARP too, as a cable carries them.
_EVERY_PROTOCOL = 0x0003
# Longer than any frame of the lab: 1500 bytes and the head of Ethernet (IEEE 802.3).
_LONGEST_FRAME = 2048


async def carry(source: str, target: str, seconds: float, ready_port: int) -> None:
    """Carry until SIGTERM; the UDP port is open as soon as nothing that enters is missed."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    with _end(source) as entering, _end(target) as leaving, socket.socket(type=socket.SOCK_DGRAM) as ready:

        def take() -> None:
            # Also what a socket says once whose interface has lost its carrier or is gone.
            with suppress(OSError):
                while True:
                    frame, (_, _, kind, *_) = entering.recvfrom(_LONGEST_FRAME)
                    # What leaves by this end, the other direction, is seen here too.
                    if kind != socket.PACKET_OUTGOING:
                        loop.call_later(seconds, send, frame)

        def send(frame: bytes) -> None:
            with suppress(OSError):
                leaving.send(frame)

        def end() -> None:
            loop.remove_reader(entering)
            loop.call_later(seconds, ended.set)

        loop.add_reader(entering, take)
        loop.add_signal_handler(signal.SIGTERM, end)
        ready.bind(("127.0.0.1", ready_port))
        await ended.wait()


def _end(interface: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL))
    end.setblocking(False)
    end.bind((interface, _EVERY_PROTOCOL))
    return end


if __name__ == "__main__":
    # Not for people: ``lab/faults.py`` starts it.
    asyncio.run(carry(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
