"""Hands each minute's rows to the history's writer; a writer that fails is logged, and counting goes on."""

import asyncio
import json
import logging
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.minute import MinuteHistory, UsageRow

log = logging.getLogger(__name__)
# Seconds for one minute's file: the next minute's writing begins after sixty.
WRITER_SECONDS = 50.0


@dataclass
class HistoryWriter:
    """``lock`` guards the history against the thread that counts."""

    history: MinuteHistory
    part: HistorySettings
    lock: AbstractContextManager[bool]
    failures: int = 0
    minute: int = field(default_factory=lambda: int(time.time()) // 60 * 60)

    async def run(self) -> None:
        """Write each minute when it is over, for ever."""
        while True:
            await asyncio.sleep(self.minute + 60 - time.time())
            await self.write()

    async def write(self) -> None:
        """Write what was counted since the last time."""
        with self.lock:
            rows = self.history.minute(self.minute)
        self.minute = int(time.time()) // 60 * 60
        command = [sys.executable, "-m", "exporter.flows.history.parquet", str(self.part.folder), str(self.part.days)]
        try:
            child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
            await asyncio.wait_for(child.communicate(_lines(rows)), WRITER_SECONDS)
            failed = child.returncode != 0
        except (OSError, TimeoutError) as error:
            log.error("event=history_not_written folder=%s reason=%r", self.part.folder, str(error))
            failed = True
        self.failures += failed


def _lines(rows: list[UsageRow]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
