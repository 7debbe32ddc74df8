"""``sop check|diff|approve|list|print|coverage``: SOP files from a terminal."""

import argparse
import json
import os
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from request_tracker.chart.wording import rows_as_printed
from request_tracker.config import Office
from request_tracker.errors import NotThere, TrackerError
from request_tracker.letters.sop_files import SHIPPED, read_sop
from request_tracker.letters.sop_print.paper import PRINTS
from request_tracker.sop.coverage import MUST, coverage, markdown, read_clauses, test_names
from request_tracker.sop.diff import differences
from request_tracker.sop.model import Sop
from request_tracker.sop.register import all_in_force, approve, in_force
from request_tracker.terminal.options import VARIABLE, WHICH_OFFICE, config_of, now, ready_desk, with_config


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
    printed = parts.add_parser("print", help="the approved SOP word for word: PDF, Word, OpenDocument or its rows")
    printed.add_argument("sop", metavar="FILE|CODE", help="a file, or the code of an SOP in force")
    form = printed.add_mutually_exclusive_group(required=True)
    form.add_argument("--out", metavar="FILE.pdf|.docx|.odt", help="the paper, by the file's ending")
    form.add_argument("--json", action="store_true", help="the rows of its table, on the terminal")
    printed.set_defaults(run=_print)
    shown = parts.add_parser("coverage", help="every clause of the five documents with the tests that show it")
    shown.add_argument("--tests", default="tests", metavar="DIR", help="where the tests are (default: tests)")
    shown.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    shown.set_defaults(run=_coverage)
    for part in (diff, accept, listing, printed):
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
            print(f"  warning: {warning.english}")
    return failed


def _diff(options: argparse.Namespace) -> int:
    new = read_sop(options.file)
    if options.against:
        old = read_sop(options.against)
    else:
        desk = ready_desk(options)
        old = in_force(desk.store, new.code, desk.calendar.local(now()).date())
    lines = differences(old, new)
    print("\n".join(lines) if lines else "no difference")
    return 1 if lines else 0


def _approve(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    sop = read_sop(options.file)
    try:
        day = date.fromisoformat(options.effective) if options.effective else desk.calendar.local(now()).date()
    except ValueError as error:
        raise TrackerError(f"{options.effective!r} is not a date; write for example 2026-12-01") from error
    new = approve(desk.store, sop, day, options.by, now())
    outcome = f"in force from {day}" if new else "already approved, nothing changed"
    print(f"{sop.code} revisi {sop.revision}: {outcome}")
    return 0


def _list(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    for sop in all_in_force(desk.store, desk.calendar.local(now()).date()):
        print(f"{sop.code:<8} revisi {sop.revision}  {sop.hash[:12]}  {sop.title}")
    return 0


def _print(options: argparse.Namespace) -> int:
    """A file needs no configuration; without one the paper carries the product's own name for the office."""
    ending = Path(options.out or "").suffix.removeprefix(".").lower()
    if options.out and ending not in PRINTS:
        raise TrackerError(f"{options.out}: cannot be written; its ending must be {', '.join(f'.{e}' for e in PRINTS)}")
    sop = _named(options)
    if options.json:
        print(json.dumps({"rows": rows_as_printed(sop)}, ensure_ascii=False, indent=2))
        return 0
    configured = options.config or VARIABLE in os.environ
    office, out = config_of(options).office if configured else Office(), Path(options.out)
    made = PRINTS[ending](sop, office.name, office.government, None)
    try:
        out.write_bytes(made)
    except OSError as error:
        raise TrackerError(f"{out}: cannot be written: {error.strerror}; name another file with --out") from error
    print(f"{out}: {sop.code} revisi {sop.revision}, {len(made)} bytes")
    return 0


def _named(options: argparse.Namespace) -> Sop:
    """The SOP of that file, or in force under that code; without a configuration, one that comes with the tracker."""
    code = str(options.sop)
    if Path(code).is_file():
        return read_sop(code)
    if not options.config and VARIABLE not in os.environ:
        return _shipped(code)
    desk = ready_desk(options)
    day = desk.calendar.local(now()).date()
    try:
        return in_force(desk.store, code, day)
    except NotThere as error:
        codes = [sop.code for sop in all_in_force(desk.store, day)]
        raise TrackerError(f"{error.at_terminal()} {_meant(code, codes)}") from error


def _shipped(code: str) -> Sop:
    # A shipped file is named after its SOP: pkl-bw.r0.yaml.
    files = {path.name.partition(".")[0].upper(): path for path in sorted(SHIPPED.glob("*.yaml"))}
    if code not in files:
        raise TrackerError(f"{WHICH_OFFICE}; no SOP {code} comes with the tracker. {_meant(code, list(files))}")
    return read_sop(files[code])


def _meant(text: str, codes: Sequence[str]) -> str:
    """The code that was probably meant, or all there are: ``PKL-B`` is a clause's mark, PKL-BW the SOP's code."""
    near = [code for code in codes if code.startswith(text.upper())] or get_close_matches(text.upper(), codes)
    if near:
        return f"Did you mean {' or '.join(near)}? The codes: {', '.join(codes)}."
    return f"The codes: {', '.join(codes) or 'none'}; a file of an SOP may be named as well."


def _coverage(options: argparse.Namespace) -> int:
    folder = Path(options.tests)
    if not folder.is_dir():
        raise TrackerError(f"{folder} is not a folder; give --tests DIR of a source tree")
    rows = coverage(read_clauses(), test_names(folder))
    if options.format == "json":
        content = [
            {
                "clauses": row.clause.ids,
                "priority": row.clause.priority,
                "complete": row.complete,
                "tests": row.tests,
                "paths": row.paths,
            }
            for row in rows
        ]
        print(json.dumps(content, indent=2))
    elif options.format == "markdown":
        print(markdown(rows))
    else:
        for row in rows:
            print(
                f"{' '.join(row.clause.ids):<24} {row.clause.priority}  {len(row.tests):>2}  {row.clause.feature[:70]}"
            )
        print(f"{sum(row.complete for row in rows)} of {len(rows)} rows shown by tests")
    return 1 if any(not row.complete and row.clause.priority in MUST for row in rows) else 0
