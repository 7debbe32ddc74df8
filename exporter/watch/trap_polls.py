"""What a trap sets going: the watch's next round at once, and a poll of the device at once. A hint never pages.

One poll a device is under way at a time, so a storm of traps costs no more than the device can answer.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable


class Hints:
    """``hurry`` begins a confirmation, ``poll`` asks the SNMP part for a device and says whether it answered."""

    def __init__(self, hurry: Callable[[], None], poll: Callable[[str], Awaitable[bool]]) -> None:
        self._hurry, self._poll = hurry, poll
        self._asked: dict[str, asyncio.Task[None]] = {}
        self.polls: Counter[tuple[str, str]] = Counter()

    def take(self, device: str) -> None:
        """A device said that a link or the device itself changed."""
        self._hurry()
        if device not in self._asked:
            task = asyncio.create_task(self._ask(device))
            self._asked[device] = task
            task.add_done_callback(lambda _: self._asked.pop(device, None))

    async def stop(self) -> None:
        """Leave what is under way."""
        under_way = list(self._asked.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _ask(self, device: str) -> None:
        self.polls[device, "answered" if await self._poll(device) else "failed"] += 1
