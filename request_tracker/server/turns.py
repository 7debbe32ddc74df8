"""Whose request is worked on next: an address asks for a turn, and has it after one request of every other that waits.

First come, first served would let whoever sends a thousand requests at once be served a thousand times before the next
visitor. Here they wait for each other, and he for one of them; and when too many wait, it is one of theirs that is sent
away. Lives in the server's loop alone.
"""

import asyncio
from collections import OrderedDict, deque


class FairTurns:
    """So many turns ``at_once``, and so many more that wait; those of one address in the order in which they came."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._free, self._room = at_once, waiting
        # By address, the one that is next in front: each that had a turn goes to the end.
        self._lines: OrderedDict[str, deque[asyncio.Future[bool]]] = OrderedDict()

    async def enter(self, address: str) -> bool:
        """Wait for a turn of that address, which ``leave`` ends; False where there is no room to wait for one."""
        if self._free:
            self._free -= 1
            return True
        if not self._room and not self._make_room(address):
            return False
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(address, deque()).append(turn)
        self._room -= 1
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.leave()  # It came in the very moment in which nobody wanted it any more.
            raise

    def leave(self) -> None:
        """A turn is over: the next one begins."""
        while self._lines:
            address, line = self._lines.popitem(last=False)
            turn = line.popleft()
            if line:
                self._lines[address] = line
            self._room += 1
            if not turn.done():
                turn.set_result(True)
                return
        self._free += 1

    def _make_room(self, address: str) -> bool:
        """Send the last away of whom most wait; False where no address has more waiting than this one."""
        longest = max(self._lines, key=lambda other: len(self._lines[other]), default=address)
        if len(self._lines.get(longest, ())) <= len(self._lines.get(address, ())):
            return False
        turn = self._lines[longest].pop()
        if not self._lines[longest]:
            del self._lines[longest]
        self._room += 1
        if not turn.done():
            turn.set_result(False)
        return True
