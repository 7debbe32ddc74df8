"""Totals since each flow began (element 85) in, what is new since its last record out. For exporters declared so.

A flow is known by its addresses, ports and interfaces, its id and its start where told. The table is bounded; the flow
that was silent longest is forgotten first and counted, because its next record would count whole.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Bytes, Numbers, Place, Records

MAX_FLOWS = 65_536
_ENDS = (f.SOURCE4, f.TARGET4, f.SOURCE6, f.TARGET6, f.POST_SOURCE4, f.POST_TARGET4)
_STARTS = (f.FIRST_SWITCHED, f.START_SECONDS, f.START_MILLISECONDS, 154, 156, f.FLOW_ID)
_NAMES = (*_ENDS, f.PROTOCOL, f.SOURCE_PORT, f.TARGET_PORT, f.INPUT, f.OUTPUT, f.DIRECTION, 5, 58, 56, 80, *_STARTS)
_TOTALS = ((f.TOTAL_BYTES, IANA), (f.TOTAL_PACKETS, IANA), (f.TOTAL_BYTES, 29305), (f.TOTAL_PACKETS, 29305))
_NEW = ((f.IN_BYTES, IANA), (f.IN_PACKETS, IANA), (f.IN_BYTES, 29305), (f.IN_PACKETS, 29305))
_DELTAS = (f.IN_BYTES, f.OUT_BYTES, f.INITIATOR_BYTES, f.RESPONDER_BYTES)
_ACTIVE_TIMEOUT = 2

Counts = tuple[int, ...]


def totals_alone(records: Records) -> bool:
    """True where records tell totals and no deltas (which go first, where both are told)."""
    told = any(records.numbers(*total) is not None for total in (_TOTALS[0], _TOTALS[2]))
    return told and all(records.numbers(element) is None for element in _DELTAS)


@dataclass
class Deltas:
    """The last totals of every flow of an exporter: bytes and packets, then both of the reverse direction."""

    known: OrderedDict[bytes, Counts] = field(default_factory=OrderedDict)
    forgotten: int = 0
    doubted: set[bytes] = field(default_factory=set)

    def doubt(self) -> None:
        """The last totals are older than the counters: each flow's next total is where it goes on from, uncounted."""
        self.doubted = set(self.known)

    def new(self, records: Records, domain: int) -> Records:
        """The same records with what is new appended as deltas."""
        columns = [_column(records, *total) for total in _TOTALS]
        ended = _ended(records)
        dated = any(records.has(element) for element in _STARTS)
        rows = zip(_keys(records, domain), *(column.tolist() for column in columns), ended, strict=True)
        fresh = [self._take(key, tuple(counts), dated, over) for key, *counts, over in rows]
        more = np.array(fresh, ">u8").view(np.uint8).reshape(records.count, -1)
        start = records.block.shape[1]
        added: dict[tuple[int, int], Place] = {
            (enterprise, element): (start + 8 * place, 8)
            for place, ((element, enterprise), total) in enumerate(zip(_NEW, _TOTALS, strict=True))
            if records.numbers(*total) is not None
        }
        block: Bytes = np.ascontiguousarray(np.hstack([records.block, more]))
        return Records(records.count, block, {**records.places, **added})

    def _take(self, key: bytes, counts: Counts, dated: bool, over: bool) -> Counts:
        """What is new of one flow. Less than before is a new flow, or, where its start is told, a late record."""
        before = counts if key in self.doubted else self.known.get(key, (0,) * len(counts))
        self.doubted.discard(key)
        if any(now < then for now, then in zip(counts, before, strict=True)):
            if dated:
                return (0,) * len(counts)
            before = (0,) * len(counts)
        if over:
            self.known.pop(key, None)
        else:
            self.known[key] = counts
            self.known.move_to_end(key)
            if len(self.known) > MAX_FLOWS:
                self.known.popitem(last=False)
                self.forgotten += 1
        return tuple(now - then for now, then in zip(counts, before, strict=True))


def _column(records: Records, element: int, enterprise: int) -> Numbers:
    found = records.numbers(element, enterprise)
    return np.zeros(records.count, np.uint64) if found is None else found


def _ended(records: Records) -> list[bool]:
    """True where a record is its flow's last one (flowEndReason, and not an active timeout)."""
    reason = records.numbers(f.END_REASON)
    return [False] * records.count if reason is None else ((reason > 0) & (reason != _ACTIVE_TIMEOUT)).tolist()


def _keys(records: Records, domain: int) -> list[bytes]:
    places = [(element, *records.places[IANA, element]) for element in _NAMES if records.has(element)]
    parts = [records.block[:, start : start + length] for _, start, length in places]
    head = domain.to_bytes(4, "big") + b"".join(element.to_bytes(2, "big") for element, _, _ in places)
    if not parts:
        return [head] * records.count
    return [head + row.tobytes() for row in np.hstack(parts)]
