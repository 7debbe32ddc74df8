"""The commands of the watch: ``bench watch`` beyond ``serve watch``."""

from typing import Any

from exporter.watch.testing.bench import add_bench


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
    add_bench(bench)
