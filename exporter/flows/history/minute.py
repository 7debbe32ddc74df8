"""Who uses an OPD's bandwidth: counted flows in, the sums of a minute out, which are those that the counters have.

A key is (OPD, direction, host of the office, remote side, service, application, AS). A service is the smaller port.
Pure but for its own sums; ``usage_rows`` makes the rows of them, in a process of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from exporter.flows.account.applications import application_ids
from exporter.flows.account.collector import KeyRoom
from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.prefix_lookup import OpdNumbers, PrefixLookup
from exporter.flows.account.totals import RECEIVE, TRANSMIT
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Bytes, Numbers, Records
from exporter.flows.history.key_sums import (
    APPLICATION_BIT,
    HOST,
    KEY_WORDS,
    LOW_WORD,
    PARTY,
    PORT_BIT,
    PORT_MASK,
    PROTOCOL_BIT,
    PROTOCOL_MASK,
    REMOTE,
    SERVICE,
    WAY_BIT,
    KeySums,
    MinuteSums,
    Words,
    keyed,
)
from exporter.flows.history.usage_rows import MAPPED, UsageRow, usage_columns, usage_rows

# Four bytes of IPv4 stand above the mark of a mapped address, in the second word of two: at byte 12 of 16.
_IPV4_BIT, _IPV4_PLACE, _WORD_BYTES = np.uint64(32), 12, 8
_SOURCES, _TARGETS = ((f.SOURCE4, 4), (f.SOURCE6, 16)), ((f.TARGET4, 4), (f.TARGET6, 16))
_POST_SOURCES = ((f.POST_SOURCE4, 4), (f.POST_SOURCE6, 16))
_POST_TARGETS = ((f.POST_TARGET4, 4), (f.POST_TARGET6, 16))
Elements = tuple[tuple[int, int], ...]


class _Way(NamedTuple):
    """One reading of a block: whose bytes, which way, how many, and which side is the office's."""

    opds: OpdNumbers
    way: int
    amounts: Numbers | None
    host: Words
    remote: Words
    remote_as: int


class MinuteHistory:
    """The minute that is being counted. ``top``: rows kept of each OPD and direction."""

    def __init__(self, lookup: PrefixLookup, top: int = 50) -> None:
        self.codes, self.top = tuple(lookup.codes), top
        self._lookup = lookup
        self._sums = MinuteSums.empty(len(self.codes))

    def adopt(self, lookup: PrefixLookup) -> None:
        """Find OPDs by these tables from now on; those that were known have kept their numbers."""
        self.codes, self._lookup = tuple(lookup.codes), lookup
        self._sums.grow(len(self.codes))

    def add(self, block: CountedBlock) -> None:
        """A block of flows as it was counted."""
        records = block.owned.rated.records
        party, service = _services(records)
        for way in _ways(block, self._lookup):
            if way.amounts is None:
                continue
            counts = (way.opds >= 0) & (way.amounts > 0)
            rows = np.flatnonzero(counts if block.skipped is None else counts & ~block.skipped)
            if not rows.size:
                continue
            words = np.empty((KEY_WORDS, len(rows)), np.uint64)
            for place, side in ((HOST, way.host), (REMOTE, way.remote)):
                for column, word in zip(place, side, strict=True):
                    # "clip" writes into the column at once; the default would check every place and copy.
                    np.take(word, rows, out=words[column], mode="clip")
            words[PARTY] = party[rows] | way.opds[rows].astype(np.uint64)
            words[SERVICE] = service[rows] | np.uint64(way.way) << WAY_BIT
            autonomous = records.numbers(way.remote_as)
            if autonomous is not None:
                words[SERVICE] |= autonomous[rows] & LOW_WORD
            self.add_rows(keyed(words, way.amounts[rows]))

    def add_rows(self, rows: KeySums) -> None:
        """Rows of keys; the same key may stand several times."""
        self._sums.add(rows)

    def lend(self) -> KeyRoom:
        """The room of the minute, for whoever makes rows of keys itself (``account.express_lane``)."""
        return self._sums.lend()

    def take_back(self, end: int) -> None:
        """The room has rows up to ``end``."""
        self._sums.end = end

    def make_room(self) -> None:
        """Sum what waits."""
        self._sums.settle()

    def take(self) -> MinuteSums:
        """The sums of the minute that is over, and begin the next."""
        sums, self._sums = self._sums, MinuteSums.empty(len(self.codes))
        return sums

    def minute(self, minute: int) -> list[UsageRow]:
        """The rows of the minute that is over, with remote networks, and begin the next."""
        sums = self.take()
        sums.settle()
        return sorted(usage_rows(usage_columns(minute, sums, self.codes, self.top)))


