"""Rows of the database as one job works on them: each on its own, until nothing can be stored any more."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from request_tracker.errors import NotStored
from request_tracker.store.database import Row
from runtime.rows import Rows, each

T = TypeVar("T")


def each_row(rows: Iterable[Row], act: Callable[[Row], Iterable[T]], key: str = "number") -> list[T]:
    """Act on each; what the acts gave. Raises RowsFailed after the last row, naming those that failed by ``key``.

    A full disk or a database that another program holds ends it at once: no other row would fare better, and each would
    wait its whole patience for the lock.
    """
    return each(rows, lambda row: str(row[key]), act, NotStored)


def rows_of_a_job() -> Rows[str]:
    """The same for what is no list of rows from the start."""
    return Rows(NotStored)
