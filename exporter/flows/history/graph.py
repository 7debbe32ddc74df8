"""A table over time: a condition in, the largest rows' bytes in equal steps out, stacked up to what the steps have.

Steps begin at the beginning of the question; the last may be shorter. ``before`` is the sum of the same step one
question's length earlier.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from exporter.flows.history.filters import Query, SqlCondition
from exporter.flows.history.labels import COLUMNS, RowLabels
from exporter.flows.history.question import MINUTE, Question
from exporter.flows.history.tables import WAYS, TableSums, table_sums

# By direction, the largest first.
LayerNames = dict[str, list[str]]
# Colours that an eye tells apart in one picture (Okabe and Ito have eight, one of them black).
LAYERS = 7
# Steps that a picture of a hand's width shows as columns that can still be hit with a finger.
_MOST_STEPS = 72
_STEPS = tuple(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440))
# Values in a condition; with more the rows of all are read and left out here, which only costs time.
_MOST_VALUES = 500


def step_of(seconds: int) -> int:
    """The shortest step that shows so long a time in a picture."""
    return next((step for step in _STEPS if seconds <= step * _MOST_STEPS), _STEPS[-1])


def graph_of(
    query: Query, question: Question, conditions: tuple[SqlCondition, SqlCondition | None], labels: RowLabels
) -> dict[str, Any]:
    """The graph of a question: ``times`` are the steps' beginnings; rows, rest and before have a value for each."""
    condition, earlier = conditions
    step = step_of(question.until - question.since)
    times = list(range(question.since, question.until, step))
    sums = table_sums(query, question.graph, condition, labels)
    totals = _steps(query, condition, (question.since, step))
    # The minute that runs is written when it is over: a column of nothing would read as a fall to nothing.
    if len(times) > 1 and question.until - times[-1] < MINUTE and not any(totals[way][times[-1]] for way in WAYS):
        times.pop()
    layers = {way: [name for name, _ in sums.largest(way, LAYERS)] for way in WAYS}
    sizes = _layers(query, condition, (question, step, sums, layers), labels)
    document: dict[str, Any] = {"by": question.graph, "step": step, "times": times}
    for way in WAYS:
        rows = [_row(question.graph, name, [sizes[way, name][time] for time in times], labels) for name in layers[way]]
        rest = [totals[way][time] - sum(sizes[way, name][time] for name in layers[way]) for time in times]
        document[way] = {"rows": rows, "rest": rest}
    if earlier is not None:
        sooner = _steps(query, earlier, (question.since - question.length, step))
        for way in WAYS:
            document[way]["before"] = [sooner[way][time - question.length] for time in times]
    return document


def _row(table: str, name: str, sizes: list[int], labels: RowLabels) -> dict[str, Any]:
    place = labels.place(table, name)
    return {"name": name, "bytes": sizes} | ({} if place is None else {"place": place})


def _steps(query: Query, condition: SqlCondition, clock: tuple[int, int]) -> defaultdict[str, Counter[int]]:
    """Bytes by direction and step."""
    since, step = clock
    sql = f"SELECT {_STEP} AS step, direction, sum(bytes) FROM uses WHERE {condition.sql} GROUP BY step, direction"
    steps: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for time, way, size in query(sql, (since, step, *condition.values)):
        steps[str(way)][int(str(time))] += int(str(size))
    return steps


# The beginning of a row's step; both engines read it so.
_STEP = "minute - (minute - ?) % ?"


def _layers(
    query: Query,
    condition: SqlCondition,
    wanted: tuple[Question, int, TableSums, LayerNames],
    labels: RowLabels,
) -> defaultdict[tuple[str, str], Counter[int]]:
    """Bytes of each layer by step, by direction and name."""
    question, step, sums, layers = wanted
    names = {name for way in WAYS for name in layers[way]}
    columns = COLUMNS[question.graph]
    values = sorted({row for name in names for row in sums.values[name]}, key=str)
    condition = condition.and_also(_restriction(columns, values))
    listed = ", ".join(columns)
    sql = (
        f"SELECT {_STEP} AS step, direction, sum(bytes), {listed} FROM uses WHERE {condition.sql} "
        f"GROUP BY step, direction, {listed}"
    )
    sizes: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for time, way, size, *row in query(sql, (question.since, step, *condition.values)):
        sizes[str(way), labels.name(question.graph, tuple(row))][int(str(time))] += int(str(size))
    return sizes


def _restriction(columns: tuple[str, ...], values: list[tuple[object, ...]]) -> SqlCondition:
    if not values:
        return SqlCondition("1 = 0")
    if len(values) > _MOST_VALUES:
        return SqlCondition("1 = 1")
    marks = ", ".join("?" * len(columns))
    row = f"({marks})" if len(columns) > 1 else marks
    left = f"({', '.join(columns)})" if len(columns) > 1 else columns[0]
    return SqlCondition(f"{left} IN ({', '.join([row] * len(values))})", tuple(_flat(values)))


def _flat(values: list[tuple[object, ...]]) -> Iterator[object]:
    for row in values:
        yield from row
