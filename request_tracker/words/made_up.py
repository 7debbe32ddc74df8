"""That a demo's figures were invented, as a table carries it away: a column of its own, in every row.

A row that is copied, filtered or sorted takes the mark along; a line above the head would break who reads the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Self

from request_tracker.words.bilingual import Both, filled

_TEXT = Both(
    "angka sebelum {:%d-%m-%Y %H.%M} dikarang, bukan hasil ukur",
    "figures from before {:%Y-%m-%d %H:%M} were invented, nobody measured them",
)


@dataclass(frozen=True)
class MadeUp:
    """The mark of one demo: what was measured since ``before`` is real; ``text`` says it on the office's clock."""

    heading: ClassVar[Both] = Both("Data karangan (demo)", "Made-up data (demo)")
    before: datetime
    text: Both

    @classmethod
    def of(cls, before: datetime | float | None, local: Callable[[datetime], datetime]) -> Self | None:
        """The mark of a moment (aware, or Unix seconds); None of an office whose data are real."""
        if before is None:
            return None
        at = before if isinstance(before, datetime) else datetime.fromtimestamp(before, UTC)
        return cls(at.astimezone(UTC), filled(_TEXT, local(at)))

    def data(self) -> dict[str, str]:
        """The same for programs: one key beside the others."""
        return {"made_up_before": self.before.isoformat()}
