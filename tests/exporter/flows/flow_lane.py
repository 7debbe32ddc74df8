"""Both ways to count (the stages in NumPy, and the compiled express lane before them), and who reads a capture."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flow_reading import FlowReader

from exporter.compiling import build
from exporter.flows.account.collector import Collector
from exporter.flows.account.express_lane import ExpressLane
from exporter.flows.native.library import SOURCE, load


@pytest.fixture(scope="session")
def lane_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled lane of the source as it stands, whatever the environment has."""
    path = tmp_path_factory.mktemp("lane") / "express.so"
    assert build(SOURCE, path) is None
    return path


@pytest.fixture(scope="module", params=["numpy", "compiled"])
def both_ways(request: pytest.FixtureRequest, lane_library: Path) -> Iterator[str]:
    """Each test of a module twice; the second time every collector has a lane."""
    if request.param == "numpy":
        yield "numpy"
        return
    functions = load(lane_library).functions
    assert functions is not None
    empty = Collector.__post_init__

    def with_lane(collector: Collector) -> None:
        empty(collector)
        collector.lane = ExpressLane(functions, collector)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Collector, "__post_init__", with_lane)
        yield "compiled"


@pytest.fixture
def reader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> FlowReader:
    """``flows read`` of the example city."""
    return FlowReader(tmp_path, capsys)
