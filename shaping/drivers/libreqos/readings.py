"""What both files, LibreQoS's own copy and the measurement say of the OPDs: a comparison in, a reading out. Pure.

A row in the file limits nobody yet. "In force" is said where LibreQoS has copied the row to what it read last, or where
use came close to the ceiling and stayed below it; and never where use was measured above it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from inventory.admission import DIRECTIONS
from inventory.rates import format_rate
from shaping.drivers.base import LibreQosAccess, Reading
from shaping.drivers.libreqos.circuits import Circuit, rate_in_tc
from shaping.drivers.libreqos.folder import FolderState
from shaping.drivers.libreqos.wanted import FilePair, in_the_way
from shaping.measuring import Use, UseVerdict, judge, window
from shaping.queues import Key, Queue

# Every OPD's use over a window of so many seconds that ends now; empty where nothing is known.
UsesOf = Callable[[int], Mapping[Key, Use]]
# What the design promises of a rate: at most 1 % beside it.
_PROMISE = 0.01
_MINUTE = 60.0


@dataclass(frozen=True)
class FileComparison:
    """What is there and what should be."""

    access: LibreQosAccess
    state: FolderState
    pair: FilePair

    @property
    def obstacles(self) -> Mapping[str, list[str]]:
        """By OPD: why its packets may never meet its row."""
        return in_the_way(self.pair.circuits, self.state.sheet.foreign)

    @property
    def interval(self) -> str:
        """When LibreQoS reads the files."""
        if self.access.reload:
            return "reload: made it read them"
        return f"LibreQoS reads them by itself, every {self.access.refresh_minutes:g} minutes"

    @property
    def notes(self) -> tuple[str, ...]:
        """Rates that LibreQoS rounds by more than is promised."""
        return tuple(sentence for row in self.pair.circuits.values() for sentence in _rounding(row))


def reading(comparison: FileComparison, wanted: Sequence[Queue], uses_of: UsesOf, now: float) -> Reading:
    """Every wanted queue: in force, missing, or not known."""
    obstacles = comparison.obstacles
    queues: dict[Key, Queue] = {}
    missing: dict[Key, str] = {}
    undecided: set[Key] = set()
    awaited: set[Key] = set()
    verdicts = UseSince(comparison, uses_of, now)
    for queue in wanted:
        if wrong := _wrong(comparison, queue):
            missing[queue.key] = wrong
        elif passing := obstacles.get(queue.opd):
            missing[queue.key] = "; ".join(passing)
            undecided.add(queue.key)
        else:
            taken_over, verdict = verdicts.of(queue)
            if verdict is UseVerdict.EXCEEDED:
                missing[queue.key] = verdict.sentence
            elif taken_over or verdict is UseVerdict.MEASURED:
                queues[queue.key] = queue
            else:
                missing[queue.key] = f"written; LibreQoS has not shown that it read it{_more(verdict)}"
                undecided.add(queue.key)
                awaited.add(queue.key)
    notes = comparison.notes
    return Reading(
        queues=queues,
        missing=missing,
        statement=f"rows of {comparison.access.directory} against LibreQoS's own copy; {comparison.interval}",
        undecided=frozenset(undecided),
        awaited=frozenset(awaited),
        evidence={"notes": list(notes)} if notes else {},
    )


class UseSince:
    """Whether LibreQoS took a row over, and what use says of its ceiling since; each window is asked for once."""

    def __init__(self, comparison: FileComparison, uses_of: UsesOf, now: float) -> None:
        self._comparison, self._uses_of, self._now = comparison, uses_of, now
        self._uses: dict[int, Mapping[Key, Use]] = {}

    def of(self, queue: Queue) -> tuple[bool, UseVerdict]:
        """True where the row stands in LibreQoS's copy; and the verdict."""
        state, access = self._comparison.state, self._comparison.access
        copy, row = state.copy, self._comparison.pair.circuits[queue.opd]
        if copy is not None and copy.get(queue.opd) != row:
            # The old limit is what is measured until then.
            return False, UseVerdict.EARLY
        # Without a copy (another folder, another version) it is the interval that must have passed.
        since = state.copy_at if copy is not None else state.sheet_at + _MINUTE * access.refresh_minutes
        seconds = self._now - since
        length = window(seconds)
        if length and length not in self._uses:
            self._uses[length] = self._uses_of(length)
        return copy is not None, judge(queue, self._uses.get(length, {}).get(queue.key), seconds)


def _more(verdict: UseVerdict) -> str:
    # Early: nothing can have been measured yet, and nobody's confirmation is waited for.
    return "" if verdict is UseVerdict.EARLY else f" ({verdict.sentence})"


def _wrong(comparison: FileComparison, queue: Queue) -> str:
    """What of the row or its node is not as wanted; '' where all is."""
    present, row = comparison.state.sheet.ours.get(queue.opd), comparison.pair.circuits[queue.opd]
    if present is None:
        return f"no row of {queue.opd} is in ShapedDevices.csv"
    if present.queue(queue.direction) != queue:
        pair = present.pair(queue.direction)
        rates = f"{format_rate(pair.guaranteed)} / {format_rate(pair.ceiling)}" if pair else "no rate"
        return f"its row in ShapedDevices.csv says {rates}"
    if present != row:
        return f"its row in ShapedDevices.csv differs: {', '.join(_differences(present, row))}"
    if comparison.state.tree.ours.get(row.parent) != comparison.pair.nodes[row.parent]:
        return f"the node {row.parent} in network.json differs, or is not there"
    return ""


def _differences(present: Circuit, row: Circuit) -> list[str]:
    names = ("circuit", "name", "parent", "comment", "ipv4", "ipv6", "extras")
    differing = [name for name in names if getattr(present, name) != getattr(row, name)]
    return [*differing, *(["it stands there more than once"] if present.times > 1 else [])] or ["a rate"]


def _rounding(row: Circuit) -> list[str]:
    """What ``rate_in_tc`` makes of it, where that is more than promised beside it."""
    sentences = []
    for way in DIRECTIONS:
        pair = row.pair(way)
        for what, rate in (("guarantee", pair.guaranteed), ("ceiling", pair.ceiling)) if pair else ():
            made = rate_in_tc(rate)
            if abs(made - rate) > _PROMISE * rate:
                other = f"LibreQoS makes {format_rate(made)} of the {what} {format_rate(rate)}"
                sentences.append(f"{row.opd} {way}: {other}")
    return sentences
