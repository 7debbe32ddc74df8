"""A firewall's records of connections (Cisco ASA NSEL) in, the same with what is new of each connection out.

A creation (event 1 of element 233) and an update (5) tell what passed since the last one, a delete (2) what passed in
all: of it, what the same connection (148, or its ends) told before is taken off. Totals of both ways (85, 86) are such
sums in every event; deltas (1, 2) are new in every event. The table is bounded; the connection that was silent longest
is forgotten first and counted, because its delete counts whole.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from exporter.flows.account.total_counters import totals_alone
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Bytes, FieldPlace, Numbers, Records

# As of total counters: some 20 MB for each exporter of this kind, which is a firewall of a city or two.
MAX_CONNECTIONS = 65_536

# firewallEvent (IANA IPFIX element 233).
_CREATED, _DELETED, _UPDATED = 1, 2, 5

_NAMES = (f.FLOW_ID, f.SOURCE4, f.TARGET4, f.SOURCE6, f.TARGET6, f.SOURCE_PORT, f.TARGET_PORT, f.PROTOCOL)

# What is kept of a connection, in this order: bytes and packets of each way, then those of both ways.
_WAYS = (f.INITIATOR_BYTES, f.RESPONDER_BYTES, f.INITIATOR_PACKETS, f.RESPONDER_PACKETS)
_NOTHING = (0,) * 6

Counts = tuple[int, ...]


class _Column(NamedTuple):
    """A counter of the records: where it stands in ``Counts``, and which of those are parts of it as a sum."""

    element: int
    place: int
    parts: tuple[int, ...]


# 231 and 232 go their own way; 85 and 86 are sums of both ways and of what deltas of both ways told.
_OWN = tuple(_Column(element, place, (place,)) for place, element in enumerate(_WAYS))
_SUMS = (_Column(f.TOTAL_BYTES, 4, (0, 1, 4)), _Column(f.TOTAL_PACKETS, 5, (2, 3, 5)))
_DELTAS = (_Column(f.IN_BYTES, 4, ()), _Column(f.IN_PACKETS, 5, ()))
_COUNTED_AS = {f.TOTAL_BYTES: f.IN_BYTES, f.TOTAL_PACKETS: f.IN_PACKETS}


def of_connections(records: Records) -> bool:
    """True where records are a firewall's, with bytes."""
    named = records.has(f.FLOW_ID) or records.has(f.SOURCE_PORT)
    return named and _events(records) is not None and any(records.has(c.element) for c in (*_OWN, *_SUMS, *_DELTAS))


def as_counts(numbers: Iterable[int]) -> Counts:
    """Numbers as they are kept of a connection; those that lack are 0."""
    row = (*numbers, *_NOTHING)
    return row[: len(_NOTHING)]


@dataclass
class ConnectionCounters:
    """What each connection told so far, as ``Counts`` (``updates``); ``evictions``: those without a place."""

    updates: OrderedDict[bytes, Counts] = field(default_factory=OrderedDict)
    evictions: int = 0

    def increments(self, records: Records, domain: int) -> Records:
        """The same records; a delete has its totals less what was told before (never less than nothing)."""
        events, columns = _events(records), _columns(records)
        parts = (_CREATED, _UPDATED)
        if events is None or not (self.updates or columns[:1] == list(_SUMS[:1]) or bool(np.isin(events, parts).any())):
            return records
        numbers = [column for c in columns if (column := records.numbers(c.element)) is not None]
        counts = np.stack(numbers, axis=1)
        keys = _keys(records, domain)
        for row in np.flatnonzero(np.isin(events, (*parts, _DELETED))).tolist():
            counts[row] = self._news(keys[row].tobytes(), columns, counts[row].tolist(), int(events[row]))
        more = counts.astype(">u8").view(np.uint8).reshape(records.count, -1)
        start = records.block.shape[1]
        places: dict[tuple[int, int], FieldPlace] = {
            (IANA, _COUNTED_AS.get(c.element, c.element)): (start + 8 * place, 8) for place, c in enumerate(columns)
        }
        block: Bytes = np.ascontiguousarray(np.hstack([records.block, more]))
        return Records(records.count, block, {**records.places, **places})

    def _news(self, key: bytes, columns: list[_Column], counts: list[int], event: int) -> list[int]:
        """What is new in one record, and note it."""
        before = self.updates.get(key, _NOTHING)
        sums = [c in _SUMS or (event == _DELETED and bool(c.parts)) for c in columns]
        earlier = [
            sum(before[part] for part in c.parts) if whole else 0 for c, whole in zip(columns, sums, strict=True)
        ]
        news = [max(0, count - less) for count, less in zip(counts, earlier, strict=True)]
        if event == _DELETED:
            self.updates.pop(key, None)
        elif any(news):
            self._note(key, before, {c.place: new for c, new in zip(columns, news, strict=True)})
        return news

    def _note(self, key: bytes, before: Counts, news: dict[int, int]) -> None:
        self.updates[key] = tuple(count + news.get(place, 0) for place, count in enumerate(before))
        self.updates.move_to_end(key)
        if len(self.updates) > MAX_CONNECTIONS:
            self.updates.popitem(last=False)
            self.evictions += 1


def _events(records: Records) -> Numbers | None:
    """The event of each record, by the element of today or that of ASA before 8.4."""
    events = records.numbers(f.FIREWALL_EVENT)
    return records.numbers(f.OLD_FIREWALL_EVENT) if events is None else events


def _columns(records: Records) -> list[_Column]:
    """Ways apart go before sums and deltas, as in ``rating``."""
    ways = [c for c in _OWN if records.numbers(c.element) is not None]
    if any(c.element in (f.INITIATOR_BYTES, f.RESPONDER_BYTES) for c in ways):
        return ways
    both = _SUMS if totals_alone(records) else _DELTAS
    return [c for c in both if records.numbers(c.element) is not None]


def _keys(records: Records, domain: int) -> Bytes:
    """The connection of each record, as bytes: its domain, its number and its ends."""
    places = [records.places[IANA, element] for element in _NAMES if records.has(element)]
    head = np.frombuffer(domain.to_bytes(4, "big"), np.uint8)
    parts = [records.block[:, start : start + length] for start, length in places]
    return np.hstack([np.broadcast_to(head, (records.count, 4)), *parts])
