"""lebarpita: puts the whole product on a machine and looks after it there. Each part brings its own commands."""

import argparse
import sys
from collections.abc import Sequence

from inventory.reading import InventoryError
from operations import backups, reloading
from operations.doctor import commands as doctor
from operations.errors import OperationsError
from operations.install import commands as installation
from operations.install import run_as
from runtime.command import run_command

EXAMPLE = "example: lebarpita install --city city.yaml --host bandwidth.kota.go.id --root /tmp/try"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    return run_command(_parser().parse_args(arguments), (OperationsError, InventoryError))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lebarpita", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for part in (installation, backups, reloading, run_as, doctor):
        part.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
