"""What a trap sets going: the watch's next round at once, and a poll of the device at once. A hint never pages.

One poll a device is under way at a time, so a storm of traps costs no more than the device can answer. What a poll
raises is kept in ``faults``, which a job of the watch tells.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from runtime.jobs import Faults


class TrapPolls:
    """``hurry`` begins a confirmation, ``poll`` asks the SNMP part for a device and says whether it answered."""

    def __init__(self, hurry: Callable[[], None], poll: Callable[[str], Awaitable[bool]]) -> None:
        self._hurry, self._poll = hurry, poll
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.faults = Faults()
        self.polls: Counter[tuple[str, str]] = Counter()

    def take(self, device: str) -> None:
        """A device said that a link or the device itself changed."""
        self._hurry()
        if device not in self._tasks:
            # Needs no supervisor: what it raises is noted in ``faults``, and a job tells it.
            task = asyncio.create_task(self._ask(device))
            self._tasks[device] = task
            task.add_done_callback(lambda _: self._tasks.pop(device, None))

    async def stop(self) -> None:
        """Leave what is under way."""
        under_way = list(self._tasks.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _ask(self, device: str) -> None:
        answered = False
        with self.faults.noted():
            answered = await self._poll(device)
        self.polls[device, "answered" if answered else "failed"] += 1
