"""The way back on the disk: the state comes back whole, and how far an apply has come is said of that apply alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from shaping.drivers.linux import inverse
from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.frames import FrameSize
from shaping.drivers.linux.inverse import Inverse, InverseFile
from shaping.drivers.linux.kernel import State

CLASS = Class(minor=0x10, rate=40_000, ceil=90_000, burst=1600, cburst=1600, quantum=1514, queue=16_000, leaf="bfifo")
BEFORE = State(
    {"lan": {0x10: CLASS}, "wan": {}}, {}, None, "table", frozenset({"lan"}), frames={"lan": FrameSize(4, 64)}
)
LAST = Inverse("abc", 7, 12.5, BEFORE)


def test_the_state_before_comes_back_whole(tmp_path: Path) -> None:
    file = InverseFile(tmp_path / "inverse.json")
    file.write(LAST)
    assert file.read() == LAST
    assert file.head() == replace(LAST, before=State({}, {}, None))


def test_done_and_confirmed_are_noted_without_writing_the_state_again(tmp_path: Path) -> None:
    file = InverseFile(tmp_path / "inverse.json")
    file.write(LAST)
    written = file.path.stat()
    file.note(replace(LAST, done=True, confirmed=True))
    assert file.read() == replace(LAST, done=True, confirmed=True)
    now = file.path.stat()
    assert (now.st_ino, now.st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


@pytest.mark.parametrize("change", [{"plan": "abd"}, {"applied_at": 12.6}])
def test_what_is_noted_of_another_apply_says_nothing(tmp_path: Path, change: dict[str, object]) -> None:
    """A kill between the two files: the new apply has not begun, and its way back leads to what is there."""
    file = InverseFile(tmp_path / "inverse.json")
    file.write(LAST)
    file.note(replace(LAST, done=True, confirmed=True))
    file.write(replace(LAST, **change))  # type: ignore[arg-type]  # A name and its value.
    last = file.head()
    assert last is not None and not last.done and not last.confirmed


@pytest.mark.parametrize("content", ["", "{", "[]", '{"boot": 1}', "{}\n", '{"boot": "this", "plan": "x"}\n'])
def test_a_damaged_file_is_no_way_back_and_no_traceback(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inverse, "_boot", lambda: "this")
    file = InverseFile(tmp_path / "inverse.json")
    file.path.write_text(content)
    assert (file.read(), file.head()) == (None, None)


def test_half_a_state_is_no_way_back(tmp_path: Path) -> None:
    file = InverseFile(tmp_path / "inverse.json")
    file.write(LAST)
    file.path.write_text(file.path.read_text()[:-30])
    assert file.read() is None


def test_a_file_of_another_boot_is_none_and_a_removed_one_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = InverseFile(tmp_path / "inverse.json")
    file.write(LAST)
    file.note(LAST)
    monkeypatch.setattr(inverse, "_boot", lambda: "another")
    assert (file.read(), file.head()) == (None, None)
    file.remove()
    assert list(tmp_path.iterdir()) == []
