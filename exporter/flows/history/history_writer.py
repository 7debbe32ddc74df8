"""Hands each minute's rows to the history's writer; a writer that fails is logged, and counting goes on."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from exporter.errors import ExporterError
from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.minute import MinuteHistory, UsageRow
from runtime.jobs import Faults, Next

log = logging.getLogger(__name__)
# Seconds for one minute's file: the next minute's writing begins after sixty.
WRITER_SECONDS = 50.0

# Seconds: the history's grain.
MINUTE = 60.0


@dataclass
class HistoryWriter:
    """``lock`` guards the history against the thread that counts."""

    history: MinuteHistory
    part: HistorySettings
    lock: AbstractContextManager[bool]
    failures: int = 0
    faults: Faults = field(default_factory=Faults)
    minute: int = field(default_factory=lambda: int(time.time()) // 60 * 60)

    def observe(self, block: CountedBlock) -> None:
        """A block as it was counted. What fails here is the history's and keeps nothing from being counted."""
        try:
            self.history.add(block)
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
            failed = await _run(command, _lines(rows)) != 0
        except (OSError, TimeoutError) as error:
            log.error("event=history_not_written folder=%s reason=%r", self.part.folder, str(error))
            failed = True
        self.failures += failed
        return not failed


async def _run(command: Sequence[str], content: bytes) -> int | None:
    """A child's exit code. Raises OSError, and TimeoutError where it takes too long; then it is no more."""
    # No shell: the folder's name is an argument, whatever letters it has.
    child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    try:
        await asyncio.wait_for(child.communicate(content), WRITER_SECONDS)
    except TimeoutError:
        # One that hangs (a disk that does not answer) would be joined by another every minute.
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        raise TimeoutError(f"the writer took longer than {WRITER_SECONDS:g} s") from None
    return child.returncode


def _lines(rows: list[UsageRow]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
