"""``flows read``: captures and raw datagrams decoded as the collector would, as a table or as JSON."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from exporter.flows.account.collector import Collector
from exporter.flows.account.copies import RecentDatagrams
from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.exporter_settings import exporter_settings
from exporter.flows.account.pipeline import finish, take_batch, take_from_network
from exporter.flows.account.prefix_lookup import city_lookup, empty_lookup
from exporter.flows.decode.batches import DatagramRow, batch_of
from exporter.flows.offline.captures import CaptureError
from exporter.flows.offline.directions import DirectionSums
from exporter.flows.offline.foresight import ExporterForesight, foresee, foresight
from exporter.flows.offline.report import RAW, CaptureStream, batches, report
from exporter.flows.offline.rows import line, rows
from inventory.reading import read_city

# Datagrams: between two lines of progress (about a second), and in a batch.
_SHOW_EVERY, MOST = 20_000, 256

# Seconds since 1970: a capture of that day has no times, and so nothing that comes twice within a second.
_NO_TIME = 86_400.0
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
    settings = exporter_settings(city) if city else {}
    raw = options.exporter or (next(iter(settings)) if len(settings) == 1 else RAW)
    lookup = city_lookup(city) if city else empty_lookup()
    late: dict[str, ExporterForesight] = {}
    # Once for what it tells late, once with that known; where it tells nothing late, and no record is printed, once.
    for printing in (False, True):
        stream, directions, problems = CaptureStream(), DirectionSums(), list[str]()
        collector = Collector(lookup, None, stream.clock, settings, directions.add, patient=True)
        foresee(collector, late)
        printer = _RecordPrinter(collector, options.json) if printing and options.records else None
        try:
            _count(collector, stream, batches(options.captures, stream, raw, 1 if printer else MOST), printer)
        except CaptureError as error:
            problems.append(str(error))
        finish(collector)
        late = foresight(collector)
        if not late and not options.records:
            break
    for problem in problems:
        print(problem, file=sys.stderr)
    document = report(collector, stream, [*problems, *directions.problems(settings)])
    if printer:
        printer.end()
    text = json.dumps(document, indent=2)
    print(text.removeprefix("{") if printer and options.json else text if options.json else _table(document))
    return 1 if problems else 0


def _count(
    collector: Collector,
    stream: CaptureStream,
    rows_of_batches: Iterator[list[DatagramRow]],
    printer: "_RecordPrinter | None",
) -> None:
    """Raises CaptureError where a file cannot be read further; what was read before it counts."""
    recent = RecentDatagrams()
    for batch in _with_progress(rows_of_batches):
        # One datagram at a time where records are printed: only so is it known whose each record is.
        if printer:
            printer.exporter = batch[0][1]
        if stream.now >= _NO_TIME:
            take_from_network(collector, recent, batch_of(batch), stream.now)
        else:
            take_batch(collector, batch_of(batch))


class _RecordPrinter:
    """Prints every record while it is read, so that no capture is too long for the memory."""

    def __init__(self, collector: Collector, as_json: bool) -> None:
        self._collector, self._json, self._first = collector, as_json, True
        self.exporter, self._before = RAW, collector.observe
        collector.observe = self._show
        if as_json:
            print('{"flows": [', end="")

    def _show(self, block: CountedBlock) -> None:
        if self._before is not None:
            self._before(block)
        for row in rows(self._collector.lookup.codes, block.owned):
            whole = {"exporter": self.exporter, **row}
            if self._json:
                print("" if self._first else ",", json.dumps(whole), sep="\n", end="")
            else:
                print(line(whole))
            self._first = False

    def end(self) -> None:
        """What stands between the records and the totals."""
        print("\n]," if self._json else "")


def _with_progress(rows: Iterator[list[DatagramRow]]) -> Iterator[list[DatagramRow]]:
    """Tells a person at a terminal how far the reading is."""
    number = last = 0
    for row in rows:
        yield row
        number += len(row)
        if number - last >= _SHOW_EVERY and sys.stderr.isatty():
            last = number
            print(f"\r{number} datagrams", end="", file=sys.stderr)


def _table(document: dict[str, Any]) -> str:
    single = [f"{name:<22} {number}" for name, number in document.items() if isinstance(number, int)]
    opds = [(code, row["receive_bytes"], row["transmit_bytes"]) for code, row in document["opd"].items()]
    lines = [*single, *_columns(("OPD", "receive bytes", "transmit bytes"), opds)]
    exporters = [(name, row["datagrams"], row["records"]) for name, row in document["exporters"].items()]
    lines += _columns(("exporter", "datagrams", "records"), exporters)
    return "\n".join([*lines, *(f"problem: {problem}" for problem in document["problems"])])


def _columns(head: tuple[str, str, str], rows: Sequence[tuple[str, int, int]]) -> list[str]:
    if not rows:
        return []
    return ["", *(f"{first:<22} {second:>20} {third:>20}" for first, second, third in (head, *rows))]
