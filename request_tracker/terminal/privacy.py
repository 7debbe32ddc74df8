"""``person export``, ``erase`` and ``retention``: what the law on personal data gives a person."""

import argparse
import json
from typing import Any

from request_tracker.errors import TrackerError
from request_tracker.people.contacts import erase_subject, export_entry
from request_tracker.people.inbox_privacy import RECEIPT, entries_of_contact, erase_receipt, export_receipt
from request_tracker.people.privacy import erase_account, erase_person, export_account, export_person
from request_tracker.people.retention import due, erase_due
from request_tracker.terminal.options import config_of, now, ready_desk, with_config

_CASE, _SUBJECT = "/", ":"


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parts = commands.add_parser(
        "person", help="what is kept of a person: CASE, TT-N, LOGIN or opd:CODE"
    ).add_subparsers(required=True, metavar="COMMAND")
    out = parts.add_parser(
        "export", help="print what is kept of a requester, of an inbox entry's sender or of an account, as JSON"
    )
    out.set_defaults(run=_export)
    erase = parts.add_parser("erase", help="erase a requester's data or an account's address; events stay whole")
    erase.set_defaults(run=_erase)
    for part in (out, erase):
        part.add_argument("number", metavar="CASE|RECEIPT|LOGIN|SUBJECT")
    old = parts.add_parser("retention", help="whose data is past personal_data_days; says it only, unless --erase")
    old.add_argument("--erase", action="store_true", help="erase it now; without this nothing is changed")
    old.set_defaults(run=_retention)
    for part in (out, erase, old):
        with_config(part)


def _export(options: argparse.Namespace) -> int:
    store = ready_desk(options).store
    number = options.number
    if number.startswith(RECEIPT):
        export = export_receipt(store, number)
    elif _CASE in number:
        export = export_person(store, number)
        export["inbox"] = entries_of_contact(store, export["contact"]["id"]) if export["contact"] else []
    else:
        export = (export_entry if _SUBJECT in number else export_account)(store, number)
    print(json.dumps(export, indent=2, ensure_ascii=False))
    return 0


def _erase(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    if options.number.startswith(RECEIPT):
        erase_receipt(desk.store, options.number, now())
        print(f"{options.number}: personal data of its sender erased")
    elif _CASE in options.number:
        erase_person(desk, options.number, now())
        print(f"{options.number}: personal data of its requester erased")
    elif _SUBJECT in options.number:
        erase_subject(desk.store, options.number, now())
        print(f"{options.number}: its people in the book of contacts erased")
    else:
        erase_account(desk.store, options.number)
        print(f"{options.number}: the account's address erased")
    return 0


def _retention(options: argparse.Namespace) -> int:
    days = config_of(options).personal_data_days
    if days is None:
        raise TrackerError("personal_data_days is not set in the configuration; nothing is ever erased by itself")
    desk = ready_desk(options)
    if options.erase:
        erased = erase_due(desk, days, now())
        print("\n".join([*erased, f"{len(erased)} erased"]))
        return 0
    for row in (rows := due(desk, days, now())):
        print(f"{row['number']:<22} ended {row['ended_at'][:10]}")
    print(f"{len(rows)} cases ended more than {days} days ago; erase their requesters' data with --erase")
    return 0
