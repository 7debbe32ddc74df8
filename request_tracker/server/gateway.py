"""The way from a connection to the pages: a request of ASGI in, the answer of the WSGI application out.

The loop takes the body in and gives the answer out; a thread has a request only while the application works on it.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from request_tracker.config import ServerPart
from request_tracker.errors import NotNow
from request_tracker.server.connection import BoundConnection
from request_tracker.server.long_forms import form_cut
from request_tracker.server.long_works import LongWorks, finish
from request_tracker.server.request_body import BodyRequest, BodyRoom, Receive, RequestBody
from request_tracker.server.tally import BUSY, ServerTally
from request_tracker.server.turns import FairTurns
from request_tracker.server.wsgi import Application, Scope, WsgiAnswer, answer_of, environment

Send = Callable[[dict[str, Any]], Awaitable[None]]
WITHOUT_LENGTH = (204, 304)  # RFC 9110: no content follows, and a length would speak of what would have.
BUSY_SECONDS = b"10"  # As long as a full queue of requests takes at most.


@dataclass(frozen=True, kw_only=True)
class PageRules:
    """What the application says of its requests: the largest body by method and path, and the proxies in front.

    ``most_of_file``: what is left of each file where a form is larger, None where its page takes no files.

    ``takes_long``: whether a thread, by its number, is at work that a person should be told of. Then the request goes
    on among ``works``, and ``progress_path`` with its ticket tells of it.
    """

    most_bytes: Callable[[str, str], int]
    most_of_file: Callable[[str, str], int | None] = lambda *_: None
    proxies: int = 0
    takes_long: Callable[[int], bool] = lambda _: False
    works: LongWorks = field(default_factory=LongWorks)
    progress_path: str = ""


class Gateway:
    """The ASGI application around a WSGI one. Building it starts no thread; they begin with the first requests."""

    def __init__(self, application: Application, rules: PageRules, bounds: ServerPart, tally: ServerTally) -> None:
        self._application, self._rules, self._bounds, self._tally = application, rules, bounds, tally
        self._room, self._turns = BodyRoom(bounds, tally), FairTurns(bounds.threads, bounds.waiting)
        # Its threads need no supervisor: what a request raises is its answer's, and a thread ends with the pool alone.
        self._threads = ThreadPoolExecutor(bounds.threads, "page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; one whose sender has gone, or that outlasts the server's end, is left."""
        connection: BoundConnection = scope["state"]["connection"]
        try:
            await self._answer(scope, receive, send)
        except asyncio.CancelledError:
            connection.transport.abort()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = self._body_of(scope)
        body = await self._room.receive(wanted, receive)
        if body.gone:
            body.drop()
        elif await self._has_turn(wanted.address, body):
            await self._worked_on(scope, body, send)  # From here the turn ends with the thread's work.
        else:
            body.drop()
            self._tally.refuse(BUSY)
            await _busy(send)

    async def _has_turn(self, address: str, body: RequestBody) -> bool:
        """Whether a thread works on it next; False where too many wait."""
        try:
            return await self._turns.enter(address)
        except asyncio.CancelledError:
            body.drop()
            raise

    def stop(self) -> None:
        """Begin no request any more; those at work are waited for."""
        self._threads.shutdown(cancel_futures=True)

    def _body_of(self, scope: Scope) -> BodyRequest:
        fields: dict[bytes, bytes] = dict(scope["headers"])
        length = None if b"transfer-encoding" in fields else int(fields.get(b"content-length", 0))
        most = self._rules.most_bytes(scope["method"], scope["path"])
        whole = BodyRequest(address=self._address(scope, fields), length=length, most=most)
        left = self._rules.most_of_file(scope["method"], scope["path"])
        if length is None or length <= most or left is None:
            return whole
        cut = form_cut(fields.get(b"content-type", b"").decode("latin-1"), left)
        # So much would be read after a refusal too, for the browser to see it.
        return replace(whole, cut=cut, most_cut=most + self._bounds.unread_bytes)

    def _address(self, scope: Scope, fields: dict[bytes, bytes]) -> str:
        """Whose request it is: each proxy has written down whom it saw, as ProxyFix reads it."""
        hops = [hop.strip() for hop in fields.get(b"x-forwarded-for", b"").decode("latin-1").split(",")]
        if self._rules.proxies and len(hops) >= self._rules.proxies:
            return hops[-self._rules.proxies]
        return scope["client"][0] if scope["client"] else ""

    async def _worked_on(self, scope: Scope, body: RequestBody, send: Send) -> None:
        """Have it worked on and answer it; where that takes long, with the address of a page that tells how it goes."""
        threads = list[int]()

        def work() -> WsgiAnswer:
            threads.append(threading.get_ident())
            return answer_of(self._application, environment(scope, body))

        # Supervised by being waited for; what the application raises is an answer already (``answer_of``).
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        future.add_done_callback(lambda _: self._ended(body))
        while not (await asyncio.wait({future}, timeout=self._bounds.progress_seconds))[0]:
            if threads and self._rules.takes_long(threads[0]):
                ticket, work_of_it = self._rules.works.enter(scope["path"])
                future.add_done_callback(partial(finish, work_of_it))
                await _elsewhere(self._rules.progress_path + ticket, send)
                return
        await _sent(future.result(), scope, send)

    def _ended(self, body: RequestBody) -> None:
        self._turns.leave()
        body.drop()


async def _sent(answer: WsgiAnswer, scope: Scope, send: Send) -> None:
    """Send all of it, piece by piece; who does not take a piece in time is cut off by the connection's own clock."""
    connection: BoundConnection = scope["state"]["connection"]
    fields = answer.fields
    if scope["method"] != "HEAD" and answer.status not in WITHOUT_LENGTH:
        fields = [field for field in fields if field[0] != b"content-length"]
        fields.append((b"content-length", str(answer.size).encode()))
    with closing(answer.body):
        connection.answering()
        await send({"type": "http.response.start", "status": answer.status, "headers": fields})
        for piece, more in answer.pieces():
            connection.answering()
            await send({"type": "http.response.body", "body": piece, "more_body": more})
            if connection.transport.is_closing():
                return


async def _elsewhere(path: str, send: Send) -> None:
    """See other: a page that tells how it goes, and then the answer."""
    fields = [(b"location", path.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": fields})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _busy(send: Send) -> None:
    """Said without the application, all of whose threads are taken."""
    sentence = "\n".join(NotNow("server_busy").both()).encode()
    fields = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(sentence)).encode()),
        (b"retry-after", BUSY_SECONDS),
    ]
    await send({"type": "http.response.start", "status": NotNow.status, "headers": fields})
    await send({"type": "http.response.body", "body": sentence, "more_body": False})
