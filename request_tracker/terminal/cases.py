"""``case list``, ``show``, ``archive`` and ``check``: cases as text and JSON, and one as a ZIP."""

import argparse
import json
from pathlib import Path
from typing import Any

from request_tracker.cases.model import Event
from request_tracker.cases.queries import CaseFilter, find_cases, history, read_case
from request_tracker.errors import TrackerError
from request_tracker.letters.archive import faults, pack
from request_tracker.store.chain import stamp
from request_tracker.terminal.options import config_of, ready_desk, with_config

PAGE = 500  # As many as cases.queries gives at once.


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parts = commands.add_parser("case", help="cases").add_subparsers(required=True, metavar="COMMAND")
    listing = parts.add_parser("list", help="cases, the newest first")
    listing.add_argument("--open", action="store_true", help="only open cases")
    listing.add_argument("--opd", metavar="OPD")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    show = parts.add_parser("show", help="one case with its history")
    show.add_argument("number", metavar="NUMBER")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=_show)
    archive = parts.add_parser("archive", help="one finished case as a ZIP: papers, attachments, events, checksums")
    archive.add_argument("number", metavar="NUMBER")
    archive.add_argument("--out", required=True, metavar="FILE", help="the ZIP to write; nothing is overwritten")
    archive.set_defaults(run=_archive)
    check = parts.add_parser("check", help="verify such a ZIP; needs neither configuration nor database")
    check.add_argument("file", metavar="FILE")
    check.set_defaults(run=_check)
    for part in (listing, show, archive):
        with_config(part)


def event_data(event: Event) -> dict[str, Any]:
    """An event as plain data, with everything its hash covers."""
    return {
        "seq": event.seq,
        "kind": event.kind,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "lane": event.lane,
        "step": event.step,
        "round": event.round,
        "occurred_at": stamp(event.occurred_at),
        "recorded_at": stamp(event.recorded_at),
        "data": event.data,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def _list(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    rows = find_cases(desk, CaseFilter(opd=options.opd, open_only=True if options.open else None), limit=PAGE)
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print(f"{row['number']:<22} {row['opd'] or '-':<14} {row['ending'] or row['step'] or '':<12} {row['subject']}")
    return 0


def _show(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    case = read_case(desk, options.number)
    events = history(desk, options.number)
    if options.json:
        print(json.dumps([event_data(event) for event in events], ensure_ascii=False, indent=2))
        return 0
    print(f"{case.number}  {case.subject}  {case.opd or ''}  {case.ending or 'open'}")
    for event in events:
        behalf = f" for {event.on_behalf_of}" if event.on_behalf_of else ""
        local = desk.calendar.local(event.occurred_at).strftime("%Y-%m-%d %H:%M")
        print(f"{event.seq:>4}  {local}  {event.kind:<20} {event.step or '':<10} {event.actor}{behalf}{_signer(event)}")
    return 0


def _signer(event: Event) -> str:
    """Who signed, as he was then; and that it is not known where the event is older than such notes."""
    if event.signatory is None:
        return " (name and position then: not recorded)" if event.lacks_signatory else ""
    return f" ({', '.join(filter(None, (event.signatory.name, event.signatory.position, event.signatory.role)))})"


def _archive(options: argparse.Namespace) -> int:
    config, desk, out = config_of(options), ready_desk(options), Path(options.out)
    made = pack(desk, config, options.number)
    try:
        # "x": made or refused in one step, so that nothing is overwritten between looking and writing.
        with out.open("xb") as file:
            file.write(made)
    except FileExistsError as error:
        raise TrackerError(f"{out} exists already; name another file with --out") from error
    except OSError as error:
        raise TrackerError(f"{out}: cannot be written: {error.strerror}; name another file with --out") from error
    print(f"{out}: {options.number}, {len(made)} bytes")
    return 0


def _check(options: argparse.Namespace) -> int:
    breaks = faults(Path(options.file))
    for fault in breaks:
        print(fault)
    print(f"{options.file}: {f'{len(breaks)} faults' if breaks else 'whole: sums, chain, attachments'}")
    return 1 if breaks else 0
