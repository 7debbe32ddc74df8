"""Who uses an OPD's bandwidth, from the history: the largest hosts, remote networks and services, and their rest.

``python -m exporter.flows.history.top FOLDER OPD SINCE TABLE FILE...`` (TABLE may be empty) writes the answer as JSON:
the collector asks a process of its own, so that it never carries DuckDB and never waits. Hosts are personal data; for
staff only.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exporter.errors import ExporterError
from exporter.flows.history.geoip import open_geoip
from exporter.flows.history.parquet import Query, reading
from exporter.flows.history.spans import TABLES

# Of each table and direction; the rest is one sum.
ROWS = 20
_COLUMNS = {
    "hosts": "host",
    "networks": "remote",
    "services": "CASE WHEN port = 0 AND protocol = 0 THEN '' ELSE protocol || '/' || port END",
}
# IP protocol numbers (IANA).
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}

# A query reads days of history: it gives way to the collector, which may not lose a datagram meanwhile.
_NICE = 10


def top(folder: Path, opd: str, since: float, by: str | None = None, files: Sequence[Path] = ()) -> dict[str, Any]:
    """The largest hosts, remote networks and services (or one of them) by direction; ``rest`` is what no row names.

    The rows and the rest of each table sum up to ``bytes``. ``files`` (MaxMind DB) name the ``place`` of a network; one
    that cannot be read is among ``problems``. Raises ExporterError.
    """
    with reading(folder, since) as query, open_geoip(files) as geoip:
        sql = "SELECT direction, sum(bytes)::UBIGINT FROM uses WHERE opd = ? GROUP BY direction"
        totals = {str(direction): int(str(total)) for direction, total in query(sql, [opd])}
        sizes = {"receive": totals.get("receive", 0), "transmit": totals.get("transmit", 0)}
        answer: dict[str, Any] = {"opd": opd, "since": int(since), "bytes": sizes}
        for name in (by,) if by else TABLES:
            answer[name] = {way: _table(query, opd, _COLUMNS[name], way) for way in sizes}
        for row in (row for table in answer.get("networks", {}).values() for row in table["rows"]):
            row["place"] = geoip.of(row["name"])
        return {**answer, "problems": geoip.problems}


def _table(query: Query, opd: str, column: str, direction: str) -> dict[str, Any]:
    sql = (
        f"SELECT {column} AS name, sum(bytes)::UBIGINT AS total FROM uses WHERE opd = ? AND direction = ? "
        "GROUP BY name ORDER BY total DESC, name"
    )
    rows = [(str(name), int(str(total))) for name, total in query(sql, [opd, direction])]
    # A row without a name is the rest that was folded when the minute was written.
    named = [row for row in rows if row[0]][:ROWS]
    rest = sum(total for _, total in rows) - sum(total for _, total in named)
    return {"rows": [{"name": _label(name), "bytes": total} for name, total in named], "rest": rest}


def _label(name: str) -> str:
    protocol, slash, port = name.partition("/")
    return f"{_PROTOCOLS[protocol]}/{port}" if slash and protocol in _PROTOCOLS and port.isdigit() else name


def main(arguments: Sequence[str]) -> int:
    """The collector's child: the answer to standard output, or why there is none and code 1."""
    folder, opd, since, by, *files = arguments
    os.nice(_NICE)
    try:
        print(json.dumps(top(Path(folder), opd, float(since), by or None, [Path(file) for file in files])))
    except ExporterError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
