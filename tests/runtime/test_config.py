"""A configuration is read once and checked whole: every fault in one text, with the file's name."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from runtime.config import read_settings
from runtime.lined_yaml import UnreadableError, read_unlined

# Nine lists, each nine times the one before it: 387 million texts in some hundred letters.
LAUGHS = b"a0: &a0 [x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10)
)


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
    assert [line.split(": ")[:2] for line in lines] == [[f"{path} line 1", "days"], [f"{path} line 2", "lisen"]]


def test_a_value_is_told_by_its_line_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("days: 3\n\npassword: a-secret-in-the-wrong-file\n", encoding="utf-8")
    assert refusal(path) == f"{path} line 3: password: Extra inputs are not permitted"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"days: [", " line 1: not YAML: while parsing a flow node"),
        (b"\xff\xfe", ": cannot be read: not UTF-8 text"),
        (b"- 1\n", " line 1: must hold settings, each as `key: value`"),
        (b"listen: x\ndays: 2026-13-45\n", " line 2: not YAML: '2026-13-45' is no timestamp: month must be in 1..12"),
        (b"days: !!bool x\n", " line 1: not YAML: 'x' is no bool"),
        (b"days: !!int x\n", " line 1: not YAML: 'x' is no int"),
        (LAUGHS, ": its aliases (*name) repeat more than 100000 values; write them out"),
        (b"[" * 700, ": not YAML that can be read: lists within lists, too deep"),
        (b"#" * 1_000_001, ": larger than 1000000 bytes"),
    ],
)
def test_what_is_no_yaml_is_said(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(content)
    assert refusal(path).startswith(f"{path}{part}")


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: [*a]}", "&a [*a, *a]"])
def test_a_file_that_holds_itself_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "profiles.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"profiles.yml: a part of it holds itself \(an alias, \*name"):
        read_unlined(path, 1000)


def test_an_empty_file_is_one_without_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("\n", encoding="utf-8")
    assert refusal(path) == f"{path} line 1: days: Field required"


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.yaml").endswith("cannot be read: No such file or directory")
