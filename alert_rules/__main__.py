"""python -m alert_rules DIRECTORY: copies the rules with the office's own addresses of runbooks and Grafana."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from alert_rules import DASHBOARDS_PLACE, RUNBOOKS_PLACE, install

EXAMPLE = "example: python -m alert_rules /etc/prometheus/lebarpita --dashboards https://grafana.kota.go.id"


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy and name the files; returns the exit code: 0 fine, 1 the directory cannot be written, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        copies = install(options.directory, options.runbooks, options.dashboards)
    except OSError as error:
        print(f"{options.directory}: cannot be written: {error.strerror}; choose another directory", file=sys.stderr)
        return 1
    print("\n".join(str(copy) for copy in copies))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alert_rules", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("directory", metavar="DIRECTORY", type=Path, help="where Prometheus looks for rule files")
    parser.add_argument("--runbooks", metavar="URL", default=RUNBOOKS_PLACE, help="where docs/runbooks is served")
    parser.add_argument("--dashboards", metavar="URL", default=DASHBOARDS_PLACE, help="the office's Grafana")
    return parser


if __name__ == "__main__":
    sys.exit(main())
