"""What if and outlook, worked out beforehand: answers to open requests are kept, and pages only read them.

A thread of its own, because the month of a city of 500 OPDs takes minutes to read and outages must not wait for it. An
answer is made anew each day, and when what is asked for has changed.
"""

import json
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.outlook import LineOutlook, outlooks
from request_tracker.capacity.waiting_list import waiting_list, wished
from request_tracker.capacity.whatif import AllocationWish, what_if
from request_tracker.cases import Allocation, Case, Desk, read_case
from request_tracker.cases.holidays import with_own_days
from request_tracker.config import TrackerConfig
from request_tracker.evidence.monitoring import monitoring_of
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.store.acting import JOB, Acting, acting_as
from request_tracker.store.chain import canonical
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from runtime.jobs import Job, Jobs
from runtime.supervision import JobThread

log = logging.getLogger(__name__)
PART = "tracker"
# A request that has just come is answered before anybody has read its letter.
EVERY_SECONDS = 60.0
# One day more in thirty moves an answer little; officials decide within days.
RENEWED_AFTER = timedelta(days=1)
# The trend of ninety days moves by a day's use once a day; what officials decide moves it within the hour.
OUTLOOK_SECONDS = 3600.0


class Replayer:
    """``start`` begins the thread, ``stop`` leaves a replay under way behind: it writes nothing but its answer."""

    def __init__(self, desk: Desk, config: TrackerConfig) -> None:
        self._desk, self._config = desk, config
        self._prometheus = monitoring_of(config)
        self.lines: tuple[LineOutlook, ...] = ()
        table = (
            Job("whatif", EVERY_SECONDS, lambda: self._replay(datetime.now(UTC))),
            Job("outlook", OUTLOOK_SECONDS, lambda: self.look_ahead(datetime.now(UTC))),
        )
        self.jobs = Jobs(PART, table)
        self._thread = JobThread(self.jobs, "replayer", leave=desk.store.close)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._thread.stop(1)

    def look_ahead(self, now: datetime) -> None:
        """When each uplink is full; a silent Prometheus takes the dates away, for nothing is known then."""
        self.lines = outlooks(self._desk, self._prometheus, waiting_list(self._desk, now), now)

    def _replay(self, now: datetime) -> None:
        with acting_as(Acting("system", JOB)):
            source = ReplaySource(with_own_days(self._desk), self._prometheus, self._config.evidence)
            numbers = replay_due(source, now)
        if numbers:
            log.info("event=replayed cases=%s", ",".join(numbers))


@dataclass(frozen=True)
class ReplaySource:
    """What answers are made of: cases and ledger, the monitoring, the office's thresholds."""

    desk: Desk
    prometheus: Prometheus
    rule: EvidencePart


def replay_due(source: ReplaySource, now: datetime) -> list[str]:
    """Answer every open request that has no answer of today to what it asks for; the cases that got one.

    Where Prometheus does not answer the round ends; what was answered before it stays.
    """
    store = source.desk.store
    due = store.rows(
        "SELECT c.number, c.version, w.at FROM cases c LEFT JOIN what_ifs w ON w.number = c.number"
        " WHERE c.ending IS NULL AND c.kind = 'request' AND c.opd IS NOT NULL"
        " AND (w.at IS NULL OR w.version <> c.version OR w.at < ?) ORDER BY c.id",
        [(now - RENEWED_AFTER).timestamp()],
    )
    silent: list[NoData] = []

    def answer(row: Row) -> list[str]:
        try:
            return [] if silent else _answer(source, row, now)
        except NoData as error:
            # A question that was refused says nothing of the next one; a server that is away is not asked for all.
            if error.code != "prometheus_refused":
                silent.append(error)
            # The page says that there is no answer yet; the next minute asks again.
            return []

    answered = each_row(due, answer)
    with store.transaction() as db:
        # Case by case, not by a list of all cases that ever ended.
        db.execute(
            "DELETE FROM what_ifs WHERE EXISTS"
            " (SELECT 1 FROM cases c WHERE c.number = what_ifs.number AND c.ending IS NOT NULL)"
        )
    return answered


def kept_answer(desk: Desk, case: Case, wish: Allocation | None) -> dict[str, Any] | None:
    """The answer that is kept for what a case asks for; None where there is none, or one to another wish."""
    row = desk.store.row("SELECT data FROM what_ifs WHERE number = ?", [case.number])
    data: dict[str, Any] | None = json.loads(row["data"]) if row and row["data"] else None
    if data is None or wish is None:
        return None
    part = _set_otherwise(case, wish)
    same = data["wanted"] == asdict(wish) and data["part"] == (asdict(part) if part else None)
    return data if same else None


def _set_otherwise(case: Case, wish: Allocation) -> Allocation | None:
    """The number that officials have set in the case, where it is not what is asked for."""
    number = case.proposal.proposal.allocation if case.proposal else None
    return None if number == wish else number


def _answer(source: ReplaySource, row: Row, now: datetime) -> list[str]:
    case = read_case(source.desk, row["number"])
    wish, at = wished(source.desk, case, now), row["at"]
    data = kept_answer(source.desk, case, wish)
    if data is None or at < (now - RENEWED_AFTER).timestamp():
        data, at = _replayed(source, case, wish, now), now.timestamp()
    record = {"number": case.number, "version": case.version, "at": at, "data": canonical(data) if data else None}
    with source.desk.store.transaction() as db:
        db.table("what_ifs").upsert(record, pk="number")
    return [case.number]


def _replayed(source: ReplaySource, case: Case, wish: Allocation | None, now: datetime) -> dict[str, Any] | None:
    if wish is None or case.opd is None:
        return None
    question = AllocationWish(case.opd, wish, now, source.rule, _set_otherwise(case, wish))
    return what_if(source.prometheus, source.desk, question).data()
