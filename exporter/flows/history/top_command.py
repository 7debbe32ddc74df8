"""``flows top``: who uses an OPD's bandwidth, or all of them, as tables or as JSON. Personal data; for staff only."""

import argparse
import getpass
import json
import sys
import time
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.part_settings import history_settings
from exporter.flows.history.question import FILTERS, Horizon, Question, read_question
from exporter.flows.history.sights import note_sight
from exporter.flows.history.sources import source
from exporter.flows.history.spans import TABLES
from exporter.flows.history.top import answer
from inventory.model import City
from inventory.reading import read_city

EXAMPLE = """examples:
  lebarpita-exporter flows top dinkes --since 1h --config /etc/lebarpita/exporter.yaml
  lebarpita-exporter flows top dinkes --at 2026-11-24T10:05 --before --config /etc/lebarpita/exporter.yaml
  lebarpita-exporter flows top --network 203.0.113.9 --since 24h --by opds --config /etc/lebarpita/exporter.yaml"""
_TITLES = {
    "hosts": "hosts",
    "networks": "remote networks",
    "services": "services",
    "applications": "applications",
    "operators": "operators (AS)",
    "countries": "countries",
    "opds": "OPDs",
    "addresses": "remote addresses",
}
_HELP = {
    "host": ("ADDRESS|NETWORK", "only these hosts of OPDs"),
    "network": ("ADDRESS|NETWORK", "only these remote addresses"),
    "port": ("NUMBER", "only this service's port"),
    "protocol": ("NAME|NUMBER", "only this IP protocol"),
    "application": ("NUMBER", "only this application id (element 95)"),
    "asn": ("NUMBER", "only this remote AS"),
    "country": ("XX", "only this country (ISO 3166)"),
}


def add_top(commands: Any) -> None:
    """Add ``top`` to the commands of ``flows``."""
    how = argparse.RawDescriptionHelpFormatter
    parser = commands.add_parser("top", help="who uses the bandwidth", epilog=EXAMPLE, formatter_class=how)
    parser.add_argument("opd", metavar="OPD", nargs="?", help="all of them where none is named")
    parser.add_argument("--since", metavar="30m|1h|2d", help="how far back (default: 1h)")
    parser.add_argument("--from", metavar="MOMENT", help="from when on, in the office's time: 2026-11-24T10:00")
    parser.add_argument("--until", metavar="MOMENT", help="until when, with --from (default: now)")
    parser.add_argument("--at", metavar="MOMENT", help="that minute alone")
    parser.add_argument("--by", choices=TABLES, help="one table only (default: hosts, networks and services)")
    parser.add_argument("--graph", choices=TABLES, help="with --json: this table over time")
    parser.add_argument("--before", action="store_const", const="1", help="beside the same time before")
    for name in FILTERS:
        parser.add_argument(f"--{name}", metavar=_HELP[name][0], help=_HELP[name][1])
    parser.add_argument("--reason", metavar="TEXT", help="whole remote addresses of 24 h; it is written down")
    parser.add_argument("--config", required=True, metavar="FILE")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    config = read_config(options.config)
    city = read_city(config.inventory)
    _check_opd(options.opd, city, config.inventory)
    if config.flows.history is None:
        raise ExporterError(f"{options.config}: flows.history is not set, so no history is kept; name a folder there")
    history = history_settings(config.flows.history)
    question = _question(options, city, history)
    if question.reason:
        note_sight(history.folder, question, getpass.getuser())
    document = answer(question, source(history))
    for problem in document["problems"]:
        print(problem, file=sys.stderr)
    print(json.dumps(document, indent=2) if options.json else _text(document))
    return 0


def _check_opd(opd: str | None, city: City, inventory: Any) -> None:
    codes = [city_opd.code for city_opd in city.opds]
    if opd is not None and opd not in codes:
        near = get_close_matches(opd, codes) or codes[:3]
        raise ExporterError(f"{opd!r} is no OPD of {inventory}; did you mean {', '.join(near)}?")


def _question(options: argparse.Namespace, city: City, history: HistorySettings) -> Question:
    names = ("opd", "since", "from", "until", "at", "by", "graph", "before", "reason", *FILTERS)
    texts = {name: value for name in names if (value := getattr(options, name))}
    codes = [city_opd.code for city_opd in city.opds]
    return read_question(texts, Horizon(codes, history.days, time.time(), ZoneInfo(city.city.timezone)))


def _text(document: dict[str, Any]) -> str:
    lines = []
    for direction, total in document["bytes"].items():
        lines.append(f"{document['opd'] or 'all OPDs'} {direction}: {total:,} bytes{_before(document, direction)}")
        for name in (table for table in TABLES if table in document and total):
            table = document[name][direction]
            lines.append(f"  {_TITLES[name]}")
            rows = [*((_label(row), row["bytes"]) for row in table["rows"]), ("(rest)", table["rest"])]
            lines += [f"    {row:<44} {size:>18,} {size / total:>6.1%}" for row, size in rows]
    if document.get("coarse"):
        lines.append("of so long ago only /24 and /48 are kept: the rows are those of the whole network")
    if any(document.get("unnamed", {}).values()):
        sizes = ", ".join(f"{way} {size:,}" for way, size in document["unnamed"].items())
        lines.append(f"bytes of which no host is kept, so that no filter finds them: {sizes}")
    return "\n".join(lines)


def _before(document: dict[str, Any], direction: str) -> str:
    return f" (before: {document['before']['bytes'][direction]:,})" if "before" in document else ""


def _label(row: dict[str, Any]) -> str:
    return f"{row['name']} ({row['place']})" if row.get("place") else str(row["name"])
