"""lebarpita-tracker: cases, SOPs, the ledger and the store from a terminal. Each part brings its own commands."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from inventory.reading import InventoryError
from request_tracker.errors import TrackerError
from request_tracker.store.database import DatabaseError
from runtime.command import run_command
from runtime.own_files import kept_private

# Which module brings which commands. Only that of the command given is imported: pages, press and graphs are two
# seconds of imports that `ledger show` has no use for.
PARTS = {
    "request_tracker.terminal.upkeep": ("init", "audit", "rebuild", "backup", "ship", "drill", "restore", "export"),
    "request_tracker.terminal.sops": ("sop",),
    "request_tracker.terminal.ledger": ("ledger",),
    "request_tracker.terminal.cases": ("case",),
    "request_tracker.terminal.whatif": ("whatif",),
    "request_tracker.terminal.reports": ("report",),
    "request_tracker.terminal.privacy": ("person",),
    "request_tracker.terminal.serving": ("serve",),
    "request_tracker.terminal.accounts": ("user", "token"),
    "request_tracker.terminal.screens": ("wall",),
    "request_tracker.bench.commands": ("bench",),
}
EXAMPLE = "example: lebarpita-tracker ledger show --config /etc/lebarpita/tracker.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    words = sys.argv[1:] if arguments is None else arguments
    options = _parser(words[:1]).parse_args(words)
    # Telephone numbers, password hashes, letters: whatever a command makes is readable by its owner alone.
    with kept_private():
        return run_command(options, (TrackerError, InventoryError, DatabaseError), _sentence)


def _sentence(error: Exception) -> str:
    if isinstance(error, TrackerError):
        return error.at_terminal()
    return f"the database cannot be used: {error}" if isinstance(error, DatabaseError) else str(error)


def _parser(command: Sequence[str] = ()) -> argparse.ArgumentParser:
    """What takes that command; every command where it is none of ours, such as ``--help``."""
    parser = argparse.ArgumentParser(prog="lebarpita-tracker", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for part in [part for part, names in PARTS.items() if {*command} & {*names}] or PARTS:
        import_module(part).add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
