"""``init``, ``audit``, ``rebuild``, ``backup``, ``ship``, ``drill`` and ``restore``."""

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from request_tracker.cases.context import desk_of
from request_tracker.custody.anchor import anchor_faults, read_anchor, take_anchor
from request_tracker.custody.anchoring import stamped
from request_tracker.custody.backup import backup, damages, note_backup, restore
from request_tracker.custody.drill import drill
from request_tracker.custody.shipping import newest, ship
from request_tracker.custody.timestamp import stamped_at
from request_tracker.custody.upkeep import audit, rebuild
from request_tracker.custody.verification import verify_whole
from request_tracker.errors import TrackerError
from request_tracker.letters.sop_files import read_sop, shipped_sops
from request_tracker.people.setup_token import new_setup_token
from request_tracker.reports.export import TABLES, export
from request_tracker.sop.register import approve
from request_tracker.store.database import Store
from request_tracker.terminal.options import config_file, config_of, now, prepare, ready_desk, with_config
from request_tracker.words.made_up import MadeUp


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    init = commands.add_parser("init", help="make the database, put the SOPs in force, print a set-up token")
    init.set_defaults(run=_init)
    checks = commands.add_parser("audit", help="verify the chains").add_subparsers(required=True, metavar="COMMAND")
    verify = checks.add_parser("verify", help="every chain, projection and number; exit code 1 where one is broken")
    verify.add_argument("--anchor", action="append", default=[], metavar="FILE", help="and that its past is unchanged")
    verify.add_argument("--roots", metavar="FILE.pem", help="whose time stamps count (default: anchor.timestamp.roots)")
    verify.set_defaults(run=_verify)
    fixed = checks.add_parser("anchor", help="what the chains hold now, in lines to keep outside")
    fixed.add_argument("--out", metavar="FILE", help="write it there; nothing is overwritten")
    fixed.set_defaults(run=_anchor)
    copy = checks.add_parser("backup", help="every sum of a backup; needs neither configuration nor database")
    copy.add_argument("file", metavar="FILE")
    copy.set_defaults(run=_verify_backup)
    anew = commands.add_parser("rebuild", help="write every projection anew from the events")
    anew.set_defaults(run=_rebuild)
    save = commands.add_parser("backup", help="database, attachments, templates, settings as one ZIP, while in use")
    save.add_argument("file", metavar="FILE", help="the ZIP to write; nothing is overwritten")
    save.set_defaults(run=_backup)
    sent = commands.add_parser("ship", help="a backup off this machine: checked, encrypted, sent by backup.send")
    sent.add_argument("place", metavar="FILE|FOLDER", help="the backup, or a folder whose newest is meant")
    sent.set_defaults(run=_ship)
    trial = commands.add_parser("drill", help="restore a backup beside the office, verify it, say how long it took")
    trial.add_argument("place", metavar="FILE|FOLDER", help="the backup, or a folder whose newest is meant")
    trial.add_argument("--scratch", metavar="FOLDER", help="where there is room for it (default: the temporary folder)")
    trial.set_defaults(run=_drill)
    back = commands.add_parser("restore", help="check a backup whole, put everything back and verify it")
    back.add_argument("file", metavar="FILE")
    back.add_argument("--overwrite", action="store_true", help="set a database that is there aside first")
    back.set_defaults(run=_restore)
    out = commands.add_parser("export", help="write a table as CSV, spreadsheet or JSON, by the file's ending")
    out.add_argument("table", choices=list(TABLES))
    out.add_argument("file", metavar="FILE")
    out.add_argument(
        "--language", choices=("id", "en"), default="id", help="of CSV and spreadsheet; id where not given"
    )
    out.set_defaults(run=_export)
    for part in (out, init, verify, fixed, anew, save, sent, trial, back):
        with_config(part)


def _init(options: argparse.Namespace) -> int:
    config = config_of(options)
    desk = desk_of(config)
    # Before anything is made: a wrong SOP leaves no half-made database behind.
    sops = [read_sop(path) for path in config.sops] or shipped_sops()
    prepare(desk.store)
    config.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    day = desk.calendar.local(now()).date()
    for sop in sops:
        approve(desk.store, sop, day, "init", now())
    print(f"{config.database}: ready, {len(sops)} SOPs in force from {day}")
    # Run again over an office that has begun, no token that makes an administrator is left lying about.
    if desk.store.value("SELECT 1 FROM users"):
        print("no set-up token: accounts are there; lebarpita-tracker user add makes more")
        return 0
    print(f"set-up token (shown once): {new_setup_token(desk.store, now())}")
    print(f"open {config.public_url}/setup and make the first administrator with it")
    return 0


