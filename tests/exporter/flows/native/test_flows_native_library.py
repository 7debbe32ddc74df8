"""The compiled lane is loaded where it was built of the source that stands here; else the reason is told."""

from pathlib import Path

import pytest

from exporter.compiling import build, current
from exporter.flows.account.collector import Collector
from exporter.flows.account.prefix_lookup import empty_lookup
from exporter.flows.metrics import FlowsPage
from exporter.flows.native import library as lane
from exporter.flows.native.library import load
from exporter.flows.serving import OFF, express_lane


def test_a_library_of_this_source_is_loaded(lane_library: Path) -> None:
    assert load(lane_library).functions is not None
    assert current(lane.SOURCE, lane_library)


def test_one_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    library = load(tmp_path / "express.so")
    assert library.functions is None
    assert "was not built; lebarpita-exporter flows compile builds it" in library.reason


def test_one_of_another_source_is_not_used(tmp_path: Path, lane_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "express.c"
    source.write_bytes(lane.SOURCE.read_bytes() + b"/* another */\n")
    monkeypatch.setattr(lane, "SOURCE", source)
    assert not current(source, lane_library)
    assert "was made of another source" in load(lane_library).reason


def test_what_is_no_library_is_told(tmp_path: Path) -> None:
    path = tmp_path / "express.so"
    path.write_bytes(b"no library")
    assert f"{path} cannot be loaded" in load(path).reason


def test_without_a_compiler_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build(lane.SOURCE, tmp_path / "express.so") == "there is no C compiler (gcc, clang or cc)"
    assert not list(tmp_path.iterdir())


def test_a_source_that_does_not_compile_leaves_the_library_of_before(tmp_path: Path) -> None:
    path, source = tmp_path / "express.so", tmp_path / "express.c"
    path.write_bytes(b"before")
    source.write_text("no C")
    assert "failed" in str(build(source, path))
    assert path.read_bytes() == b"before"


def test_the_page_says_which_way_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    collector = Collector(empty_lookup())
    monkeypatch.setenv(OFF, "0")
    collector.lane = express_lane(collector)
    assert collector.lane is None
    assert b"lebarpita_flow_counting_compiled 0" in FlowsPage(collector).write(0)
