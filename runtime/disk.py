"""Room on a part's disks: folders by name in, their free bytes as a metric out."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from runtime.metrics import PREFIX, Metric

Look = Callable[[Path], os.statvfs_result]
DISK_FREE = Metric(
    f"{PREFIX}disk_free_bytes", "gauge", "What the part may still write on the disk of that place.", ("place",)
)


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


def disk_samples(places: Mapping[str, Path]) -> tuple[Metric, list[tuple[tuple[str, ...], float]]]:
    """The metric with a sample of each place; two on one disk say the same."""
    return DISK_FREE, [((name,), free_bytes(place)) for name, place in places.items()]
