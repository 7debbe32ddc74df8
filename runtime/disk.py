"""Room on a part's disks: folders by name in; their free bytes, and what the part keeps there, as metrics out."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runtime.metrics import PREFIX, Metric

Look = Callable[[Path], os.statvfs_result]
Samples = list[tuple[tuple[str, ...], float]]
DISK_FREE = Metric(
    f"{PREFIX}disk_free_bytes", "gauge", "What the part may still write on the disk of that place.", ("place",)
)
DISK_USED = Metric(
    f"{PREFIX}disk_used_bytes", "gauge", "What the part keeps at that place, measured once an hour.", ("place",)
)
# A forecast looks at days, and a hundred thousand papers take a second to be counted.
MEASURED_SECONDS = 3600.0
# Ten years of a busy office's papers; whatever is more is not counted to its end, and has no figure then.
MOST_ENTRIES = 2_000_000
# st_blocks is counted in these, whatever the file system's own are (stat(2)).
_BLOCK_BYTES = 512


def free_bytes(place: Path, look: Look = os.statvfs) -> int:
    """What this process may still write there. A folder that is not made yet will stand where its parent does."""
    while True:
        try:
            disk = look(place)
        except FileNotFoundError:
            if place == place.parent:
                raise
            place = place.parent
        else:
            return disk.f_bavail * disk.f_frsize


def disk_samples(places: Mapping[str, Path]) -> tuple[Metric, Samples]:
    """The metric with a sample of each place; two on one disk say the same."""
    return DISK_FREE, [((name,), free_bytes(place)) for name, place in places.items()]


def used_bytes(place: Path, most_entries: int = MOST_ENTRIES) -> int | None:
    """What stands there on the disk: a folder whole, or a file with those whose names begin with its own.

    SQLite keeps its log beside the database, and a restore sets the one before aside there. Links are not followed.
    None where there are more entries than are looked at, or the place cannot be read; 0 where it is not made yet.
    """
    entries = _beside(place) if place.is_file() else _below(place)
    sum_bytes = count = 0
    try:
        for entry in entries:
            count += 1
            if count > most_entries:
                return None
            try:
                sum_bytes += entry.stat(follow_symlinks=False).st_blocks * _BLOCK_BYTES
            except FileNotFoundError:
                # Gone since its name was read: a temporary file, a minute of the history that was merged.
                continue
    except FileNotFoundError:
        return 0
    except OSError:
        return None
    return sum_bytes


@dataclass
class DiskUse:
    """What was measured of each place, and when; measured anew once an hour. Asked by several threads."""

    clock: Callable[[], float] = time.monotonic
    _sizes: dict[Path, tuple[float, int | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def samples(self, places: Mapping[str, Path]) -> tuple[Metric, Samples]:
        """The metric with a sample of each place whose size is known."""
        with self._lock:
            sizes = {name: self._size(place) for name, place in places.items()}
        return DISK_USED, [((name,), float(size)) for name, size in sizes.items() if size is not None]

    def _size(self, place: Path) -> int | None:
        now = self.clock()
        at, size = self._sizes.get(place, (now - MEASURED_SECONDS, None))
        if now - at >= MEASURED_SECONDS:
            self._sizes[place] = now, (size := used_bytes(place))
        return size


# One for the process: a part's page is made anew at every scrape, and what it measured must outlive that.
DISK_USE = DiskUse()


def _beside(file: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(file.parent) as entries:
        yield from (entry for entry in entries if entry.name.startswith(file.name))


def _below(folder: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
