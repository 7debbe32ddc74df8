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

from exporter.flows.account.counting import RECEIVE, TRANSMIT, Counted
from exporter.flows.account.prefix_lookup import Owner, Owners
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Bytes, Numbers, Records

MAX_KEYS = 200_000
WAYS = {RECEIVE: "receive", TRANSMIT: "transmit"}
_KEY = np.dtype(
    [("opd", "<i4"), ("way", "u1"), ("host", "V16"), ("remote", "V16"), ("port", "<u2"), ("protocol", "u1")]
)
_WHOLE = np.dtype(f"V{_KEY.itemsize}")
_MAPPED = np.frombuffer(bytes(10) + b"\xff\xff", np.uint8)
_SOURCES, _TARGETS = ((f.SOURCE4, 4), (f.SOURCE6, 16)), ((f.TARGET4, 4), (f.TARGET6, 16))
_POST_SOURCES = ((f.POST_SOURCE4, 4), (f.POST_SOURCE6, 16))
_POST_TARGETS = ((f.POST_TARGET4, 4), (f.POST_TARGET6, 16))
_SOURCE_PORT, _TARGET_PORT, _PROTOCOL = 7, 11, 4
Elements = tuple[tuple[int, int], ...]


class Use(NamedTuple):
    """One row of a minute (its beginning in Unix seconds); the rest row has no host, no remote network, no service."""

    minute: int
    opd: str
    direction: str
    host: str
    remote: str
    protocol: int
    port: int
    bytes: int


class History:
    """The minute that is being counted. ``top``: rows kept of each OPD and direction."""

    def __init__(self, owners: Owners, top: int = 50) -> None:
        self._owners, self._top = owners, top
        self._sums: dict[bytes, int] = {}
        self._rest: dict[tuple[int, int], int] = defaultdict(int)

    def add(self, seen: Counted) -> None:
        """A block of flows as it was counted."""
        source = _addresses(seen.records, _SOURCES, _POST_SOURCES, self._owners)
        target = _addresses(seen.records, _TARGETS, _POST_TARGETS, self._owners)
        for owner, way, amounts, host, remote in (
            (seen.target, RECEIVE, seen.forward, target, source),
            (seen.source, TRANSMIT, seen.forward, source, target),
            (seen.source, RECEIVE, seen.reverse, source, target),
            (seen.target, TRANSMIT, seen.reverse, target, source),
        ):
            if amounts is None:
                continue
            mine = (owner >= 0) & (amounts > 0)
            place = np.flatnonzero(mine if seen.skipped is None else mine & ~seen.skipped)
            if place.size:
                self._sum(_keys(seen.records, place, owner, way, host, remote), amounts[place])

    def minute(self, minute: int) -> list[Use]:
        """The rows of the minute that is over, and begin the next."""
        sums, rest = self._sums, self._rest
        self._sums, self._rest = {}, defaultdict(int)
        return sorted(self._rows(minute, sums, rest))

    def _sum(self, keys: NDArray[np.void], amounts: Numbers) -> None:
        found, place = np.unique(keys.view(_WHOLE), return_inverse=True)
        totals = np.zeros(len(found), np.uint64)
        np.add.at(totals, place, amounts)
        for key, amount in zip(found, totals.tolist(), strict=True):
            packed = key.tobytes()
            if packed in self._sums or len(self._sums) < MAX_KEYS:
                self._sums[packed] = self._sums.get(packed, 0) + amount
            else:
                head = np.frombuffer(packed, _KEY)[0]
                self._rest[int(head["opd"]), int(head["way"])] += amount

    def _rows(self, minute: int, sums: dict[bytes, int], rest: dict[tuple[int, int], int]) -> Iterator[Use]:
        groups: dict[tuple[int, int], list[tuple[int, bytes]]] = defaultdict(list)
        for packed, amount in sums.items():
            head = np.frombuffer(packed, _KEY)[0]
            groups[int(head["opd"]), int(head["way"])].append((amount, packed))
        codes = self._owners.codes
        for (opd, way), found in groups.items():
            found.sort(reverse=True)
            for amount, packed in found[: self._top]:
                key = np.frombuffer(packed, _KEY)[0]
                sides = (_host(key["host"].tobytes()), _network(key["remote"].tobytes()))
                yield Use(minute, codes[opd], WAYS[way], *sides, int(key["protocol"]), int(key["port"]), amount)
            rest[opd, way] += sum(amount for amount, _ in found[self._top :])
        for (opd, way), amount in rest.items():
            if amount:
                yield Use(minute, codes[opd], WAYS[way], "", "", 0, 0, amount)


def _keys(
    records: Records, place: NDArray[np.intp], owner: Owner, way: int, host: Bytes, remote: Bytes
) -> NDArray[np.void]:
    rows = np.zeros(len(place), _KEY)
    rows["opd"], rows["way"] = owner[place], way
    rows["host"] = np.ascontiguousarray(host[place]).view("V16")[:, 0]
    rows["remote"] = _masked(remote[place]).view("V16")[:, 0]
    source, target = (_column(records, element)[place] for element in (_SOURCE_PORT, _TARGET_PORT))
    rows["port"] = np.where((source == 0) | (target == 0), source | target, np.minimum(source, target))
    rows["protocol"] = _column(records, _PROTOCOL)[place]
    return rows


def _column(records: Records, element: int) -> Numbers:
    found = records.numbers(element)
    return np.zeros(records.count, np.uint64) if found is None else found


def _addresses(records: Records, before: Elements, after: Elements, owners: Owners) -> Bytes:
    """IPv6 or mapped IPv4 addresses (count, 16): before NAT, or after it where only that one is an office's."""
    found = _raw(records, before)
    if any(records.has(element) for element, _ in after):
        other = _raw(records, after)
        instead = np.flatnonzero((_owned(owners, found) < 0) & (_owned(owners, other) >= 0))
        found[instead] = other[instead]
    return found


def _raw(records: Records, elements: Elements) -> Bytes:
    found = np.zeros((records.count, 16), np.uint8)
    for element, length in elements:
        raw = records.raw(element, length)
        if raw is None:
            continue
        fresh = raw if length == 16 else np.concatenate((np.broadcast_to(_MAPPED, (records.count, 12)), raw), axis=1)
        known = np.asarray(found.any(axis=1)).reshape(-1, 1)
        found = np.where(known, found, fresh)
    return found


def _owned(owners: Owners, addresses: Bytes) -> Owner:
    mapped = (addresses[:, :12] == _MAPPED).all(axis=1)
    found: Owner = np.where(mapped, owners.of4(addresses[:, 12:]), owners.of6(addresses)).astype(np.int32)
    return found


def _masked(addresses: Bytes) -> Bytes:
    """The network: the first 24 bits of IPv4, 48 of IPv6."""
    found = np.ascontiguousarray(addresses)
    mapped = (found[:, :12] == _MAPPED).all(axis=1)
    found[mapped, 15] = 0
    found[~mapped, 6:] = 0
    return found


def _host(raw: bytes) -> str:
    address = ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _network(raw: bytes) -> str:
    host = _host(raw)
    return f"{host}/{48 if ':' in host else 24}"
