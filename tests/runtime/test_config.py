"""A configuration is read once and checked whole: every fault in one text, with the file's name."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from runtime.config import read_settings


class Wanted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    listen: str = "127.0.0.1:1"
    days: int


class WrongError(Exception):
    """What the room raises."""


def refusal(path: Path) -> str:
    with pytest.raises(WrongError) as caught:
        read_settings(path, Wanted, WrongError)
    return str(caught.value)


def test_it_works(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("days: 30\n", encoding="utf-8")
    assert read_settings(path, Wanted, WrongError) == Wanted(days=30)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("days: many\nlisen: x\n", encoding="utf-8")
    lines = refusal(path).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["days", "lisen"]
    assert all(line.startswith(str(path)) for line in lines)


@pytest.mark.parametrize(("content", "part"), [(b"days: [", "not YAML"), (b"\xff\xfe", "not YAML")])
def test_what_is_no_yaml_is_said(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(content)
    assert f"{path}: {part}" in refusal(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.yaml").endswith("cannot be read: No such file or directory")
