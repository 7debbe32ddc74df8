"""What chains records: the same text for the same data, one form of a moment, a hash over the hash before. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

# A computer whose clock ran in the wrong zone is set back by up to nine hours (Papua's), a wrong day by a day. What is
# further ahead was a broken clock, and its time is not carried on.
CLOCK_SET_BACK = timedelta(days=1)
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
    """The time to write after a line of ``last``: now, or its own where a clock was set back by a day at most."""
    return last if last is not None and now < last <= now + CLOCK_SET_BACK else now


def digest(body: Mapping[str, Any], previous_hash: str) -> str:
    """sha256 over the hash before and the event's canonical JSON."""
    # Without a separator: the hash before has always 64 letters, so the two can be cut in one way only.
    return hashlib.sha256((previous_hash + canonical(body)).encode()).hexdigest()
