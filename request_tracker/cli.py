"""lebarpita-tracker: cases, SOPs, the ledger and the store from a terminal. Each part brings its own commands."""

import argparse
import os
import sys
from collections.abc import Sequence

from inventory.reading import InventoryError
from request_tracker.bench import commands as bench
from request_tracker.errors import TrackerError
from request_tracker.store.database import DatabaseError
from request_tracker.terminal import cases, ledger, privacy, reports, sops, upkeep
from request_tracker.terminal import serving as web

EXAMPLE = "example: lebarpita-tracker ledger show --config /etc/lebarpita/tracker.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except TrackerError as error:
        print(error.at_terminal(), file=sys.stderr)
        return 1
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    except DatabaseError as error:
        print(f"the database cannot be used: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lebarpita-tracker", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for part in (upkeep, sops, ledger, cases, reports, privacy, web, bench):
        part.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
