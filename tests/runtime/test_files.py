"""Files stand whole or not at all, for their owner alone; what cannot be read is kept and said."""

import logging
import os
import signal
import stat
from pathlib import Path

import pytest

from runtime.files import clear_half_made, set_aside, write_whole


def test_a_file_is_written_whole_with_its_folder_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == ["ledger.json"]


def test_the_name_is_put_on_the_disk_after_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(tmp_path / "file", b"content")
    assert synced == [False, True]


def test_a_disk_that_takes_no_more_leaves_what_was_there_and_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_whole(path, b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [child.name for child in tmp_path.iterdir()] == ["file"]


def killed_half_way(path: Path, where: str) -> None:
    """A child that is killed (kill -9) at that call of the system, in the middle of writing the file."""
    pid = os.fork()
    if pid == 0:
        setattr(os, where, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        write_whole(path, b"never whole")
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_what_a_killed_writer_left_is_cleared_by_the_next_write_in_its_folder(tmp_path: Path, where: str) -> None:
    killed_half_way(tmp_path / "one", where)
    assert [path.suffix for path in tmp_path.iterdir()] == [".half"]
    write_whole(tmp_path / "another", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["another"]


def test_what_is_being_written_now_is_not_taken_for_a_killed_writers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, cleared = os.fsync, list[int]()

    def meanwhile(handle: int) -> None:
        cleared.append(clear_half_made(tmp_path))
        real(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    write_whole(tmp_path / "one", b"whole")
    assert cleared == [0, 0] and (tmp_path / "one").read_bytes() == b"whole"


def test_files_of_others_are_not_taken_for_half_made_ones(tmp_path: Path) -> None:
    for name in (".profile", "a.half", ".one.half", ".one.abcdefgh.half.old", ".one.ABCDEFGH.half"):
        (tmp_path / name).write_bytes(b"theirs")
    assert clear_half_made(tmp_path) == 0 and clear_half_made(tmp_path / "nowhere") == 0
    assert len(list(tmp_path.iterdir())) == 5


def test_what_cannot_be_read_is_kept_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b"garbage")
    with caplog.at_level(logging.ERROR):
        set_aside(path, "not JSON")
    assert [aside.read_bytes() for aside in tmp_path.glob("state.json.unreadable-*")] == [b"garbage"]
    assert not path.exists()
    assert "not JSON" in caplog.text and str(path) in caplog.text


def test_what_cannot_be_set_aside_either_is_said_and_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        set_aside(tmp_path / "nowhere", "not JSON")
    assert "not_set_aside='No such file or directory'" in caplog.text
