"""The quarters' files on the disk: an hour's line behind the last, fsynced; what a kill left half-written set aside.

Whole lines are never touched. Disks that are full raise OSError and leave the file as it was.
"""

import logging
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from runtime.files import settle, write_whole
from shaping.errors import ShapingError
from shaping.evidence.lines import (
    GENESIS,
    QUARTER,
    SUFFIX,
    EvidenceHead,
    hash_of,
    head_body,
    line_of,
    moment,
    quarter_of,
    read_line,
)

log = logging.getLogger(__name__)
# A last line is sought from the end in steps: an hour of 500 offices is some 60 kB.
_STEP = 65_536


@dataclass(frozen=True)
class EvidenceFiles:
    """The folder of one agent."""

    folder: Path
    uplink: str

    def append(self, body: dict[str, Any], zone: ZoneInfo) -> EvidenceHead:
        """Write an hour's line; where the chain stands then. Raises OSError; then nothing was written."""
        hour, end = moment(body["hour"]), self.end()
        if end is not None and end.hour is not None and hour <= end.hour:
            # Written before, and only the waiting for the disk failed: no hour has two lines.
            return end
        quarter = quarter_of(hour, zone)
        content, before = b"", end.hash if end else GENESIS
        # Never back into a file before: a city that moved its zone goes on in the one it is in.
        if end is not None and quarter <= end.quarter:
            quarter = end.quarter
        else:
            content, before = line_of(head_body(quarter, self.uplink, zone.key, end.quarter if end else ""), before)
        line, hash = line_of(body, before)
        self._write(self.folder / f"{quarter}{SUFFIX}", content + line)
        return EvidenceHead(quarter, hour, hash)

    def end(self) -> EvidenceHead | None:
        """Where the chain stands on the disk; None where it has not begun. Mends a half-written end."""
        for path in reversed(quarter_files(self.folder)):
            with path.open("r+b") as file:
                _mend(path, file)
                line = last_line(file)
            if line:
                return EvidenceHead(path.stem, _last_hour(path, line), hash_of(line))
        return None

    def _write(self, path: Path, content: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        with os.fdopen(handle, "wb", buffering=0) as file:
            size = os.fstat(handle).st_size
            try:
                rest = memoryview(content)
                while rest:
                    # Unbuffered: on a disk that fills up less is written than was given, and the next write says why.
                    rest = rest[file.write(rest) :]
                os.fsync(handle)
            except BaseException:
                os.ftruncate(handle, size)
                raise
        settle(self.folder)


def quarter_files(folder: Path) -> list[Path]:
    """The quarters' files, oldest first; whatever else stands there is not ours."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and QUARTER.fullmatch(path.stem))


def last_line(file: BinaryIO) -> bytes:
    """The last line of a file that ends with one, its end included; nothing where it is empty."""
    place, tail = file.seek(0, os.SEEK_END), b""
    while place and tail.count(b"\n", 0, -1) == 0:
        step = min(_STEP, place)
        place -= step
        file.seek(place)
        tail = file.read(step) + tail
    return tail[tail.rfind(b"\n", 0, -1) + 1 :]


def _mend(path: Path, file: BinaryIO) -> None:
    """Set aside what stands behind the last whole line: the process was killed, or the power failed, while writing."""
    rest = last_line(file)
    if not rest or rest.endswith(b"\n"):
        return
    aside = path.with_name(f"{path.name}.broken-{time.time_ns()}")
    write_whole(aside, rest)
    file.truncate(file.seek(0, os.SEEK_END) - len(rest))
    os.fsync(file.fileno())
    log.error("event=evidence_mended path=%s set_aside=%s bytes=%d", path, aside, len(rest))


def _last_hour(path: Path, line: bytes) -> datetime | None:
    """The hour of the last line; where that was damaged, of the last one before it that can be read."""
    for each in (line, *reversed(path.read_bytes().splitlines(keepends=True))):
        try:
            return moment(read_line(each)["hour"])
        except (ShapingError, KeyError, ValueError):
            continue
    return None
