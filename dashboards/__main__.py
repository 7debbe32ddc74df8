"""python -m dashboards build|check|publish: writes the boards, checks them, or puts them into an existing Grafana."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from dashboards import BOARDS, building
from dashboards.board import TRACKER
from dashboards.contract import PrometheusError, problems, unanswered
from dashboards.publishing import PublishError, publish, token

EXAMPLE = (
    "example: python -m dashboards publish --grafana https://grafana.kota.go.id --token file:/etc/lebarpita/grafana"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (PrometheusError, PublishError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="write boards/*.json from the builders")
    build.add_argument("--tracker", default=TRACKER, metavar="URL", help="where tickets and runbooks are: %(default)s")
    build.add_argument("--into", type=Path, default=BOARDS, metavar="DIRECTORY", help="instead of the committed boards")
    build.set_defaults(run=_build)
    check = commands.add_parser("check", help="check the boards; with --prometheus also run every query")
    check.add_argument("--prometheus", metavar="URL", help="a Prometheus whose data must answer every query")
    check.set_defaults(run=_check)
    send = commands.add_parser("publish", help="create or overwrite the boards in an existing Grafana")
    send.add_argument("--grafana", required=True, metavar="URL")
    send.add_argument("--token", required=True, metavar="REFERENCE", help="env:NAME or file:/path, never the token")
    send.add_argument("--folder", default="", help="uid of a folder in Grafana (default: General)")
    send.add_argument("--tracker", default=TRACKER, metavar="URL", help="where tickets and runbooks are: %(default)s")
    send.set_defaults(run=_publish)
    return parser


def _build(options: argparse.Namespace) -> int:
    print("\n".join(str(path) for path in building.write(options.into, options.tracker)))
    return 0


def _check(options: argparse.Namespace) -> int:
    boards = building.committed()
    faults = [f"{name}: differs from its builder; run python -m dashboards build" for name in building.drift()]
    faults += [fault for board in boards for fault in problems(board)]
    if options.prometheus:
        faults += unanswered(options.prometheus, boards)
    print("\n".join(faults) if faults else f"{len(boards)} boards, no problem")
    return 1 if faults else 0


def _publish(options: argparse.Namespace) -> int:
    boards = [json.loads(text) for _, text in sorted(building.built(options.tracker).items())]
    done = publish(options.grafana, token(options.token), boards, options.folder)
    print("\n".join(done))
    return 0


if __name__ == "__main__":
    sys.exit(main())
