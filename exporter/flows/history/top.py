"""Who uses it, from the history: the largest rows of each table with their rest, over time, beside the time before.

``python -m exporter.flows.history.top`` reads its question as JSON from its input and writes the answer as JSON: the
collector asks a process of its own, so that it never carries DuckDB and never waits. Hosts are personal data; for
staff only.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exporter.errors import ExporterError
from exporter.flows.history.applications import application_names
from exporter.flows.history.filters import Query, SqlCondition, filters, in_range
from exporter.flows.history.geoip import open_geoip
from exporter.flows.history.graph import graph_of
from exporter.flows.history.labels import RowLabels
from exporter.flows.history.question import Question
from exporter.flows.history.sights import note_sight
from exporter.flows.history.sources import HistorySource, source_of
from exporter.flows.history.tables import WAYS, TableSums, table_sums

# A query reads days of history: it gives way to the collector, which may not lose a datagram meanwhile.
_NICE = 10


def top(folder: Path, opd: str, since: float, by: str | None = None, files: Sequence[Path] = ()) -> dict[str, Any]:
    """The usual question: an OPD's largest hosts, remote networks and services (or one of them) until now."""
    whole = Question(since=int(since), until=sys.maxsize, opd=opd)
    question = whole if by is None else Question(since=int(since), until=sys.maxsize, opd=opd, tables=(by,))
    return answer(question, HistorySource(folder=folder, places=tuple(files)))


def answer(question: Question, source: HistorySource) -> dict[str, Any]:
    """The tables of the question by direction; ``rest`` is what no row names.

    The rows and the rest of each table sum up to ``bytes``. Files of the source (MaxMind DB) name the ``place`` of a
    network; one that cannot be read is among ``problems``. Raises ExporterError.
    """
    earliest = question.since - question.length if question.before else question.since
    with source.reading(question, earliest) as query, open_geoip(source.places) as geoip:
        labels = RowLabels(geoip, application_names(source.folder))
        span = in_range(question, question.since, question.until)
        narrowing = filters(query, question, in_range(question, earliest, question.until), labels)
        condition = span.and_also(narrowing.condition) if question.narrow else span
        document: dict[str, Any] = {
            "opd": question.opd,
            "since": question.since,
            "until": question.until,
            "bytes": _totals(query, condition),
        }
        earlier = None
        if question.before:
            earlier = in_range(question, earliest, question.since)
            earlier = earlier.and_also(narrowing.condition) if question.narrow else earlier
            document["before"] = {"since": earliest, "bytes": _totals(query, earlier)}
        if question.narrow:
            document |= {
                "unnamed": _totals(query, span.and_also(SqlCondition("host = ''"))),
                "coarse": narrowing.coarse,
            }
        for table in question.tables:
            document[table] = _table(query, table, (condition, earlier), labels)
        if question.graph:
            document["graph"] = graph_of(query, question, (condition, earlier), labels)
        return {**document, "problems": geoip.problems}


def _totals(query: Query, condition: SqlCondition) -> dict[str, int]:
    sql = f"SELECT direction, sum(bytes) FROM uses WHERE {condition.sql} GROUP BY direction"
    totals = {str(way): int(str(size)) for way, size in query(sql, condition.values)}
    return {way: totals.get(way, 0) for way in WAYS}


def _table(
    query: Query, table: str, conditions: tuple[SqlCondition, SqlCondition | None], labels: RowLabels
) -> dict[str, Any]:
    sums = table_sums(query, table, conditions[0], labels)
    earlier = table_sums(query, table, conditions[1], labels) if conditions[1] else None
    return {way: _rows(table, way, (sums, earlier), labels) for way in WAYS}


def _rows(table: str, way: str, sums: tuple[TableSums, TableSums | None], labels: RowLabels) -> dict[str, Any]:
    now, earlier = sums
    rows: list[dict[str, Any]] = []
    for name, size in now.largest(way):
        row: dict[str, Any] = {"name": name, "bytes": size}
        place = labels.place(table, name)
        if place is not None:
            row["place"] = place
        if earlier is not None:
            row["before"] = earlier.named[way][name]
        rows.append(row)
    return {"rows": rows, "rest": now.total[way] - sum(row["bytes"] for row in rows)}


def main() -> int:
    """The collector's child: the answer to standard output, or why there is none and code 1."""
    os.nice(_NICE)
    try:
        document = json.load(sys.stdin)
        question, source = source_of(document)
        if question.reason:
            note_sight(source.folder, question, document.get("person", ""))
        print(json.dumps(answer(question, source)))
    except ExporterError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
