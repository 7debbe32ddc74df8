"""What the service promises and keeps: the SOP in force and closed cases in, published figures out. Writes nothing."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from request_tracker.cases.endings import NOT_SERVED
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store


@dataclass(frozen=True)
class KeptPromise:
    """How many requests ended in the last 91 days, and how many of them within the promised time."""

    ended: int
    in_time: int

    @property
    def share(self) -> float | None:
        """The share kept, 0 to 1; None where nothing ended."""
        return self.in_time / self.ended if self.ended else None


def kept_promise(store: Store, sop: str, now: datetime) -> KeptPromise:
    """The promise of an SOP over its last quarter; what was taken back or ended early does not count."""
    # 91 days are thirteen whole weeks: a quarter in which every weekday counts the same.
    row = store.row(
        "SELECT count(*) AS ended, coalesce(sum(ended_at <= service_due_at), 0) AS in_time FROM cases WHERE sop = ?"
        " AND ended_at > ? AND ending NOT IN (SELECT value FROM json_each(?)) AND service_due_at IS NOT NULL",
        [sop, stamp(now - timedelta(days=91)), json.dumps(sorted(NOT_SERVED))],
    )
    return KeptPromise(int(row["ended"]), int(row["in_time"])) if row else KeptPromise(0, 0)
