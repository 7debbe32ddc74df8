"""A firewall's records of connections (Cisco ASA NSEL) in, the same with what is new of each connection out.

An update (event 5 of element 233) tells what passed since the last one, a delete (2) what passed in all: of it, what
the updates of the same connection (148) told is taken off. The table is bounded; the connection that was silent longest
is forgotten first and counted, because its delete counts whole.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Bytes, FieldPlace, Records

# As of total counters: some 20 MB for each exporter of this kind, which is a firewall of a city or two.
MAX_CONNECTIONS = 65_536

# firewallEvent (IANA IPFIX element 233).
_DELETED, _UPDATED = 2, 5

_NAMES = (f.FLOW_ID, f.SOURCE4, f.TARGET4, f.SOURCE6, f.TARGET6, f.SOURCE_PORT, f.TARGET_PORT, f.PROTOCOL)
_COUNTS = (f.INITIATOR_BYTES, f.RESPONDER_BYTES, f.INITIATOR_PACKETS, f.RESPONDER_PACKETS)

Counts = tuple[int, ...]


def of_connections(records: Records) -> bool:
    """True where records are a firewall's, with bytes."""
    counts = records.has(f.INITIATOR_BYTES) or records.has(f.RESPONDER_BYTES)
    return counts and records.has(f.FIREWALL_EVENT) and records.has(f.FLOW_ID)


@dataclass
class ConnectionCounters:
    """The sums of the ``updates`` of each connection, as in ``_COUNTS``; ``evictions``: those without a place."""

    updates: OrderedDict[bytes, Counts] = field(default_factory=OrderedDict)
    evictions: int = 0

    def increments(self, records: Records, domain: int) -> Records:
        """The same records; a delete has its totals less what the updates told (never less than nothing)."""
        events = records.numbers(f.FIREWALL_EVENT)
        if events is None or not (self.updates or bool((events == _UPDATED).any())):
            return records
        columns = [element for element in _COUNTS if records.numbers(element) is not None]
        counts = np.stack([column for element in columns if (column := records.numbers(element)) is not None], axis=1)
        keys = _keys(records, domain)
        for row in np.flatnonzero((events == _UPDATED) | (events == _DELETED)).tolist():
            if events[row] == _UPDATED:
                self._update(keys[row].tobytes(), columns, counts[row].tolist())
            else:
                before = self.updates.pop(keys[row].tobytes(), (0,) * len(_COUNTS))
                new = [max(0, n - before[_COUNTS.index(e)]) for e, n in zip(columns, counts[row].tolist(), strict=True)]
                counts[row] = new
        more = counts.astype(">u8").view(np.uint8).reshape(records.count, -1)
        start = records.block.shape[1]
        places: dict[tuple[int, int], FieldPlace] = {
            (IANA, element): (start + 8 * place, 8) for place, element in enumerate(columns)
        }
        block: Bytes = np.ascontiguousarray(np.hstack([records.block, more]))
        return Records(records.count, block, {**records.places, **places})

    def _update(self, key: bytes, columns: list[int], counts: list[int]) -> None:
        more = dict(zip(columns, counts, strict=True))
        before = self.updates.get(key, (0,) * len(_COUNTS))
        self.updates[key] = tuple(n + more.get(e, 0) for e, n in zip(_COUNTS, before, strict=True))
        self.updates.move_to_end(key)
        if len(self.updates) > MAX_CONNECTIONS:
            self.updates.popitem(last=False)
            self.evictions += 1


def _keys(records: Records, domain: int) -> Bytes:
    """The connection of each record, as bytes: its domain, its number and its ends."""
    places = [records.places[IANA, element] for element in _NAMES if records.has(element)]
    head = np.frombuffer(domain.to_bytes(4, "big"), np.uint8)
    parts = [records.block[:, start : start + length] for start, length in places]
    return np.hstack([np.broadcast_to(head, (records.count, 4)), *parts])
