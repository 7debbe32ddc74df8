"""Who has confirmed which queue by hand, and when: one JSON file in the state directory, and the state before it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory.admission import Direction
from shaping.errors import ShapingError
from shaping.queues import Key, Queue
from shaping.state import load, save

# A person's name with titles; it stands in the proof, whose texts the tracker bounds at 200.
LONGEST_NAME = 100


@dataclass(frozen=True)
class Confirmation:
    """A queue, the person who says that it was set, and the Unix time of saying it."""

    queue: Queue
    by: str
    at: float

    @property
    def sentence(self) -> str:
        """As it stands in a proof: the time in UTC, so that the sentence never changes."""
        moment = datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"applied by hand, confirmed by {self.by} at {moment}"


Confirmed = Mapping[Key, Confirmation]


def person(name: str) -> str:
    """The name as it is written down. Raises ShapingError for none, a too long one, or one with control characters."""
    text = " ".join(name.split())
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise ShapingError(f"--by {name[:LONGEST_NAME]!r}: name the person who typed the commands, 1 to 100 letters")
    return text


class Confirmations:
    """The file. Reading it opens it anew each time, because ``confirm`` is another process than the agent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> dict[Key, Confirmation]:
        """What is confirmed now. Raises ShapingError for a file that says something else."""
        return self._read("now")

    def replace(self, fresh: Confirmed) -> None:
        """Confirm this instead; what was confirmed before is kept for ``back``."""
        save(self._path, {"now": _rows(fresh), "before": _rows(self.now())})

    def back(self) -> int:
        """Take the last change back; how many queues are confirmed otherwise now. Raises ShapingError for none."""
        now, before = self.now(), self._read("before")
        moved = sum(now.get(key) != before.get(key) for key in {*now, *before})
        if not moved:
            raise ShapingError("manual: no confirmation is there that could be withdrawn")
        # Both sides the same: one step back, and no second one into an older state that nobody remembers.
        save(self._path, {"now": _rows(before), "before": _rows(before)})
        return moved

    def _read(self, side: str) -> dict[Key, Confirmation]:
        body = load(self._path)
        if body is None:
            return {}
        try:
            return {confirmation.queue.key: confirmation for confirmation in (_confirmation(row) for row in body[side])}
        except (KeyError, TypeError, ValueError) as error:
            raise ShapingError(f"{self._path}: is no list of confirmations: {error!r}; move it away") from error


def _rows(confirmed: Confirmed) -> Sequence[dict[str, Any]]:
    return [asdict(confirmed[key]) for key in sorted(confirmed)]


def _confirmation(row: Any) -> Confirmation:
    queue = row["queue"]
    direction: Direction = "receive" if queue["direction"] == "receive" else "transmit"
    rates = (int(queue[key]) for key in ("guaranteed_bytes_per_second", "ceiling_bytes_per_second"))
    return Confirmation(Queue(str(queue["opd"]), direction, *rates), str(row["by"]), float(row["at"]))
