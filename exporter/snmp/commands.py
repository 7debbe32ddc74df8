"""The commands of the snmp part."""

import argparse
from typing import Any

from exporter.config import Config

Subparsers = "argparse._SubParsersAction[argparse.ArgumentParser]"


def serve(config: Config) -> int:
    """Run the part until it is ended."""
    raise SystemExit("snmp: not built yet")


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
