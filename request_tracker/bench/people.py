"""Two hundred people before one server: pages and errands in, response times per kind and what was sent out.

Everybody keeps one connection and comes from an address of his own, asks for a page or fills in a form, reads for a
while and goes on. The server is a process of its own; measured is from the first byte asked to the last one received.
"""

import http.client
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from request_tracker.bench.browser import Browser, Page, hidden_fields
from request_tracker.bench.forms import Errand, Errands
from request_tracker.bench.pages import Visit

TAKEN = (200, 302, 303)
SESSION_COOKIE = "session"  # Flask's own name of it.
# Addresses of a network of loopback that people come from: 127.1.0.1, 127.1.0.2 and so on.
_NUMBERS = 250


@dataclass(frozen=True)
class Crowd:
    """How many people, how long each reads (mean, seconds), for how long, and how many of a hundred acts are forms.

    ``acts``: after so many acts it is over, however long that takes; None where the seconds decide.
    """

    people: int
    reading_seconds: float
    seconds: float
    forms_percent: float = 0.0
    acts: int | None = None


@dataclass(frozen=True)
class PageTimes:
    """What one kind of page or form cost: answers, wrong ones, and milliseconds. ``form``: it writes."""

    page: str
    answers: int
    wrong: int
    median: float
    p95: float
    slowest: float
    form: bool = False


@dataclass(frozen=True)
class SentErrand:
    """A form that was answered: how long it took, whether the answer said that it was taken, and its key."""

    errand: Errand
    milliseconds: float
    right: bool
    key: str


@dataclass
class Attendance:
    """What all people together did: milliseconds and rightness by kind of page, and the forms that were sent."""

    pages: dict[str, list[tuple[float, bool]]] = field(default_factory=lambda: defaultdict(list))
    forms: list[SentErrand] = field(default_factory=list)


@dataclass
class Tour:
    """What everybody shares: the server, the pages, the errands, each role's session, and the end."""

    place: tuple[str, int]
    visits: Sequence[Visit]
    errands: Errands
    sessions: Mapping[str, str]
    crowd: Crowd
    attendance: Attendance = field(default_factory=Attendance)
    acts: int = 0
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """From now on time runs."""
        self._until = time.monotonic() + self.crowd.seconds

    def another(self) -> bool:
        """True where there is time, and an act left, for one more."""
        with self._lock:
            if time.monotonic() >= self._until or self.acts == self.crowd.acts:
                return False
            self.acts += 1
            return True


def attend(tour: Tour, meanwhile: Callable[[], None] = lambda: None) -> Attendance:
    """Let everybody read and send forms until it is over; ``meanwhile`` is called ten times a second."""
    tour.begin()
    # Needs no supervisor: they are waited for here, and a visitor that fails leaves fewer answers than asked for.
    visitors = [threading.Thread(target=_attend, args=(tour, number)) for number in range(tour.crowd.people)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        while visitor.is_alive():
            visitor.join(0.1)
            meanwhile()
    return tour.attendance


def read(place: tuple[str, int], visits: Sequence[Visit], sessions: Mapping[str, str], crowd: Crowd) -> list[PageTimes]:
    """Let the crowd only read, each page as who reads it; one line for each kind of page, in the order given."""
    attendance = attend(Tour(place, visits, Errands.none(), sessions, crowd))
    return [line_of(visit.page, attendance.pages[visit.page]) for visit in visits]


def line_of(kind: str, answers: Sequence[tuple[float, bool]], form: bool = False) -> PageTimes:
    """The figures of one kind."""
    times = np.array([milliseconds for milliseconds, _ in answers] or [0.0])
    median, p95 = np.percentile(times, [50, 95])
    wrong = sum(not right for _, right in answers)
    return PageTimes(kind, len(answers), wrong, float(median), float(p95), float(times.max()), form)


def _attend(tour: Tour, number: int) -> None:
    crowd, chance = tour.crowd, random.Random(number)
    # Its own address, as everybody has: the limits on forms count by address.
    browser = Browser(tour.place, f"127.{1 + number // _NUMBERS}.0.{1 + number % _NUMBERS}")
    for role, secret in tour.sessions.items():
        browser.cookies[role] = {SESSION_COOKIE: secret}
    time.sleep(chance.uniform(0, min(crowd.reading_seconds, crowd.seconds)))
    while tour.another():
        if chance.uniform(0, 100) < crowd.forms_percent:
            _send(tour.attendance, browser, tour.errands.take(chance))
        else:
            visit = chance.choice(tour.visits)
            _look(tour.attendance, browser, visit.page, visit.role, chance.choice(visit.addresses))
        time.sleep(chance.uniform(0, 2 * crowd.reading_seconds))
    browser.close()


def _look(attendance: Attendance, browser: Browser, kind: str, role: str, address: str) -> Page | None:
    page, milliseconds = _timed(lambda: browser.get(role, address))
    attendance.pages[kind].append((milliseconds, page is not None and page.status == 200))
    return page


def _send(attendance: Attendance, browser: Browser, errand: Errand) -> None:
    """Open the form's page, fill it in and send it; sent again where the person presses twice."""
    page = _look(attendance, browser, f"page of the form: {errand.form}", errand.role, errand.page)
    hidden = hidden_fields(page.text, errand.mark) if page is not None else None
    if hidden is None:
        attendance.forms.append(SentErrand(errand, 0.0, False, ""))
        return
    values, address = {**hidden, **errand.values}, errand.action or errand.page
    answer, milliseconds = _timed(lambda: browser.post(errand.role, address, values, errand.file))
    right = answer is not None and answer.status in TAKEN
    if errand.twice and answer is not None:
        again, _ = _timed(lambda: browser.post(errand.role, address, values, errand.file))
        right = right and again is not None and (again.status, again.location) == (answer.status, answer.location)
    attendance.forms.append(SentErrand(errand, milliseconds, right, hidden.get("key", "")))


def _timed(ask: Callable[[], Page]) -> tuple[Page | None, float]:
    started = time.monotonic()
    try:
        page = ask()
    except (OSError, http.client.HTTPException):
        page = None
    return page, 1000 * (time.monotonic() - started)
