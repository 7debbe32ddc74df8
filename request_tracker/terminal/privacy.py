"""``person export`` and ``person erase``: what the law on personal data gives a requester."""

import argparse
import json
from typing import Any

from request_tracker.people.privacy import erase_person, export_person
from request_tracker.terminal.options import now, ready_desk, with_config


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parts = commands.add_parser("person", help="a requester's personal data").add_subparsers(
        required=True, metavar="COMMAND"
    )
    out = parts.add_parser("export", help="print what is kept of a case's requester, as JSON")
    out.set_defaults(run=_export)
    erase = parts.add_parser("erase", help="erase it; events and their hashes stay whole")
    erase.set_defaults(run=_erase)
    for part in (out, erase):
        part.add_argument("number", metavar="CASE")
        with_config(part)


def _export(options: argparse.Namespace) -> int:
    print(json.dumps(export_person(ready_desk(options).store, options.number), indent=2, ensure_ascii=False))
    return 0


def _erase(options: argparse.Namespace) -> int:
    erase_person(ready_desk(options), options.number, now())
    print(f"{options.number}: personal data of its requester erased")
    return 0
