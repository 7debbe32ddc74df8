"""The history on disk: a minute's rows in, one zstd Parquet file out; hours are put together, old days deleted.

``python -m exporter.flows.history.parquet FOLDER DAYS`` reads a minute (``minute_wire``) from its input and writes it:
a process of its own for a second each minute, so that the collector never carries DuckDB. The rows with whole remote
addresses stand in a folder of their own for a day. A file appears whole or not at all; where an hour's file stands, its
minutes' files no longer count. What the minute shows of attacks is its output: JSON, a list of ``AttackSign``.
"""

import json
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

try:
    import duckdb
except ModuleNotFoundError:
    # An exporter without the extra `history`. The settings refuse a history then, so that nothing below is reached.
    duckdb = None  # type: ignore[assignment]  # a module, or nothing where it is not installed

from exporter.errors import ExporterError
from exporter.flows.history.attack_signs import AttackSign, attack_signs
from exporter.flows.history.beacons import beacon_signs
from exporter.flows.history.host_pairs import HostPairs, host_pairs
from exporter.flows.history.minute_wire import UNREADABLE, MinuteToWrite, read_minute
from exporter.flows.history.regular_calls import after_minute, calls_bytes, no_calls, read_calls
from exporter.flows.history.usage_rows import UsageColumns, UsageRow, columns_of, usage_columns
from runtime.files import settle, write_whole

# Seconds.
HOUR, DAY = 3600, 86_400

# Below the history's folder: rows with whole remote addresses, for a day.
WHOLE = "whole"
# Who called whom in the last two hours: what a beacon is known by.
CALLS = "calls.state"
# An hour's minutes are put together two minutes after it is over: the last minute's file is written by then.
_LATENESS_SECONDS = 120
Query = Callable[[str, Sequence[object]], list[tuple[object, ...]]]
_NAME = re.compile(r"^(minute|hour)-(\d+)(?:-\d+)?\.(?:parquet|new)$")
_FIRST_COLUMNS = ("minute", "opd", "direction", "host", "remote", "protocol", "port", "bytes")
# What an exporter told of the flow beside: its application (element 95) and the AS of the remote side (16, 17).
LATER_COLUMNS = ("application", "asn")
_COLUMNS = (
    "minute BIGINT, opd VARCHAR, direction VARCHAR, host VARCHAR, remote VARCHAR, protocol UTINYINT, port USMALLINT, "
    "bytes UBIGINT, application UINTEGER, asn UINTEGER"
)


def write_minute(folder: Path, rows: Sequence[UsageRow]) -> None:
    """One minute's file; nothing where nothing was used. Raises OSError, duckdb.Error."""
    if rows:
        write_columns(folder, columns_of(rows))


def write_columns(folder: Path, columns: UsageColumns, run: int = 0) -> None:
    """The same from columns, which is the faster way by far: DuckDB reads them where they lie.

    Written again by the same run it is replaced, by another it stands beside.
    """
    if not columns["minute"].size:
        return
    folder.mkdir(parents=True, exist_ok=True)
    # In memory: the only file there is to be is the Parquet file.
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE uses ({_COLUMNS})")
        arrays = dict(columns)
        database.execute(f"INSERT INTO uses SELECT {', '.join(arrays)} FROM arrays")
        path = folder / f"minute-{columns['minute'][0]}{f'-{run}' if run else ''}.parquet"
        # Sorted, so that the groups of a Parquet file have narrow bounds and a question for one OPD skips most of them.
        _copy(database, "SELECT * FROM uses ORDER BY opd, direction, bytes DESC", path)


