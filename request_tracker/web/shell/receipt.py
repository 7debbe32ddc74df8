"""A receipt as one value, for the pages that hand one out: the public forms' and the counter's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from request_tracker.cases.advice import Advice
from request_tracker.sop.fields import Field


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was received. ``number`` of the case, or ``mark`` (TT-n) while it has none.

    ``others``: when other requests of the office came that are still open. ``case``: the case's page, for staff.
    """

    kind: str
    number: str | None = None
    mark: str | None = None
    advice: Sequence[Advice] = ()
    rates: Sequence[tuple[Field, int]] = ()
    others: Sequence[datetime] = ()
    case: str | None = None
