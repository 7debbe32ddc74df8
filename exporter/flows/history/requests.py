"""``/top``: who uses an OPD's bandwidth, for the tracker's staff page. A question with a token in, JSON out.

The answer comes from a process of its own (``top``): the collector carries no DuckDB and goes on counting meanwhile.
At most MOST requests are answered at once, each ends after its time. Without a token that is set, nobody is answered.
"""

import asyncio
import hmac
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence

from exporter.errors import ExporterError
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.question import Horizon, document_of, read_question
from exporter.http.connection import Request, Response
from exporter.http.server import Page, as_json

log = logging.getLogger(__name__)

# Two children at once, for each is a process with DuckDB; 20 s are the tracker's patience with its page.
MOST, ANSWER_SECONDS = 2, 20.0
# Instead of an OPD's code: all of them.
ALL = "*"
_COMMAND = (sys.executable, "-m", "exporter.flows.history.top")
_NO_HISTORY = "flows.history is not set, so no history is kept; name a folder there"
_NO_TOKEN = "flows.history.token is not set, so nobody is answered; name a file or an environment variable there"
_BEARER = "a token is needed: Authorization: Bearer TOKEN, as flows.history.token names it"


class Refusal(Exception):
    """Why a question is not answered, and the status that says so."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def top_page(history: HistorySettings | None, codes: Callable[[], Sequence[str]]) -> Page:
    """The page of that history and the OPDs there are at each question."""
    slots = asyncio.Semaphore(MOST)

    async def answer(request: Request) -> Response:
        try:
            document = _document(history, codes(), request)
            # The time runs while a place is awaited too: the tracker's page waits for both.
            async with asyncio.timeout(ANSWER_SECONDS), slots:
                response = await _run(document)
            log.info("event=top_asked opd=%s status=%s", request.query["opd"], response.status)
            return response
        except Refusal as refusal:
            return _error(refusal.status, str(refusal))
        except TimeoutError:
            log.warning("event=top_not_answered seconds=%g", ANSWER_SECONDS)
            return _error(504, f"the history did not answer within {ANSWER_SECONDS:g} s; ask for a shorter span")

    return answer


def _document(history: HistorySettings | None, codes: Sequence[str], request: Request) -> bytes:
    """What the child is told through its input, where no other user of the machine sees it. Raises Refusal."""
    if history is None or not history.token:
        raise Refusal(403, _NO_TOKEN if history else _NO_HISTORY)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    # In constant time, and as bytes: compare_digest refuses texts that are not ASCII.
    if kind.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), history.token.encode()):
        raise Refusal(401, _BEARER)
    texts = dict(request.query)
    person = texts.pop("person", "")
    opd = texts.get("opd", "")
    # A star is said, so that nobody is told of all OPDs who forgot to name one.
    if opd == ALL:
        del texts["opd"]
    elif opd not in codes:
        raise Refusal(404, f"{opd[:40]!r} is no OPD of the city file")
    try:
        question = read_question(texts, Horizon(codes, history.days, time.time()))
    except ExporterError as error:
        raise Refusal(400, str(error)) from error
    return json.dumps(document_of(question, history, person)).encode()


async def _run(document: bytes) -> Response:
    pipe = asyncio.subprocess.PIPE
    try:
        child = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe)
    except OSError as error:
        raise Refusal(503, f"the history cannot be asked: {error.strerror}") from error
    try:
        answer, _ = await child.communicate(document)
    finally:
        # Out of time: without this the query would go on for an answer that nobody awaits.
        if child.returncode is None:
            child.kill()
    if child.returncode == 0:
        return Response(200, "application/json", answer)
    # 1 with a document is a sentence for the person; anything else is our own fault and told in the log only.
    if child.returncode == 1 and answer:
        return Response(404, "application/json", answer)
    log.error("event=top_failed code=%s", child.returncode)
    raise Refusal(500, "the history cannot be asked; the collector's log says more")


def _error(status: int, sentence: str) -> Response:
    return Response(status, "application/json", as_json({"error": sentence}).body)
