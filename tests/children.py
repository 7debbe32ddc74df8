"""Programs that a test starts, ended with the block that started them whatever happens in it; and waiting for a fact.

Nothing here is a measurement: a wait ends as soon as the fact is true, and its limit is for what never comes true.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from coverage import Coverage
from tree import ROOT

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


def coverage_environment(folder: Path, rooms: Sequence[str]) -> dict[str, str]:
    """The environment of a program whose walked lines count with those of the tests, where this run counts them.

    ``rooms``: whose lines. ``folder`` gets the program's settings, which coverage's own start-up file reads there.
    """
    counting = Coverage.current()
    if counting is None:
        return dict(os.environ)
    settings = folder / "coverage.ini"
    # A file of its own for each process; pytest-cov puts them together with its workers' at the end.
    source = "source_dirs = " + ", ".join(str(ROOT / room) for room in rooms)
    lines = ("[run]", "branch = true", "parallel = true", f"data_file = {ROOT / '.coverage'}", source)
    settings.write_text("\n".join(lines), encoding="utf-8")
    return {**os.environ, "COVERAGE_PROCESS_START": str(settings)}
