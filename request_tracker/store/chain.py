"""What chains records: the same text for the same data, one form of a moment, a hash over the hash before. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

# Of two who write at once the later may have looked at the clock first, and has waited for the other (ten seconds at
# most). A daemon that keeps the clock right steps it by less.
WAITED = timedelta(minutes=1)
# Beside a time that was carried on, in the data of its line: what the machine's clock showed.
CLOCK = "clock"
GENESIS = "0" * 64  # What the first record follows: as long as a sha256 in hexadecimal.


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same data is always the same text. Raises ValueError for NaN."""
    # Not a number is not JSON either: whoever reads the record elsewhere could not check its hash.
    # Letters stay letters: the text can be read in the database, and ``shaping.ledger`` makes the very same of it.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def stamp(moment: datetime) -> str:
    """A moment as the store keeps it: UTC, microseconds, always of the same width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def not_before(last: datetime | None, now: datetime) -> datetime:
    """The time to write after a line of ``last``: now, or its own where the clock was set back, however far."""
    return now if last is None else max(last, now)


def clock_beside(last: datetime | None, now: datetime, waited: timedelta = WAITED) -> dict[str, str]:
    """What a line's data says besides where ``not_before`` carried a time on: the clock itself, which may be right.

    Nothing where that was by so little as one may have ``waited`` for another's turn.
    """
    return {CLOCK: stamp(now)} if last is not None and last - now > waited else {}


def clock_of(data: Mapping[str, Any], written: datetime) -> datetime:
    """What the machine's clock showed when a line was written at that time of its chain."""
    return datetime.fromisoformat(data[CLOCK]) if CLOCK in data else written


def digest(body: Mapping[str, Any], previous_hash: str) -> str:
    """sha256 over the hash before and the event's canonical JSON."""
    # Without a separator: the hash before has always 64 letters, so the two can be cut in one way only.
    return hashlib.sha256((previous_hash + canonical(body)).encode()).hexdigest()