def _ways(block: CountedBlock, lookup: PrefixLookup) -> Iterator[_Way]:
    owned, records = block.owned, block.owned.rated.records
    source = _addresses(records, _SOURCES, _POST_SOURCES, lookup)
    target = _addresses(records, _TARGETS, _POST_TARGETS, lookup)
    forward, reverse = block.amounts.bytes, block.amounts.reverse_bytes
    yield _Way(owned.target, RECEIVE, forward, target, source, f.SOURCE_AS)
    yield _Way(owned.source, TRANSMIT, forward, source, target, f.TARGET_AS)
    yield _Way(owned.source, RECEIVE, reverse, source, target, f.TARGET_AS)
    yield _Way(owned.target, TRANSMIT, reverse, target, source, f.SOURCE_AS)


def _services(records: Records) -> tuple[Numbers, Numbers]:
    """The words PARTY and SERVICE without OPD, AS and way: the smaller port is the service's, where both are there."""
    source, target = _column(records, f.SOURCE_PORT), _column(records, f.TARGET_PORT)
    # A service's port is nearly always the smaller one: ephemeral ports begin at 32,768 (Linux) or 49,152 (IANA).
    port = np.where((source == 0) | (target == 0), source | target, np.minimum(source, target))
    # Cut to their width: a hostile template may make any of them eight bytes long.
    protocol = _column(records, f.PROTOCOL) & PROTOCOL_MASK
    service = (port & PORT_MASK) << PORT_BIT | protocol << PROTOCOL_BIT
    applications = application_ids(records)
    none = np.zeros(records.count, np.uint64)
    return none if applications is None else applications << APPLICATION_BIT, service


def _column(records: Records, element: int) -> Numbers:
    column = records.numbers(element)
    return np.zeros(records.count, np.uint64) if column is None else column


def _addresses(records: Records, before: Elements, after: Elements, lookup: PrefixLookup) -> Words:
    """IPv6 or mapped IPv4 addresses (2, count): before NAT, or after it where only that one is an office's."""
    addresses = _raw(records, before)
    if any(records.has(element) for element, _ in after):
        other = _raw(records, after)
        # As ``owning`` does it, so that rows and counters speak of the same side of a NAT.
        instead = np.flatnonzero((_opds(lookup, addresses) < 0) & (_opds(lookup, other) >= 0))
        addresses[:, instead] = other[:, instead]
    return addresses


def _raw(records: Records, elements: Elements) -> Words:
    """The first of the fields that is not zero, record by record."""
    first: Words | None = None
    for element, length in elements:
        raw = records.raw(element, length)
        if raw is None:
            continue
        more = _words(np.ascontiguousarray(raw))
        if first is None:
            first = more
        else:
            absent = np.flatnonzero((first[0] | first[1]) == 0)
            first[:, absent] = more[:, absent]
    return np.zeros((2, records.count), np.uint64) if first is None else first


def _words(raw: Bytes) -> Words:
    if raw.shape[1] > _WORD_BYTES:
        return raw.view(np.uint64).T.copy()
    short = raw.view(np.uint32)[:, 0]
    words = np.zeros((2, len(raw)), np.uint64)
    # An IPv4 address of zeros is none: templates for both families leave one of them empty.
    words[1] = np.where(short == 0, np.uint64(0), short.astype(np.uint64) << _IPV4_BIT | MAPPED)
    return words


def _opds(lookup: PrefixLookup, addresses: Words) -> OpdNumbers:
    first, second = addresses
    mapped = (first == 0) & (second & LOW_WORD == MAPPED)
    raw = np.ascontiguousarray(addresses.T).view(np.uint8)
    opds: OpdNumbers = np.where(mapped, lookup.of4(raw[:, _IPV4_PLACE:]), lookup.of6(raw)).astype(np.int32)
    return opds
