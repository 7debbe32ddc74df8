"""What was read of a city file is kept: the next start takes the same text apart no more, and checks all of it."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from new_office import with_office
from tree import EXAMPLE_CITY

from inventory import reading
from inventory.city_memory import NAME
from inventory.generate import MAX_OPDS, generate_city
from inventory.reading import MAX_FILE_BYTES, InventoryError, parse_city, read_city
from runtime.lined_yaml import load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "city.yaml"
    path.write_text(EXAMPLE_CITY.read_text(encoding="utf-8"), encoding="utf-8")
    return path


@pytest.fixture
def taken_apart(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that YAML was asked about."""
    files: list[str] = []

    def count(text: str, file: str, wanted: str) -> object:
        files.append(file)
        return load(text, file, wanted)

    monkeypatch.setattr(reading, "load", count)
    return files


def test_the_second_start_has_the_same_city_without_yaml(file: Path, tmp_path: Path, taken_apart: list[str]) -> None:
    first, second = read_city(file, tmp_path), read_city(file, tmp_path)
    assert first == second == read_city(file)
    # Once for the first, and once where nothing may be kept.
    assert len(taken_apart) == 2


def test_of_a_changed_text_the_changed_entries_are_read_alone(
    file: Path, tmp_path: Path, taken_apart: list[str]
) -> None:
    read_city(file, tmp_path)
    for text in (with_office(), with_office().replace("Dinas Kesehatan", "Dinas Kesehatan Kota")):
        file.write_text(text)
        changed = read_city(file, tmp_path)
        # Once for the first text; those that are read by nobody's memory are counted by themselves.
        assert len(taken_apart) == 1
        assert changed == parse_city(text)
        taken_apart.pop()
    assert changed == read_city(file, tmp_path) and len(taken_apart) == 1
    assert len(list(tmp_path.glob(f"*{NAME}*"))) == 1


def test_a_change_outside_the_lists_is_read_whole_and_kept(file: Path, tmp_path: Path, taken_apart: list[str]) -> None:
    read_city(file, tmp_path)
    file.write_text("# a comment\n" + file.read_text())
    assert read_city(file, tmp_path) == read_city(file, tmp_path)
    assert len(taken_apart) == 2 and len(list(tmp_path.glob(f"*{NAME}*"))) == 1


def test_a_city_in_error_is_said_with_its_line_and_never_kept(file: Path, tmp_path: Path) -> None:
    file.write_text(file.read_text().replace("watch_from: core", "watch_from: nobody"))
    for _ in range(2):
        with pytest.raises(InventoryError, match=r"line [0-9]+: .*nobody"):
            read_city(file, tmp_path)
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("kept", [b"", b"{}\n{}", b"no JSON\n[]", b"[" * 5000, bytes(range(256))])
def test_what_is_kept_and_is_not_whole_is_read_anew(file: Path, tmp_path: Path, kept: bytes) -> None:
    (tmp_path / NAME).write_bytes(kept)
    assert read_city(file, tmp_path) == read_city(file)


def test_a_bit_that_flipped_in_what_is_kept_changes_no_city(file: Path, tmp_path: Path) -> None:
    city = read_city(file, tmp_path)
    body = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(body.replace(b"dinkes", b"dinket", 1))
    assert read_city(file, tmp_path) == city


def test_what_is_kept_is_checked_as_the_file_is(file: Path, tmp_path: Path) -> None:
    """By another hand with right hashes: what the checks refuse is not taken, and the file itself is read."""
    city = read_city(file, tmp_path)
    head, _, body = (tmp_path / NAME).read_bytes().partition(b"\n")
    kept = json.loads(body)
    kept["values"]["opds"][0]["prefixes"] = ["10.1.0.0/33"]
    changed = json.dumps(kept).encode()
    head = json.dumps({**json.loads(head), "body": sha256(changed).hexdigest()}).encode()
    (tmp_path / NAME).write_bytes(head + b"\n" + changed)
    assert read_city(file, tmp_path) == city


def test_a_folder_that_takes_nothing_holds_nobody_up(file: Path, tmp_path: Path) -> None:
    assert read_city(file, tmp_path / "none" / "there") == read_city(file)


def test_the_largest_city_that_is_made_up_may_be_read() -> None:
    assert len(generate_city(MAX_OPDS).encode()) < MAX_FILE_BYTES
