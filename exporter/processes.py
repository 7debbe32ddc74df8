"""What Linux tells of a process: its id in, CPU seconds and memory out. Children; giving memory back."""

import ctypes
import gc
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from runtime.memory import share_arenas

# M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of mallopt(3) (malloc.h).
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_TICKS = os.sysconf("SC_CLK_TCK")
P = ParamSpec("P")
T = TypeVar("T")


def in_child(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What ``work`` returns, done in a child process that ends with it."""
    # A fork of a process with threads may wait for ever for a lock that one of them held (fork(2)): begun anew then.
    how = get_context("spawn" if threading.active_count() > 1 else None)
    # Needs no supervisor: its one result is waited for here, and a child that dies raises here.
    with ProcessPoolExecutor(max_workers=1, mp_context=how) as child:
        return child.submit(work, *arguments, **named).result()


def cpu_seconds(pid: int) -> float:
    """User and system time of the process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    # utime and stime of proc(5), counted from the field behind the command, which may hold blanks.
    return (int(fields[11]) + int(fields[12])) / _TICKS


def ended_children_seconds(pid: int) -> float:
    """User and system time of its children that have ended and been waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    # cutime and cstime of proc(5).
    return (int(fields[13]) + int(fields[14])) / _TICKS


def peak_bytes(pid: int) -> int:
    """The most memory the process ever held at once."""
    status = Path(f"/proc/{pid}/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) * 1024 if peak else 0


def resident_bytes(pid: int) -> int:
    """The memory the process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def trim() -> None:
    """Give back to the system what reading a large file needed (malloc_trim(3), where the C library has it)."""
    gc.collect()
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        # 0: keep nothing on top of the heap.
        release(0)


def keep(most: int) -> None:
    """Keep up to ``most`` bytes that were freed for what comes next (mallopt(3), where the C library has it).

    What works through the same large arrays again and again would else ask the system for the same pages every time.
    Threads started afterwards share what is kept.
    """
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    if option is not None:
        option(_MMAP_THRESHOLD, most)
        option(_TRIM_THRESHOLD, most)
    share_arenas(1)
