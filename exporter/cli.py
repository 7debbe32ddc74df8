"""lebarpita-exporter: starts the parts and runs their commands. Each part brings its own in ``commands``."""

import argparse
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.flows import commands as flows
from exporter.part import PARTS
from exporter.snmp import commands as snmp
from exporter.watch import commands as watch
from inventory.reading import InventoryError
from runtime.command import run_command

# The flow part's last minute may take WRITER_SECONDS (50) to be written; systemd kills all of us after 90 seconds
# (DefaultTimeoutStopSec, systemd-system.conf), so that a part that hangs must be over before.
ENDING_SECONDS = 70.0
EXAMPLE = "example: lebarpita-exporter serve --config /etc/lebarpita/exporter.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    return run_command(_parser().parse_args(arguments), (ExporterError, InventoryError))


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
    parts = options.parts or PARTS
    read_config(options.config)
    commands = {part: [sys.executable, "-m", "exporter.part", part, "--config", options.config] for part in parts}
    if len(commands) == 1:
        os.execv(sys.executable, *commands.values())
    signal.signal(signal.SIGTERM, _interrupted)
    children = {part: subprocess.Popen(command, preexec_fn=_die_with_parent) for part, command in commands.items()}
    # Each part reads its city anew by itself (runtime.reload).
    signal.signal(signal.SIGHUP, lambda *_: _hand_on(children.values(), signal.SIGHUP))
    try:
        return _watched(children)
    finally:
        _end(children)


def _end(children: Mapping[str, "subprocess.Popen[bytes]"]) -> None:
    """Ask every part to end and wait for all together; one that does not answer is killed, and said."""
    for child in children.values():
        child.terminate()
    over = time.monotonic() + ENDING_SECONDS
    for part, child in children.items():
        try:
            child.wait(max(0.0, over - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"{part} did not end within {ENDING_SECONDS:g} s and is killed", file=sys.stderr)
            child.kill()
            child.wait()


def _watched(children: Mapping[str, "subprocess.Popen[bytes]"]) -> int:
    """Wait until one part ends; that ends the others too, so that whoever started us starts all anew."""
    while True:
        for part, child in children.items():
            with contextlib.suppress(subprocess.TimeoutExpired):
                print(f"{part} ended with code {child.wait(0.5)}; the other parts end too", file=sys.stderr)
                return 1


def _hand_on(children: "Iterable[subprocess.Popen[bytes]]", number: int) -> None:
    for child in children:
        child.send_signal(number)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _die_with_parent() -> None:
    """Ask Linux to end this child when its parent is killed (prctl PR_SET_PDEATHSIG); elsewhere it stays."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
