"""The outage journal: every beginning, end and change of cause as one JSON line, on disk before anything is sent.

Append-only and fsynced. A torn last line is what a power cut leaves: it is passed over. A file that holds anything else
that cannot be read is set aside under another name and a new one begun; nothing is deleted.
"""

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

from exporter.watch.outages import Outage, listed
from runtime.files import clear_half_made, set_aside, write_whole

log = logging.getLogger(__name__)
# As long as Prometheus keeps its series: a year's report and a month to write it.
KEEP_SECONDS = 400 * 86400.0
# Some fifty a day for KEEP_SECONDS; all of them are held in memory.
MAX_OUTAGES = 20_000


class Journal:
    """The journal file. Building it opens nothing; ``load`` reads it, ``write`` appends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outages: dict[str, Outage] = {}
        self._lasting: dict[str, Outage] = {}
        self.failures = 0

    def load(self) -> None:
        """Read what was written before; open outages go on under their own identity."""
        clear_half_made(self.path.parent)
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        # Each line ends in a newline, so what stands behind the last one is empty, or the beginning of a line.
        whole, torn = lines[:-1], lines[-1]
        try:
            read = [_outage(json.loads(line)) for line in whole if line]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._set_aside(error)
            return
        # Later lines of the same outage replace earlier ones: the last says how it stands.
        for outage in read:
            self._keep(outage)
        if torn:
            log.warning("event=journal_torn path=%s bytes=%d", self.path, len(torn))
            self._rewrite()

    def write(self, outage: Outage) -> None:
        """Append one line and wait for the disk. A full disk is counted and said; paging goes on."""
        # In memory first: whatever becomes of the disk, the outage is told and shown.
        self._keep(outage)
        line = json.dumps(listed(outage), separators=(",", ":")).encode() + b"\n"
        try:
            self._append(line)
        except OSError as error:
            self.failures += 1
            log.error("event=journal_failed path=%s reason=%s root=%s", self.path, error.strerror, outage.root)

    def open(self) -> list[Outage]:
        """Outages that last."""
        return list(self._lasting.values())

    def last_of(self, root: str) -> Outage | None:
        """The latest outage of a root, lasting or over."""
        return max((o for o in self.outages.values() if o.root == root), key=lambda o: o.started_at, default=None)

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            before = os.fstat(file).st_size
            try:
                written = os.write(file, line)
                if written < len(line):
                    # ENOSPC: a write that comes up short says no reason of its own.
                    raise OSError(28, "No space left on device")
                os.fsync(file)
            except OSError:
                # Half a line that stays would swallow the next one, and the file would be set aside at the next start.
                os.ftruncate(file, before)
                raise
        finally:
            os.close(file)

    def _keep(self, outage: Outage) -> None:
        self.outages[outage.identity] = outage
        if outage.ended_at is None:
            self._lasting[outage.identity] = outage
        else:
            self._lasting.pop(outage.identity, None)
        if len(self.outages) > MAX_OUTAGES:
            # An outage that lasts is never forgotten, however long the list is.
            oldest = min((o for o in self.outages.values() if o.ended_at), key=lambda o: o.started_at, default=None)
            if oldest is not None:
                del self.outages[oldest.identity]

    def _rewrite(self) -> None:
        """One line an outage, the old ones left out; atomic."""
        old = time.time() - KEEP_SECONDS
        lasting = [outage for outage in self.outages.values() if outage.ended_at is None or outage.ended_at > old]
        text = "".join(json.dumps(listed(outage), separators=(",", ":")) + "\n" for outage in lasting)
        try:
            write_whole(self.path, text.encode())
        except OSError as error:
            self.failures += 1
            log.error("event=journal_failed path=%s reason=%s", self.path, error.strerror)

    def _set_aside(self, error: Exception) -> None:
        self.failures += 1
        set_aside(self.path, error)


def _outage(row: dict[str, Any]) -> Outage:
    """A line of the journal; lines of before outages could come back have no word of it."""
    return Outage(
        root=str(row["root"]),
        kind=str(row["kind"]),
        started_at=float(row["started_at"]),
        opds=tuple(str(opd) for opd in row["offices"]),
        cause=str(row["cause"]),
        ended_at=_moment(row["ended_at"]),
        interruptions=int(row.get("interruptions", 1)),
        down_seconds=float(row.get("down_seconds", 0.0)),
        fell_at=_moment(row.get("fell_at")),
        back_at=_moment(row.get("back_at")),
    )


def _moment(value: Any) -> float | None:
    return None if value is None else float(value)
