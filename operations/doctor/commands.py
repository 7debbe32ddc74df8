"""``lebarpita doctor``: walks the way of the data on this machine; the first thing that is wrong, and its cure, out."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from operations.doctor.fault import Fault, Pair
from operations.doctor.laid_settings import read_laid
from operations.doctor.walk import DataPath, Step
from operations.install.services import ETC
from runtime.command import FINE, PROBLEMS


def add_commands(commands: Any) -> None:
    """Add this part's command."""
    doctor = commands.add_parser("doctor", help="walk the way of the data; say the first fault and its cure")
    doctor.add_argument("--etc", default=str(ETC), metavar="FOLDER", help="the settings (default: %(default)s)")
    doctor.add_argument("--all", action="store_true", help="go on after the first fault")
    doctor.add_argument("--json", action="store_true", help="answer as JSON")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    etc = Path(options.etc)
    findings = list(examine(DataPath(etc, read_laid(etc)).steps(), options.all))
    if options.json:
        print(json.dumps([_row(title, fault) for title, fault in findings], ensure_ascii=False))
    else:
        print("\n".join(line for title, fault in findings for line in lines_of(title, fault)))
    return PROBLEMS if any(fault and not fault.note for _, fault in findings) else FINE


def examine(steps: Iterable[Step], whole: bool) -> Iterable[tuple[Pair, Fault | None]]:
    """Each step with its fault; ends behind the first fault unless the ``whole`` way is wanted."""
    for title, check in steps:
        fault = check()
        yield title, fault
        if fault is not None and not fault.note and not whole:
            return


def lines_of(title: Pair, fault: Fault | None) -> list[str]:
    """Lines for a person, Indonesian first."""
    name = title[0] if title[0] == title[1] else f"{title[0]} / {title[1]}"
    if fault is None:
        return [f"baik   {name}"]
    lines = [f"{'catat' if fault.note else 'SALAH':<6} {name}", f"       {fault.wrong[0]}", f"       {fault.wrong[1]}"]
    cures = dict.fromkeys(fault.cure)
    return [*lines, *(f"       obat / cure: {cure}" for cure in cures)]


def _row(title: Pair, fault: Fault | None) -> dict[str, Any]:
    row: dict[str, Any] = {"step": title[1], "ok": fault is None or fault.note}
    return row if fault is None else {**row, "wrong": list(fault.wrong), "cure": list(fault.cure)}
