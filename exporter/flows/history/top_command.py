"""``flows top``: who uses an OPD's bandwidth, told as tables or as JSON. Hosts are personal data; for staff only."""

import argparse
import json
import sys
import time
from difflib import get_close_matches
from typing import Any

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.flows.history.spans import TABLES, beginning
from exporter.flows.history.top import top
from inventory.reading import read_city

EXAMPLE = "example: lebarpita-exporter flows top dinkes --since 1h --config /etc/lebarpita/exporter.yaml"
_TITLES = {"hosts": "hosts", "networks": "remote networks", "services": "services"}


def add_top(commands: Any) -> None:
    """Add ``top`` to the commands of ``flows``."""
    one = commands.add_parser("top", help="who uses an OPD's bandwidth", epilog=EXAMPLE)
    one.add_argument("opd", metavar="OPD")
    one.add_argument("--since", default="1h", metavar="30m|1h|2d", help="how far back (default: 1h)")
    one.add_argument("--by", choices=TABLES, help="one table only (default: all three)")
    one.add_argument("--config", required=True, metavar="FILE")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    config = read_config(options.config)
    codes = [opd.code for opd in read_city(config.inventory).opds]
    if options.opd not in codes:
        near = get_close_matches(options.opd, codes) or codes[:3]
        raise ExporterError(f"{options.opd!r} is no OPD of {config.inventory}; did you mean {', '.join(near)}?")
    kept = config.flows.history
    if kept is None:
        raise ExporterError(f"{options.config}: flows.history is not set, so no history is kept; name a folder there")
    found = top(kept.folder, options.opd, beginning(options.since, kept.days, time.time()), options.by, kept.places)
    for problem in found["problems"]:
        print(problem, file=sys.stderr)
    print(json.dumps(found, indent=2) if options.json else _text(found))
    return 0


def _text(found: dict[str, Any]) -> str:
    lines = []
    for direction, total in found["bytes"].items():
        lines.append(f"{found['opd']} {direction}: {total:,} bytes")
        for name in (one for one in TABLES if one in found and total):
            table = found[name][direction]
            lines.append(f"  {_TITLES[name]}")
            rows = [*((_named(row), row["bytes"]) for row in table["rows"]), ("(rest)", table["rest"])]
            lines += [f"    {row:<44} {size:>18,} {size / total:>6.1%}" for row, size in rows]
    return "\n".join(lines)


def _named(row: dict[str, Any]) -> str:
    return f"{row['name']} ({row['place']})" if row.get("place") else str(row["name"])
