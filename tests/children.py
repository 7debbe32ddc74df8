"""Programs that a test starts, ended with the block that started them whatever happens in it; and waiting for a fact.

Nothing here is a measurement: a wait ends as soon as the fact is true, and its limit is for what never comes true.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, TypeVar

T = TypeVar("T")
# On a machine with eight times its work a program of ours that starts in a second has been seen to need twenty. Less
# than pytest's own limit of 300 s, so that it is the test that fails, with its reason, and its children are ended.
PATIENCE_SECONDS = 120.0
# What a child may take to end by itself before it is killed.
ENDING_SECONDS = 30.0


@contextmanager
def child(command: Sequence[Any], **how: Any) -> Iterator["subprocess.Popen[Any]"]:
    """The command as a child of this block; ``how`` as for Popen. Outside it no such process is left."""
    started = subprocess.Popen(command, **how)
    try:
        yield started
    finally:
        end(started)


def end(started: "subprocess.Popen[Any]", seconds: float = ENDING_SECONDS) -> int:
    """Ask a child to end, kill it where it does not, and close its pipes; its exit code."""
    started.terminate()
    try:
        code = started.wait(seconds)
    except subprocess.TimeoutExpired:
        started.kill()
        code = started.wait()
    pipes: list[IO[Any] | None] = [started.stdin, started.stdout, started.stderr]
    for pipe in filter(None, pipes):
        pipe.close()
    return code


def until(
    ask: Callable[[], T | None],
    what: object = "it",
    of: "subprocess.Popen[Any] | None" = None,
    seconds: float = PATIENCE_SECONDS,
    pause: float = 0.02,
) -> T:
    """Ask until the answer is true, and give it; fails where the child ``of`` which it is asked ends before."""
    over = time.monotonic() + seconds
    while not (answer := ask()):
        assert of is None or of.poll() is None, f"{what}: the child ended with {of.returncode if of else None}"
        assert time.monotonic() < over, f"{what}: still {answer!r} after {seconds:g} s"
        time.sleep(pause)
    return answer
