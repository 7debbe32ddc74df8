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
class PageTimes:
    """What one kind of page cost: answers, answers that were not 200, and milliseconds."""

    page: str
    answers: int
    wrong: int
    median: float
    p95: float
    slowest: float


@dataclass(frozen=True)
class _Tour:
    """What every visitor shares: the server, the pages, each role's cookie, the crowd's habits and the end."""

    place: tuple[str, int]
    visits: Sequence[Visit]
    cookies: Mapping[str, str]
    crowd: Crowd
    until: float


def read(place: tuple[str, int], visits: Sequence[Visit], cookies: Mapping[str, str], crowd: Crowd) -> list[PageTimes]:
    """Let the crowd read, each page as who reads it; one line for each kind of page, in the order given."""
    answers: dict[str, list[tuple[float, bool]]] = {visit.page: [] for visit in visits}
    tour = _Tour(place, visits, cookies, crowd, time.monotonic() + crowd.seconds)
    # Needs no supervisor: they are waited for here, and a visitor that fails leaves fewer answers than asked for.
    visitors = [threading.Thread(target=_read, args=(tour, random.Random(n), answers)) for n in range(crowd.people)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return [_line(page, times) for page, times in answers.items()]


def _read(tour: _Tour, chance: random.Random, answers: dict[str, list[tuple[float, bool]]]) -> None:
    crowd = tour.crowd
    # Far beyond the promise: a page that takes longer is an answer that was not 200.
    connection = http.client.HTTPConnection(*tour.place, timeout=30)
    time.sleep(chance.uniform(0, min(crowd.reading_seconds, crowd.seconds)))
    while time.monotonic() < tour.until:
        visit = chance.choice(tour.visits)
        started = time.monotonic()
        right = _get(connection, chance.choice(visit.addresses), tour.cookies.get(visit.role, ""))
        answers[visit.page].append((1000 * (time.monotonic() - started), right))
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


def _line(page: str, answers: list[tuple[float, bool]]) -> PageTimes:
    times = np.array([milliseconds for milliseconds, _ in answers] or [0.0])
    median, p95 = np.percentile(times, [50, 95])
    return PageTimes(
        page, len(answers), sum(not right for _, right in answers), float(median), float(p95), float(times.max())
    )
