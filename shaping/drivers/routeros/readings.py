"""What a router's state says of the OPDs: a state and the wanted queues in, a neutral reading out. Pure.

"In force" is said of a queue only where nothing lets its packets pass: no FastTrack, no other queue before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shaping.drivers.base import Reading
from shaping.drivers.routeros.queues import QueueSetting, count_of, is_dynamic, neutral, overlaps, targets_of
from shaping.drivers.routeros.state import RouterState
from shaping.drivers.routeros.wanted import Tag, name_of
from shaping.drivers.routeros.wire import Row
from shaping.queues import Count, Key, Queue

STATEMENT = "read back from the router"


@dataclass(frozen=True)
class Comparison:
    """What is there and what should be, by name."""

    tag: Tag
    state: RouterState
    wanted: Mapping[str, QueueSetting]


def reading(comparison: Comparison, wanted: Sequence[Queue]) -> Reading:
    """What the router holds, by OPD and direction."""
    state = comparison.state
    queues: dict[Key, Queue] = {}
    missing: dict[Key, str] = {}
    undecided: set[Key] = set()
    for queue in wanted:
        present = state.ours.get(name_of(queue.opd))
        passing = "; ".join(obstacles(comparison, queue.opd))
        if present is None:
            missing[queue.key] = f"the queue {name_of(queue.opd)} is not there"
        elif passing:
            missing[queue.key] = passing
            undecided.add(queue.key)
        elif (back := neutral(queue.opd, queue.direction, present)) == queue and (wrong := _wrong(comparison, present)):
            missing[queue.key] = wrong
        else:
            queues[queue.key] = back
    return Reading(
        queues=queues,
        missing=missing,
        statement=STATEMENT,
        undecided=frozenset(undecided),
        counts={key: count for key in queues if (count := _count(state, key))},
        faults=state.bypasses,
        evidence={"notes": list(state.notes)} if state.notes else {},
    )


def obstacles(comparison: Comparison, opd: str) -> list[str]:
    """Why this OPD's packets may never meet its queue."""
    wanted = comparison.wanted.get(name_of(opd))
    targets = wanted.targets if wanted else frozenset[str]()
    above = [row for row in comparison.state.foreign if overlaps(targets, targets_of(row))]
    return [*comparison.state.bypasses, *map(_above, above)]


def hindrances(comparison: Comparison) -> list[str]:
    """Everything of the whole uplink for which nothing would be in force, each once."""
    opds = [opd for queue in comparison.wanted.values() if (opd := comparison.tag.opd(queue.comment))]
    sentences = [sentence for opd in opds for sentence in obstacles(comparison, opd)]
    return list(dict.fromkeys([*comparison.state.bypasses, *sentences]))


def _above(row: Row) -> str:
    name, targets = row.get("name", "?"), ",".join(sorted(targets_of(row)))
    step = (
        "its session makes it anew; give it no rate limit" if is_dynamic(row) else "move it below ours, or disable it"
    )
    kind = "dynamic queue" if is_dynamic(row) else "queue"
    return f"the {kind} {name} ({targets}) stands above ours and takes these packets first; {step}"


def _wrong(comparison: Comparison, present: QueueSetting) -> str:
    """The rates are right: what else of the queue or of those above it is not."""
    queue: QueueSetting | None = present
    while queue is not None:
        wanted = comparison.wanted.get(queue.name)
        if wanted is not None and queue != wanted:
            return f"the queue {queue.name} differs: {', '.join(_differences(queue, wanted))}"
        queue = comparison.state.ours.get(queue.parent)
    return ""


def _differences(queue: QueueSetting, wanted: QueueSetting) -> list[str]:
    ours, theirs = wanted.words, queue.words
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    return [*names, *(["it is invalid"] if queue.invalid else [])]


def _count(state: RouterState, key: Key) -> Count | None:
    opd, direction = key
    row = state.rows.get(name_of(opd))
    return count_of(row, direction) if row is not None else None
