"""The rows of one table: a condition in, bytes by direction and name out."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from exporter.flows.history.filters import Query, SqlCondition
from exporter.flows.history.labels import COLUMNS, RowLabels

# Of each table and direction; the rest is one sum.
ROWS = 20
WAYS = ("receive", "transmit")


@dataclass
class TableSums:
    """Bytes by direction and name, and the columns' values behind each name. A row without a name is in ``total``."""

    total: Counter[str] = field(default_factory=Counter)
    named: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    values: defaultdict[str, set[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(set))

    def largest(self, way: str, most: int = ROWS) -> list[tuple[str, int]]:
        """The largest names of a direction, equal ones in the order of their names."""
        return sorted(self.named[way].items(), key=lambda item: (-item[1], item[0]))[:most]


def table_sums(query: Query, table: str, condition: SqlCondition, labels: RowLabels) -> TableSums:
    """All rows of a table."""
    columns = ", ".join(COLUMNS[table])
    sql = f"SELECT direction, sum(bytes), {columns} FROM uses WHERE {condition.sql} GROUP BY direction, {columns}"
    sums = TableSums()
    for way, size, *values in query(sql, condition.values):
        amount, name = int(str(size)), labels.name(table, tuple(values))
        sums.total[str(way)] += amount
        if name:
            sums.named[str(way)][name] += amount
            sums.values[name].add(tuple(values))
    return sums
