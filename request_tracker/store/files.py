"""Attachments by hash: bytes in, a stored file and its row out; nothing is ever overwritten or changed.

The caller has checked size, type and name; here the content is fsynced before the row that names it is committed.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from request_tracker.errors import NotStored, TrackerError
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from request_tracker.store.document import Original, Supplied
from runtime.files import clear_half_made as half_made
from runtime.files import write_whole


@dataclass(frozen=True)
class PaperFile:
    """A paper that may be stored; ``original`` is what it was made from where that was handed in otherwise."""

    content: bytes
    name: str
    mime: str
    original: Original | None = None


def keep(db: Database, folder: Path, paper: PaperFile, now: datetime) -> Supplied:
    """Store a file inside an open transaction; the same content is stored once."""
    file = replace(put(folder, paper.content, paper.name, paper.mime), original=paper.original)
    enter(db, file, now)
    return file.supplied


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in its place by its hash and has no row yet."""

    sha256: str
    size: int
    mime: str
    name: str
    original: Original | None = None

    @property
    def supplied(self) -> Supplied:
        """The file as a document of a case."""
        return Supplied(sha256=self.sha256, name=self.name, original=self.original)


def put(folder: Path, content: bytes, name: str, mime: str) -> StoredFile:
    """Put a file into its place, outside any transaction. Until ``enter`` nothing names it, and nothing shows it."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(folder, sha256)
    # By its hash the content is known to be the same; writing it again would wear the disk for nothing.
    if not path.exists():
        write(path, content)
    return StoredFile(sha256, len(content), mime, name)


def enter(db: Database, file: StoredFile, now: datetime) -> None:
    """Write the row of a file inside an open transaction."""
    row = {"sha256": file.sha256, "size": file.size, "mime": file.mime, "name": file.name, "added_at": stamp(now)}
    # The first name and date stay: another case that hands in the same scan changes nothing.
    db.table("files").insert(row, ignore=True)


def read(folder: Path, sha256: str) -> bytes:
    """The content, checked against its hash. Raises TrackerError where it is gone or damaged."""
    path = path_of(folder, sha256)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TrackerError(f"attachment {sha256[:12]}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise TrackerError(f"attachment {sha256[:12]}: its content does not give its hash; restore it from a backup")
    return content


def path_of(folder: Path, sha256: str) -> Path:
    """Where a file lies: two letters of its hash, then the hash."""
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise TrackerError(f"{sha256[:70]!r} is not a sha256")
    return folder / sha256[:2] / sha256


def faults(store: Store, folder: Path, since: str = "") -> list[str]:
    """Every attachment (added since that stamp) that is gone or damaged."""
    damages = []
    for row in store.rows("SELECT sha256 FROM files WHERE added_at >= ? ORDER BY added_at", [since]):
        try:
            read(folder, row["sha256"])
        except TrackerError as error:
            damages.append(str(error))
    return damages


def clear_half_made(folder: Path) -> int:
    """Delete what killed writers left half-made among the attachments; how many files."""
    if not folder.is_dir():
        return 0
    return sum(half_made(place) for place in (folder, *(entry for entry in folder.iterdir() if entry.is_dir())))


def write(path: Path, content: bytes) -> None:
    """The whole file or none. Raises NotStored where the disk takes no more."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise NotStored("store_full", path.parent, error.strerror) from error
