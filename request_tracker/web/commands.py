"""The commands of the pages, of users and of tokens."""

from typing import Any


def add_commands(commands: Any) -> None:
    """Add ``serve``, ``user`` and ``token`` to the tracker's commands."""
