"""What chains records: the same text for the same data, one form of a moment, a hash over the hash before. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64  # What the first record follows: as long as a sha256 in hexadecimal.


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same data is always the same text. Raises ValueError for NaN."""
    # Not a number is not JSON either: whoever reads the record elsewhere could not check its hash.
    # Letters stay letters: the text can be read in the database, and ``shaping.ledger`` makes the very same of it.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def stamp(moment: datetime) -> str:
    """A moment as the store keeps it: UTC, microseconds, always of the same width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def digest(body: Mapping[str, Any], previous_hash: str) -> str:
    """sha256 over the hash before and the event's canonical JSON."""
    # Without a separator: the hash before has always 64 letters, so the two can be cut in one way only.
    return hashlib.sha256((previous_hash + canonical(body)).encode()).hexdigest()
