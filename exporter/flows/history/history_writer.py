"""Hands each minute's rows to the history's writer; a writer that fails is told, and counting goes on."""

import asyncio
import json
import logging
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from exporter.errors import ExporterError
from exporter.flows.account.counting import Counted
from exporter.flows.account.settings import Kept
from exporter.flows.history.minute import History, Use
from runtime.jobs import Faults, Next

log = logging.getLogger(__name__)
WRITER_SECONDS = 50.0
MINUTE = 60.0


@dataclass
class Keeper:
    """``lock`` guards the history against the thread that counts."""

    history: History
    part: Kept
    lock: AbstractContextManager[bool]
    failures: int = 0
    faults: Faults = field(default_factory=Faults)
    minute: int = field(default_factory=lambda: int(time.time()) // 60 * 60)

    def see(self, seen: Counted) -> None:
        """A block as it was counted. What fails here is the history's and keeps nothing from being counted."""
        try:
            self.history.add(seen)
        except Exception as error:
            self.faults.note(error)

    async def turn(self) -> Next:
        """Write a minute when it is over; a job. Raises what failed of it."""
        if time.time() >= self.minute + MINUTE and not await self.write():
            raise ExporterError(f"flows: a minute could not be written to {self.part.folder}; the log says why")
        self.faults.tell()
        return Next(min(MINUTE, max(0.0, self.minute + MINUTE - time.time())))

    async def write(self) -> bool:
        """Write what was counted since the last time; whether that succeeded."""
        minute, self.minute = self.minute, int(time.time()) // 60 * 60
        with self.lock:
            rows = self.history.minute(minute)
        command = [sys.executable, "-m", "exporter.flows.history.parquet", str(self.part.folder), str(self.part.days)]
        try:
            child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
            await asyncio.wait_for(child.communicate(_lines(rows)), WRITER_SECONDS)
            failed = child.returncode != 0
        except (OSError, TimeoutError) as error:
            log.error("event=history_not_written folder=%s reason=%r", self.part.folder, str(error))
            failed = True
        self.failures += failed
        return not failed


def _lines(rows: list[Use]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
