"""What the server under the crowd holds: its process in, memory, open files and write-ahead log as samples out."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Footprint:
    """One moment: after so many acts of the crowd, resident bytes, open file descriptors, bytes of the WAL."""

    acts: int
    resident_bytes: int
    descriptors: int
    log_bytes: int


@dataclass
class Watcher:
    """Takes a sample each time so many acts more were done; ``look`` is called as often as one likes."""

    pid: int
    database: Path
    every: int
    samples: list[Footprint] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def look(self, acts: int) -> Footprint | None:
        """A sample where one is due."""
        if acts < self.every * len(self.samples):
            return None
        log = self.database.with_name(f"{self.database.name}-wal")
        sample = Footprint(acts, _resident(self.pid), _descriptors(self.pid), log.stat().st_size if log.exists() else 0)
        self.samples.append(sample)
        return sample


# The first eighth fills caches (templates, statements, pages of the database); it says nothing about what grows.
WARM_UP = 1 / 8
# What an allocator keeps of a busy moment; a leak of one kilobyte a request would be 300 MB in eight hours.
RESIDENT_GROWTH = 0.10
RESIDENT_SLACK_BYTES = 16 * 2**20
# Twelve threads and some keep-alive connections more or less at the moment of a sample.
DESCRIPTOR_SLACK = 40
# SQLite writes the log back at 1,000 pages (4 MB) as soon as no reader stands in the way.
LOG_BYTES = 64 * 2**20


def unflat(samples: Sequence[Footprint]) -> list[str]:
    """What grew after the warm-up, in sentences; empty where all is flat.

    Memory by its slope, open files and the write-ahead log by their last quarter.
    """
    warm = after_warm_up(samples)
    quarter = max(1, len(warm) // 4)
    first, last = warm[:quarter], warm[-quarter:]
    begin = median(sample.resident_bytes for sample in first)
    more = slope(warm) * (warm[-1].acts - warm[0].acts)
    files_before, files_after = (median(sample.descriptors for sample in part) for part in (first, last))
    log = median(sample.log_bytes for sample in last)
    growths = []
    if more > begin * RESIDENT_GROWTH and more > RESIDENT_SLACK_BYTES:
        growths.append(f"memory grew by {more / 2**20:.0f} MiB from {begin / 2**20:.0f}")
    if files_after > files_before + DESCRIPTOR_SLACK:
        growths.append(f"open files grew from {files_before:.0f} to {files_after:.0f}")
    if log > LOG_BYTES:
        growths.append(f"the write-ahead log is {log / 2**20:.0f} MiB long; {LOG_BYTES // 2**20} are allowed")
    return growths


def after_warm_up(samples: Sequence[Footprint]) -> Sequence[Footprint]:
    """Those that say what grows."""
    return samples[round(len(samples) * WARM_UP) :]


def slope(samples: Sequence[Footprint]) -> float:
    """Bytes of memory more with each act: the median of the slopes between any two samples (Theil and Sen).

    A moment in which much was at work moves a line of least squares, and not this one. 0 for less than two samples.
    """
    pairs = combinations(samples, 2)
    slopes = [(b.resident_bytes - a.resident_bytes) / (b.acts - a.acts) for a, b in pairs if b.acts > a.acts]
    return median(slopes) if slopes else 0.0


def _resident(pid: int) -> int:
    # The second field of statm is the resident set in pages (proc(5)).
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
