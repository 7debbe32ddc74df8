"""Rows of a job: one that fails keeps no other waiting, is counted, and is told once for each change."""

import logging

import pytest

from runtime.jobs import Job, Jobs
from runtime.rows import Rows, RowsFailed, each


def halve(number: int) -> list[float]:
    if number == 13:
        raise KeyError("unlucky")
    if number == 99:
        raise OSError("the disk is full")
    return [number / 2] if number else []


def test_every_row_gives_what_its_act_gives() -> None:
    assert each([4, 0, 6], str, halve) == [2.0, 3.0]


def test_a_row_that_fails_keeps_no_other_waiting_and_is_named() -> None:
    with pytest.raises(RowsFailed, match=r"1 rows failed, the others are done: 13: KeyError\('unlucky'\)") as failed:
        each([4, 13, 6], str, halve)
    assert failed.value.results == [2.0, 3.0]
    assert failed.value.rows == {"13"}


def test_what_no_other_row_could_do_better_after_ends_it_at_once() -> None:
    done: list[int] = []
    with pytest.raises(OSError, match="disk is full"):
        each([99, 4], str, lambda row: [*map(done.append, [row]), *halve(row)], OSError)
    assert done == [99]


def test_only_the_first_rows_are_named_however_many_fail() -> None:
    run: Rows[int] = Rows()
    for number in range(1000):
        run.do(f"row-{number}", lambda: halve(13))  # type: ignore[arg-type, return-value]  # it raises
    with pytest.raises(RowsFailed) as failed:
        run.over()
    assert "1000 rows failed" in str(failed.value) and len(str(failed.value)) < 300
    assert len(failed.value.rows) == 1000


def test_a_job_tells_again_when_other_rows_fail_than_before_and_not_while_they_are_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows: list[int] = []
    jobs = Jobs("tracker", (Job("remind", 60.0, lambda: each(rows, str, halve)),))
    with caplog.at_level(logging.INFO):
        for rows[:] in ([4], [13], [4, 13], [13, 99], [99, 13], [4]):
            jobs.run("remind")
    told = [record.getMessage() for record in caplog.records]
    assert [line.split()[0] for line in told] == ["event=job_failed", "event=job_failed", "event=job_recovered"]
    assert "1 rows failed" in told[0] and "2 rows failed" in told[1]
    assert jobs.states["remind"].failures == 4
