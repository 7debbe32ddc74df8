"""Hands each minute's rows to the history's writer; a writer that fails is logged, and counting goes on."""

import asyncio
import json
import logging
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from exporter.errors import ExporterError
from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.applications import application_names, write_names
from exporter.flows.history.attack_signs import AttackSign
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.history.minute_wire import UNREADABLE, MinuteToWrite, minute_bytes
from runtime.jobs import Faults, Next

log = logging.getLogger(__name__)
# Seconds for one minute's file: the next minute's writing begins after sixty.
WRITER_SECONDS = 50.0

# Bytes of minutes that wait for a disk: ten of a large city (3 MB each), or one of which every key is new.
MOST_UNWRITTEN = 32 * 2**20

# Bytes handed to the writer at once: sixteen times what a pipe holds.
PIECE_BYTES = 2**20

# Seconds: the history's grain.
MINUTE = 60.0


@dataclass
class HistoryWriter:
    """``lock`` guards the history and the exporters against the thread that counts.

    ``named``: the applications whose names are on disk; those of a run before stay there. ``unwritten``: minutes whose
    writing failed, the oldest first; they are tried again each minute, and the oldest are given up where they are many.
    ``signs`` of attacks in the minute that was written last.
    """

    history: MinuteHistory
    part: HistorySettings
    lock: AbstractContextManager[bool]
    exporters: Mapping[str, FlowExporter] = field(default_factory=dict)
    named: Mapping[int, str] = field(default_factory=dict)
    unwritten: deque[bytes] = field(default_factory=deque)
    signs: Sequence[AttackSign] = ()
    failures: int = 0
    faults: Faults = field(default_factory=Faults)
    minute: int = field(default_factory=lambda: int(time.time()) // 60 * 60)
    run: int = field(default_factory=lambda: int(time.time()))
    _at_work: "asyncio.Task[bool] | None" = None

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
        """Write what was counted since the last time, and before it what could not be written then; whether all is.

        Whoever waits for it may be cancelled: the writing goes on, because its rows are no longer in the history.
        """
        # Needs no supervisor: it is awaited here or in ``close``, and what it raises is raised there.
        self._at_work = asyncio.create_task(self._write())
        return await asyncio.shield(self._at_work)

    async def close(self) -> None:
        """Wait for the minute that is being written, then write the rest."""
        if self._at_work is not None:
            await asyncio.wait([self._at_work])
        await self.write()

    async def _write(self) -> bool:
        minute, self.minute = self.minute, int(time.time()) // 60 * 60
        with self.lock:
            sums, codes = self.history.take(), self.history.codes
            names = self._new_names()
        self._wait(minute_bytes(MinuteToWrite(minute, codes, self.history.top, sums, self.run)))
        command = [sys.executable, "-m", "exporter.flows.history.parquet", str(self.part.folder), str(self.part.days)]
        self.signs = ()
        try:
            if names:
                write_names(self.part.folder, names)
                self.named = names
            written = await self._write_waiting(command)
        except (OSError, TimeoutError) as error:
            log.error("event=history_not_written folder=%s reason=%r", self.part.folder, str(error))
            written = False
        self.failures += not written
        return written

    async def _write_waiting(self, command: Sequence[str]) -> bool:
        """Try each minute that waits, so that one which cannot be written holds back no other; whether all are."""
        written = True
        for minute in tuple(self.unwritten):
            code, said = await _run(command, minute)
            written &= code == 0
            # The newest minute is the last one: of those before, what it showed is no news any more.
            signs = map(AttackSign._make, json.loads(said) if code == 0 else ())
            self.signs = tuple(sign for sign in signs if sign.host not in self.part.busy_hosts)
            if code == UNREADABLE:
                self._tell_lost(minute)
            if code in (0, UNREADABLE):
                self.unwritten.remove(minute)
        return written

    def _wait(self, minute: bytes) -> None:
        self.unwritten.append(minute)
        while len(self.unwritten) > 1 and sum(map(len, self.unwritten)) > MOST_UNWRITTEN:
            self._tell_lost(self.unwritten.popleft())

    def _tell_lost(self, minute: bytes) -> None:
        log.error("event=history_minute_lost folder=%s bytes=%d", self.part.folder, len(minute))

    def _new_names(self) -> dict[int, str]:
        """All names of applications where one is new; else none, for most minutes bring none."""
        names = {number: name for exporter in self.exporters.values() for number, name in exporter.applications.items()}
        if names.items() <= self.named.items():
            return {}
        return {**(self.named or application_names(self.part.folder)), **names}


async def _answer_of(child: asyncio.subprocess.Process, content: bytes) -> bytes:
    """What a child says to that; handed over piece by piece, because asyncio keeps a copy of what has to wait."""
    assert child.stdin is not None and child.stdout is not None

    async def hand_over(stream: asyncio.StreamWriter) -> None:
        # A child that ends early is told by its code.
        with suppress(BrokenPipeError, ConnectionResetError):
            for start in range(0, len(content), PIECE_BYTES):
                stream.write(memoryview(content)[start : start + PIECE_BYTES])
                await stream.drain()
        stream.close()

    _, said = await asyncio.gather(hand_over(child.stdin), child.stdout.read())
    await child.wait()
    return said


async def _run(command: Sequence[str], content: bytes) -> tuple[int | None, bytes]:
    """A child's exit code and output. Raises OSError, and TimeoutError where it takes too long; then it is no more."""
    # No shell: the folder's name is an argument, whatever letters it has.
    child = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        said = await asyncio.wait_for(_answer_of(child, content), WRITER_SECONDS)
    except TimeoutError:
        # One that hangs (a disk that does not answer) would be joined by another every minute.
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        raise TimeoutError(f"the writer took longer than {WRITER_SECONDS:g} s") from None
    return child.returncode, said
