"""``lebarpita-inventory drift``: a city file in, what the network has otherwise and the edits that mend it out.

Never changes the city file. 0 where every device answered and nothing differs, else 1.
"""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from inventory.discover_command import networks_of
from inventory.divergence import DriftReport, EditKind
from inventory.drift import drift_of
from inventory.idle_offices import idle_offices
from inventory.logins import add_options, logins_of
from inventory.model import City, Network
from inventory.prefixes import PRIVATE
from inventory.reading import FileProblem, InventoryError, read_city
from inventory.walking import exporter_walk, walk_each, walk_further
from runtime.command import FINE, PROBLEMS
from runtime.files import write_whole

_VERBS = {EditKind.ADD: "add to", EditKind.CHANGE: "change in", EditKind.REMOVE: "remove from"}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``drift`` to the inventory's commands."""
    drift = commands.add_parser("drift", help="what the network has that the city file does not; changes nothing")
    drift.add_argument("--inventory", metavar="FILE", help="the city file (default: $LEBARPITA_INVENTORY)")
    drift.add_argument(
        "--within", action="append", default=[], metavar="NETWORK", help="go nowhere else (default: private networks)"
    )
    drift.add_argument("--depth", type=int, default=1, metavar="N", help="new neighbours of neighbours (default: 1)")
    add_options(drift)
    drift.add_argument("--prometheus", metavar="URL", help="ask it which offices had no traffic for a month")
    drift.add_argument("--json", action="store_true", help="answer as JSON")
    drift.add_argument("--out", metavar="FILE", help="write the JSON there for the tracker's page, over an older one")
    drift.set_defaults(run=_drift)


def _drift(options: argparse.Namespace) -> int:
    file = options.inventory or os.environ.get("LEBARPITA_INVENTORY")
    if not file:
        print("which city? give --inventory FILE or set LEBARPITA_INVENTORY", file=sys.stderr)
        return 2
    try:
        within = networks_of(options.within) if options.within else list(PRIVATE)
    except ValueError as error:
        print(f"{error}; give networks such as 10.0.0.0/8", file=sys.stderr)
        return 2
    report = _report(read_city(file), options, within)
    text = report.model_dump_json(indent=2) + "\n"
    if options.out:
        _write(Path(options.out), text)
    print(text if options.json else _sentences(report, file), end="")
    return FINE if report.is_clean else PROBLEMS


def _report(city: City, options: argparse.Namespace, within: list[Network]) -> DriftReport:
    addresses = [device.address for device in city.devices if device.snmp]
    ask = exporter_walk(logins_of(options, city.credentials), options.port, city.devices)
    answers = walk_each(ask, addresses)
    # Devices that are watched by ping alone are known not to answer.
    visited = {device.address for device in city.devices}
    further = walk_further(ask, answers.walks, within, max(0, options.depth), visited)
    idle = idle_offices(city, options.prometheus) if options.prometheus else ()
    return DriftReport(
        made_at=datetime.now(UTC),
        city=city.city.name,
        devices=len(answers.walks),
        offices_checked=bool(options.prometheus),
        divergences=(*drift_of(city, further.walks, within), *idle),
        silent=answers.silent,
    )


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
        # The tracker's own user reads it; it names devices and offices, and no secret.
        path.chmod(0o644)
    except OSError as error:
        raise InventoryError([FileProblem(str(path), 0, f"cannot be written: {error.strerror}")]) from error


def _sentences(report: DriftReport, file: str) -> str:
    lines = []
    for difference in report.divergences:
        lines.append(f"{difference.indonesian} / {difference.english}")
        for edit in difference.edits:
            lines.append(f"    {_VERBS[edit.kind]} {edit.where}:")
            lines += [f"      {line}" for line in edit.lines]
    lines += [f"silent: {sentence}" for sentence in report.silent]
    offices = "" if report.offices_checked else "; offices without traffic were not asked for (--prometheus)"
    differences = len(report.divergences)
    lines.append(f"{file}: {report.devices} devices answered, {differences} differences{offices}")
    return "\n".join(lines) + "\n"
