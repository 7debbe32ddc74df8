"""The child of ``picture_work``: a function's name and its bounds as arguments and a file on standard input in, the
function's bytes on standard output out. It opens no file for writing and no socket.

As a program it is for the file that finds no prepared child; what ``fork_server`` forks uses its functions.
"""

import importlib
import json
import os
import resource
import sys
from collections.abc import Sequence

from request_tracker.store.picture_work import DONE, REFUSED, FileWork, Spoiled

ROOM = "request_tracker.store."
BEHIND_THE_PAGES = 10  # nice(2): half way down, so that a page is served first and a picture is still done.


def main(arguments: Sequence[str]) -> int:
    """Do the work within its bounds; 0 where it is done or refused, anything else where it broke."""
    name, cpu_seconds, memory_bytes = arguments
    os.nice(BEHIND_THE_PAGES)
    bound(int(cpu_seconds), int(memory_bytes))
    sys.stdout.buffer.write(answer(name, sys.stdin.buffer.read()))
    sys.stdout.buffer.flush()
    return 0


def answer(name: str, content: bytes) -> bytes:
    """What the function of that name makes of the file, or why it refuses it."""
    work = _work(name)
    try:
        return DONE + work(content)
    except Spoiled as error:
        return REFUSED + json.dumps([error.reason.indonesian, error.reason.english]).encode()


def bound(cpu_seconds: int, memory_bytes: int) -> None:
    """Set before the file is read, and never raised again: the kernel holds them, whatever the file makes of us."""
    bounds = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))


def _work(name: str) -> FileWork:
    module, _, function = name.partition(":")
    if not module.startswith(ROOM):
        raise ValueError(f"{module}: only the store's own functions work on files")
    work: FileWork = getattr(importlib.import_module(module), function)
    return work


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
