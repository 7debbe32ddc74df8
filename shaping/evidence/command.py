"""``lebarpita-shaping evidence verify``: what the quarters' files say, and whether every line of them still stands."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shaping.config import read_config
from shaping.errors import ShapingError
from shaping.evidence.check import EvidenceCheck, check_files
from shaping.evidence.duty import FOLDER
from shaping.evidence.files import quarter_files
from shaping.evidence.lines import HOUR, QUARTER, SUFFIX, stamp

# Eight digits of a hash are what a paper shows of it at the least: of a quarter's 2,209 lines no two begin alike.
_FINGERPRINT = re.compile(r"[0-9a-f]{8,64}")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command's own commands and options."""
    acts = command.add_subparsers(required=True, metavar="ACT")
    verify = acts.add_parser("verify", help="check every hash, the order and the gaps; sums for each office")
    verify.set_defaults(run=verify_evidence)
    verify.add_argument(
        "which", nargs="*", metavar="QUARTER|FILE", help="2026Q4, or a copy of a file; without it every quarter"
    )
    verify.add_argument(
        "--config", metavar="FILE", help="whose state directory holds the quarters; not needed for FILE"
    )
    verify.add_argument(
        "--hash", metavar="HASH", help="a fingerprint on a paper: it must be a line's; 8 digits or more"
    )
    verify.add_argument("--json", action="store_true", help="answer as JSON")


def verify_evidence(options: argparse.Namespace) -> int:
    """0 where every line stands, 1 with each fault's file and line. Raises ShapingError for wrong input."""
    quoted = options.hash
    if quoted is not None and not _FINGERPRINT.fullmatch(quoted):
        raise ShapingError(f"--hash {quoted!r} is no fingerprint: 8 to 64 digits of 0-9 and a-f, as the paper shows it")
    check = check_files(_paths(options.which, options.config))
    here = quoted is None or any(hash.startswith(quoted) for hash in check.hashes)
    if options.json:
        print(json.dumps(_as_json(check) | ({"hash_stands": here} if quoted else {})))
    else:
        print("\n".join(_text(check)))
        sys.stdout.flush()
    for fault in check.faults:
        print(fault, file=sys.stderr)
    if not here:
        print(f"no line has the fingerprint {quoted}: its line was changed or removed", file=sys.stderr)
    return 0 if here and not check.faults else 1


def _paths(which: Sequence[str], config: str | None) -> list[Path]:
    if which and not any(QUARTER.fullmatch(each) for each in which):
        return [_file(Path(each), "give a quarter such as 2026Q4 or the path of a file") for each in which]
    if config is None:
        raise ShapingError("evidence verify: add --config, which says where the quarters are, or give files")
    folder = read_config(config).state / FOLDER
    there = quarter_files(folder)
    names = ", ".join(path.stem for path in there) or "none"
    if not which and not there:
        raise ShapingError(f"{folder}: there is no evidence yet; the agent writes its first line after its first hour")
    quarters = {each: folder / f"{each}{SUFFIX}" if QUARTER.fullmatch(each) else Path(each) for each in which}
    return [_file(path, f"quarters there: {names}") for path in quarters.values()] or there


def _file(path: Path, next: str) -> Path:
    if not path.is_file():
        raise ShapingError(f"{path}: there is no such file; {next}")
    return path


def _text(check: EvidenceCheck) -> list[str]:
    lines = []
    for each in check.quarters:
        hours = f"{stamp(each.first)} to {stamp(each.last + HOUR)}" if each.first and each.last else "no hour yet"
        lines += [f"{each.file}: {each.quarter or 'no quarter'} {each.uplink}, {each.hours} hours, {hours}"]
        lines += [f"  head {each.head}", *([f"  follows {each.follows}, {each.before}"] if each.follows else [])]
    lines += [f"{file}: no line from {stamp(begin)} to {stamp(end)}" for file, begin, end in check.gaps]
    for opd, office in sorted(check.offices.items()):
        percent = office.kept_percent
        # Downwards: one miss among a million windows is not 100 %.
        share = "nothing decided" if percent is None else f"kept in {int(percent * 100) / 100:.2f} %"
        counts = f"{office.decided} decided windows, {office.missed} missed, {office.undecided} not decidable"
        lines.append(f"{opd}: {share} of {counts}" if percent is not None else f"{opd}: {share}, {counts}")
    return lines


def _as_json(check: EvidenceCheck) -> dict[str, Any]:
    quarters = [
        {
            **{key: getattr(each, key) for key in ("file", "quarter", "uplink", "hours", "head", "follows", "before")},
            "first": stamp(each.first) if each.first else None,
            "last": stamp(each.last) if each.first and each.last else None,
        }
        for each in check.quarters
    ]
    offices = {
        opd: {**vars(office), "kept_percent": office.kept_percent} for opd, office in sorted(check.offices.items())
    }
    gaps = [{"file": file, "begin": stamp(begin), "end": stamp(end)} for file, begin, end in check.gaps]
    faults = [vars(fault) for fault in check.faults]
    return {"sound": not faults, "quarters": quarters, "faults": faults, "gaps": gaps, "offices": offices}
