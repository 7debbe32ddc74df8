"""Starting and ending a lab from the outside: the process that holds it, and what it says while it starts."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from lab import LabError
from lab.host import READY, ROOT
from lab.options import Options
from lab.paths import Paths


def launch(
    paths: Paths, options: Options, leash: bool, say: Callable[[str], None] = print
) -> "subprocess.Popen[bytes]":
    """Start a lab and wait until it is ready, passing on every step. Raises LabError with the last words otherwise.

    With ``leash`` the lab ends when the returned process's standard input is closed - so also when we die.
    """
    command = [sys.executable, "-m", "lab.host", str(paths.state), options.to_json()]
    process = subprocess.Popen(
        [*command, "--leash"] if leash else command,
        stdin=subprocess.PIPE if leash else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        lines = []
        for line in process.stdout:
            text = line.decode(errors="replace").rstrip()
            lines.append(text)
            if text.startswith(READY):
                say(text)
                return process
            if not text.startswith("error:"):
                say(text)
    except BaseException:
        end(process)
        raise
    process.wait()
    raise LabError(_reason(lines))


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a lab that we hold."""
    process.terminate()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def down(paths: Paths, patience_seconds: float = 60.0) -> bool:
    """End the lab of a state directory, whoever started it; False where none runs."""
    if not paths.lock.exists():
        return False
    with paths.lock.open() as lock:
        until = time.monotonic() + patience_seconds
        ending = False
        while time.monotonic() < until:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return ending
            except BlockingIOError:
                if not ending:
                    # Between its lock and its number in it, a lab that starts cannot be asked yet.
                    with suppress(ProcessLookupError, ValueError):
                        os.kill(int(paths.lock.read_text()), signal.SIGTERM)
                        ending = True
                time.sleep(0.05)
    raise LabError(f"the lab in {paths.state} did not end within {patience_seconds:g} s; see {paths.logs}/lab.log")


def _reason(lines: list[str]) -> str:
    """The error and the lines after it; all that was said where there was none."""
    for number, text in enumerate(lines):
        if text.startswith("error:"):
            return "\n".join(lines[number:]).removeprefix("error: ").removesuffix("\nending")
    return "the lab ended while it started; it said:\n" + "\n".join(lines)
