"""A FAKE of ClamAV's daemon for tests, built from clamd(8): it reads one INSTREAM command and answers one line.

It knows one thing to find (the EICAR test text) and obeys the order it is given: answer, say an error, hang up, or say
nothing. The tests of ``test_virus_scan`` run against Debian's own clamd too, where the wire is the real one.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# The industry's harmless test file (EICAR), in two halves so that no scanner finds it in this source.
EICAR = (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").ljust(68)
COMMAND = b"zINSTREAM\0"
SILENCE = "silence"


@dataclass
class FakeClamd:
    """Where it listens, what it shall say (None: its verdict; empty: hang up), and the files it was sent.

    ``SILENCE`` as the order: it holds the connection until the block ends.
    """

    address: str
    order: str | None = None
    over: threading.Event = field(default_factory=threading.Event)
    files: list[bytes] = field(default_factory=list)


@contextmanager
def fake_clamd(folder: Path | None = None) -> Iterator[FakeClamd]:
    """One that listens on a socket in the folder, on loopback where none is told, until the block ends."""
    listening = socket.socket(socket.AF_UNIX if folder else socket.AF_INET)
    listening.bind(str(folder / "clamd.ctl") if folder else ("127.0.0.1", 0))
    listening.listen()
    address = f"unix:{folder / 'clamd.ctl'}" if folder else f"tcp:127.0.0.1:{listening.getsockname()[1]}"
    clamd = FakeClamd(address)
    # Needs no supervisor: it ends with the block, which closes what it listens on.
    thread = threading.Thread(target=_serve, args=(listening, clamd))
    thread.start()
    try:
        yield clamd
    finally:
        clamd.over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _serve(listening: socket.socket, clamd: FakeClamd) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as sent:
            if sent.read(len(COMMAND)) != COMMAND:
                continue
            content = b""
            while length := struct.unpack("!I", sent.read(4))[0]:
                content += sent.read(length)
            clamd.files.append(content)
            verdict = "stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR.strip() in content else "stream: OK"
            order = verdict if clamd.order is None else clamd.order
            if order == SILENCE:
                clamd.over.wait()
            elif order:
                connection.sendall(order.encode() + b"\0")
