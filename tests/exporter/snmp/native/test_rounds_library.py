"""The compiled round is loaded where it was built of the source that stands here; else the reason is said."""

from pathlib import Path

import pytest

from exporter import compiling
from exporter.snmp.native import library
from exporter.snmp.serving import OFF, compiled_round


def test_one_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    loaded = library.load(tmp_path / "rounds.so")
    assert loaded.functions is None
    assert "was not built; lebarpita-exporter flows compile builds it" in loaded.reason


def test_one_of_another_source_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "rounds.so"
    path.write_bytes(b"no library")
    assert "was made of another source" in library.load(path).reason


def test_it_is_among_what_a_wheel_is_built_with_and_beside_its_source() -> None:
    assert library.SOURCE in compiling.SOURCES
    assert library.SOURCE.with_name("rounds.so") == library.LIBRARY


def test_it_is_turned_off_by_the_environment_and_by_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled_round("gufo") is None
    monkeypatch.setenv(OFF, "0")
    assert compiled_round("direct") is None