def _verify(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    config = config_of(options)
    faults = verify_whole(desk, config.files, now())
    roots = Path(options.roots) if options.roots else config.anchor.timestamp and config.anchor.timestamp.roots
    for file in options.anchor:
        faults += _check_anchor(desk.store, Path(file), roots or None)
    if faults:
        print("\n".join(faults))
        return 1
    counted = desk.store.value("SELECT count(*) FROM events")
    head = desk.store.value("SELECT hash FROM events ORDER BY id DESC LIMIT 1") or "-"
    print(f"{counted} events verified; the newest hash is {head}")
    return 0


def _check_anchor(store: Store, file: Path, roots: Path | None) -> list[str]:
    """The faults of one anchor; what it proves is printed."""
    try:
        anchor = read_anchor(file.read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as error:
        raise TrackerError(f"{file}: cannot be read: {error}") from error
    faults = [f"{file}: {fault}" for fault in anchor_faults(store, anchor)]
    if faults:
        return faults
    witness = "no authority has stamped it"
    if anchor.timestamp and roots is None:
        witness = "its time stamp was not checked; give --roots FILE.pem"
    elif anchor.timestamp and roots is not None:
        witness = f"time-stamped {stamped_at(anchor.timestamp, anchor.text, roots, file):%Y-%m-%d %H:%M:%S} UTC"
    print(f"{file}: the past up to {anchor.at} is unchanged; {witness}")
    return []


def _anchor(options: argparse.Namespace) -> int:
    config = config_of(options)
    anchor = stamped(take_anchor(ready_desk(options).store, now()), config.anchor)
    if not options.out:
        print(anchor.file_text, end="")
        return 0
    try:
        with Path(options.out).open("x", encoding="utf-8") as out:
            out.write(anchor.file_text)
    except FileExistsError as error:
        raise TrackerError(f"{options.out} exists already; name another file with --out") from error
    except OSError as error:
        raise TrackerError(f"{options.out}: cannot be written: {error.strerror}") from error
    print(f"{options.out}: keep it where the owner of this database cannot write")
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    print(f"{rebuild(ready_desk(options))} cases rebuilt")
    return 0


def _verify_backup(options: argparse.Namespace) -> int:
    faults = damages(Path(options.file))
    print("\n".join(f"{options.file}: {line}" for line in faults) if faults else f"{options.file}: whole, every sum")
    return 1 if faults else 0


def _backup(options: argparse.Namespace) -> int:
    config = config_of(options)
    with closing(ready_desk(options).store) as store:
        lost = backup(store, config, Path(options.file), config_file(options))
        note_backup(store, now())
    print("\n".join([*lost, f"{options.file}: written and checked"]))
    return 1 if lost else 0


def _ship(options: argparse.Namespace) -> int:
    config, source = config_of(options), newest(Path(options.place))
    if not config.backup.send:
        raise TrackerError(f"{source}: was not sent; name a command in backup.send (docs/how-to/operate.md)")
    with closing(ready_desk(options).store) as store:
        ship(store, config.backup, source, now())
    print(f"{source}: sent")
    return 0


def _drill(options: argparse.Namespace) -> int:
    config, source = config_of(options), newest(Path(options.place))
    scratch = Path(options.scratch) if options.scratch else None
    desk = ready_desk(options)
    with closing(desk.store):
        result = drill(desk, config, source, now(), scratch)
    verified = f"{source}: {result.events} events and {result.papers} papers, restored and verified"
    print("\n".join(result.faults or (verified,)))
    print(f"it took {result.seconds / 60:.2f} minutes; {result.lost_events} events are newer than this backup")
    return 1 if result.faults else 0


def _restore(options: argparse.Namespace) -> int:
    config = config_of(options)
    desk = desk_of(config)
    for path in restore(Path(options.file), config, now(), options.overwrite):
        print(f"{path}: what was there before")
    prepare(desk.store)
    faults = audit(desk, config.files)
    print("\n".join(faults) if faults else f"{config.database}: restored and verified")
    return 1 if faults else 0


def _export(options: argparse.Namespace) -> int:
    desk, before = ready_desk(options), config_of(options).office.made_up_before
    made_up = MadeUp.of(before, desk.calendar.local)
    count = export(desk, options.table, Path(options.file), options.language, made_up)
    print(f"{options.file}: {count} rows of {options.table}")
    return 0
