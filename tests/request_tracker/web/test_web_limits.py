"""Rate limits hold over all workers together, survive a clock set back, and never cost a page its answer."""

import multiprocessing
from collections.abc import Iterator
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import pytest
from tracker_site import Site

from request_tracker.store.database import DatabaseError, hits_beside
from request_tracker.web.app import create_app
from request_tracker.web.shell.limits import FileStorage

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[FileStorage]:
    made = FileStorage(path=str(tmp_path / "t.db.limits"))
    yield made
    made.close()


def at(monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    monkeypatch.setattr("request_tracker.web.shell.limits.time.time", lambda: moment)


def take(path: str, times: int, taken: SimpleQueue[int]) -> None:
    """Another worker: its hits that were let through."""
    storage = FileStorage(path=path)
    taken.put(sum(storage.acquire_entry("k", 25, 3600) for _ in range(times)))


def log_in_wrongly(site: Site, times: int, told: SimpleQueue[list[int]]) -> None:
    """Another worker over the same database: the answers to wrong log-ins."""
    worker = Site(site.desk, create_app(site.client.application.extensions["office"]).test_client())
    told.put([worker.log_in("nobody", "salah").status_code for _ in range(times)])


def test_two_processes_together_pass_no_more_than_the_limit(storage: FileStorage, tmp_path: Path) -> None:
    taken: SimpleQueue[int] = FORK.SimpleQueue()
    workers = [FORK.Process(target=take, args=(str(tmp_path / "t.db.limits"), 20, taken)) for _ in range(2)]
    for worker in workers:
        worker.start()
    assert taken.get() + taken.get() == 25
    for worker in workers:
        worker.join()
    assert storage.get_moving_window("k", 25, 3600)[1] == 25


def test_wrong_log_ins_at_two_workers_are_counted_together(site: Site) -> None:
    site.desk.store.close()
    told: SimpleQueue[list[int]] = FORK.SimpleQueue()
    workers = [FORK.Process(target=log_in_wrongly, args=(site, 12, told)) for _ in range(2)]
    for worker in workers:
        worker.start()
    answers = sorted(told.get() + told.get())
    for worker in workers:
        worker.join()
    assert answers == [401] * 20 + [429] * 4


def test_a_hit_is_over_after_its_time(storage: FileStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 1000.0)
    assert [storage.acquire_entry("k", 2, 60) for _ in range(3)] == [True, True, False]
    assert storage.get_moving_window("k", 2, 60) == (1000.0, 2)
    at(monkeypatch, 1061.0)
    assert storage.acquire_entry("k", 2, 60)
    assert storage.get("k") == 1


def test_a_clock_set_back_locks_nobody_out(storage: FileStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 90_000.0)
    assert [storage.acquire_entry("k", 1, 3600) for _ in range(2)] == [True, False]
    at(monkeypatch, 50_000.0)
    assert [storage.acquire_entry("k", 1, 3600) for _ in range(2)] == [True, False]


def test_a_fixed_window_begins_with_its_first_hit(storage: FileStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 1000.0)
    assert storage.incr("k", 60) == 1
    at(monkeypatch, 1030.0)
    assert storage.incr("k", 60, 2) == 3
    assert (storage.get("k"), storage.get_expiry("k")) == (3, 1060.0)
    at(monkeypatch, 1060.0)
    assert storage.incr("k", 60) == 1


def test_hits_can_be_forgotten_one_key_at_a_time_or_all(storage: FileStorage) -> None:
    for key in ("a", "b", "c"):
        storage.incr(key, 60)
    storage.clear("a")
    assert (storage.get("a"), storage.reset(), storage.get("b")) == (0, 2, 0)


def test_a_file_of_hits_that_cannot_be_used_is_told_and_pages_go_on(site: Site) -> None:
    office = site.client.application.extensions["office"]
    broken = hits_beside(office.config.database)
    broken.write_bytes(b"this is no database " * 100)
    with pytest.raises(DatabaseError):
        FileStorage(path=str(broken)).get("k")
    assert not FileStorage(path=str(broken)).check()
    worker = Site(site.desk, create_app(office).test_client())
    assert [worker.log_in("nobody", "salah").status_code for _ in range(21)][-2:] == [401, 429]
