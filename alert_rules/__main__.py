"""python -m alert_rules DIRECTORY --config FILE: builds an office's rules, Prometheus and Alertmanager files."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from alert_rules import AlertsError
from alert_rules.building import build
from alert_rules.office import read_office, with_second_way

EXAMPLE = "example: python -m alert_rules /etc/prometheus/lebarpita --config /etc/lebarpita/alerts.yaml"
NO_SECOND_WAY = "note: second_way has neither mail nor telegram; if the tracker dies, nobody is told of it"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and name the files; returns the exit code: 0 fine, 1 they cannot be built or written, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        office = with_second_way(read_office(options.config), options.telegram)
        files = build(office, options.directory)
    except AlertsError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{options.directory}: cannot be written: {error.strerror}; choose another directory", file=sys.stderr)
        return 1
    print("\n".join(str(file) for file in files))
    if not office.second_way.configured:
        print(NO_SECOND_WAY, file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alert_rules", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("directory", metavar="DIRECTORY", type=Path, help="where Prometheus and Alertmanager read them")
    parser.add_argument("--config", metavar="FILE", type=Path, required=True, help="the office's alerts.yaml")
    parser.add_argument(
        "--telegram", metavar="CHAT=FILE", help="the second way where alerts.yaml names none; FILE: the bot's token"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
