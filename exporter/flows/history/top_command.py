"""``flows top``: who uses an OPD's bandwidth, as tables or as JSON. Hosts are personal data; for staff only."""

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
    parser = commands.add_parser("top", help="who uses an OPD's bandwidth", epilog=EXAMPLE)
    parser.add_argument("opd", metavar="OPD")
    parser.add_argument("--since", default="1h", metavar="30m|1h|2d", help="how far back (default: 1h)")
    parser.add_argument("--by", choices=TABLES, help="one table only (default: all three)")
    parser.add_argument("--config", required=True, metavar="FILE")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    config = read_config(options.config)
    codes = [opd.code for opd in read_city(config.inventory).opds]
    if options.opd not in codes:
        near = get_close_matches(options.opd, codes) or codes[:3]
        raise ExporterError(f"{options.opd!r} is no OPD of {config.inventory}; did you mean {', '.join(near)}?")
    history = config.flows.history
    if history is None:
        raise ExporterError(f"{options.config}: flows.history is not set, so no history is kept; name a folder there")
    since = beginning(options.since, history.days, time.time())
    answer = top(history.folder, options.opd, since, options.by, history.places)
    for problem in answer["problems"]:
        print(problem, file=sys.stderr)
    print(json.dumps(answer, indent=2) if options.json else _text(answer))
    return 0


def _text(answer: dict[str, Any]) -> str:
    lines = []
    for direction, total in answer["bytes"].items():
        lines.append(f"{answer['opd']} {direction}: {total:,} bytes")
        for name in (table for table in TABLES if table in answer and total):
            table = answer[name][direction]
            lines.append(f"  {_TITLES[name]}")
            rows = [*((_label(row), row["bytes"]) for row in table["rows"]), ("(rest)", table["rest"])]
            lines += [f"    {row:<44} {size:>18,} {size / total:>6.1%}" for row, size in rows]
    return "\n".join(lines)


def _label(row: dict[str, Any]) -> str:
    return f"{row['name']} ({row['place']})" if row.get("place") else str(row["name"])
