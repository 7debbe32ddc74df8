"""lebarpita-tracker: cases, SOPs, the ledger and the store from a terminal. Each part brings its own commands."""

import argparse
import sys
from collections.abc import Sequence

from inventory.reading import InventoryError
from request_tracker.bench import commands as bench
from request_tracker.errors import TrackerError
from request_tracker.store.database import DatabaseError
from request_tracker.terminal import cases, ledger, privacy, reports, screens, sops, upkeep, whatif
from request_tracker.terminal import serving as web
from runtime.command import run_command
from runtime.own_files import kept_private

EXAMPLE = "example: lebarpita-tracker ledger show --config /etc/lebarpita/tracker.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    # Telephone numbers, password hashes, letters: whatever a command makes is readable by its owner alone.
    with kept_private():
        return run_command(options, (TrackerError, InventoryError, DatabaseError), _sentence)


def _sentence(error: Exception) -> str:
    if isinstance(error, TrackerError):
        return error.at_terminal()
    return f"the database cannot be used: {error}" if isinstance(error, DatabaseError) else str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lebarpita-tracker", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for part in (upkeep, sops, ledger, cases, whatif, reports, privacy, web, screens, bench):
        part.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
