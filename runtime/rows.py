"""The rows of one job, each tried on its own: rows and an act in; what was done out, what failed after the last row.

A row that cannot be worked on (a damaged record, a case nobody foresaw) keeps no other row waiting. It is told by
``RowsFailed``, which the runner counts as a failure of the job and logs again whenever other rows fail than before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
# A log line names the first few rows; the number says how many there are.
_NAMED = 5


class RowsFailed(Exception):
    """Some rows failed; all others are done. ``failures``: a row's name to what it raised; ``results``: the others'."""

    def __init__(self, failures: Mapping[str, Exception], results: Sequence[Any] = ()) -> None:
        self.failures, self.results = dict(failures), list(results)
        few = "; ".join(f"{name}: {error!r}" for name, error in list(self.failures.items())[:_NAMED])
        super().__init__(f"{len(self.failures)} rows failed, the others are done: {few}")

    @property
    def rows(self) -> frozenset[str]:
        """The names of the rows that failed."""
        return frozenset(self.failures)


class Rows(Generic[T]):
    """Collects over one run what rows gave and which failed. ``ends``: what no other row could do better after."""

    def __init__(self, *ends: type[Exception]) -> None:
        self._ends = ends
        self.results: list[T] = []
        self.failures: dict[str, Exception] = {}

    def do(self, name: str, act: Callable[[], Iterable[T]]) -> None:
        """Try one row; whatever it raises is noted under its name."""
        try:
            self.results += act()
        except self._ends:
            raise
        except Exception as error:
            self.failures[name] = error

    def over(self) -> list[T]:
        """What was done. Raises RowsFailed where a row failed."""
        if self.failures:
            raise RowsFailed(self.failures, self.results)
        return self.results


def each(
    rows: Iterable[R], name: Callable[[R], str], act: Callable[[R], Iterable[T]], *ends: type[Exception]
) -> list[T]:
    """Act on every row; all that the acts gave. Raises RowsFailed after the last, and ``ends`` at once."""
    run: Rows[T] = Rows(*ends)
    for row in rows:
        run.do(name(row), partial(act, row))
    return run.over()
