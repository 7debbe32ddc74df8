"""What Linux tells of a process: its id in, CPU seconds and memory out; and giving memory back that was needed once."""

import ctypes
import gc
import os
import re
from pathlib import Path

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of the process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def peak_bytes(pid: int) -> int:
    """The most memory the process ever held at once."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def resident_bytes(pid: int) -> int:
    """The memory the process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def trim() -> None:
    """Give back to the system what reading a large file needed (malloc_trim(3), where the C library has it)."""
    gc.collect()
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
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
        option(_ARENA_MAX, 1)
