"""``bench --evidence``: evidence and capacity pages over a made-up quarter of a city's use, timed, with their goals.

Nothing is answered from a cache of ours: every OPD is asked for once. Databases are whichever are on the machine.
"""

import math
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inventory.generate import generate_city
from request_tracker.bench import office
from request_tracker.bench.history import Database, running, there, write_past
from request_tracker.bench.made_up_use import HOUR_SECONDS
from request_tracker.cases import Allocation, Desk
from request_tracker.cases.context import desk_of
from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.usage import WINDOW_DAYS, UseQuestion, gather
from request_tracker.ledger import allocations
from request_tracker.store.database import migrate
from request_tracker.web.app import create_app
from request_tracker.web.shell.access import SESSION_KEY
from request_tracker.web.shell.context import OfficeDesk
from runtime.files import write_whole
from runtime.memory import keep_what_stays

# The promises: a sheet that is there at once, a page that is there before somebody looks away.
EVIDENCE_MILLISECONDS, PAGE_MILLISECONDS = 300, 2000
DAYS, OPDS = 90, 500
# So many OPDs are asked for, each once; a page so many times: the slowest but one of twenty is their p95.
ASKED, VIEWS = 20, 5
READER = "head_of_section"
# What a page shows of an uplink's capacity: what is promised, what is lacking, when it is full.
PAGES = ("/kesediaan", "/kebutuhan", "/prospek")


@dataclass(frozen=True)
class TimedAnswers:
    """One thing that was asked for: how long each time took (milliseconds), and the goal; None where there is none."""

    what: str
    milliseconds: Sequence[float]
    goal: int | None

    @property
    def p95(self) -> float:
        """The time that one of twenty is above."""
        ordered = sorted(self.milliseconds)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    @property
    def median(self) -> float:
        """The middle one."""
        return sorted(self.milliseconds)[len(self.milliseconds) // 2]

    @property
    def in_time(self) -> bool:
        """True where its p95 is within the goal."""
        return self.goal is None or self.p95 <= self.goal


@dataclass(frozen=True)
class HistorySize:
    """How much is asked over: days, OPDs, samples; ``load`` is what else the machine did when it was asked."""

    days: int
    opds: int
    samples: int
    load: float


def measure(folder: Path, days: int, opds: int) -> Iterator[tuple[Database, HistorySize, list[TimedAnswers]]]:
    """For each database on this machine, in a fresh folder. Raises TrackerError where there is none."""
    databases = there()
    if not databases:
        raise TrackerError("bench: neither prometheus nor victoria-metrics is installed; install one of them")
    end = float(int(time.time()) // HOUR_SECONDS * HOUR_SECONDS)
    config, desk = _office(folder, opds, end, days)
    # As the server that answers these pages does when it begins.
    keep_what_stays()
    session = office.people(desk.store, [READER], datetime.now(UTC))[READER]
    for database in databases:
        place = folder / database.program
        place.mkdir()
        with running(database, place) as url:
            samples = write_past(database, url, desk.city, end, days)
            prometheus, load = Prometheus(url), os.getloadavg()[0]
            lines = [*_evidence(prometheus, desk, end, days), *_pages(OfficeDesk(config, desk, prometheus), session)]
        yield database, HistorySize(days, opds, samples, load), lines
    desk.store.close()


def lines_of(database: Database, size: HistorySize, measured: Sequence[TimedAnswers]) -> Iterator[str]:
    """What is printed."""
    load = f"load {size.load:.1f}"
    yield f"{database.name}: {size.opds} OPDs, {size.days} days, {size.samples} samples, {load}"
    yield f"  {'asked for':<34}{'times':>6}{'median ms':>11}{'p95 ms':>9}{'slowest':>9}{'goal':>7}"
    for line in measured:
        times = f"{line.median:>11.0f}{line.p95:>9.0f}{max(line.milliseconds):>9.0f}"
        goal = f"{line.goal or '-':>7}  {'' if line.goal is None else 'met' if line.in_time else 'MISSED'}"
        yield f"  {line.what:<34}{len(line.milliseconds):>6}{times}{goal}"


def _evidence(prometheus: Prometheus, desk: Desk, end: float, days: int) -> Iterator[TimedAnswers]:
    """The sheet of an OPD over the page's window and over the whole, each of other OPDs."""
    codes = [opd.code for opd in desk.city.opds]
    windows = [(min(WINDOW_DAYS, days), None), (days, EVIDENCE_MILLISECONDS)]
    for number, (window, goal) in enumerate(windows):
        chosen = codes[number :: max(2, len(codes) // ASKED)][:ASKED] or codes[:1]

        def sheet(opd: str, window: int = window) -> None:
            question = UseQuestion(opd, _RATES, datetime.fromtimestamp(end, UTC), days=window)
            answer = gather(prometheus, desk, question)
            if answer.problem or answer.measured_days < 0.9 * window:
                measured = answer.problem or f"{answer.measured_days} days"
                raise TrackerError(f"bench: the evidence of {opd} is not whole: {measured}")

        yield TimedAnswers(f"evidence of an OPD, {window} days", [_timed(sheet, opd) for opd in chosen], goal)


def _pages(here: OfficeDesk, session: str) -> Iterator[TimedAnswers]:
    """The capacity pages as somebody who plans opens them, without the network between."""
    app = create_app(here)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own session
    with app.test_client() as client:
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], serializer.dumps({SESSION_KEY: session}))
        for page in PAGES:

            def view(address: str) -> None:
                answer = client.get(address)
                if answer.status_code != 200:
                    raise TrackerError(f"bench: {address} answers {answer.status_code}")

            yield TimedAnswers(f"page {page}", [_timed(view, page) for _ in range(VIEWS)], PAGE_MILLISECONDS)


def _timed(act: Callable[[str], None], on: str) -> float:
    begun = time.perf_counter()
    act(on)
    return (time.perf_counter() - begun) * 1000


# 20 Mbit/s with a quarter guaranteed: an office's usual line.
_RATES = Allocation(625_000, 2_500_000, 625_000, 2_500_000)


def _office(folder: Path, opds: int, end: float, days: int) -> tuple[TrackerConfig, Desk]:
    """An office of so many OPDs that have held an allocation since before the history begins."""
    (folder / "city.yaml").write_text(generate_city(opds), encoding="utf-8")
    write_whole(folder / "secret", secrets.token_urlsafe(32).encode())
    config = TrackerConfig.model_validate(
        {
            "inventory": str(folder / "city.yaml"),
            "database": str(folder / "tracker.db"),
            "files": str(folder / "files"),
            "secret_key": f"file:{folder / 'secret'}",
            "listen": "127.0.0.1:0",
            "prometheus": "http://127.0.0.1:9",
        }
    )
    desk = desk_of(config)
    migrate(desk.store)
    begin = datetime.fromtimestamp(end, UTC) - timedelta(days=days + 1)
    changes = [allocations.Change(opd.code, _RATES, "bench", None, "saldo awal") for opd in desk.city.opds]
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, changes, begin)
    return config, desk
