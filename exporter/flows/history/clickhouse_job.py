"""Each minute the history's rows to the office's ClickHouse, by a process of its own; one that fails is tried again."""

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass

from exporter.errors import ExporterError
from exporter.flows.account.settings import HistorySettings
from runtime.jobs import Next

# Seconds: from turn to turn, and for one turn; one that hangs is ended and the next sends what lacks.
MINUTE, TURN_SECONDS = 60.0, 300.0
_COMMAND = (sys.executable, "-m", "exporter.flows.history.clickhouse_sink")


@dataclass(frozen=True)
class ClickhouseJob:
    """The settings of a history that has a ClickHouse."""

    part: HistorySettings

    async def turn(self) -> Next:
        """Send what the server lacks; a job. Raises ExporterError where that failed: nothing of it is lost."""
        if self.part.clickhouse is None:
            return Next(MINUTE)
        document = {
            "folder": str(self.part.folder),
            "days": self.part.days,
            # Through its input: a password stands on no command line.
            "clickhouse": vars(self.part.clickhouse),
        }
        child = await asyncio.create_subprocess_exec(*_COMMAND, stdin=asyncio.subprocess.PIPE)
        try:
            await asyncio.wait_for(child.communicate(json.dumps(document).encode()), TURN_SECONDS)
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode:
            raise ExporterError("flows: the history's rows did not all reach ClickHouse; the log says why")
        return Next(MINUTE)
