"""``ledger import`` and ``ledger show``: the opening balance in, the allocations in force out."""

import argparse
import csv
import json
from pathlib import Path
from typing import Any

from inventory.model import City
from inventory.rates import format_rate, parse_rate
from request_tracker.errors import Refused, TrackerError
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.terminal.options import moment, now, ready_desk, with_config

COLUMNS = ("opd", "receive", "transmit", "guaranteed_receive", "guaranteed_transmit")
ACTOR = "system"


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parser = commands.add_parser("ledger", help="the ledger of allocations")
    parts = parser.add_subparsers(required=True, metavar="COMMAND")
    load = parts.add_parser("import", help="record the rates in force at adoption from a CSV file, once")
    load.add_argument("file", metavar="FILE.csv", help=f"columns {','.join(COLUMNS)}; rates like 20 Mbit/s")
    load.set_defaults(run=_import)
    show = parts.add_parser("show", help="the allocations in force")
    show.add_argument("--at", metavar="TIME", help="as of this moment (default: now)")
    show.add_argument("--json", action="store_true", help="as the shaping agent sees it")
    show.set_defaults(run=_show)
    for part in (load, show):
        with_config(part)


def read_opening(path: Path, city: City) -> list[allocations.Change]:
    """The opening balance of a CSV file. Raises TrackerError with every problem and its line."""
    try:
        # Excel writes a mark in front, which would otherwise belong to the first column's name.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise TrackerError(f"{path} line 1: the columns must be {','.join(COLUMNS)}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrackerError(f"{path}: cannot be read: {error}") from error
    problems: list[str] = []
    changes: list[allocations.Change] = []
    codes = {opd.code for opd in city.opds}
    for line, row in enumerate(rows, start=2):
        if row["opd"] not in codes:
            problems.append(f"{path} line {line}: {row['opd']!r} is not an OPD of the city file")
        elif row["opd"] in {change.opd for change in changes}:
            problems.append(f"{path} line {line}: {row['opd']} stands twice")
        try:
            rates = {key: parse_rate(row[key] or "") for key in COLUMNS[1:]}
        except ValueError as error:
            problems.append(f"{path} line {line}: {error}")
            continue
        allocation = Allocation(
            rates["guaranteed_receive"], rates["receive"], rates["guaranteed_transmit"], rates["transmit"]
        )
        changes.append(allocations.Change(row["opd"], allocation, ACTOR, None, "saldo awal"))
    if problems:
        raise TrackerError("\n".join(problems))
    return changes


def _import(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    changes = read_opening(Path(options.file), desk.city)
    moment_now = now()
    with desk.store.transaction() as db:
        if allocations.revision_at(desk.store, moment_now):
            raise TrackerError("the ledger is not empty; after adoption a rate changes only through a case")
        revision = allocations.write(desk.store, db, changes, moment_now)
        # After all are written: an opening balance is admitted as a whole, whatever the order of its lines. A refusal
        # rolls it back.
        for change in changes:
            try:
                wish = allocations.Wish(change.opd, change.allocation, change.reason)
                allocations.admit(desk.store, desk.city, wish, moment_now)
            except Refused as error:
                raise TrackerError(f"{options.file}: {change.opd}: {error.text('en')}") from error
    print(f"{len(changes)} OPDs recorded as the opening balance, revision {revision}")
    return 0


def _show(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    answer = allocations.current_allocations(desk.store, moment(options.at, desk) if options.at else now())
    if options.json:
        print(json.dumps(answer, indent=2))
        return 0
    print(f"revision {answer['revision']}  {answer['hash']}")
    for row in answer["allocations"]:
        rates = "  ".join(
            f"{direction} {format_rate(row[direction]['guaranteed'])} .. {format_rate(row[direction]['ceiling'])}"
            for direction in ("receive", "transmit")
        )
        print(f"{row['opd']:<16} {rates}  {row['case'] or 'saldo awal'}")
    return 0
