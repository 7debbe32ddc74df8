"""ClamAV's daemon, asked over its socket: a file's bytes in, the name of what was found out; None where nothing was.

clamd's INSTREAM (clamd(8)): the file in pieces, each with its length before it, a length of nought at the end; one line
comes back. The file travels to no other place, and clamd opens none. Raises ScannerDown where no verdict comes.
"""

import re
import socket
import struct

# clamd reads a file of 25 MB within some seconds; a person waits for the page meanwhile.
PATIENCE_SECONDS = 60.0
PIECE_BYTES = 2**16
SHOWN_ANSWER = 200  # Characters of a wrong answer in the log: a line.
MAX_ANSWER_BYTES = 4096  # A line with a name in it; clamd's own buffers are smaller.
_FOUND = re.compile(r"^stream: (.+) FOUND$")
_CLEAN = "stream: OK"


class ScannerDown(Exception):
    """No verdict: clamd is not there, did not answer in time, or would not read the file; the text says which."""


def found_in(content: bytes, address: str, patience_seconds: float = PATIENCE_SECONDS) -> str | None:
    """The name of what clamd found, None where the file is clean. ``address``: ``unix:PATH`` or ``tcp:HOST:PORT``."""
    try:
        with _connected(address, patience_seconds) as connection:
            # ``z``: the command and the answer end with a zero byte.
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE_BYTES):
                piece = content[start : start + PIECE_BYTES]
                connection.sendall(struct.pack("!I", len(piece)) + piece)
            connection.sendall(struct.pack("!I", 0))
            return _verdict(_answer(connection))
    except (OSError, ValueError) as error:
        raise ScannerDown(f"{address}: {error}") from error


def _connected(address: str, patience_seconds: float) -> socket.socket:
    way, _, place = address.partition(":")
    if way == "tcp":
        host, _, port = place.rpartition(":")
        return socket.create_connection((host, int(port)), patience_seconds)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(patience_seconds)
        connection.connect(place)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MAX_ANSWER_BYTES:
        piece = connection.recv(MAX_ANSWER_BYTES)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _verdict(answer: str) -> str | None:
    if answer == _CLEAN:
        return None
    if match := _FOUND.match(answer):
        return match[1]
    # Above its StreamMaxLength clamd says "INSTREAM size limit exceeded. ERROR".
    raise ScannerDown(f"clamd said: {answer[:SHOWN_ANSWER] or 'nothing'}")
