"""Two hundred people before one server: addresses in, response times per kind of page out.

Everybody keeps one connection, asks for a page, reads it for a while and asks for the next. The server is a process
of its own; what is measured is from the first byte asked to the last byte received.
"""

import http.client
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from request_tracker.bench.pages import Visit


@dataclass(frozen=True)
class Crowd:
    """How many people, how long each reads a page (mean, seconds), and for how long all of it goes on."""

    people: int
    reading_seconds: float
    seconds: float


@dataclass(frozen=True)
class Line:
    """What one kind of page cost: answers, answers that were not 200, and milliseconds."""

    page: str
    answers: int
    wrong: int
    median: float
    p95: float
    slowest: float


def read(place: tuple[str, int], visits: Sequence[Visit], cookies: Mapping[str, str], crowd: Crowd) -> list[Line]:
    """Let the crowd read, each page as who reads it; one line for each kind of page, in the order given."""
    seen: dict[str, list[tuple[float, bool]]] = {visit.page: [] for visit in visits}
    until = time.monotonic() + crowd.seconds
    # Needs no supervisor: they are waited for here, and a visitor that fails leaves fewer answers than asked for.
    visitors = [
        threading.Thread(target=_read, args=(place, visits, cookies, crowd, until, random.Random(n), seen))
        for n in range(crowd.people)
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return [_line(page, taken) for page, taken in seen.items()]


def _read(
    place: tuple[str, int],
    visits: Sequence[Visit],
    cookies: Mapping[str, str],
    crowd: Crowd,
    until: float,
    chance: random.Random,
    seen: dict[str, list[tuple[float, bool]]],
) -> None:
    connection = http.client.HTTPConnection(*place, timeout=30)
    time.sleep(chance.uniform(0, min(crowd.reading_seconds, crowd.seconds)))
    while time.monotonic() < until:
        visit = chance.choice(visits)
        started = time.monotonic()
        right = _get(connection, chance.choice(visit.addresses), cookies.get(visit.role, ""))
        seen[visit.page].append((1000 * (time.monotonic() - started), right))
        time.sleep(chance.uniform(0, 2 * crowd.reading_seconds))
    connection.close()


def _get(connection: http.client.HTTPConnection, address: str, cookie: str) -> bool:
    try:
        connection.request("GET", address, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    return answer.status == 200


def _line(page: str, taken: list[tuple[float, bool]]) -> Line:
    times = np.array([milliseconds for milliseconds, _ in taken] or [0.0])
    median, p95 = np.percentile(times, [50, 95])
    return Line(page, len(taken), sum(not right for _, right in taken), float(median), float(p95), float(times.max()))
