"""Child processes that a command starts for itself: asked to end, and ended."""

import signal
from subprocess import Popen, TimeoutExpired
from typing import IO, Any

ENDING_SECONDS = 10.0
"""What a child may take to end by itself before it is killed: a server finishes what it is answering."""


def end(child: "Popen[Any]", how: int = signal.SIGTERM, seconds: float = ENDING_SECONDS) -> None:
    """Ask a child to end, and kill it where it does not; afterwards it is no more, and its pipes are closed."""
    child.send_signal(how)
    try:
        child.wait(seconds)
    except TimeoutExpired:
        child.kill()
        child.wait()
    pipes: list[IO[Any] | None] = [child.stdin, child.stdout, child.stderr]
    for pipe in filter(None, pipes):
        pipe.close()
