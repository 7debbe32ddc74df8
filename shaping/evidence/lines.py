"""A line of the evidence: what an hour's line says, its one form as text, and the hash that holds the next. Pure.

A file is JSON, one line each: the head (which quarter, whose, and the hash the quarter before ended with), then at most
one line an hour. ``hash`` is the sha256 of its line without it, so that the last line is held as well; ``before`` is
the hash of the line before.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shaping.delivery import Verdict
from shaping.errors import ShapingError

GENESIS = "0" * 64  # What the first file's head follows: as long as a sha256 in hexadecimal.
HOUR = timedelta(hours=1)
SUFFIX = ".jsonl"
QUARTER = re.compile(r"[0-9]{4}Q[1-4]")
VERDICTS = tuple(str(verdict) for verdict in Verdict)
# Of a row of ``offices``; the head says it, so that the file can be read without this program.
COLUMNS = ("opd", "direction", "revision", "fallback", "guaranteed_bytes_per_second", *VERDICTS)
# Of a row of ``missed``. A queue of which one window alone does not say it is judged over several: ``seconds`` are
# all of those, ``demand_seconds`` the part of them in which the queue was seen to wait.
MISSED_COLUMNS = (
    *("opd", "direction", "revision", "began", "seconds", "demand_seconds"),
    *("bytes_per_second", "guaranteed_bytes_per_second"),
)
_MONTHS = 3
# Of a row of ``offices``, where the counts begin.
FIRST_COUNT = len(COLUMNS) - len(VERDICTS)


@dataclass(frozen=True)
class EvidenceHead:
    """Where a chain stands: the quarter, the last hour that has a line (None: the head alone), the last line's hash."""

    quarter: str
    hour: datetime | None
    hash: str


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same data is always the same text. Raises ValueError for NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def line_of(body: Mapping[str, Any], before: str) -> tuple[bytes, str]:
    """The line, its end included, and its hash."""
    content = {**body, "before": before}
    hash = _hash(content)
    return f"{canonical({**content, 'hash': hash})}\n".encode(), hash


def read_line(line: bytes) -> dict[str, Any]:
    """What a whole line says. Raises ShapingError where any byte of it is not as it was written."""
    if not line.endswith(b"\n"):
        raise ShapingError("is not whole: its end was never written")
    try:
        body = json.loads(line)
        same = canonical(body).encode() == line[:-1]
    except (ValueError, RecursionError) as error:
        raise ShapingError("is not a line of evidence") from error
    if not isinstance(body, dict) or not isinstance(body.get("hash"), str) or not isinstance(body.get("before"), str):
        raise ShapingError("is not a line of evidence")
    # The form too: a byte that JSON reads over (a space, another way to write a letter) is a change as well.
    if not same or _hash({key: value for key, value in body.items() if key != "hash"}) != body["hash"]:
        raise ShapingError("was changed: its hash does not fit what it says")
    return body


def hash_of(line: bytes) -> str:
    """What the line after it must name as ``before``; of a line that was damaged, the sha256 of what stands there."""
    try:
        return str(read_line(line)["hash"])
    except ShapingError:
        return hashlib.sha256(line).hexdigest()


def head_body(quarter: str, uplink: str, zone: str, follows: str) -> dict[str, Any]:
    """What a file's first line says; ``follows`` is the quarter whose last hash it names, '' for the first of all."""
    about = {"kind": "quarter", "quarter": quarter, "uplink": uplink, "zone": zone, "follows": follows}
    return {**about, "columns": COLUMNS, "missed_columns": MISSED_COLUMNS}


def moment(text: Any) -> datetime:
    """A moment as the lines write it. Raises ValueError for anything else."""
    at = datetime.fromisoformat(str(text))
    if text != stamp(at):
        raise ValueError(f"{text!r} is not a moment of UTC in whole seconds")
    return at


def stamp(at: datetime) -> str:
    """A moment in UTC, whole seconds, always of the same width."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hour_of(now: datetime, zone: ZoneInfo) -> datetime:
    """When the hour of the city's clock began that is now, in UTC."""
    return now.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def quarter_of(hour: datetime, zone: ZoneInfo) -> str:
    """The quarter of the city's calendar: the one that its paper of the quarter speaks of."""
    local = hour.astimezone(zone)
    return f"{local.year:04d}Q{(local.month - 1) // _MONTHS + 1}"


def check_rows(body: Mapping[str, Any]) -> tuple[Sequence[Any], ...]:
    """The rows of an hour's line. Raises ValueError where they are not of the columns."""
    for name, columns in (("offices", COLUMNS), ("missed", MISSED_COLUMNS)):
        rows = body.get(name)
        if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == len(columns) for r in rows):
            raise ValueError(f"{name} is no list of rows with {len(columns)} columns")
    for row in body["offices"]:
        # ``type``, not ``isinstance``: JSON's true is an int to Python.
        if not isinstance(row[0], str) or not all(type(count) is int and count >= 0 for count in row[FIRST_COUNT:]):
            raise ValueError("offices has a row without an opd or with a count that is none")
    return tuple(body["offices"])


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()
