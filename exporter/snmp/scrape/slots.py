"""Bounds how many devices are read at the same moment, so that a thousand scrapes do not hold all answers at once.

A slot is lent for a moment only: a device that has not been read by then goes on without it, so that slow and dead
devices never keep a live one waiting for long.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Devices whose answers are held at once; ``all at once`` in docs/why/snmp-speed.md is the memory it bounds.
SLOTS = 32
# Longer than a live device of the same city takes; a slow or dead one goes on without its slot.
LENT_SECONDS = 0.25


class Slots:
    """``number`` slots, each lent for at most ``seconds``."""

    def __init__(self, number: int = SLOTS, seconds: float = LENT_SECONDS) -> None:
        self._free = asyncio.Semaphore(number)
        self._seconds = seconds

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it until the block ends or the time is over."""
        await self._free.acquire()
        # A list, so that whoever comes second (the timer or the end of the block) finds nothing left to give back.
        lent = [self._free]

        def give_back() -> None:
            if lent:
                lent.pop().release()

        timer = asyncio.get_running_loop().call_later(self._seconds, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()
