"""``flows compile``: builds the express lane where the package was installed without it, or its source changed."""

import argparse
import os
from typing import Any

from exporter.errors import ExporterError
from exporter.flows.native.building import LIBRARY, build
from exporter.flows.native.library import load

EXAMPLE = "example: lebarpita-exporter flows compile"


def add_compile(commands: Any) -> None:
    """Add ``flows compile``."""
    command = commands.add_parser("compile", help="compile what counts usual flows; needs gcc", epilog=EXAMPLE)
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Compile, load and say so. Raises ExporterError where that cannot be done."""
    if not os.access(LIBRARY.parent, os.W_OK):
        raise ExporterError(f"{LIBRARY.parent} cannot be written; run it as the user that installed the package")
    reason = build()
    if reason is not None:
        raise ExporterError(f"{LIBRARY} was not built: {reason}; flows are counted by NumPy alone")
    library = load()
    if library.functions is None:
        raise ExporterError(library.reason)
    print(f"{LIBRARY} is built; restart the flow part to use it")
    return 0
