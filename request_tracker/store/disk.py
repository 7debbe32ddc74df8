"""Room on the tracker's disks: its folders by name, and a refusal where a file would take the last of one.

Cases are a few kilobytes and papers a few megabytes: below the floor papers are refused, so that cases go on.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from request_tracker.errors import NotNow
from runtime.disk import Look, free_bytes


def places(database: Path, files: Path, backups: Path | None = None) -> Mapping[str, Path]:
    """The tracker's disks by the names of the metric; two of one name are one disk, and say the same."""
    own = kept_places(database, files, backups)
    return {**own, "database": database.parent, "temporary": Path(tempfile.gettempdir())}


def kept_places(database: Path, files: Path, backups: Path | None) -> Mapping[str, Path]:
    """What the office keeps: the database (with what SQLite has beside it), its papers, its backups where named."""
    return {"database": database, "files": files, **({"backups": backups} if backups else {})}


def check_room(files: Path, floor_bytes: int, look: Look = os.statvfs) -> None:
    """Raise NotNow where a paper would leave less than the floor."""
    if free_bytes(files, look) < floor_bytes:
        raise NotNow("disk_low")
