"""Who uses an OPD's bandwidth: counted flows in, one minute's largest rows out, with the sums that the counters have.

A row is (OPD, direction, host of the office, remote network, service). Beyond the largest ``top`` of an OPD and a
direction, and beyond MAX_KEYS altogether, bytes go to a rest row, so that nothing is missing. Remote networks are /24
and /48; a service is the smaller port. Pure but for its own sums.
"""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.prefix_lookup import OpdNumbers, PrefixLookup
from exporter.flows.account.totals import RECEIVE, TRANSMIT
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Bytes, Numbers, Records

# Some 40 MB of keys and sums; a minute of a city has a few ten thousand.
MAX_KEYS = 200_000
WAYS = {RECEIVE: "receive", TRANSMIT: "transmit"}

# A key of the sums, packed: as bytes it is one value for NumPy's unique and for a dict. IPv4 stands mapped into IPv6.
_KEY = np.dtype(
    [("opd", "<i4"), ("way", "u1"), ("host", "V16"), ("remote", "V16"), ("port", "<u2"), ("protocol", "u1")]
)
_WHOLE = np.dtype(f"V{_KEY.itemsize}")
# The first 12 bytes of an IPv4 address mapped into IPv6 (RFC 4291 2.5.5.2).
_MAPPED = np.frombuffer(bytes(10) + b"\xff\xff", np.uint8)
_SOURCES, _TARGETS = ((f.SOURCE4, 4), (f.SOURCE6, 16)), ((f.TARGET4, 4), (f.TARGET6, 16))
_POST_SOURCES = ((f.POST_SOURCE4, 4), (f.POST_SOURCE6, 16))
_POST_TARGETS = ((f.POST_TARGET4, 4), (f.POST_TARGET6, 16))
Elements = tuple[tuple[int, int], ...]


class UsageRow(NamedTuple):
    """One row of a minute (its beginning in Unix seconds); the rest row has no host, no remote network, no service."""

    minute: int
    opd: str
    direction: str
    host: str
    remote: str
    protocol: int
    port: int
    bytes: int


class MinuteHistory:
    """The minute that is being counted. ``top``: rows kept of each OPD and direction."""

    def __init__(self, lookup: PrefixLookup, top: int = 50) -> None:
        self._lookup, self._top = lookup, top
        self._sums: dict[bytes, int] = {}
        self._rest: dict[tuple[int, int], int] = defaultdict(int)

    def add(self, block: CountedBlock) -> None:
        """A block of flows as it was counted."""
        records, owned = block.owned.rated.records, block.owned
        source = _addresses(records, _SOURCES, _POST_SOURCES, self._lookup)
        target = _addresses(records, _TARGETS, _POST_TARGETS, self._lookup)
        forward, reverse = block.amounts.bytes, block.amounts.reverse_bytes
        for opds, way, amounts, host, remote in (
            (owned.target, RECEIVE, forward, target, source),
            (owned.source, TRANSMIT, forward, source, target),
            (owned.source, RECEIVE, reverse, source, target),
            (owned.target, TRANSMIT, reverse, target, source),
        ):
            if amounts is None:
                continue
            counts = (opds >= 0) & (amounts > 0)
            rows = np.flatnonzero(counts if block.skipped is None else counts & ~block.skipped)
            if rows.size:
                keys = _services(records)[rows]
                keys["opd"], keys["way"] = opds[rows], way
                keys["host"] = np.ascontiguousarray(host[rows]).view("V16")[:, 0]
                keys["remote"] = _networks(remote[rows]).view("V16")[:, 0]
                self._sum(keys, amounts[rows])

    def minute(self, minute: int) -> list[UsageRow]:
        """The rows of the minute that is over, and begin the next."""
        sums, rest = self._sums, self._rest
        self._sums, self._rest = {}, defaultdict(int)
        return sorted(self._rows(minute, sums, rest))

    def _sum(self, keys: NDArray[np.void], amounts: Numbers) -> None:
        packed_keys, place = np.unique(keys.view(_WHOLE), return_inverse=True)
        totals = np.zeros(len(packed_keys), np.uint64)
        # Not ``totals[place] += amounts``: that adds only once where a key stands several times.
        np.add.at(totals, place, amounts)
        for key, amount in zip(packed_keys, totals.tolist(), strict=True):
            packed = key.tobytes()
            # A scan of a whole network makes a key for each address: known keys still grow, the others go to the rest.
            if packed in self._sums or len(self._sums) < MAX_KEYS:
                self._sums[packed] = self._sums.get(packed, 0) + amount
            else:
                head = np.frombuffer(packed, _KEY)[0]
                self._rest[int(head["opd"]), int(head["way"])] += amount

    def _rows(self, minute: int, sums: dict[bytes, int], rest: dict[tuple[int, int], int]) -> Iterator[UsageRow]:
        groups: dict[tuple[int, int], list[tuple[int, bytes]]] = defaultdict(list)
        for packed, amount in sums.items():
            head = np.frombuffer(packed, _KEY)[0]
            groups[int(head["opd"]), int(head["way"])].append((amount, packed))
        codes = self._lookup.codes
        for (opd, way), group in groups.items():
            # By amount, then by key, so that equal amounts always give the same rows.
            group.sort(reverse=True)
            for amount, packed in group[: self._top]:
                key = np.frombuffer(packed, _KEY)[0]
                sides = (_host(key["host"].tobytes()), _network(key["remote"].tobytes()))
                yield UsageRow(minute, codes[opd], WAYS[way], *sides, int(key["protocol"]), int(key["port"]), amount)
            rest[opd, way] += sum(amount for amount, _ in group[self._top :])
        for (opd, way), amount in rest.items():
            if amount:
                yield UsageRow(
                    minute=minute,
                    opd=codes[opd],
                    direction=WAYS[way],
                    host="",
                    remote="",
                    protocol=0,
                    port=0,
                    bytes=amount,
                )


