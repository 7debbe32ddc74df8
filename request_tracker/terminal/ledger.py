"""``ledger import`` and ``ledger show``: the opening balance in, the allocations in force out."""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory.rates import format_rate
from inventory.tables.preview import confirmed
from inventory.weekly_hours import hours_of
from request_tracker.cases.context import Desk
from request_tracker.errors import Refused, TrackerError
from request_tracker.ledger import allocations
from request_tracker.ledger.standing import LedgerBatch
from request_tracker.terminal.opening_balance import COLUMNS, read_opening
from request_tracker.terminal.options import moment, now, ready_desk, with_config
from request_tracker.words.weekly_text import hours_words
from runtime.command import FINE, PROBLEMS

ACTOR = "system"


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parser = commands.add_parser("ledger", help="the ledger of allocations")
    parts = parser.add_subparsers(required=True, metavar="COMMAND")
    load = parts.add_parser("import", help="record the rates in force at adoption from a CSV or XLSX file, once")
    load.add_argument("file", metavar="FILE", help=f"columns {','.join(COLUMNS)} or as offices write them")
    load.add_argument("--sheet", metavar="NAME", help="this sheet of a workbook (default: the one with a list)")
    load.add_argument("--since", metavar="TIME", help="the rates were in force from then on already (default: now)")
    load.add_argument("--yes", action="store_true", help="record without a question, guesses too")
    load.set_defaults(run=_import)
    show = parts.add_parser("show", help="the allocations in force")
    show.add_argument("--at", metavar="TIME", help="as of this moment (default: now)")
    show.add_argument("--json", action="store_true", help="as the shaping agent sees it")
    show.set_defaults(run=_show)
    for part in (load, show):
        with_config(part)


def _import(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    opening = read_opening(Path(options.file), desk.city, options.sheet)
    print(opening.preview, end="")
    if opening.problems:
        raise TrackerError("\n".join(opening.problems))
    moment_now = now()
    since = _since(options.since, desk, moment_now)
    print(_in_force(since, desk, moment_now))
    if not confirmed(options.yes, certain=opening.certain):
        return PROBLEMS
    changes = [
        allocations.Change(opd, allocation, ACTOR, None, "saldo awal")
        for opd, allocation in opening.allocations.items()
    ]
    with desk.store.transaction() as db:
        _empty(desk, moment_now)
        # Written now and effective since then: what was measured before adoption has its ceiling, too.
        allocations.append(desk.store, db, [LedgerBatch(since, tuple(changes))], moment_now)
        revision = allocations.revision_at(desk.store, moment_now)
        # After all are written: an opening balance is admitted as a whole, whatever the order of its lines. A refusal
        # rolls it back.
        for change in changes:
            try:
                wish = allocations.Wish(change.opd, change.allocation, change.reason)
                allocations.admit(desk.store, desk.city, wish, moment_now)
            except Refused as error:
                raise TrackerError(f"{options.file}: {change.opd}: {error.text('en')}") from error
    print(f"{len(changes)} OPDs recorded as the opening balance, revision {revision}")
    return FINE


def _empty(desk: Desk, moment_now: datetime) -> None:
    """Raises TrackerError where a rate stands already: in force, or decided and still to come."""
    if allocations.revision_at(desk.store, moment_now) or allocations.rows_ahead(desk.store, moment_now):
        raise TrackerError("the ledger is not empty; after adoption a rate changes only through a case")


def _in_force(since: datetime, desk: Desk, moment_now: datetime) -> str:
    """What the moment does, before anybody says yes: from then on use is judged by these ceilings."""
    if since == moment_now:
        return "in force from now on; what was measured before has no ceiling and is not judged by one"
    days = (moment_now - since).days
    local = f"{desk.calendar.local(since):%Y-%m-%d %H:%M %Z}"
    return f"in force since {local} ({days} days ago); what was measured from then on is judged by these ceilings"


def _since(text: str | None, desk: Desk, moment_now: datetime) -> datetime:
    """Since when an opening balance is in force; it cannot begin in the future."""
    since = moment(text, desk) if text else moment_now
    if since > moment_now:
        raise TrackerError(f"--since {text} lies in the future; write since when the rates have been in force")
    return since


def _show(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    answer = allocations.current_allocations(desk.store, moment(options.at, desk) if options.at else now())
    if options.json:
        print(json.dumps(answer, indent=2))
        return 0
    print(f"revision {answer['revision']}  {answer['hash']}")
    for row in answer["allocations"]:
        print(_line(row))
    for row in answer["timed"]["profiles"]:
        print(f"{_line(row)}  {_hours(row)}")
    for step in answer["timed"]["ahead"]:
        print(f"from {desk.calendar.local(datetime.fromtimestamp(step['at'], UTC)):%d-%m-%Y %H.%M %Z} on:")
        for row in (*step["allocations"], *step["profiles"]):
            print(f"{_line(row)}  {_hours(row)}".rstrip())
    return 0


def _line(row: Mapping[str, Any]) -> str:
    rates = "  ".join(
        f"{direction} {format_rate(row[direction]['guaranteed'])} .. {format_rate(row[direction]['ceiling'])}"
        for direction in ("receive", "transmit")
    )
    return f"{row['opd']:<16} {rates}  {row['case'] or 'saldo awal'}"


def _hours(row: Mapping[str, Any]) -> str:
    """In which hours of the week, where not in all."""
    return hours_words(hours_of(row["hours"])).english if "hours" in row else ""
