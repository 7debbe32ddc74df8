"""What a minute of the history costs: a city's load in, the writer's CPU seconds and the rows on disk out."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from exporter.flows.bench.figures import FlowFigure
from exporter.flows.bench.generator import FlowLoad
from exporter.flows.bench.peers import Start
from exporter.flows.bench.sender import send
from exporter.flows.history.parquet import reading

# Seconds of the load: they must fall into one minute, which is written when it is over.
LOAD_SECONDS = 20.0
# A minute, and what a busy machine may need to begin and end the writing of it.
_WAIT_SECONDS = 150.0


def history_figures(start: Start, folder: Path, load: FlowLoad, flows_per_second: int) -> list[FlowFigure]:
    """Of a city's minute, all keys new: how many rows it has, and what summing and writing them takes."""
    with tempfile.TemporaryDirectory(dir=folder) as place, start(Path(place)) as running:
        folder_of_rows = Path(place) / "history"
        time.sleep(60 - time.time() % 60)
        # The minute before this one is empty, and its writer is not the one that is measured.
        _await(lambda: running.writers() > 0)
        before = running.writers()
        sent = send(load, running.port, flows_per_second, LOAD_SECONDS)
        running.settle()
        memory = running.memory()
        _await(lambda: any(folder_of_rows.glob("minute-*.parquet")) and running.writers() > before)
        spent = running.writers() - before
        with reading(folder_of_rows, 0) as ask:
            ((rows,),) = ask("SELECT count(*) FROM uses", [])
    return [
        FlowFigure(f"a minute with {sent.flows:,} flows of as many keys: rows written", float(str(rows))),
        FlowFigure("CPU seconds to sum and write it, beside counting", spent, "s", 1, most=True),
        FlowFigure("memory of the collector before it is written", memory / 1e6, "MB", 150, most=True),
    ]


def _await(over: Callable[[], bool]) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until and not over():
        time.sleep(0.2)
