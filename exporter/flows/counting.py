"""Columns of flow records in, exact bytes and packets per OPD, direction and scope out.

Receive is towards the OPD. OPD to OPD is ``internal`` and counted for both, and only from an exporter declared
``internal``; everything else is ``internet``. Sums are unsigned 64-bit integers, never floating point.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exporter.flows import fields as f
from exporter.flows.columns import Numbers, Records
from exporter.flows.owners import Owner, Owners

SCOPES = ("internet", "internal")
RECEIVE, TRANSMIT = 0, 1
_EGRESS = 1


@dataclass(frozen=True)
class Habit:
    """What the inventory says of an exporter."""

    sampling: int | None = None
    internal: bool = False
    direction: str = "ingress"


@dataclass
class Totals:
    """Counters: (OPD, direction, scope) for bytes and packets, and what nobody owns.

    ``through`` is everything after sampling; ``sampled`` the same as the records themselves tell it.
    """

    bytes: NDArray[np.uint64]
    packets: NDArray[np.uint64]
    unassigned: int = 0
    events: int = 0
    through: int = 0
    through_packets: int = 0
    sampled: int = 0
    sampled_packets: int = 0

    @classmethod
    def empty(cls, opds: int) -> "Totals":
        """All at nought."""
        return cls(np.zeros((opds, 2, 2), np.uint64), np.zeros((opds, 2, 2), np.uint64))


@dataclass(frozen=True)
class Flows:
    """What a block of records says: bytes and packets each way (reverse: towards the source), and the owners."""

    forward: Numbers
    reverse: Numbers
    packets: Numbers
    packets_back: Numbers
    source: Owner
    target: Owner


def count(totals: Totals, owners: Owners, records: Records, rate: Numbers, habit: Habit) -> None:
    """Add a block of records of one template, each multiplied by its sampling rate."""
    flows = read(owners, records)
    keep = _kept(records, habit)
    zero = np.uint64(0)
    forward, reverse, packets, back = (
        np.where(keep, column * rate, zero)
        for column in (flows.forward, flows.reverse, flows.packets, flows.packets_back)
    )
    both = forward + reverse
    totals.events += int(np.count_nonzero(keep & (flows.forward + flows.reverse == zero)))
    totals.through += int(both.sum())
    totals.through_packets += int((packets + back).sum())
    totals.sampled += int((flows.forward + flows.reverse)[keep].sum())
    totals.sampled_packets += int((flows.packets + flows.packets_back)[keep].sum())
    inside = (flows.source >= 0) & (flows.target >= 0)
    nobody = (flows.source < 0) & (flows.target < 0)
    totals.unassigned += int(both[nobody].sum())
    counted = ~inside | habit.internal
    scope = inside.astype(np.intp)
    for owner, toward, sizes, numbers in (
        (flows.target, RECEIVE, forward, packets),
        (flows.source, TRANSMIT, forward, packets),
        (flows.source, RECEIVE, reverse, back),
        (flows.target, TRANSMIT, reverse, back),
    ):
        mine = (owner >= 0) & counted & ((sizes > 0) | (numbers > 0))
        if mine.any():
            place = owner[mine].astype(np.intp) * 4 + toward * 2 + scope[mine]
            np.add.at(totals.bytes.reshape(-1), place, sizes[mine])
            np.add.at(totals.packets.reshape(-1), place, numbers[mine])


def read(owners: Owners, records: Records) -> Flows:
    """Bytes, packets and owners of a block."""
    zero = np.zeros(records.count, np.uint64)

    def first(*elements: int) -> Numbers:
        """The first element that is not nought, record by record."""
        total = zero
        for element in elements:
            found = records.numbers(element)
            if found is not None:
                total = np.where(total == 0, found, total)
        return total

    reverse = records.numbers(f.IN_BYTES, f.REVERSE_ENTERPRISE)
    reverse_packets = records.numbers(f.IN_PACKETS, f.REVERSE_ENTERPRISE)
    responder, responder_packets = first(f.RESPONDER_BYTES), first(f.RESPONDER_PACKETS)
    return Flows(
        first(f.IN_BYTES, f.OUT_BYTES, f.INITIATOR_BYTES),
        responder if reverse is None else reverse,
        first(f.IN_PACKETS, f.OUT_PACKETS, f.INITIATOR_PACKETS),
        responder_packets if reverse_packets is None else reverse_packets,
        _owner(owners, records, (f.SOURCE4, f.POST_SOURCE4), (f.SOURCE6, f.POST_SOURCE6)),
        _owner(owners, records, (f.TARGET4, f.POST_TARGET4), (f.TARGET6, f.POST_TARGET6)),
    )


def longest(records: Records) -> float:
    """The longest flow of a block in seconds; nought where the records have no times."""
    for first, last, unit in (
        (f.FIRST_SWITCHED, f.LAST_SWITCHED, 1000.0),
        (f.START_MILLISECONDS, f.END_MILLISECONDS, 1000.0),
        (f.START_SECONDS, f.END_SECONDS, 1.0),
    ):
        began, ended = records.numbers(first), records.numbers(last)
        if began is not None and ended is not None:
            lasted = ended[ended >= began] - began[ended >= began]
            return float(lasted.max()) / unit if lasted.size else 0.0
    return 0.0


def _owner(owners: Owners, records: Records, v4: tuple[int, int], v6: tuple[int, int]) -> Owner:
    """By address, else by the address after NAT: MikroTik and FortiOS put the office's host on different sides."""
    found: Owner = np.full(records.count, -1, np.int32)
    for element, length in ((v4[0], 4), (v6[0], 16), (v4[1], 4), (v6[1], 16)):
        raw = records.raw(element, length)
        if raw is not None:
            fresh = owners.of4(raw) if length == 4 else owners.of6(raw)
            found = np.where(found < 0, fresh, found).astype(np.int32)
    return found


def _kept(records: Records, habit: Habit) -> NDArray[np.bool_]:
    """An exporter with monitors both ways sees a forwarded flow twice: its egress copies are left out."""
    direction = records.numbers(f.DIRECTION) if habit.direction == "both" else None
    if direction is None:
        return np.ones(records.count, np.bool_)
    return np.asarray(direction != np.uint64(_EGRESS), np.bool_)
