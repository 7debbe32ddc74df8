"""The commands of the watch: none beyond ``serve watch``."""

from typing import Any


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
