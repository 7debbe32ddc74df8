"""Rates set by hand: a case goes on only when its own office's rates were confirmed and measured."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_tracker_changes import ready
from tracker_office import FIFTY, MONDAY, TECHNICIAN

from request_tracker.cases import ApplyAllocation, Desk, history, read_case, run
from request_tracker.cases.proofs import ProofOutcome, record_proof
from request_tracker.errors import TrackerError
from request_tracker.ledger import allocations
from shaping.drivers.base import Site
from shaping.drivers.manual.technician import ManualDriver
from shaping.ledger import Revision, read_revision
from shaping.measuring import Use
from shaping.proof import proof_body
from shaping.queues import Key

LATER = MONDAY + timedelta(hours=1)


class Technician:
    """The manual driver at the tracker's own ledger, with a clock and figures that the test says."""

    def __init__(self, desk: Desk, state: Path) -> None:
        self.desk, self.now, self.use = desk, LATER, dict[Key, Use]()
        site = Site(desk.city, "isp-utama", state, "http://prometheus")
        self.driver = ManualDriver(site, lambda: self.now.timestamp(), lambda *_: self.use)

    @property
    def revision(self) -> Revision:
        return read_revision(allocations.current_allocations(self.desk.store, self.now), self.desk.city, "isp-utama")

    def confirm(self) -> None:
        self.driver.confirm(self.driver.plan(self.revision.queues), "Budi Santoso", self.now.timestamp())

    def prove(self) -> ProofOutcome:
        about = {"agent": "core", "driver": "manual", "read_at": self.now.timestamp()}
        body = proof_body(self.revision, self.driver.read(self.revision.queues), about)
        return record_proof(self.desk, body, self.now)

    def near(self, *opds: str) -> Mapping[Key, Use]:
        """Each of these offices at 95 % of its ceiling."""
        rates = {queue.key: queue.ceiling_bytes_per_second for queue in self.revision.queues if queue.opd in opds}
        return {key: Use(0.9 * rate, 0.95 * rate) for key, rate in rates.items()}


@pytest.fixture
def waiting(desk: Desk) -> str:
    number = ready(desk)
    run(desk, number, ApplyAllocation("KTM-07", FIFTY), TECHNICIAN, LATER)
    return number


def waits(desk: Desk, number: str) -> bool:
    return read_case(desk, number).awaiting is not None


def test_KTM_07_by_hand_the_case_waits_for_the_person_and_then_for_the_measurement(
    desk: Desk, waiting: str, tmp_path: Path
) -> None:
    technician = Technician(desk, tmp_path)
    technician.prove()
    assert waits(desk, waiting)
    technician.confirm()
    technician.now += timedelta(hours=2)
    technician.prove()
    assert waits(desk, waiting)
    technician.use = dict(technician.near("dinkes"))
    technician.now += timedelta(hours=2)
    verdict = technician.prove()
    assert verdict.finished == (waiting,) and not waits(desk, waiting)


def test_KTM_07_an_idle_office_elsewhere_holds_up_nobody_and_the_proof_is_still_no_whole_one(
    desk: Desk, waiting: str, tmp_path: Path
) -> None:
    technician = Technician(desk, tmp_path)
    technician.confirm()
    technician.now += timedelta(hours=2)
    technician.use = dict(technician.near("dinkes"))
    verdict = technician.prove()
    assert verdict.finished == (waiting,)
    assert not verdict.matches and any(
        problem.startswith("rsud receive: applied by hand") for problem in verdict.problems
    )


def test_KTM_07_an_office_that_is_above_its_limit_holds_up_every_case(desk: Desk, waiting: str, tmp_path: Path) -> None:
    technician = Technician(desk, tmp_path)
    technician.confirm()
    technician.now += timedelta(hours=2)
    technician.use = {**technician.near("dinkes"), ("rsud", "receive"): Use(1e9, 1e9)}
    technician.prove()
    assert waits(desk, waiting)


def test_KTM_07_the_history_says_why_it_waits_and_speaks_of_its_own_office(
    desk: Desk, waiting: str, tmp_path: Path
) -> None:
    technician = Technician(desk, tmp_path)
    technician.confirm()
    technician.now += timedelta(hours=2)
    technician.prove()
    (*_, event) = history(desk, waiting)
    told = [problem for problem in event.data["problems"] if "not measured" in problem]
    assert told and all(problem.startswith("dinkes ") for problem in told)


@pytest.mark.parametrize("undecided", [1, "rsud", [1], [{}], [{"opd": 1, "direction": "receive"}], [{"opd": "rsud"}]])
def test_what_is_no_list_of_queues_is_refused(desk: Desk, waiting: str, undecided: object) -> None:
    body = {"revision": 1, "hash": "x", "agent": "core", "ok": False, "readback": [], "undecided": undecided}
    with pytest.raises(TrackerError, match="undecided must be a list of objects"):
        record_proof(desk, body, datetime.fromisoformat("2026-11-30T09:00:00+07:00"))
