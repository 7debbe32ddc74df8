"""When a root that falls again is the same outage, and when an outage is over. Pure.

A line that answers again rests first: shortly after its first interruption, so that a loose connector is one outage
from the start; for the whole time of recurrence once it has fallen often, so that nobody is told of each of its
moments.
"""

from dataclasses import dataclass

from exporter.watch.decide import Node
from exporter.watch.outages import Outage, begun


@dataclass(frozen=True)
class RecurrenceTimes:
    """``settle_seconds`` of answers end an outage; the same root within ``again_within_seconds`` is the same one."""

    settle_seconds: float
    again_within_seconds: float


def fallen(node: Node, since: float, cause: str, last: Outage | None, times: RecurrenceTimes) -> Outage:
    """The outage of a root that is down since a moment: a new one, or the last of this root once more."""
    if last is not None and last.ended_at is not None and since - last.ended_at <= times.again_within_seconds:
        return last.again(round(max(since, last.ended_at), 3))
    return begun(node, since, cause)


def is_over(outage: Outage, now: float, watched_since: float, times: RecurrenceTimes) -> bool:
    """True where the line was seen to answer for long enough: what nobody watched is no rest."""
    rest = max(times.settle_seconds, times.again_within_seconds) if outage.often else times.settle_seconds
    return outage.back_at is not None and now - max(outage.back_at, watched_since) >= rest
