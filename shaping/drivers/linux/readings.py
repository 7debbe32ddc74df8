"""What this kernel's state says of the OPDs: classes, counts and the table in, a neutral reading out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from inventory.admission import DIRECTIONS
from shaping.drivers.base import Reading
from shaping.drivers.linux.changes import queue_of
from shaping.drivers.linux.frames import FrameSize
from shaping.drivers.linux.handles import UNMAPPED
from shaping.drivers.linux.kernel import State
from shaping.drivers.linux.nft import Interfaces
from shaping.drivers.linux.owners import Map, owners_changed
from shaping.drivers.linux.probing import Probe
from shaping.queues import Count, Key, Queue

STATEMENT = "read back from the kernel"
# In place of a class's number: every OPD's addresses are in doubt.
EVERYBODY = "*"


@dataclass(frozen=True)
class Differences:
    """What of the kernel's state is not as wanted.

    ``owners`` are classes whose addresses are not theirs (``wrong_owners``); ``classes`` are places and minors of
    classes that differ in anything: rates, turn, priority, queue or parent, or that should not be there. ``frames`` are
    places whose root counts another size of frames, with what it counts and what it should.
    """

    owners: frozenset[str] = frozenset()
    classes: frozenset[tuple[str, int]] = frozenset()
    frames: tuple[tuple[str, FrameSize, FrameSize], ...] = ()


def wrong_owners(state: State, owners: Map, listing: str | None) -> frozenset[str]:
    """The classes whose addresses the table does not give them, by the text of their minors; or ``EVERYBODY``."""
    if state.map is not None and state.table == listing and state.map.hash == owners.hash:
        return frozenset()
    changed = frozenset(owners_changed(state.map, owners))
    # The maps are as they should be, so it is the rules: they speak of everybody.
    return changed if changed and state.map is not None else frozenset({EVERYBODY})


def reading(
    state: State,
    interfaces: Interfaces,
    minors: Mapping[str, int],
    wanted: Sequence[Queue],
    differences: Differences = Differences(),  # It is frozen and empty.
) -> Reading:
    """What the kernel holds, by OPD and direction."""
    places = {"receive": interfaces.receive, "transmit": interfaces.transmit}
    queues: dict[Key, Queue] = {}
    missing: dict[Key, str] = {}
    for queue in wanted:
        place, minor = places[queue.direction], minors[queue.opd]
        htb = state.classes.get(place, {}).get(minor)
        if htb is None:
            missing[queue.key] = f"the class {minor:x} is not there"
        elif place in state.spoiled:
            missing[queue.key] = f"{place}: the root sends unmapped packets to another class than ours"
        elif differences.owners & {EVERYBODY, str(minor)}:
            missing[queue.key] = "nftables gives its addresses to another class, or its rules were changed"
        elif (place, minor) in differences.classes and queue_of(queue.opd, queue.direction, htb) == queue:
            missing[queue.key] = f"the class {minor:x} has its rates, but another turn, priority, queue or parent"
        else:
            queues[queue.key] = queue_of(queue.opd, queue.direction, htb)
    counted = counts_of(state.counts, interfaces, minors, wanted)
    nobody = {way: count for way in DIRECTIONS if (count := state.counts.get(places[way], {}).get(UNMAPPED))}
    ceilings = {way: htb.ceil for way in DIRECTIONS if (htb := state.classes.get(places[way], {}).get(UNMAPPED))}
    return Reading(
        queues=queues,
        missing=missing,
        statement=STATEMENT,
        counts={key: count for key, count in counted.items() if key in queues},
        unmapped_bytes={way: count.bytes for way, count in nobody.items()},
        unmapped_drops={way: count.drops for way, count in nobody.items()},
        unmapped_ceilings=ceilings,
        faults=_faults(state, differences, set(minors.values())),
    )


def counts_of(
    counts: Mapping[str, Mapping[int, Count]],
    interfaces: Interfaces,
    minors: Mapping[str, int],
    wanted: Sequence[Queue],
) -> dict[Key, Count]:
    """The counts of the wanted queues that are there."""
    places = {"receive": interfaces.receive, "transmit": interfaces.transmit}
    by_key = {queue.key: counts.get(places[queue.direction], {}).get(minors[queue.opd]) for queue in wanted}
    return {key: count for key, count in by_key.items() if count is not None}


def evidence_of(state: State, probe: Probe) -> dict[str, Any]:
    """What the proof adds of this kernel: the leaf, and what each root counts of a frame, as it tells it."""
    frames = {place: asdict(frame) for place, frame in sorted(state.frames.items())}
    return {"linux": {"leaf": probe.leaf, "leaf_refusals": dict(probe.refusals), "frames": frames}}


def _faults(state: State, differences: Differences, minors: set[int]) -> tuple[str, ...]:
    """What is wrong and is no single OPD's."""
    sentences = [f"{place}: a filter that is not ours hangs at our root" for place in sorted(state.filters)]
    sentences += [
        f"{place}: the class {minor:x} is not as it should be"
        for place, minor in sorted(differences.classes)
        if minor not in minors
    ]
    sentences += [
        f"{place}: the root counts {is_now.text}; wanted are {wanted.text}"
        for place, is_now, wanted in differences.frames
    ]
    if differences.owners:
        sentences.append("nftables: the table is not as it was made: rules, hooks or addresses were changed")
    return tuple(sentences)
