"""``flows read``: captures and raw datagrams decoded as the collector would, told as a table or as JSON."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from exporter.flows.account.bulk import take_batch
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import habits
from exporter.flows.account.prefix_lookup import nobody, owners
from exporter.flows.account.sampling import Rates
from exporter.flows.decode.batches import batch_of
from exporter.flows.decode.columns import Records
from exporter.flows.offline.captures import CaptureError
from exporter.flows.offline.report import RAW, Stream, batches, report
from exporter.flows.offline.rows import line, rows
from inventory.reading import read_city

_SHOW_EVERY, MOST = 20_000, 256
EXAMPLE = "example: lebarpita-exporter flows read flows.pcap --inventory /etc/lebarpita/city.yaml --json"


def add_read(commands: Any) -> None:
    """Add ``read`` to the commands of ``flows``."""
    read = commands.add_parser("read", help="decode captures or raw datagrams and tell the totals", epilog=EXAMPLE)
    read.add_argument(
        "captures", nargs="+", type=Path, metavar="CAPTURE", help="pcap, pcapng, or a file of one datagram"
    )
    read.add_argument(
        "--inventory", metavar="FILE", help="city file: totals per OPD, and what exporters are said to do"
    )
    read.add_argument("--exporter", metavar="ADDRESS", help="whose raw datagrams these are (the city's only exporter)")
    read.add_argument("--records", action="store_true", help="every flow record too (with --json under flows)")
    read.add_argument("--json", action="store_true", help="one JSON document")
    read.set_defaults(run=_read)


def _read(options: argparse.Namespace) -> int:
    city = read_city(options.inventory) if options.inventory else None
    told = habits(city) if city else {}
    raw = options.exporter or (next(iter(told)) if len(told) == 1 else RAW)
    stream, problems = Stream(), list[str]()
    collector = Collector(owners(city) if city else nobody(), None, stream.clock, told)
    shown = _Records(collector, options.json) if options.records else None
    try:
        for batch in _shown(batches(options.captures, stream, raw, 1 if shown else MOST)):
            if shown:
                shown.exporter = batch[0][1]
            take_batch(collector, batch_of(batch))
    except CaptureError as error:
        problems.append(str(error))
        print(error, file=sys.stderr)
    found = report(collector, stream, problems)
    if shown:
        shown.end()
    text = json.dumps(found, indent=2)
    print(text.removeprefix("{") if shown and options.json else text if options.json else _table(found))
    return 1 if problems else 0


class _Records:
    """Prints every record while it is read, so that no capture is too long for the memory."""

    def __init__(self, collector: Collector, as_json: bool) -> None:
        self._collector, self._json, self._first = collector, as_json, True
        self.exporter = RAW
        collector.observe = self._show
        if as_json:
            print('{"flows": [', end="")

    def _show(self, records: Records, rates: Rates) -> None:
        for row in rows(self._collector.owners, records, rates):
            told = {"exporter": self.exporter, **row}
            if self._json:
                print("" if self._first else ",", json.dumps(told), sep="\n", end="")
            else:
                print(line(told))
            self._first = False

    def end(self) -> None:
        """What stands between the records and the totals."""
        print("\n]," if self._json else "")


def _shown(rows: Iterator[list[tuple[bytes, str]]]) -> Iterator[list[tuple[bytes, str]]]:
    """Tells a person at a terminal how far the reading is."""
    number = told = 0
    for row in rows:
        yield row
        number += len(row)
        if number - told >= _SHOW_EVERY and sys.stderr.isatty():
            told = number
            print(f"\r{number} datagrams", end="", file=sys.stderr)


def _table(found: dict[str, Any]) -> str:
    single = [f"{name:<22} {number}" for name, number in found.items() if isinstance(number, int)]
    opds = [(code, row["receive_bytes"], row["transmit_bytes"]) for code, row in found["opd"].items()]
    lines = [*single, *_columns(("OPD", "receive bytes", "transmit bytes"), opds)]
    exporters = [(name, row["datagrams"], row["records"]) for name, row in found["exporters"].items()]
    lines += _columns(("exporter", "datagrams", "records"), exporters)
    return "\n".join([*lines, *(f"problem: {one}" for one in found["problems"])])


def _columns(head: tuple[str, str, str], rows: Sequence[tuple[str, int, int]]) -> list[str]:
    if not rows:
        return []
    return ["", *(f"{first:<22} {second:>20} {third:>20}" for first, second, third in (head, *rows))]
