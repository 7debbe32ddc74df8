"""Columns of flow records in, exact bytes and packets per OPD, direction and scope out.

Receive is towards the OPD. OPD to OPD is ``internal`` and counted for both, and only from an exporter declared
``internal``; everything else is ``internet``, and where the exporter's uplinks are declared, only what goes through one
of them. What is not counted so is told apart. Sums are unsigned 64-bit integers, never floating point.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.prefix_lookup import Owner, Owners
from exporter.flows.account.sampling import Rates
from exporter.flows.account.smoothing import Smoothing
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records
from exporter.flows.decode.durations import whole_seconds

SCOPES = ("internet", "internal")
RECEIVE, TRANSMIT = 0, 1
_EGRESS = 1
_CELLS = 4
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Habit:
    """What the inventory says of an exporter. ``uplinks`` are the ifIndexes of its lines to an ISP (none: any)."""

    sampling: int | None = None
    internal: bool = False
    direction: str = "ingress"
    total_counts: bool = False
    uplinks: frozenset[int] = frozenset()


@dataclass
class Totals:
    """Counters: (OPD, direction, scope) for bytes and packets, and what nobody owns.

    ``through`` is everything after sampling; ``sampled`` the same as the records themselves tell it. ``aside`` are
    bytes of OPDs that another exporter or interface counts, by reason. ``smoothing`` (None: off) knows what of the
    OPDs' bytes and packets is not to be shown yet.
    """

    bytes: NDArray[np.uint64]
    packets: NDArray[np.uint64]
    unassigned: int = 0
    events: int = 0
    through: int = 0
    through_packets: int = 0
    sampled: int = 0
    sampled_packets: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    smoothing: Smoothing | None = None

    def smooth(self, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Show what comes from now on over its flow's duration, at most ``seconds`` (0: at arrival)."""
        self.smoothing = Smoothing.over(seconds, 2 * self.bytes.size, clock) if seconds else None

    def shown(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The OPDs' bytes and packets without what smoothing still holds back."""
        if self.smoothing is None:
            return self.bytes, self.packets
        size, packets = self.smoothing.waiting().reshape(2, *self.bytes.shape)
        return self.bytes - size, self.packets - packets

    @classmethod
    def empty(cls, opds: int) -> "Totals":
        """All at nought."""
        return cls(np.zeros((opds, 2, 2), np.uint64), np.zeros((opds, 2, 2), np.uint64))


@dataclass(frozen=True)
class Flows:
    """What a block of records says: bytes and packets each way (reverse: towards the source), and the owners."""

    forward: Numbers
    reverse: Numbers | None
    packets: Numbers
    packets_back: Numbers | None
    source: Owner
    target: Owner


@dataclass(frozen=True)
class Counted:
    """A block as it was counted: bytes after sampling each way, the owners, and which flows count elsewhere."""

    records: Records
    forward: Numbers
    reverse: Numbers | None
    source: Owner
    target: Owner
    skipped: NDArray[np.bool_] | None


def count(
    totals: Totals,
    owners: Owners,
    records: Records,
    rates: Rates,
    habit: Habit,
    seen: Callable[[Counted], None] | None = None,
) -> int:
    """Add a block of records of one template, each multiplied by its sampling rate; returns how many were records.

    What is nought all over is the filled-up tail of a set, no record. ``seen`` is told what was counted.
    """
    flows = read(owners, records)
    keep = _kept(records, habit)
    if keep is not None:
        copies = flows.forward if flows.reverse is None else flows.forward + flows.reverse
        totals.aside["egress_copy"] += int(rates.scaled(copies)[~keep].sum())
    forward, packets = _only(keep, flows.forward), _only(keep, flows.packets)
    reverse = None if flows.reverse is None else _only(keep, flows.reverse)
    back = None if flows.packets_back is None else _only(keep, flows.packets_back)
    both = forward if reverse is None else forward + reverse
    empty = both == 0
    padding = int(np.count_nonzero(~records.block[empty].any(axis=1))) if empty.any() else 0
    totals.events += int(np.count_nonzero(empty)) - padding - (0 if keep is None else int(np.count_nonzero(~keep)))
    told = int(both.sum()), int(packets.sum()) + (0 if back is None else int(back.sum()))
    through = told
    if not rates.one:
        forward, packets = rates.scaled(forward), rates.scaled(packets)
        reverse = None if reverse is None else rates.scaled(reverse)
        back = None if back is None else rates.scaled(back)
        both = forward if reverse is None else forward + reverse
        through = int(both.sum()), int(packets.sum()) + (0 if back is None else int(back.sum()))
    totals.sampled, totals.sampled_packets = totals.sampled + told[0], totals.sampled_packets + told[1]
    totals.through, totals.through_packets = totals.through + through[0], totals.through_packets + through[1]
    totals.unassigned += int(both[(flows.source & flows.target) < 0].sum())
    skipped = _skipped(totals, flows, both, _through_uplink(records, habit), habit.internal)
    seconds = None if totals.smoothing is None else whole_seconds(records, totals.smoothing.seconds)
    _assign(totals, flows.target, flows.source, (forward, reverse), (packets, back), skipped, seconds)
    if seen is not None:
        seen(Counted(records, forward, reverse, flows.source, flows.target, skipped))
    return records.count - padding


def _skipped(
    totals: Totals, flows: Flows, both: Numbers, uplink: NDArray[np.bool_] | None, internal: bool
) -> NDArray[np.bool_] | None:
    """The flows of OPDs that are not counted here, and why; None where all are."""
    if internal and uplink is None:
        return None
    inside = (flows.source | flows.target) >= 0
    skipped = np.zeros(len(both), np.bool_) if internal else inside
    totals.aside["internal"] += int(both[skipped].sum())
    if uplink is not None:
        past = ~inside & ~uplink & ((flows.source & flows.target) >= 0)
        totals.aside["not_uplink"] += int(both[past].sum())
        skipped = skipped | past
    return skipped


def _assign(
    totals: Totals,
    target: Owner,
    source: Owner,
    sizes: tuple[Numbers, Numbers | None],
    numbers: tuple[Numbers, Numbers | None],
    skipped: NDArray[np.bool_] | None,
    seconds: Numbers | None,
) -> None:
    """Add to the OPDs of both sides; the tally's first cells are nobody's and fall away."""
    cell = ((source | target) >= 0).astype(np.intp)
    toward, off = ((owner.astype(np.intp) + 1) * _CELLS + cell for owner in (target, source))
    off += 2 * TRANSMIT
    if skipped is not None:
        toward, off = np.where(skipped, 0, toward), np.where(skipped, 2 * TRANSMIT, off)
    for packets, (onward, backward) in enumerate((sizes, numbers)):
        _add(totals, packets, (toward, off), onward, seconds)
        if backward is not None:
            _add(totals, packets, (off - 2 * TRANSMIT, toward + 2 * TRANSMIT), backward, seconds)


def _add(
    totals: Totals, packets: int, places: tuple[Places, Places], amounts: Numbers, seconds: Numbers | None
) -> None:
    """Count at arrival; where smoothing is on, what lasted a second or more is shown later."""
    _tally(totals.packets if packets else totals.bytes, places, amounts)
    if totals.smoothing is not None and seconds is not None:
        for place in places:
            later = np.flatnonzero((seconds > 0) & (place >= _CELLS))
            cells = place[later] - _CELLS + packets * totals.bytes.size
            totals.smoothing.keep(cells, amounts[later], seconds[later])


def _tally(counter: NDArray[np.uint64], places: tuple[Places, Places], amounts: Numbers) -> None:
    """Exact sums by place: halves of 32 bits, so that the floating point of bincount stays below 2^53.

    A block has at most 2^20 records (``collecting.MAX_BLOCK_BYTES``).
    """
    flat, size = counter.reshape(-1), counter.size + _CELLS
    large = bool(amounts.size) and bool(amounts.max() > _LOW)
    low = (amounts & _LOW if large else amounts).astype(np.float64)
    high = (amounts >> _HALF).astype(np.float64) if large else None
    for place in places:
        flat += np.bincount(place, low, size)[_CELLS:].astype(np.uint64)
        if high is not None:
            flat += np.bincount(place, high, size)[_CELLS:].astype(np.uint64) << _HALF


def _only(keep: NDArray[np.bool_] | None, amounts: Numbers) -> Numbers:
    return amounts if keep is None else np.where(keep, amounts, np.uint64(0))


def read(owners: Owners, records: Records) -> Flows:
    """Bytes, packets and owners of a block. Initiator and responder, where told, go before a sum of both ways."""
    reverse = records.numbers(f.IN_BYTES, f.REVERSE_ENTERPRISE)
    back = records.numbers(f.IN_PACKETS, f.REVERSE_ENTERPRISE)
    forward = _first(records, f.IN_BYTES, f.OUT_BYTES)
    packets = _first(records, f.IN_PACKETS, f.OUT_PACKETS)
    if records.has(f.INITIATOR_BYTES) or records.has(f.RESPONDER_BYTES):
        initiator, responder = _first(records, f.INITIATOR_BYTES), _first(records, f.RESPONDER_BYTES)
        apart = (initiator > 0) | (responder > 0)
        initiator = initiator if records.has(f.INITIATOR_BYTES) else forward
        forward, reverse = np.where(apart, initiator, forward), np.where(apart, responder, _or_nought(reverse))
        packets = np.where(apart, _first(records, f.INITIATOR_PACKETS, f.IN_PACKETS, f.OUT_PACKETS), packets)
        back = np.where(apart, _first(records, f.RESPONDER_PACKETS), _or_nought(back))
    return Flows(
        forward,
        reverse,
        packets,
        back,
        _owner(owners, records, (f.SOURCE4, f.POST_SOURCE4), (f.SOURCE6, f.POST_SOURCE6)),
        _owner(owners, records, (f.TARGET4, f.POST_TARGET4), (f.TARGET6, f.POST_TARGET6)),
    )


def _or_nought(amounts: Numbers | None) -> Numbers:
    return np.array(0, np.uint64) if amounts is None else amounts


def _first(records: Records, *elements: int) -> Numbers:
    """The first element that is not nought, record by record."""
    found: Numbers | None = None
    for element in elements:
        more = records.numbers(element)
        if more is not None:
            found = more if found is None else np.where(found == 0, more, found)
    return np.zeros(records.count, np.uint64) if found is None else found


def _owner(owners: Owners, records: Records, v4: tuple[int, int], v6: tuple[int, int]) -> Owner:
    """By address, else by the address after NAT: MikroTik and FortiOS put the office's host on different sides."""
    found: Owner | None = None
    for element, length in ((v4[0], 4), (v6[0], 16), (v4[1], 4), (v6[1], 16)):
        raw = records.raw(element, length)
        if raw is not None:
            fresh = owners.of4(raw) if length == 4 else owners.of6(raw)
            found = fresh if found is None else np.where(found < 0, fresh, found)
    return np.full(records.count, -1, np.int32) if found is None else found


def _kept(records: Records, habit: Habit) -> NDArray[np.bool_] | None:
    """An exporter with monitors both ways sees a forwarded flow twice: its egress copies are left out (None: none)."""
    direction = records.numbers(f.DIRECTION) if habit.direction == "both" else None
    return None if direction is None else np.asarray(direction != np.uint64(_EGRESS), np.bool_)


def _through_uplink(records: Records, habit: Habit) -> NDArray[np.bool_] | None:
    """True where a flow enters or leaves by a declared uplink; None where nothing is declared or told."""
    told = [column for element in (f.INPUT, f.OUTPUT) if (column := records.numbers(element)) is not None]
    if not habit.uplinks or not told:
        return None
    uplinks = np.array(sorted(habit.uplinks), np.uint64)
    return np.asarray(np.logical_or.reduce([np.isin(column, uplinks) for column in told]), np.bool_)
