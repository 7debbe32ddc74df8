"""Totals since each flow began (element 85) in, what is new since its last record out. For exporters declared so.

A flow is recognised by its addresses, ports and interfaces, its id and its start where it has them. The table is
bounded; the flow that was silent longest is forgotten first and counted, because its next record would count whole.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Bytes, FieldPlace, Numbers, Records

# Some 20 MB of Python objects for each exporter declared so. What finds no place is counted (``evictions``) and on the
# page.
MAX_FLOWS = 65_536

# What tells flows apart: elements of both ends, of the way through the router, of the flow's beginning. 5 is the class
# of service, 58 the VLAN, 56 and 80 the two MAC addresses; 154 and 156 are beginnings in micro- and nanoseconds.
_ENDS = (f.SOURCE4, f.TARGET4, f.SOURCE6, f.TARGET6, f.POST_SOURCE4, f.POST_TARGET4)
_STARTS = (f.FIRST_SWITCHED, f.START_SECONDS, f.START_MILLISECONDS, 154, 156, f.FLOW_ID)
_NAMES = (*_ENDS, f.PROTOCOL, f.SOURCE_PORT, f.TARGET_PORT, f.INPUT, f.OUTPUT, f.DIRECTION, 5, 58, 56, 80, *_STARTS)
_TOTALS = ((f.TOTAL_BYTES, IANA), (f.TOTAL_PACKETS, IANA), (f.TOTAL_BYTES, 29305), (f.TOTAL_PACKETS, 29305))
_NEW = ((f.IN_BYTES, IANA), (f.IN_PACKETS, IANA), (f.IN_BYTES, 29305), (f.IN_PACKETS, 29305))
_DELTAS = (f.IN_BYTES, f.OUT_BYTES, f.LAYER2_BYTES, f.INITIATOR_BYTES, f.RESPONDER_BYTES)

# flowEndReason 2, active timeout: the flow goes on (RFC 5102 5.11.3).
_ACTIVE_TIMEOUT = 2

Counts = tuple[int, ...]


def totals_alone(records: Records) -> bool:
    """True where records hold totals and no deltas (which go first, where both are there)."""
    totals = any(_numbers(records, *total) is not None for total in _TOTALS)
    return totals and all(records.numbers(element) is None for element in _DELTAS)


@dataclass
class TotalCounters:
    """The ``last`` totals of every flow of an exporter: bytes and packets, then both of the reverse direction.

    ``evictions``: flows that found no place; ``stale``: flows whose last total is older than the counters.
    """

    last: OrderedDict[bytes, Counts] = field(default_factory=OrderedDict)
    evictions: int = 0
    stale: set[bytes] = field(default_factory=set)

    def doubt(self) -> None:
        """The last totals are older than the counters: each flow's next total is where it goes on from, uncounted."""
        self.stale = set(self.last)

    def increments(self, records: Records, domain: int) -> Records:
        """The same records with what is new appended as deltas."""
        columns = [_column(records, *total) for total in _TOTALS]
        over = _is_over(records)
        dated = any(records.has(element) for element in _STARTS)
        rows = zip(_keys(records, domain), *(column.tolist() for column in columns), over, strict=True)
        fresh = [self._increment(key, tuple(counts), dated, final) for key, *counts, final in rows]
        # The increments stand behind the record as columns of 8 bytes, as if the exporter had sent deltas.
        # Big-endian, because the columns of a record are.
        more = np.array(fresh, ">u8").view(np.uint8).reshape(records.count, -1)
        start = records.block.shape[1]
        places: dict[tuple[int, int], FieldPlace] = {
            (enterprise, element): (start + 8 * place, 8)
            for place, ((element, enterprise), total) in enumerate(zip(_NEW, _TOTALS, strict=True))
            if _numbers(records, *total) is not None
        }
        block: Bytes = np.ascontiguousarray(np.hstack([records.block, more]))
        return Records(records.count, block, {**records.places, **places})

    def _increment(self, key: bytes, counts: Counts, dated: bool, final: bool) -> Counts:
        """What is new of one flow. Less than before is a new flow, or, where its start is there, a late record."""
        # A stale flow's last total is older than the counters: what it reports now is where it goes on from.
        before = counts if key in self.stale else self.last.get(key, (0,) * len(counts))
        self.stale.discard(key)
        if any(now < then for now, then in zip(counts, before, strict=True)):
            if dated:
                return (0,) * len(counts)
            before = (0,) * len(counts)
        if final:
            self.last.pop(key, None)
        else:
            self.last[key] = counts
            self.last.move_to_end(key)
            if len(self.last) > MAX_FLOWS:
                self.last.popitem(last=False)
                self.evictions += 1
        return tuple(now - then for now, then in zip(counts, before, strict=True))


def _column(records: Records, element: int, enterprise: int) -> Numbers:
    column = _numbers(records, element, enterprise)
    return np.zeros(records.count, np.uint64) if column is None else column


def _numbers(records: Records, element: int, enterprise: int) -> Numbers | None:
    """A total; of bytes, else that of layer 2 (353)."""
    column = records.numbers(element, enterprise)
    return records.numbers(f.LAYER2_TOTAL, enterprise) if column is None and element == f.TOTAL_BYTES else column


def _is_over(records: Records) -> list[bool]:
    """True where a record is its flow's last one (flowEndReason, and not an active timeout)."""
    reason = records.numbers(f.END_REASON)
    return [False] * records.count if reason is None else ((reason > 0) & (reason != _ACTIVE_TIMEOUT)).tolist()


def _keys(records: Records, domain: int) -> list[bytes]:
    places = [(element, *records.places[IANA, element]) for element in _NAMES if records.has(element)]
    parts = [records.block[:, start : start + length] for _, start, length in places]
    # Which elements make up the key is part of it: templates of one exporter may name different ones.
    head = domain.to_bytes(4, "big") + b"".join(element.to_bytes(2, "big") for element, _, _ in places)
    if not parts:
        return [head] * records.count
    return [head + row.tobytes() for row in np.hstack(parts)]
