"""An office's ClickHouse as the history: its table made where it lacks, rows put in whole, the same questions answered.

Over its HTTP interface, with SQL that servers since 18.16 (Debian's) read. Used by processes that end.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import requests

from exporter.errors import ExporterError
from exporter.flows.account.settings import ClickhouseSettings
from exporter.flows.history.filters import Query

# A neighbour connects at once or is down; an answer takes at most what the page waits for, an insert a little longer.
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 20.0
# Letters of the server's own sentence in ours.
_LONGEST_REASON = 300
# A condition may name tens of thousands of networks; the server's own bound is 256 KiB.
_MAX_QUERY_BYTES = 16 * 2**20
COLUMNS = (
    "collector",
    "minute",
    "opd",
    "direction",
    "host",
    "remote",
    "protocol",
    "port",
    "application",
    "asn",
    "bytes",
)
# Days are partitions: they are dropped whole when they are too old, and a minute's rows lie in one, so that they appear
# together or not at all. Sorted as Parquet is: a question for one OPD reads little else.
_TABLE = """
CREATE TABLE IF NOT EXISTS {table} (
  collector String, minute UInt32, opd String, direction String, host String, remote String,
  protocol UInt8, port UInt16, application UInt32, asn UInt32, bytes UInt64
) ENGINE = MergeTree PARTITION BY toYYYYMMDD(toDateTime(minute, 'UTC')) ORDER BY (opd, direction, minute)
"""


class Clickhouse:
    """A server and its table; opens nothing until it is asked."""

    def __init__(self, settings: ClickhouseSettings) -> None:
        self._settings = settings
        # Both names have been checked to be plain ones when the configuration was read.
        self.table = f"{settings.database}.{settings.table}"

    def make_table(self) -> None:
        """Make the table where the server has none of that name. Raises ExporterError."""
        self._send(_TABLE.format(table=self.table))

    def insert(self, lines: bytes) -> None:
        """Put rows in, as CSV in the order of COLUMNS: all of them or none. Raises ExporterError."""
        self._send(f"INSERT INTO {self.table} ({', '.join(COLUMNS)}) FORMAT CSV", lines)

    def drop(self, partition: str) -> None:
        """Forget a day. Raises ExporterError."""
        self._send(f"ALTER TABLE {self.table} DROP PARTITION {int(partition)}")

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Rows of a query in which ``uses`` is the table. Raises ExporterError."""
        text = _with_values(sql.replace("FROM uses", f"FROM {self.table}"), values)
        answer = self._send("", f"{text} FORMAT JSONCompact".encode())
        try:
            return [tuple(row) for row in json.loads(answer)["data"]]
        except (ValueError, KeyError, TypeError) as error:
            raise ExporterError(f"{self._settings.url}: answers something that is not ClickHouse's") from error

    def _send(self, query: str, body: bytes = b"") -> bytes:
        settings = self._settings
        # In headers, not in the address: addresses stand in logs of proxies.
        head = {"X-ClickHouse-User": settings.user, "X-ClickHouse-Key": settings.password}
        parameters = {"query": query, "max_query_size": str(_MAX_QUERY_BYTES)}
        try:
            answer = requests.post(
                settings.url,
                data=body,
                params={name: value for name, value in parameters.items() if value},
                headers=head,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise ExporterError(f"{settings.url}: ClickHouse does not answer ({type(error).__name__})") from error
        if answer.status_code != requests.codes.ok:
            reason = " ".join(answer.text[:_LONGEST_REASON].split())
            raise ExporterError(f"{settings.url}: ClickHouse refuses: {reason}")
        return answer.content


@contextmanager
def reading(settings: ClickhouseSettings) -> Iterator[Query]:
    """Query the rows as ``uses``. Raises ExporterError."""
    yield Clickhouse(settings).query


def _with_values(sql: str, values: Sequence[object]) -> str:
    """The query with its values: parameters came to ClickHouse in 19.14, after Debian's release."""
    pieces = sql.split("?")
    if len(pieces) != len(values) + 1:
        raise ValueError(f"{len(pieces) - 1} places for {len(values)} values")
    return "".join(piece + literal for piece, literal in zip(pieces, [*map(_literal, values), ""], strict=True))


def _literal(value: object) -> str:
    """A whole number, or a text in quotes with backslashes before what would end it (ClickHouse: Syntax, String)."""
    if isinstance(value, int):
        return str(int(value))
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
