"""``sop check|diff|approve|list``: SOP files from a terminal."""

import argparse
from datetime import date
from typing import Any

from request_tracker.errors import TrackerError
from request_tracker.register import all_in_force, approve, in_force
from request_tracker.sop.diff import differences
from request_tracker.sop.loader import read_sop
from request_tracker.terminal.options import now, ready_desk, with_config


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parts = commands.add_parser("sop", help="SOPs as data").add_subparsers(required=True, metavar="COMMAND")
    check = parts.add_parser("check", help="check SOP files: names, ways, ends, documents on every way")
    check.add_argument("files", nargs="+", metavar="FILE")
    check.set_defaults(run=_check)
    diff = parts.add_parser("diff", help="what a file changes against the revision in force (or another file)")
    diff.add_argument("file", metavar="FILE")
    diff.add_argument("--against", metavar="FILE", help="the other file")
    diff.set_defaults(run=_diff)
    accept = parts.add_parser("approve", help="put a revision in force; running cases keep theirs")
    accept.add_argument("file", metavar="FILE")
    accept.add_argument("--effective", metavar="DATE", help="from this day (default: today)")
    accept.add_argument("--by", metavar="WHO", default="admin", help="who approved it, e.g. the decree's number")
    accept.set_defaults(run=_approve)
    listing = parts.add_parser("list", help="the SOPs in force")
    listing.set_defaults(run=_list)
    for part in (diff, accept, listing):
        with_config(part)


def _check(options: argparse.Namespace) -> int:
    failed = 0
    for file in options.files:
        try:
            sop = read_sop(file)
        except TrackerError as error:
            print(error)
            failed = 1
            continue
        print(f"{file}: {sop.code} revisi {sop.revision} is in order: {len(sop.steps)} steps")
        for warning in sop.warnings:
            print(f"  warning: {warning}")
    return failed


def _diff(options: argparse.Namespace) -> int:
    new = read_sop(options.file)
    if options.against:
        old = read_sop(options.against)
    else:
        desk = ready_desk(options)
        old = in_force(desk.store, new.code, desk.calendar.local(now()).date())
    found = differences(old, new)
    print("\n".join(found) if found else "no difference")
    return 1 if found else 0


def _approve(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    sop = read_sop(options.file)
    try:
        day = date.fromisoformat(options.effective) if options.effective else desk.calendar.local(now()).date()
    except ValueError as error:
        raise TrackerError(f"{options.effective!r} is not a date; write for example 2026-12-01") from error
    new = approve(desk.store, sop, day, options.by, now())
    told = f"in force from {day}" if new else "already approved, nothing changed"
    print(f"{sop.code} revisi {sop.revision}: {told}")
    return 0


def _list(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    for sop in all_in_force(desk.store, desk.calendar.local(now()).date()):
        print(f"{sop.code:<8} revisi {sop.revision}  {sop.hash[:12]}  {sop.title}")
    return 0
