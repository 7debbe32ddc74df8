"""What the agent does for the evidence: counts each verdict, writes each hour, keeps the open one over a restart."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from inventory.model import City
from shaping.delivery import WindowVerdict
from shaping.evidence.files import EvidenceFiles
from shaping.evidence.hours import EvidenceHour, EvidenceHours, hour_from
from shaping.evidence.lines import HOUR, EvidenceHead
from shaping.ledger import Revision
from shaping.state import load, save

log = logging.getLogger(__name__)
FOLDER = "evidence"
OPEN = "open.json"
# What a kill may cost of the open hour's counts.
_SAVE_SECONDS = 60.0
# Hours that wait for room on the disk: a week. What is older then is gone, told, and a gap in the file.
_MOST_WAITING = 168


@dataclass
class EvidenceDuty:
    """The evidence of one agent. ``steady`` is a clock that only goes on, the one of the windows."""

    city: City
    uplink: str
    state: Path
    clock: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    head: EvidenceHead | None = None
    hours: EvidenceHours = field(init=False)
    _resumed: bool = False
    _saved_at: float | None = None

    def __post_init__(self) -> None:
        self.hours = EvidenceHours(ZoneInfo(self.city.city.timezone))

    @property
    def folder(self) -> Path:
        """Where the quarters' files stand."""
        return self.state / FOLDER

    @property
    def proof_part(self) -> dict[str, Any]:
        """What a proof says of it: quarter, Unix seconds up to which its last line speaks, that line's hash."""
        if self.head is None or self.head.hour is None:
            return {}
        until = (self.head.hour + HOUR).timestamp()
        return {"evidence": {"quarter": self.head.quarter, "until": until, "hash": self.head.hash}}

    @property
    def day(self) -> str:
        """The city's day up to which lines stand: with another one a proof is sent also where nothing else is new.

        Hours are too many: the tracker keeps each proof for good. A day changes at midnight, so that the last one of a
        quarter holds the whole of it.
        """
        if self.head is None or self.head.hour is None:
            return ""
        return (self.head.hour + HOUR).astimezone(self.hours.zone).date().isoformat()

    def count(self, windows: Sequence[WindowVerdict], revision: Revision) -> None:
        """Verdicts on windows that are over now. Writes nothing."""
        self.hours.count(windows, revision, self._now(), self.steady())

    def write(self) -> None:
        """Write each hour that is over, and once a minute the open one. Raises OSError; nothing counted is lost then.

        An hour in which nothing was judged has its line too: it says that the agent ran.
        """
        files = EvidenceFiles(self.folder, self.uplink)
        if not self._resumed:
            self.head = files.end()
            self.hours.resume(self.head.hour if self.head else None, self._saved())
            self._resumed = True
        self.hours.turn(self._now(), self.steady())
        if lost := self.hours.over[:-_MOST_WAITING]:
            del self.hours.over[: len(lost)]
            log.error("event=evidence_lost hours=%d first=%s", len(lost), lost[0].hour.isoformat())
        while self.hours.over:
            self.head = files.append(self.hours.over[0].body, self.hours.zone)
            del self.hours.over[0]
            self._saved_at = None
        if self._saved_at is None or self.steady() - self._saved_at >= _SAVE_SECONDS:
            self._save()

    def close(self) -> None:
        """Keep the open hour for the process after this one. Never raises: the job has told what is wrong."""
        with suppress(OSError):
            if self._resumed:
                self._save()

    def _save(self) -> None:
        if self.hours.open is not None:
            save(self.folder / OPEN, self.hours.open.body)
        self._saved_at = self.steady()

    def _saved(self) -> EvidenceHour | None:
        body = load(self.folder / OPEN)
        try:
            return None if body is None else hour_from(body)
        except ValueError as error:
            log.error("event=evidence_open_hour_unreadable reason=%r", str(error))
            return None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)