def compact(folder: Path, now: float) -> None:
    """Put the minutes of every hour that is over into one file."""
    hours: dict[int, list[Path]] = {}
    for path in folder.glob("minute-*.parquet"):
        hours.setdefault(_begin(path) // HOUR * HOUR, []).append(path)
    for hour, minutes in hours.items():
        whole = folder / f"hour-{hour}.parquet"
        if hour + HOUR + _LATENESS_SECONDS > now:
            continue
        # Written in one piece under its name: where it stands, only the minutes' files are left to be deleted.
        if not whole.exists():
            with duckdb.connect() as database:
                _copy(database, f"SELECT * FROM read_parquet({_list(minutes)}) ORDER BY opd, direction, minute", whole)
        for path in minutes:
            path.unlink()


def forget(folder: Path, days: int, now: float) -> int:
    """Delete what is older than that many days; tells how many files (UU 27/2022: no longer than needed).

    Also what a killed writer left half written.
    """
    old = [path for path in folder.glob("*-*") if _NAME.match(path.name) and _end(path) < now - days * DAY]
    for path in old:
        path.unlink()
    return len(old)


def files_since(folder: Path, since: float) -> list[Path]:
    """The files that may hold minutes from then on, each minute once."""
    paths = sorted(path for path in folder.glob("*.parquet") if _NAME.match(path.name))
    hours = {_begin(path) for path in paths if path.name.startswith("hour")}
    minutes = (path for path in paths if path.name.startswith("minute") and _begin(path) // HOUR * HOUR not in hours)
    whole_hours = (path for path in paths if path.name.startswith("hour"))
    return [path for path in (*whole_hours, *minutes) if _end(path) > since]


@contextmanager
def reading(folder: Path, since: float, until: float = math.inf) -> Iterator[Query]:
    """Query the rows from ``since`` on as the view ``uses``. Raises ExporterError where a file cannot be read."""
    paths = [path for path in files_since(folder, since) if _begin(path) < until]
    if not paths:
        raise ExporterError(f"{folder}: holds no history since then; it is written each minute; ask for a longer span")
    try:
        with duckdb.connect() as database:
            # A view takes no parameters in DuckDB; both values are numbers and file names of this module.
            files = f"read_parquet({_list(paths)}, union_by_name = true)"
            present = {str(row[0]) for row in database.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()}
            # Files of an earlier release know neither; what a file lacks beside others that have it comes as NULL.
            later = [f"coalesce({name}, 0) AS {name}" if name in present else f"0 AS {name}" for name in LATER_COLUMNS]
            source = f"SELECT {', '.join((*_FIRST_COLUMNS, *later))} FROM {files}"
            database.execute(f"CREATE VIEW uses AS {source} WHERE minute >= {int(since)}")
            yield lambda sql, parameters: list(database.execute(sql, list(parameters)).fetchall())
    except duckdb.Error as error:
        raise ExporterError(f"{folder}: the history cannot be read: {str(error).splitlines()[0]}") from error


def main(arguments: Sequence[str]) -> int:
    """The writer's process: 0 where the minute is on disk, 1 where it may be tried again, ``UNREADABLE``."""
    folder, days = Path(arguments[0]), int(arguments[1])
    try:
        now = time.time()
        forget(folder, days, now)  # first: a full disk or a broken file keeps nothing longer than it may be
        # An hour's file goes with its first minute: whole addresses are never kept longer than a day.
        forget(folder / WHOLE, 1, now + HOUR)
        minute = read_minute(sys.stdin.buffer)
        pairs = host_pairs(minute.sums.settle())
        signs = attack_signs(pairs, minute.codes)
        counted = (minute.minute, minute.sums, minute.codes, minute.top)
        write_columns(folder, usage_columns(*counted), minute.run)
        write_columns(folder / WHOLE, usage_columns(*counted, whole=True), minute.run)
        compact(folder, now)
        compact(folder / WHOLE, now)
        # Last: whatever failed before is tried again, and a minute is learned from once.
        signs += _beacons(folder / CALLS, minute, pairs)
    except (OSError, ValueError, duckdb.Error) as error:
        print(f"event=history_not_written folder={folder} reason={str(error)!r}", file=sys.stderr)
        return UNREADABLE if isinstance(error, ValueError) else 1
    print(json.dumps(signs))
    return 0


def _beacons(path: Path, minute: MinuteToWrite, pairs: HostPairs) -> list[AttackSign]:
    """Signs that need the minutes before, which ``path`` remembers."""
    codes, begin = minute.codes, minute.minute
    before = read_calls(path.read_bytes(), codes, begin) if path.exists() else no_calls(begin)
    calls = after_minute(before, begin, pairs)
    write_whole(path, calls_bytes(calls, codes))
    return beacon_signs(calls, codes) if calls.minute == begin else []


def _copy(database: "duckdb.DuckDBPyConnection", source: str, path: Path) -> None:
    fresh = path.with_suffix(".new")
    # DuckDB takes no parameters in COPY; the path is quoted, the source is text of this module.
    database.execute(f"COPY ({source}) TO '{_quote(fresh)}' (FORMAT parquet, COMPRESSION zstd)")
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
    settle(path.parent)


def _list(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(f"'{_quote(path)}'" for path in paths) + "]"


def _quote(path: Path) -> str:
    return str(path).replace("'", "''")


def _begin(path: Path) -> int:
    match = _NAME.match(path.name)
    return int(match[2]) if match else 0


def _end(path: Path) -> int:
    return _begin(path) + (HOUR if path.name.startswith("hour") else 60)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
