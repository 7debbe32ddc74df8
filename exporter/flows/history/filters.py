"""The filters of a question as a condition of SQL: its values travel apart from it. Both engines read the same text."""

from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_network
from typing import NamedTuple

from exporter.flows.history.labels import RowLabels
from exporter.flows.history.question import Question

Query = Callable[[str, Sequence[object]], list[tuple[object, ...]]]


class SqlCondition(NamedTuple):
    """What follows WHERE, and the values of its question marks."""

    sql: str
    values: tuple[object, ...] = ()

    def and_also(self, other: "SqlCondition") -> "SqlCondition":
        """Both of them."""
        return SqlCondition(f"{self.sql} AND {other.sql}", (*self.values, *other.values))


class Filters(NamedTuple):
    """``condition`` of what is asked for; ``coarse``: rows know only a wider network than was asked for."""

    condition: SqlCondition
    coarse: bool


def in_range(question: Question, since: int, until: int) -> SqlCondition:
    """The time and the OPD."""
    time = SqlCondition("minute >= ? AND minute < ?", (since, until))
    return time.and_also(SqlCondition("opd = ?", (question.opd,))) if question.opd else time


def filters(query: Query, question: Question, span: SqlCondition, labels: RowLabels) -> Filters:
    """What else is asked for. Rows of the rest have no host and match no filter."""
    condition, coarse = SqlCondition("host <> ''"), False
    for name in ("port", "protocol", "application"):
        number = getattr(question, name)
        if number is not None:
            condition = condition.and_also(SqlCondition(f"{name} = ?", (number,)))
    for column, wanted in (("host", question.host), ("remote", question.network)):
        if wanted:
            values = [str(row[0]) for row in _distinct(query, column, span)]
            matching, wider = _within(values, wanted)
            condition, coarse = condition.and_also(_one_of(column, matching)), coarse or wider
    if question.country:
        remotes = (str(row[0]) for row in _distinct(query, "remote", span))
        matching = [remote for remote in remotes if labels.country(remote) == question.country]
        condition = condition.and_also(_one_of("remote", matching))
    if question.asn is not None:
        pairs = ((int(str(asn)), str(remote)) for asn, remote in _distinct(query, "asn, remote", span))
        # By both: of one network some routers tell the AS and some do not.
        matches = [(asn, remote) for asn, remote in pairs if remote and labels.number(asn, remote) == question.asn]
        condition = condition.and_also(_as(matches))
    return Filters(condition, coarse)


def _distinct(query: Query, columns: str, span: SqlCondition) -> Iterator[tuple[object, ...]]:
    yield from query(f"SELECT DISTINCT {columns} FROM uses WHERE {span.sql}", span.values)


def _within(values: Sequence[str], wanted: str) -> tuple[list[str], bool]:
    """The values that lie in the network, or that it lies in; whether one of them is wider than it."""
    network, matching, wider = ip_network(wanted), [], False
    for value in filter(None, values):
        other = ip_network(value)
        if other.version == network.version and other.overlaps(network):
            matching.append(value)
            wider = wider or other.prefixlen < network.prefixlen
    return matching, wider


def _one_of(column: str, values: Sequence[str]) -> SqlCondition:
    if not values:
        return SqlCondition("1 = 0")
    return SqlCondition(f"{column} IN ({', '.join('?' * len(values))})", tuple(values))


def _as(matches: Sequence[tuple[int, str]]) -> SqlCondition:
    """Rows of that AS: those of which a router tells it, and those whose network a file knows to be its."""
    by_file = _one_of("remote", [remote for asn, remote in matches if not asn])
    by_router = next((asn for asn, _ in matches if asn), 0)
    sql = f"((asn = 0 AND {by_file.sql}) OR (asn <> 0 AND asn = ?))"
    return SqlCondition(sql, (*by_file.values, by_router))
