"""Children for files that need not start: a function's name, a file and its bounds in, the child's answer out.

A program with the libraries that read files takes a tenth of a second of processor to start, and less than a
thousandth to read a letter. So one process (``fork_server``) has started and imported them, and forks a child for every
file: each still has a process of its own, which ends with it. No byte of a file comes into the fork server.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

FORK_SERVER = "request_tracker.store.fork_server"
READY = b"ready"
LENGTH_BYTES = 8  # The answer's length stands before it, so that one of a child that was ended in its middle is none.
RESTART_SECONDS = 30.0  # One that ends at once (no memory left) is not started again for every file.
# The fork server ends a late child itself, and the answer ends with it. One that does not is ended after this.
GRACE_SECONDS = 5.0
_PIECE = 2**18
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


@dataclass(frozen=True, kw_only=True)
class WorkBounds:
    """What one piece of work may take.

    The heaviest picture that is taken (50 megapixels) took 6 s and 620 MB on a slow machine: five times the time, and
    the memory with room for Python and the library's tables. ``wall_seconds`` is for a machine that is busy with more;
    it is counted from the moment a file is handed over.
    """

    cpu_seconds: int = 30
    wall_seconds: float = 90.0
    memory_bytes: int = 2**30


class PreparedChildren:
    """The fork server's other end. Building it starts nothing; ``start`` begins it and does not wait until it is ready.

    Where there is none (not started, still importing, ended) ``answer`` says so, and the file needs a child that starts
    for it. One that ended is started again then, beside.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready, self._started = False, 0.0

    def start(self) -> None:
        """Begin the fork server, with none of our secrets and behind the pages."""
        with self._lock:
            self._begin()

    def stop(self) -> None:
        """End it, with every child that still works. It would end by itself too: its way to us ends with us."""
        with self._lock:
            self._end()

    def pid(self) -> int | None:
        """The fork server's process where it is ready for a file."""
        with self._lock:
            return self._process.pid if self._is_ready() and self._process else None

    def answer(self, work: str, content: bytes, bounds: WorkBounds) -> bytes | None:
        """What a child made of the file, empty where it was ended or broke; None where no fork server did it."""
        until = time.monotonic() + bounds.wall_seconds
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                process = self._hand_over(theirs, work, bounds)
            if process is None:
                return None
            answer = _exchanged(ours, content, until + GRACE_SECONDS)
        if answer is not None:
            return answer
        # The child alone was ended, or its fork server with it: by the kernel for want of memory, by a person.
        if time.monotonic() < until + GRACE_SECONDS:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
            return b"" if process.poll() is None else None
        process.kill()
        return b""

    def _hand_over(self, theirs: socket.socket, work: str, bounds: WorkBounds) -> subprocess.Popen[bytes] | None:
        task = [work, bounds.cpu_seconds, bounds.memory_bytes, bounds.wall_seconds]
        with self._lock:
            if self._process is None or self._control is None:
                return None
            if self._process.poll() is not None and time.monotonic() > self._started + RESTART_SECONDS:
                self._begin()
            if not self._is_ready():
                return None
            try:
                socket.send_fds(self._control, [json.dumps(task).encode()], [theirs.fileno()])
            except OSError:
                return None
            return self._process

    def _begin(self) -> None:
        self._end()
        # Each message is a whole one, whoever of the pages' threads sends it.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", FORK_SERVER],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=surroundings(),
            )
        self._control, self._ready, self._started = ours, False, time.monotonic()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process, self._control, self._ready = None, None, False

    def _is_ready(self) -> bool:
        """Whether it lives, and has imported what it forks with."""
        if self._process is None or self._control is None or self._process.poll() is not None:
            return False
        if not self._ready:
            with suppress(OSError):
                self._ready = self._control.recv(len(READY), socket.MSG_DONTWAIT) == READY
        return self._ready


def _exchanged(ours: socket.socket, content: bytes, until: float) -> bytes | None:
    """The file there, the whole answer back; None where it did not come whole."""
    answer = bytearray()
    try:
        ours.settimeout(max(0.0, until - time.monotonic()))
        ours.sendall(content)
        ours.shutdown(socket.SHUT_WR)
    except OSError:
        return None  # A child that refuses has read all before; this one was ended, or is stuck.
    with suppress(OSError):
        while piece := _received(ours, until):
            answer += piece
    length, whole = answer[:LENGTH_BYTES], bytes(answer[LENGTH_BYTES:])
    return whole if len(length) == LENGTH_BYTES and int.from_bytes(length) == len(whole) else None


def _received(ours: socket.socket, until: float) -> bytes:
    ours.settimeout(max(0.001, until - time.monotonic()))
    return ours.recv(_PIECE)


def surroundings() -> dict[str, str]:
    """A child finds the modules that we find; tokens and passwords of the environment stay here."""
    variables = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return variables | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
