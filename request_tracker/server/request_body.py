"""The bodies of requests on their way: pieces from the network in, a file of the whole body out, or why there is none.

No thread waits for a body and nothing of it is kept longer than its request. All bodies together, and those of one
address, hold no more than their room. A form that its head calls too large is cut to what its page can refuse with all
that was typed (``long_forms``); what is larger still, or no form, is not read at all.
"""

import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from request_tracker.config import ServerPart
from request_tracker.server.long_forms import FormCut
from request_tracker.server.tally import BODY_SIZE, NO_ROOM, ServerTally

# Forms without a file stay in memory; of larger ones at most a thousand fit into ``held_bytes``, each an open file.
IN_MEMORY_BYTES = 256 * 1024
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class BodyRequest:
    """Whose body it is, what the head says of its length (None where it comes in chunks), how much its page takes.

    ``cut``: what a form is cut by that is larger than that, but no larger than ``most_cut``.
    """

    address: str
    length: int | None
    most: int
    cut: FormCut | None = None
    most_cut: int = 0


class RequestBody:
    """A body: ``file`` at its beginning, ``size`` bytes. ``refusal``: why it was not taken, and the file is none."""

    def __init__(self, room: "BodyRoom", address: str) -> None:
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  # See drop.
        self.size, self.refusal, self.gone = 0, "", False
        self._room, self._address = room, address

    def add(self, piece: bytes) -> bool:
        """Keep a piece; False where there is no room for it."""
        if not self._room.take(self._address, len(piece)):
            return False
        self.size += len(piece)
        try:
            self.file.write(piece)
        except OSError:
            return False  # The disk of temporary files takes no more.
        return True

    def drop(self, refusal: str = "") -> None:
        """Give back what it holds; nothing of it can be read any more."""
        self._room.give_back(self._address, self.size)
        with suppress(OSError):
            self.file.close()
        self.size, self.refusal = 0, refusal


class BodyRoom:
    """The room for all bodies that are on their way or being worked on."""

    def __init__(self, bounds: ServerPart, tally: ServerTally) -> None:
        self._bounds, self._tally = bounds, tally
        self._of_address: Counter[str] = Counter()

    def take(self, address: str, amount: int) -> bool:
        """Have room for so much more; False where all of it, or what one address may have, is taken."""
        bounds, tally = self._bounds, self._tally
        if tally.held_bytes + amount > bounds.held_bytes:
            return False
        if self._of_address[address] + amount > bounds.held_bytes_of_an_address:
            return False
        tally.held_bytes += amount
        self._of_address[address] += amount
        return True

    def give_back(self, address: str, amount: int) -> None:
        """The opposite."""
        self._tally.held_bytes -= amount
        self._of_address[address] -= amount
        if not self._of_address[address]:
            del self._of_address[address]

    async def receive(self, wanted: BodyRequest, receive: Receive) -> RequestBody:
        """The body, once it is whole. The caller drops it."""
        body = RequestBody(self, wanted.address)
        cut = None
        if wanted.length is not None and wanted.length > wanted.most:
            cut = wanted.cut
            if cut is None or wanted.length > wanted.most_cut:
                self._refuse(body, BODY_SIZE)
        more = wanted.length != 0
        while more and not body.refusal and not body.gone:
            message = await receive()
            if message["type"] != "http.request":
                body.gone = True
                return body
            piece, more = message.get("body", b""), message.get("more_body", False)
            piece = _cut(cut, piece, more) if cut else piece
            if piece is None or body.size + len(piece) > wanted.most:
                self._refuse(body, BODY_SIZE)
            elif not body.add(piece):
                self._refuse(body, NO_ROOM)
        if not body.refusal:
            body.file.seek(0)
        return body

    def _refuse(self, body: RequestBody, reason: str) -> None:
        self._tally.refuse(reason)
        body.drop(reason)


def _cut(cut: FormCut, piece: bytes, more: bool) -> bytes | None:
    left_over = cut.cut(piece)
    if left_over is None or more:
        return left_over
    end = cut.end()
    return None if end is None else left_over + end
