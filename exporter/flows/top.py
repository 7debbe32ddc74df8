"""``flows top``: who uses an OPD's bandwidth, from the history. Hosts are personal data; for staff only."""

import argparse
import json
import re
import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.flows.parquet import query
from inventory.reading import read_city

ROWS = 20
_TITLES = {"hosts": "hosts", "networks": "remote networks", "services": "services"}
_UNITS = {"m": 60, "h": 3600, "d": 86_400}
_BY = {
    "hosts": "host",
    "networks": "remote",
    "services": "CASE WHEN port = 0 AND protocol = 0 THEN '' ELSE protocol || '/' || port END",
}
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
EXAMPLE = "example: lebarpita-exporter flows top dinkes --since 1h --config /etc/lebarpita/exporter.yaml"


def add_top(commands: Any) -> None:
    """Add ``top`` to the commands of ``flows``."""
    top = commands.add_parser("top", help="who uses an OPD's bandwidth", epilog=EXAMPLE)
    top.add_argument("opd", metavar="OPD")
    top.add_argument("--since", default="1h", metavar="30m|1h|2d", help="how far back (default: 1h)")
    top.add_argument("--by", choices=tuple(_BY), help="one table only (default: all three)")
    top.add_argument("--config", required=True, metavar="FILE")
    top.add_argument("--json", action="store_true")
    top.set_defaults(run=_run)


def top(folder: Path, opd: str, since: float, by: str | None = None) -> dict[str, Any]:
    """The largest hosts, remote networks and services (or one of them) by direction; ``rest`` is what no row names.

    The rows and the rest of each table sum up to ``bytes``. Raises ExporterError.
    """
    found: dict[str, Any] = {"opd": opd, "since": int(since), "bytes": {}}
    sql = "SELECT direction, sum(bytes)::UBIGINT FROM uses WHERE opd = ? GROUP BY direction"
    totals = {str(direction): int(str(total)) for direction, total in query(folder, since, sql, [opd])}
    found["bytes"] = {"receive": totals.get("receive", 0), "transmit": totals.get("transmit", 0)}
    for name in (by,) if by else _BY:
        found[name] = {direction: _table(folder, opd, since, _BY[name], direction) for direction in found["bytes"]}
    return found


def _table(folder: Path, opd: str, since: float, column: str, direction: str) -> dict[str, Any]:
    sql = (
        f"SELECT {column} AS name, sum(bytes)::UBIGINT AS total FROM uses WHERE opd = ? AND direction = ? "
        "GROUP BY name ORDER BY total DESC, name"
    )
    rows = [(str(name), int(str(total))) for name, total in query(folder, since, sql, [opd, direction])]
    named = [row for row in rows if row[0]][:ROWS]
    rest = sum(total for _, total in rows) - sum(total for _, total in named)
    return {"rows": [{"name": _said(name), "bytes": total} for name, total in named], "rest": rest}


def seconds(text: str) -> int:
    """A span such as 30m, 1h or 2d. Raises ExporterError."""
    found = re.fullmatch(r"(\d{1,5})([mhd])", text)
    if not found or int(found[1]) == 0:
        raise ExporterError(f"--since {text!r} is no span; write for example 30m, 1h or 2d")
    return int(found[1]) * _UNITS[found[2]]


def _run(options: argparse.Namespace) -> int:
    config, back = read_config(options.config), seconds(options.since)
    codes = [opd.code for opd in read_city(config.inventory).opds]
    if options.opd not in codes:
        near = get_close_matches(options.opd, codes) or codes[:3]
        raise ExporterError(f"{options.opd!r} is no OPD of {config.inventory}; did you mean {', '.join(near)}?")
    if config.flows.history is None:
        raise ExporterError(f"{options.config}: flows.history is not set, so no history is kept; name a folder there")
    found = top(config.flows.history.folder, options.opd, time.time() - back, options.by)
    print(json.dumps(found, indent=2) if options.json else _text(found))
    return 0


def _text(found: dict[str, Any]) -> str:
    lines = []
    for direction, total in found["bytes"].items():
        lines.append(f"{found['opd']} {direction}: {total:,} bytes")
        for name in (one for one in _BY if one in found and total):
            table = found[name][direction]
            lines.append(f"  {_TITLES[name]}")
            rows = [*((row["name"], row["bytes"]) for row in table["rows"]), ("(rest)", table["rest"])]
            lines += [f"    {row:<44} {size:>18,} {size / total:>6.1%}" for row, size in rows]
    return "\n".join(lines)


def _said(name: str) -> str:
    protocol, slash, port = name.partition("/")
    return f"{_PROTOCOLS[protocol]}/{port}" if slash and protocol in _PROTOCOLS and port.isdigit() else name