def _services(records: Records) -> NDArray[np.void]:
    """Keys with nothing but protocol and port: the smaller port is the service's, where both are there."""
    keys = np.zeros(records.count, _KEY)
    source, target = _column(records, f.SOURCE_PORT), _column(records, f.TARGET_PORT)
    # A service's port is nearly always the smaller one: ephemeral ports begin at 32,768 (Linux) or 49,152 (IANA).
    keys["port"] = np.where((source == 0) | (target == 0), source | target, np.minimum(source, target))
    keys["protocol"] = _column(records, f.PROTOCOL)
    return keys


def _column(records: Records, element: int) -> Numbers:
    column = records.numbers(element)
    return np.zeros(records.count, np.uint64) if column is None else column


def _addresses(records: Records, before: Elements, after: Elements, lookup: PrefixLookup) -> Bytes:
    """IPv6 or mapped IPv4 addresses (count, 16): before NAT, or after it where only that one is an office's."""
    addresses = _raw(records, before)
    if any(records.has(element) for element, _ in after):
        other = _raw(records, after)
        # As ``owning`` does it, so that rows and counters speak of the same side of a NAT.
        instead = np.flatnonzero((_opds(lookup, addresses) < 0) & (_opds(lookup, other) >= 0))
        addresses[instead] = other[instead]
    return addresses


def _raw(records: Records, elements: Elements) -> Bytes:
    """The first of the fields that is not zero, record by record."""
    first = np.zeros((records.count, 16), np.uint8)
    for element, length in elements:
        raw = records.raw(element, length)
        if raw is None:
            continue
        more = raw if length == 16 else np.concatenate((np.broadcast_to(_MAPPED, (records.count, 12)), raw), axis=1)
        present = np.asarray(first.any(axis=1)).reshape(-1, 1)
        first = np.where(present, first, more)
    return first


def _opds(lookup: PrefixLookup, addresses: Bytes) -> OpdNumbers:
    mapped = (addresses[:, :12] == _MAPPED).all(axis=1)
    opds: OpdNumbers = np.where(mapped, lookup.of4(addresses[:, 12:]), lookup.of6(addresses)).astype(np.int32)
    return opds


def _networks(addresses: Bytes) -> Bytes:
    """The network: the first 24 bits of IPv4, 48 of IPv6."""
    networks = np.ascontiguousarray(addresses)
    mapped = (networks[:, :12] == _MAPPED).all(axis=1)
    networks[mapped, 15] = 0
    networks[~mapped, 6:] = 0
    return networks


def _host(raw: bytes) -> str:
    address = ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _network(raw: bytes) -> str:
    host = _host(raw)
    return f"{host}/{48 if ':' in host else 24}"
