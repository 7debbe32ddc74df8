"""The tracker's jobs: a failure of any type in one leaves the others going, and a thread that ends ends the tracker."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from planted_failures import UNEXPECTED, dies, said, survive
from ports import free_port
from tracker_office import INVENTORY, MONDAY, new_desk
from tracker_site import Site

from request_tracker import worker
from request_tracker.capacity.replayer import Replayer
from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.custody import auditor
from request_tracker.custody.auditor import Auditor
from request_tracker.notifications import late_list
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.worker import DUTIES, EVERY_SECONDS, FRESH_OUTAGE, Duty, Worker

AUDITOR = ("verification", "anchor", "personal_data")


def config(folder: Path) -> TrackerConfig:
    return TrackerConfig(
        inventory=folder / "city.yaml", database=folder / "tracker.db", files=folder, personal_data_days=365
    )


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", [duty.name for duty in DUTIES])
def test_a_failure_planted_in_a_duty_of_the_worker_leaves_the_others_going(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, error: Exception
) -> None:
    asyncio.run(survive(Worker(new_desk(tmp_path), config(tmp_path)).jobs, name, error, caplog))


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", AUDITOR)
def test_a_failure_planted_in_a_job_of_the_night_leaves_the_others_going(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, error: Exception
) -> None:
    jobs = Auditor(new_desk(tmp_path), config(tmp_path)).jobs
    assert tuple(jobs.states) == AUDITOR
    asyncio.run(survive(jobs, name, error, caplog))


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_a_failure_planted_in_the_replay_leaves_the_tracker_going(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    asyncio.run(survive(Replayer(new_desk(tmp_path), config(tmp_path)).jobs, "whatif", error, caplog))


def test_a_KeyError_in_the_weekly_list_itself_leaves_the_outbox_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bool:
        raise KeyError("minggu")

    monkeypatch.setattr(late_list, "_first_hours_of_the_week", broken)
    at_work = Worker(new_desk(tmp_path), config(tmp_path))
    at_work._thread.round()
    states = at_work.jobs.states
    assert states["late_list"].failures == 1 and [s.failures for n, s in states.items() if n != "late_list"] == [0] * (
        len(DUTIES) - 1
    )
    assert "KeyError: 'minggu' at test_tracker_jobs.py" in said(caplog)[0]


def test_what_a_duty_did_is_one_line_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "request_tracker.worker")
    duty = Duty("calls", lambda *_: [("G-1", "user:4"), ("G-2", "user:4")], "called")
    worker._work(duty, new_desk(tmp_path), config(tmp_path))()
    assert caplog.messages == ["event=called job=calls result=G-1/user:4,G-2/user:4"]


def test_the_journal_is_read_again_soon_while_an_outage_is_young(tmp_path: Path) -> None:
    desk, now = new_desk(tmp_path), datetime.now(UTC)
    jobs = Worker(desk, config(tmp_path)).jobs
    assert jobs.run("reconcile") == EVERY_SECONDS
    record = OutageRecord("agg-timur", "link", "unreachable", ("rsud",), now.timestamp(), None, "watch")
    reconcile(desk, [record], now)
    assert jobs.run("reconcile") < EVERY_SECONDS
    with desk.store.transaction() as db:
        db.execute("UPDATE tickets SET opened_at = ?", [(now - FRESH_OUTAGE).timestamp()])
    assert jobs.run("reconcile") == EVERY_SECONDS


def test_personal_data_is_erased_once_a_night_also_where_nothing_was_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_night, erased = Auditor(new_desk(tmp_path), config(tmp_path)), list[datetime]()

    def none_due(desk: Desk, days: int, now: datetime) -> list[str]:
        erased.append(now)
        return []

    monkeypatch.setattr(auditor, "erase_due", none_due)
    night = MONDAY + timedelta(hours=17)
    for hours in range(46):
        at_night._erase(night + timedelta(hours=hours))
    assert len(erased) == 2


def test_the_jobs_stand_on_the_page_of_metrics(site: Site, tmp_path: Path) -> None:
    at_work = Worker(site.desk, config(tmp_path))
    began = datetime.now(UTC).timestamp() - 60
    object.__setattr__(site.client.application.extensions["office"], "jobs", (at_work.jobs,))
    lines = site.get("/metrics").splitlines()
    found = [line for line in lines if line.startswith("lebarpita_job_last_success_timestamp_seconds{")]
    assert len(found) == len(DUTIES)
    assert all(float(line.rpartition(" ")[2]) > began for line in found)
    assert 'lebarpita_job_interval_seconds{job="outbox",part="tracker"} 2.0' in lines
    assert 'lebarpita_job_failures_total{job="late_list",part="tracker"} 0.0' in lines


@pytest.mark.parametrize("room", ["worker", "auditor", "replayer"])
def test_a_thread_of_the_tracker_that_ends_ends_the_tracker(tmp_path: Path, room: str) -> None:
    new_desk(tmp_path).store.close()
    (tmp_path / "key").write_text("k" * 64)
    settings = {
        "inventory": str(INVENTORY),
        "database": str(tmp_path / "tracker.db"),
        "files": str(tmp_path),
        "listen": f"127.0.0.1:{free_port()}",
        "secret_key": f"file:{tmp_path / 'key'}",
    }
    (tmp_path / "tracker.yaml").write_text(json.dumps(settings))
    told = dies(
        "import sys\nfrom request_tracker.cli import main\nfrom runtime.supervision import JobThread\n"
        "whole = JobThread.round\n"
        "def round(self):\n"
        f"    if 'tracker-{room}' == self._thread.name:\n        raise SystemExit(0)\n"
        "    whole(self)\n"
        "JobThread.round = round\n"
        "sys.exit(main(['serve', '--config', 'tracker.yaml']))\n",
        tmp_path,
    )
    assert f"thread tracker-{room} ended: SystemExit: 0" in told
