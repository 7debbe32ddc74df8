"""Pictures are worked on beside the pages: in a child with bounds, a few at once, and never in anybody's way."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from children import until
from PIL import Image
from tracker_papers import photograph

from request_tracker.config import UploadsPart
from request_tracker.errors import NotNow, Refused
from request_tracker.store import upload_check
from request_tracker.store.photographs import MAX_PIXELS, clean_here
from request_tracker.store.picture_work import CHILD, Spoiled, WorkQueue, WorkStanding, beside
from request_tracker.store.prepared_children import FORK_SERVER, PreparedChildren, WorkBounds, surroundings
from request_tracker.store.upload_check import accept


def large_picture() -> bytes:
    """A PNG of nearly as many pixels as may be, that is small as a file."""
    out = io.BytesIO()
    Image.new("RGB", (7_000, MAX_PIXELS // 7_000)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def slow_picture() -> bytes:
    """One that a quick processor too works on for two seconds: noise, in a progressive JPEG."""
    out = io.BytesIO()
    noise = Image.effect_noise((7_000, MAX_PIXELS // 7_000), 80).convert("RGB")
    noise.save(out, "JPEG", quality=75, progressive=True)
    return out.getvalue()


Beside = Callable[..., bytes]


@contextmanager
def prepared_children() -> Iterator[PreparedChildren]:
    """Such as are ready for a file, ended with the block."""
    prepared = PreparedChildren()
    prepared.start()
    try:
        until(lambda: prepared.pid() is not None, "the fork server is ready")
        yield prepared
    finally:
        prepared.stop()


@pytest.fixture(params=["prepared", "new"])
def beside_us(request: pytest.FixtureRequest) -> Iterator[Beside]:
    """Both kinds of children: one that was prepared, and one that starts where none is."""
    if request.param == "new":
        yield partial(beside, prepared=PreparedChildren())
        return
    with prepared_children() as prepared:
        yield partial(beside, prepared=prepared)


def test_a_picture_comes_back_as_it_does_in_this_process(beside_us: Beside) -> None:
    assert beside_us(clean_here, photograph(turned=6)) == clean_here(photograph(turned=6))


def test_the_largest_picture_is_within_the_bounds(beside_us: Beside) -> None:
    with Image.open(io.BytesIO(beside_us(clean_here, large_picture()))) as kept:
        assert kept.width * kept.height > 0.99 * MAX_PIXELS


def test_what_the_child_refuses_is_told_with_its_own_reason(beside_us: Beside) -> None:
    with pytest.raises(Spoiled, match="gambar ini rusak") as refusal:
        beside_us(clean_here, b"\xff\xd8\xff nothing")
    assert refusal.value.reason.english == "this picture is damaged; take the photo or the scan again"


@pytest.mark.parametrize(
    ("picture", "bounds"),
    [
        (slow_picture, WorkBounds(cpu_seconds=1)),
        (large_picture, WorkBounds(memory_bytes=200 * 2**20)),
        (large_picture, WorkBounds(wall_seconds=0.05)),
    ],
    ids=["processor", "memory", "clock"],
)
def test_a_picture_that_takes_more_than_the_bounds_is_refused_and_its_child_is_gone(
    picture: Callable[[], bytes], bounds: WorkBounds, beside_us: Beside
) -> None:
    with pytest.raises(Spoiled, match="terlalu berat"):
        beside_us(clean_here, picture(), bounds)
    until(lambda: at_work() == [], "its child is gone")


def children(parent: int) -> list[tuple[int, str]]:
    """The children of a process, with their command lines."""
    listing = subprocess.run(["ps", "--ppid", str(parent), "-o", "pid=,args="], capture_output=True, text=True)
    rows = [line.split(maxsplit=1) for line in listing.stdout.splitlines()]
    return [(int(pid), command) for pid, command in rows]


def at_work() -> list[int]:
    """What works on a file for this process: children of its own, and those of its fork server."""
    ours = children(os.getpid())
    forked = [pid for server, command in ours if FORK_SERVER in command for pid, _ in children(server)]
    return [pid for pid, command in ours if CHILD in command] + forked


def test_the_child_gets_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_TOKEN", "rahasia")
    assert "rahasia" not in surroundings().values()
    assert surroundings()["PATH"] == os.environ["PATH"]
    with prepared_children() as prepared:
        assert b"rahasia" not in Path(f"/proc/{prepared.pid()}/environ").read_bytes()


def test_the_child_does_only_what_stands_in_the_store() -> None:
    command = [sys.executable, "-m", CHILD, "os:getcwdb", "10", str(2**30)]
    ended = subprocess.run(command, input=b"", capture_output=True)
    assert ended.returncode != 0 and b"only the store's own functions" in ended.stderr


def test_the_child_writes_no_file(tmp_path: Path) -> None:
    program = f"import {CHILD} as child; child.bound(9, 2**30); open('unwanted', 'wb', 0).write(b'x')"
    surroundings = {"PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, env=surroundings
    )
    assert ended.returncode != 0 and "File too large" in ended.stderr


def test_a_few_work_a_few_wait_and_whoever_comes_then_is_asked_to_come_again() -> None:
    queue, begun, go_on = WorkQueue(at_once=1, places=1, patience_seconds=60), threading.Event(), threading.Event()

    def work() -> None:
        with queue.turn():
            begun.set()
            go_on.wait(60)

    # Needs no supervisor: both are waited for below.
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    begun.wait(60)
    while queue.standing() != WorkStanding(1, 1):
        begun.wait(0.01)
    with pytest.raises(NotNow), queue.turn():
        raise AssertionError("a third had a turn")
    go_on.set()
    for worker in workers:
        worker.join(60)
    assert queue.standing() == WorkStanding(0, 0)


def test_nobody_waits_longer_than_the_patience() -> None:
    queue = WorkQueue(at_once=1, places=1, patience_seconds=0.01)
    with queue.turn(), pytest.raises(NotNow), queue.turn():
        raise AssertionError("the turn was given twice")
    assert queue.standing() == WorkStanding(0, 0)


def test_a_crowd_is_told_in_a_sentence_and_the_form_is_answered_as_one_to_send_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = WorkQueue(at_once=1, places=0, patience_seconds=60)
    monkeypatch.setattr(upload_check, "beside", partial(beside, queue=queue))
    with queue.turn(), pytest.raises(Refused, match="Banyak foto sedang diolah") as refusal:
        accept(photograph(), "foto.jpg", UploadsPart())
    assert refusal.value.form_status == 503
