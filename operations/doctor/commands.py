"""``lebarpita doctor``: walks the way of the data on this machine; the first thing that is wrong, and its cure, out."""

import argparse
import json
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from operations.doctor.fault import Fault, Finding, Pair
from operations.doctor.laid_settings import read_laid
from operations.doctor.walk import DataPath, Step
from operations.install.services import ETC
from runtime.command import FINE, PROBLEMS

# Five hundred devices of which a third is dead, sixteen at once, each for its ten seconds.
WITHIN_SECONDS = 120.0
# The longest single step: sixteen devices' answers at once, each bounded by half a minute, twice.
_LAST_STEP_SECONDS = 60.0
_LATE = Fault(
    ("tidak sempat diperiksa", "there was no time to look"),
    ("lebarpita doctor --within 600", "lebarpita doctor --within 600"),
    note=True,
)


def add_commands(commands: Any) -> None:
    """Add this part's command."""
    doctor = commands.add_parser("doctor", help="walk the way of the data; say the first fault and its cure")
    doctor.add_argument("--etc", default=str(ETC), metavar="FOLDER", help="the settings (default: %(default)s)")
    doctor.add_argument("--all", action="store_true", help="go on after the first fault")
    doctor.add_argument("--json", action="store_true", help="answer as JSON")
    doctor.add_argument(
        "--within",
        type=float,
        default=WITHIN_SECONDS,
        metavar="SECONDS",
        help="begin no further step after so long (default: %(default)g)",
    )
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    # Whoever started it (the tracker's page) need not look after it: the kernel ends what hangs (signal(7), SIGALRM).
    signal.alarm(round(options.within + _LAST_STEP_SECONDS))
    etc, until = Path(options.etc), time.monotonic() + options.within
    findings = list(examine(DataPath(etc, read_laid(etc), until).steps(), options.all, until))
    if options.json:
        print(json.dumps([_row(title, finding) for title, finding in findings], ensure_ascii=False))
    else:
        print("\n".join(line for title, finding in findings for line in lines_of(title, finding)))
    signal.alarm(0)
    return PROBLEMS if any(_ends(finding) for _, finding in findings) else FINE


def examine(steps: Iterable[Step], whole: bool, until: float = float("inf")) -> Iterable[tuple[Pair, Finding]]:
    """Each step with what it finds; ends behind the first fault unless the ``whole`` way is wanted.

    After ``until`` (monotonic seconds) no further step is begun: each is said not to have been looked at.
    """
    for title, check in steps:
        finding = check() if time.monotonic() < until else _LATE
        yield title, finding
        if _ends(finding) and not whole:
            return


def lines_of(title: Pair, finding: Finding) -> list[str]:
    """Lines for a person, Indonesian first."""
    name = title[0] if title[0] == title[1] else f"{title[0]} / {title[1]}"
    if not isinstance(finding, Fault):
        return [f"baik   {name}", *(f"       {said}" for said in (finding.said if finding else ()))]
    note = f"{'catat' if finding.note else 'SALAH':<6} {name}"
    cures = dict.fromkeys(finding.cure)
    return [note, *(f"       {said}" for said in finding.wrong), *(f"       obat / cure: {cure}" for cure in cures)]


def _ends(finding: Finding) -> bool:
    return isinstance(finding, Fault) and not finding.note


def _row(title: Pair, finding: Finding) -> dict[str, Any]:
    row: dict[str, Any] = {"step": title[1], "title": list(title), "ok": not _ends(finding)}
    if isinstance(finding, Fault):
        return {**row, "note": finding.note, "wrong": list(finding.wrong), "cure": list(finding.cure)}
    return {**row, "said": list(finding.said)} if finding else row
