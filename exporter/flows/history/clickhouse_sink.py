"""The history's rows into an office's ClickHouse: minutes that it lacks, in batches; nothing is lost while it is down.

``python -m exporter.flows.history.clickhouse_sink`` reads the settings as JSON from its input. The Parquet files are
the queue: what the server lacks of them is sent, however long it was away, up to the days that are kept. A minute is
sent whole or not at all, and one that is there is never sent again, so a turn may be killed at any point.
"""

import csv
import io
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from exporter.errors import ExporterError
from exporter.flows.account.settings import ClickhouseSettings
from exporter.flows.history import parquet
from exporter.flows.history.clickhouse import COLUMNS, Clickhouse
from exporter.flows.history.filters import Query
from exporter.flows.history.question import MINUTE
from runtime.files import write_whole

# The beginning (Unix seconds) of the minutes that may still lack: all before it are there.
MARK = "clickhouse-sent"
# A minute is written when it is over; one that a restart divided is written again. Then it stays as it is.
SETTLED_SECONDS = 3 * MINUTE
# Rows of one insert: below the server's block of 1,048,576 rows, which is what appears at once.
MOST_ROWS = 200_000
_DAY = 86_400


def send(folder: Path, server: Clickhouse, collector: str, span: tuple[float, int]) -> int:
    """Send what the server lacks; ``span``: now, and the days that are kept. How many rows. Raises ExporterError."""
    now, days = span
    server.make_table()
    oldest, end = int(now) - days * _DAY, int(now - SETTLED_SECONDS) // MINUTE * MINUTE
    mark = _mark(folder)
    if mark and mark < oldest:
        # Said once, in the log of the collector: the job has failed for all these days.
        print(f"event=clickhouse_rows_forgotten from={mark} until={oldest}", file=sys.stderr)
    since, sent = max(_earliest(folder, mark), oldest), 0
    if parquet.files_since(folder, since):
        with parquet.reading(folder, since, end) as query:
            lacking = _lacking(query, server, collector, (since, end))
            for minutes in _batches(lacking):
                server.insert(_lines(query, collector, minutes))
                sent += sum(lacking[minute] for minute in minutes)
    write_whole(folder / MARK, str(max(end, mark)).encode())
    _forget(server, oldest)
    return sent


def _mark(folder: Path) -> int:
    try:
        return int((folder / MARK).read_text())
    except (OSError, ValueError):
        # Never sent, or unreadable: then all is looked at once, and nothing is sent twice.
        return 0


def _earliest(folder: Path, mark: int) -> int:
    """Where to look from: the mark, or the earliest file that was written after it, for a file may come late."""
    paths = parquet.files_since(folder, 0)
    return min([mark, *(int(path.stem.partition("-")[2]) for path in paths if path.stat().st_mtime >= mark)])


def _lacking(query: Query, server: Clickhouse, collector: str, span: tuple[int, int]) -> dict[int, int]:
    """Rows of each minute that the server has none of. Raises ExporterError where it has others than ours."""
    sql = "SELECT minute, count(*), sum(bytes) FROM uses WHERE minute >= ? AND minute < ?"
    ours = _sums(query(f"{sql} GROUP BY minute", span))
    theirs = _sums(server.query(f"{sql} AND collector = ? GROUP BY minute", (*span, collector)))
    for minute in sorted(ours.keys() & theirs.keys()):
        if ours[minute] != theirs[minute]:
            print(
                f"event=clickhouse_minute_differs minute={minute} here={ours[minute]} there={theirs[minute]}",
                file=sys.stderr,
            )
    return {minute: rows for minute, (rows, _) in sorted(ours.items()) if minute not in theirs}


def _sums(rows: list[tuple[object, ...]]) -> dict[int, tuple[int, int]]:
    return {int(str(minute)): (int(str(count)), int(str(size))) for minute, count, size in rows}


def _batches(lacking: dict[int, int]) -> Iterator[list[int]]:
    """Minutes that go together: of one day, for a batch appears at once only within a partition."""
    batch: list[int] = []
    rows = 0
    for minute, count in lacking.items():
        if batch and (rows + count > MOST_ROWS or minute // _DAY != batch[0] // _DAY):
            yield batch
            batch, rows = [], 0
        batch.append(minute)
        rows += count
    if batch:
        yield batch


def _lines(query: Query, collector: str, minutes: list[int]) -> bytes:
    columns = ", ".join(COLUMNS[1:])
    marks = ", ".join("?" * len(minutes))
    # In a fixed order: a replicated table knows a batch that comes again after a lost answer by its content.
    sql = f"SELECT {columns} FROM uses WHERE minute IN ({marks}) ORDER BY ALL"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((collector, *row) for row in query(sql, minutes))
    return text.getvalue().encode()


def _forget(server: Clickhouse, oldest: int) -> None:
    """Drop the days that are too old, where the table is our own; a cluster's table forgets by its own rule (TTL)."""
    sql = "SELECT DISTINCT partition FROM system.parts WHERE active AND concat(database, '.', table) = ?"
    last = time.strftime("%Y%m%d", time.gmtime(oldest))
    for (name,) in server.query(sql, (server.table,)):
        if str(name) < last:
            server.drop(str(name))


def main() -> int:
    """One turn; 1 where something could not be sent, with the reason as a line of the log."""
    settings = json.load(sys.stdin)
    server = ClickhouseSettings(**settings["clickhouse"])
    folder, span = Path(settings["folder"]), (time.time(), int(settings["days"]))
    try:
        sent = send(folder, Clickhouse(server), server.collector, span)
    except (ExporterError, OSError) as error:
        print(f"event=clickhouse_not_sent reason={str(error)!r}", file=sys.stderr)
        return 1
    if sent:
        print(f"event=clickhouse_sent rows={sent}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
