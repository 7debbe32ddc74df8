"""lebarpita-exporter: starts the parts and runs their commands. Each part brings its own in ``commands``."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence

from exporter.config import Config, ExporterError, read_config
from exporter.flows import commands as flows
from exporter.snmp import commands as snmp
from exporter.watch import commands as watch
from inventory.reading import InventoryError

PARTS: dict[str, Callable[[Config], int]] = {"snmp": snmp.serve, "watch": watch.serve, "flows": flows.serve}
EXAMPLE = "example: lebarpita-exporter serve --config /etc/lebarpita/exporter.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ExporterError, InventoryError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lebarpita-exporter", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="run the parts (all three by default), each as its own process")
    serve.add_argument("parts", nargs="*", metavar="snmp|watch|flows", choices=(*PARTS, []), default=[])
    serve.add_argument("--config", required=True, metavar="FILE")
    serve.set_defaults(run=_serve)
    bench = commands.add_parser("bench", help="measure a part against a named peer").add_subparsers(
        required=True, metavar="PART"
    )
    for part in (snmp, watch, flows):
        part.add_commands(commands, bench)
    return parser


def _serve(options: argparse.Namespace) -> int:
    parts = options.parts or list(PARTS)
    config = read_config(options.config)
    if len(parts) == 1:
        return PARTS[parts[0]](config)
    command = [sys.executable, "-m", "exporter.cli", "serve", "--config", options.config]
    children = [subprocess.Popen([*command, part]) for part in parts]
    try:
        return max(child.wait() for child in children)
    finally:
        for child in children:
            child.terminate()


if __name__ == "__main__":
    sys.exit(main())
