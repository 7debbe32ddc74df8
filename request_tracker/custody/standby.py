"""The warm standby: each minute the whole office as a copy in a folder, and that folder to another machine. A job.

The copy is of one moment (SQLite's own online backup) and takes the place of the one before by its name alone, so that
whoever takes over in any second has a whole database. Papers are kept by their hash: only new ones are copied.
"""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from request_tracker.config import TrackerConfig
from request_tracker.custody.office_commands import filled, run
from request_tracker.errors import TrackerError
from request_tracker.store import files
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from runtime.files import write_whole
from runtime.jobs import Job, Jobs
from runtime.supervision import JobThread

PART = "tracker"
# What is lost with the machine: a minute and what the copy takes.
EVERY_SECONDS = 60.0
DATABASE, FILES, AS_OF = "tracker.db", "files", "as-of.json"


class Standby:
    """``start`` begins the thread, ``stop`` leaves a copy under way behind: it takes no name before it is whole."""

    def __init__(self, store: Store, config: TrackerConfig) -> None:
        self._store, self._config = store, config
        self.jobs = Jobs(PART, (Job("standby", EVERY_SECONDS, self._copy),))
        self._thread = JobThread(self.jobs, "standby", leave=store.close)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._thread.stop(1)

    def _copy(self) -> None:
        assert self._config.backup.standby is not None
        copy_office(self._store, self._config, self._config.backup.standby, lambda: datetime.now(UTC))


def copy_office(store: Store, config: TrackerConfig, folder: Path, clock: Callable[[], datetime]) -> int:
    """Bring the folder up to date; how many events the copy holds. Raises TrackerError."""
    database = folder / DATABASE
    # A journal beside it is written by whoever serves from there: two offices of one name must not be.
    if database.with_name(f"{DATABASE}-wal").exists():
        raise TrackerError(f"{folder}: somebody serves from this standby; stop that tracker, or name another folder")
    partial = database.with_name(f"{DATABASE}.partial")
    try:
        (folder / FILES).mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        at = clock()
        store.copy_to(partial)
        copy = Store(partial)
        try:
            events = int(copy.value("SELECT count(*) FROM events"))
            papers = [row["sha256"] for row in copy.rows("SELECT sha256 FROM files")]
        finally:
            copy.close()
        # Papers first: a database never names one that is not there.
        for sha256 in papers:
            _copy_paper(config.files, folder / FILES, sha256)
        partial.rename(database)
        write_whole(folder / AS_OF, json.dumps({"at": stamp(at), "events": events}).encode())
    except OSError as error:
        raise TrackerError(f"{folder}: the standby was not brought up to date: {error.strerror}") from error
    finally:
        for left in (partial, *(partial.with_name(f"{partial.name}{end}") for end in ("-wal", "-shm"))):
            with suppress(OSError):
                left.unlink()
    if config.backup.standby_send:
        run(filled(config.backup.standby_send, {"folder": str(folder)}), config.backup)
    return events


def _copy_paper(source: Path, target: Path, sha256: str) -> None:
    place, paper = files.path_of(target, sha256), files.path_of(source, sha256)
    # A paper that is gone here is the night's verification's to tell; the others are copied all the same.
    if place.exists() or not paper.exists():
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.partial")
    shutil.copyfile(paper, half)
    half.chmod(0o600)
    half.rename(place)
