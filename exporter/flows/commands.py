"""The commands of the flow part: ``flows read``, ``replay``, ``top`` and ``compile``, and ``bench flows``."""

from typing import Any

from exporter.flows.bench.comparison import add_bench
from exporter.flows.history.top_command import add_top
from exporter.flows.native.compile_command import add_compile
from exporter.flows.offline.read_command import add_read
from exporter.flows.offline.replay import add_replay


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
    flows = commands.add_parser("flows", help="read and replay captures of flows")
    inside = flows.add_subparsers(required=True, metavar="COMMAND")
    add_read(inside)
    add_replay(inside)
    add_top(inside)
    add_compile(inside)
    add_bench(bench)
