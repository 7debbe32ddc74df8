"""``flows compile``: builds the C files where the package was installed without them, or a source changed."""

import argparse
import os
from pathlib import Path
from typing import Any

from exporter.compiling import SOURCES, build, library_of
from exporter.errors import ExporterError
from exporter.flows.native.library import LIBRARY, load

EXAMPLE = "example: lebarpita-exporter flows compile"


def add_compile(commands: Any) -> None:
    """Add ``flows compile``."""
    command = commands.add_parser(
        "compile", help="compile what counts usual flows and reads usual SNMP answers; needs gcc", epilog=EXAMPLE
    )
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Compile, load and say so. Raises ExporterError where that cannot be done."""
    for source in SOURCES:
        _built(source, library_of(source))
    library = load()
    if library.functions is None:
        raise ExporterError(library.reason)
    print(f"{LIBRARY} is built; restart the flow part to use it, and the SNMP part")
    return 0


def _built(source: Path, library: Path) -> None:
    if not os.access(library.parent, os.W_OK):
        raise ExporterError(f"{library.parent} cannot be written; run it as the user that installed the package")
    reason = build(source, library)
    if reason is not None:
        raise ExporterError(f"{library} was not built: {reason}; Python alone does its work")
