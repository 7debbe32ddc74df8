"""Pictures are worked on beside the pages: in a child with bounds, a few at once, and never in anybody's way."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from tracker_papers import photograph

from request_tracker.config import UploadsPart
from request_tracker.errors import NotNow, Refused
from request_tracker.store import picture_work, upload_check
from request_tracker.store.photographs import MAX_PIXELS, clean_here
from request_tracker.store.picture_work import CHILD, Spoiled, WorkBounds, WorkQueue, WorkStanding, beside
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


def clean(content: bytes) -> bytes:
    """The picture alone, written beside this process."""
    return beside(clean_here, content)


def test_a_picture_comes_back_as_it_does_in_this_process() -> None:
    assert clean(photograph(turned=6)) == clean_here(photograph(turned=6))


def test_the_largest_picture_is_within_the_bounds() -> None:
    with Image.open(io.BytesIO(clean(large_picture()))) as kept:
        assert kept.width * kept.height > 0.99 * MAX_PIXELS


def test_what_the_child_refuses_is_told_with_its_own_reason() -> None:
    with pytest.raises(Spoiled, match="gambar ini rusak") as refusal:
        clean(b"\xff\xd8\xff nothing")
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
    picture: Callable[[], bytes], bounds: WorkBounds
) -> None:
    with pytest.raises(Spoiled, match="terlalu berat"):
        beside(clean_here, picture(), bounds)
    assert children() == []


def children() -> list[str]:
    """The children of this process that work on files."""
    listing = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True)
    return [line for line in listing.stdout.splitlines() if CHILD in line]


def test_the_child_gets_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_TOKEN", "rahasia")
    assert "rahasia" not in picture_work._surroundings().values()
    assert picture_work._surroundings()["PATH"] == os.environ["PATH"]


def test_the_child_does_only_what_stands_in_the_store() -> None:
    command = [sys.executable, "-m", CHILD, "os:getcwdb", "10", str(2**30)]
    ended = subprocess.run(command, input=b"", capture_output=True)
    assert ended.returncode != 0 and b"only the store's own functions" in ended.stderr


def test_the_child_writes_no_file(tmp_path: Path) -> None:
    program = f"import {CHILD} as child; child._bound(9, 2**30); open('unwanted', 'wb', 0).write(b'x')"
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
