"""The process that forks a child for each file: messages with a way to a page on standard input, a child for each out.

It has imported what reads files and never reads one: the file comes to the child by a socket that is the child's alone.
It ends when its standard input does, which is the moment the pages' process ends in whatever way, and every child with
it. One thread alone, as a fork copies no other.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import NoReturn

from PIL import Image

from request_tracker.store import picture_child
from request_tracker.store.prepared_children import LENGTH_BYTES, READY
from request_tracker.store.uploads import examination

FIRST_WORK = examination.examined  # Imported with everything it needs before the first file comes.
_MOST_OF_A_MESSAGE = 4_096  # A function's name and three numbers.


class ForkServer:
    """Its children and when each must have ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._ends: dict[int, float] = {}
        self._woken, self._waker = socket.socketpair()

    def run(self) -> None:
        """Fork until the pages' process is gone; then end every child."""
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        # A child that ends wakes the loop below; Python's own handler writes the byte.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno())
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._control, selectors.EVENT_READ)
            waiting.register(self._woken, selectors.EVENT_READ)
            going_on = True
            while going_on:
                ready = [key.fileobj for key, _ in waiting.select(self._seconds_left())]
                if self._woken in ready:
                    self._bury()
                self._end_late()
                if self._control in ready:
                    going_on = self._begin()
        for pid in self._ends:
            os.kill(pid, signal.SIGKILL)

    def _seconds_left(self) -> float | None:
        return max(0.0, min(self._ends.values()) - time.monotonic()) if self._ends else None

    def _bury(self) -> None:
        with suppress(BlockingIOError):
            self._woken.recv(_MOST_OF_A_MESSAGE)
        with suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self._ends.pop(pid, None)

    def _end_late(self) -> None:
        """By the clock. Only a child that was not waited for is ended, so its number is still its own."""
        for pid, end in self._ends.items():
            if end <= time.monotonic():
                os.kill(pid, signal.SIGKILL)

    def _begin(self) -> bool:
        message, files, _, _ = socket.recv_fds(self._control, _MOST_OF_A_MESSAGE, 1)
        if not message:
            return False
        work, cpu_seconds, memory_bytes, wall_seconds = json.loads(message)
        # No memory for a child (OSError): the page sees its way end, and the file is too heavy for now.
        with socket.socket(fileno=files[0]) as page, suppress(OSError):
            pid = os.fork()
            if pid == 0:
                self._be_child(page, work, (cpu_seconds, memory_bytes))
            self._ends[pid] = time.monotonic() + wall_seconds
        return True

    def _be_child(self, page: socket.socket, work: str, bounds: tuple[int, int]) -> NoReturn:
        """One file, and the end; nothing of the fork server's is left open."""
        status = 1
        with suppress(BaseException):
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for ours in (self._control, self._woken, self._waker):
                ours.close()
            picture_child.bound(*bounds)
            with page.makefile("rb") as file:
                answer = picture_child.answer(work, file.read())
            page.sendall(len(answer).to_bytes(LENGTH_BYTES) + answer)
            status = 0
        os._exit(status)


def main() -> int:
    """Import behind the pages, say that we are ready, and fork."""
    os.nice(picture_child.BEHIND_THE_PAGES)
    # Who ends the whole group (Ctrl-C, a service manager) lets the pages end what they have at work; then we end too.
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, signal.SIG_IGN)
    Image.init()
    # What is imported stays as it is, so a child shares its memory with us instead of copying it.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=sys.stdin.fileno()) as control:
        control.send(READY)
        ForkServer(control).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
