"""Whether a way of Alertmanager delivers: its counters over time in, messages that did not arrive out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# A message that failed is tried anew at the next flush of its group, a minute later (``group_interval`` of the shipped
# routes), for at most a minute; half a minute is two scrapes of Alertmanager's page. A way that was silent about
# failures for as long has none: a second channel of the same kind that is dead would have failed again.
SETTLED_SECONDS = 150.0


@dataclass(frozen=True)
class Delivery:
    """Attempts of one way up to a moment, as Alertmanager counts them: all, and those that failed."""

    at: float
    tried: float
    failed: float


def undelivered(course: Sequence[Delivery], now: float) -> float:
    """Attempts that failed since the last that succeeded, or just now (``SETTLED_SECONDS``); in order of time.

    What failed before a way delivered is over: Alertmanager's first messages after a start find a tracker that is not
    up yet, and are sent again. Of a single moment nobody knows what came before it: all that failed counts.
    """
    if len(course) == 1:
        return course[0].failed
    since_delivered = lately = 0.0
    for before, after in pairwise(course):
        failed = _growth(before.failed, after.failed)
        if _growth(before.tried, after.tried) > failed:
            since_delivered = 0.0
        else:
            since_delivered += failed
        lately += failed if after.at > now - SETTLED_SECONDS else 0.0
    return max(since_delivered, lately)


def _growth(before: float, after: float) -> float:
    """What a counter grew by; where it is less than it was, it was started anew."""
    return after - before if after >= before else after
