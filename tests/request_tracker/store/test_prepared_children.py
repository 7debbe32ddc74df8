"""A child is forked for each file from a process that has started: it ends with the pages, and is missed by nobody."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from children import child, until
from tracker_papers import photograph

from request_tracker.store import prepared_children
from request_tracker.store.photographs import clean_here
from request_tracker.store.picture_work import beside
from request_tracker.store.prepared_children import PreparedChildren, WorkBounds

CLEAN = "request_tracker.store.photographs:clean_here"
# A parent with a child at work that waits for a file which never comes; it says which its fork server is, and waits.
PARENT = f"""
import socket, sys, time
from request_tracker.store.prepared_children import PreparedChildren, WorkBounds
prepared = PreparedChildren()
prepared.start()
while prepared.pid() is None:
    time.sleep(0.01)
ours, theirs = socket.socketpair()
prepared._hand_over(theirs, "{CLEAN}", WorkBounds())
print(prepared.pid(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def prepared() -> Iterator[PreparedChildren]:
    """Ready for a file."""
    ours = PreparedChildren()
    ours.start()
    try:
        until(lambda: ours.pid() is not None, "the fork server is ready")
        yield ours
    finally:
        ours.stop()


def pid_of(prepared: PreparedChildren) -> int:
    pid = prepared.pid()
    assert pid is not None
    return pid


def lives(pid: int) -> bool:
    """Whether that process is there, and no corpse that its parent has not buried."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False


def forked(pid: int) -> list[int]:
    """The children of a fork server."""
    listing = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True)
    return [int(line) for line in listing.stdout.split()]


def test_a_file_is_read_by_a_child_of_its_own_and_none_is_left(prepared: PreparedChildren) -> None:
    for _ in range(3):
        assert beside(clean_here, photograph(), prepared=prepared) == clean_here(photograph())
    until(lambda: forked(pid_of(prepared)) == [], "every child is buried")


def test_several_files_at_once_have_each_its_own_answer(prepared: PreparedChildren) -> None:
    answers: dict[int, bytes | None] = {}

    def one_page(turned: int) -> None:
        answers[turned] = prepared.answer(CLEAN, photograph(turned=turned), WorkBounds())

    # Needs no supervisor: all are waited for.
    pages = [threading.Thread(target=one_page, args=(turned,)) for turned in range(1, 9)]
    for page in pages:
        page.start()
    for page in pages:
        page.join()
    assert answers == {turned: b"+" + clean_here(photograph(turned=turned)) for turned in range(1, 9)}


def test_a_file_of_many_megabytes_comes_whole_and_goes_whole(prepared: PreparedChildren) -> None:
    content = os.urandom(25 * 2**20)
    task = b"txt\n" + content.hex().encode()[: 25 * 2**20]
    answer = prepared.answer("request_tracker.store.uploads.examination:examined", task, WorkBounds())
    assert answer is not None and answer.endswith(task[4:])


def test_the_fork_server_and_its_children_stand_behind_the_pages(prepared: PreparedChildren) -> None:
    assert os.getpriority(os.PRIO_PROCESS, pid_of(prepared)) > os.getpriority(os.PRIO_PROCESS, 0)


def test_where_none_was_started_a_child_starts_for_the_file() -> None:
    assert PreparedChildren().answer(CLEAN, photograph(), WorkBounds()) is None
    assert beside(clean_here, photograph(), prepared=PreparedChildren()) == clean_here(photograph())


def test_a_file_that_comes_while_it_still_starts_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # A program that reads its standard input to the end, and says nothing.
    monkeypatch.setattr(prepared_children, "FORK_SERVER", "code")
    ours = PreparedChildren()
    ours.start()
    try:
        assert ours.pid() is None
        assert beside(clean_here, photograph(), prepared=ours) == clean_here(photograph())
    finally:
        ours.stop()


def test_one_that_was_killed_costs_no_file_and_is_started_again(
    prepared: PreparedChildren, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared_children, "RESTART_SECONDS", 0.0)
    before = pid_of(prepared)
    os.kill(before, signal.SIGKILL)
    until(lambda: not lives(before), "it is gone")
    assert beside(clean_here, photograph(), prepared=prepared) == clean_here(photograph())
    until(lambda: prepared.pid() not in (None, before), "another is ready")
    assert prepared.answer(CLEAN, photograph(), WorkBounds()) == b"+" + clean_here(photograph())


def test_one_that_ends_at_once_is_not_started_for_every_file(prepared: PreparedChildren) -> None:
    before = pid_of(prepared)
    os.kill(before, signal.SIGKILL)
    until(lambda: not lives(before), "it is gone")
    assert [prepared.answer(CLEAN, photograph(), WorkBounds()) for _ in range(3)] == [None] * 3
    assert prepared.pid() is None


def test_a_child_that_breaks_answers_nothing_and_the_next_file_is_read(prepared: PreparedChildren) -> None:
    assert prepared.answer("os:getcwdb", b"", WorkBounds()) == b""
    assert prepared.answer(CLEAN, photograph(), WorkBounds()) == b"+" + clean_here(photograph())


def test_it_ends_with_the_child_at_work_when_its_parent_was_killed() -> None:
    with child([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        at_work = until(lambda: forked(pid), "its child waits for the file")
        parent.kill()
        parent.wait()
        until(lambda: not any(map(lives, [pid, *at_work])), "the fork server and its child have ended with its parent")


def test_a_child_that_waits_for_its_file_is_ended_by_the_clock(prepared: PreparedChildren) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert prepared._hand_over(theirs, CLEAN, WorkBounds(wall_seconds=1.0)) is not None
        theirs.close()
        assert ours.recv(1) == b""
    until(lambda: forked(pid_of(prepared)) == [], "it is buried")


def test_it_lets_the_pages_end_their_work_when_the_whole_group_is_told_to_end(prepared: PreparedChildren) -> None:
    for sign in (signal.SIGTERM, signal.SIGINT):
        os.kill(pid_of(prepared), sign)
    assert prepared.answer(CLEAN, photograph(), WorkBounds()) == b"+" + clean_here(photograph())


def test_stopping_ends_it_and_it_can_start_again(prepared: PreparedChildren) -> None:
    before = pid_of(prepared)
    prepared.stop()
    assert not lives(before) and prepared.pid() is None
    prepared.start()
    until(lambda: prepared.pid() is not None, "it is ready again")
