"""A part's readiness: jobs that stand still, folders that take nothing, and how often a disk is tried."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tree import ROOT

from runtime import health
from runtime.health import Readiness, folder_fault, said, stale_jobs
from runtime.jobs import Job, Jobs


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def jobs(at: float, work: Callable[[], object] = lambda: None) -> Jobs:
    return Jobs("watch", (Job("rounds", 10.0, work),), wall=lambda: at)


def test_a_part_whose_jobs_succeed_and_whose_folder_takes_a_file_is_ready(tmp_path: Path) -> None:
    readiness = Readiness((jobs(1000.0),), (tmp_path,), wall=lambda: 1000.0)
    assert said(readiness.faults()) == (200, "ready\n")
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_stands_still_longer_than_its_alert_allows_is_told_with_its_part() -> None:
    assert stale_jobs([jobs(1000.0)], 1110.0) == []
    (sentence,) = stale_jobs([jobs(1000.0)], 1111.0)
    assert sentence.startswith("job rounds of watch last succeeded 111 s ago")


def test_the_page_and_the_alert_of_a_job_that_stands_still_have_one_bound() -> None:
    rules = (ROOT / "alert_rules/rules/stack.yml").read_text(encoding="utf-8")
    bound = f"> {health.STALE_INTERVALS} * lebarpita_job_interval_seconds + {health.STALE_SECONDS:.0f},"
    assert bound in rules


def test_a_disk_that_refuses_only_when_the_bytes_go_to_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.health.os.fsync", full)
    assert folder_fault(tmp_path) == f"{tmp_path}: cannot be written: No space left on device"


def test_a_folder_that_its_part_has_not_made_yet_is_as_good_as_its_parent(tmp_path: Path) -> None:
    assert folder_fault(tmp_path / "a" / "b") is None
    assert "cannot be written" in (folder_fault(Path("/proc/self/nothing")) or "")


def test_a_disk_is_tried_once_in_some_seconds_however_many_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, tried = [0.0], list[Path]()

    def trial(folder: Path) -> str:
        tried.append(folder)
        return f"{folder}: full"

    monkeypatch.setattr(health, "folder_fault", trial)
    readiness = Readiness(folders=(tmp_path,), clock=lambda: now[0])
    assert readiness.faults() == readiness.faults() == (f"{tmp_path}: full",)
    assert len(tried) == 1
    now[0] = health.TRIAL_SECONDS
    readiness.faults()
    assert len(tried) == 2


def test_a_question_of_the_part_itself_counts_too_and_what_is_new_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    readiness = Readiness(more=(lambda: "the line is cut", lambda: None))
    assert said(readiness.faults()) == said(readiness.faults()) == (503, "the line is cut\n")
    assert [record.getMessage() for record in caplog.records] == ["event=readiness faults=1 reason='the line is cut'"]
