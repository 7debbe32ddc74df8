"""The rows of a minute: its sums in, the largest ``top`` of each OPD and direction with their rest out, as columns.

Beyond the largest, and beyond what fits (``key_sums.MAX_KEYS``), bytes go to a rest row, so that nothing is missing.
Remote networks are /24 and /48. Runs in the writer's process, beside the counting.
"""

import socket
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.totals import RECEIVE, TRANSMIT
from exporter.flows.decode.columns import Numbers
from exporter.flows.history.key_sums import (
    APPLICATION_BIT,
    HOST,
    LOW_WORD,
    PARTY,
    PORT_BIT,
    PORT_MASK,
    PROTOCOL_BIT,
    PROTOCOL_MASK,
    REMOTE,
    SERVICE,
    WAYS,
    KeySums,
    MinuteSums,
    Words,
    cells,
    key_sums,
    keyed,
)

DIRECTIONS = {RECEIVE: "receive", TRANSMIT: "transmit"}
# The mark of an IPv4 address mapped into IPv6 (RFC 4291 2.5.5.2), as the lower half of its second word.
MAPPED = np.uint64(0xFFFF_0000)
_IPV4_BIT, _IPV4_BYTES, _WORD_BYTES = 32, 4, 8
# What stays of an address: three bytes of IPv4's four, six bytes of IPv6's first eight.
_NETWORK4, _NETWORK6 = np.uint64(0x00FF_FFFF_FFFF_FFFF), np.uint64(0x0000_FFFF_FFFF_FFFF)
_LENGTH4, _LENGTH6 = 24, 48
# Addresses whose text is remembered: those of a city's minute.
_TEXTS = 2**17

UsageColumns = Mapping[str, NDArray[Any]]


class UsageRow(NamedTuple):
    """One row of a minute (its beginning in Unix seconds); the rest row has no host, no remote network, no service.

    ``application`` (element 95) and ``asn`` (of the remote side, 16 or 17) are 0 where the exporter tells none.
    """

    minute: int
    opd: str
    direction: str
    host: str
    remote: str
    protocol: int
    port: int
    bytes: int
    application: int = 0
    asn: int = 0


def usage_columns(
    minute: int, sums: MinuteSums, codes: Sequence[str], top: int, *, whole: bool = False
) -> UsageColumns:
    """The columns of UsageRow, from sums that were settled; ``whole``: with whole remote addresses."""
    counted = sums.largest if whole else _by_network(sums.largest)
    words, hashes, amounts = counted
    cell = cells(words[PARTY], words[SERVICE])
    # By amount, then by the key's hash, so that equal amounts always give the same rows.
    order = np.lexsort((hashes, np.iinfo(np.uint64).max - amounts, cell))
    rank = _ranks(cell[order])
    large, small = order[rank < top], order[rank >= top]
    rest = sums.rest.copy()
    np.add.at(rest, cell[small], amounts[small])
    left = np.flatnonzero(rest)
    return _columns(minute, counted.at(large), (left, rest[left]), codes, whole)


def usage_rows(columns: UsageColumns) -> list[UsageRow]:
    """The same row by row."""
    return [UsageRow(*row) for row in zip(*(columns[name].tolist() for name in UsageRow._fields), strict=True)]


def columns_of(rows: Sequence[UsageRow]) -> UsageColumns:
    """And back."""
    kinds = {"opd": object, "direction": object, "host": object, "remote": object, "minute": np.int64}
    values = zip(UsageRow._fields, zip(*rows, strict=True), strict=True)
    return {name: np.array(column, kinds.get(name, np.uint64)) for name, column in values}


def _columns(
    minute: int, large: KeySums, rest: tuple[NDArray[np.intp], Numbers], codes: Sequence[str], whole: bool
) -> UsageColumns:
    words, cell = large.words, np.concatenate((cells(large.words[PARTY], large.words[SERVICE]), rest[0]))
    named, directions = np.array([*codes, ""], object), np.array([DIRECTIONS[way] for way in range(WAYS)], object)
    blank, none = np.full(len(rest[0]), "", object), np.zeros(len(rest[0]), np.uint64)
    service, party = words[SERVICE], words[PARTY]
    return {
        "minute": np.full(len(cell), minute, np.int64),
        "opd": named[cell // WAYS],
        "direction": directions[cell % WAYS],
        "host": np.concatenate((_texts(words, HOST, host_text), blank)),
        "remote": np.concatenate((_texts(words, REMOTE, host_text if whole else network_text), blank)),
        "protocol": np.concatenate((service >> PROTOCOL_BIT & PROTOCOL_MASK, none)),
        "port": np.concatenate((service >> PORT_BIT & PORT_MASK, none)),
        "bytes": np.concatenate((large.amounts, rest[1])),
        "application": np.concatenate((party >> APPLICATION_BIT, none)),
        "asn": np.concatenate((service & LOW_WORD, none)),
    }


def _ranks(cell: NDArray[np.intp]) -> NDArray[np.intp]:
    """The place of each within its own, where equal ones stand together."""
    begins = np.concatenate(([True], cell[1:] != cell[:-1]))[: len(cell)]
    places = np.arange(len(cell))
    return places - np.maximum.accumulate(np.where(begins, places, 0))


def network_words(first: Words, second: Words) -> tuple[Words, Words]:
    """The two words of addresses, cut to their networks."""
    mapped = (first == 0) & (second & LOW_WORD == MAPPED)
    return first & _NETWORK6, np.where(mapped, second & _NETWORK4, np.uint64(0))


def _by_network(sums: KeySums) -> KeySums:
    """The same sums with remote networks in place of addresses."""
    words = sums.words.copy()
    first, second = REMOTE
    words[first], words[second] = network_words(words[first], words[second])
    return key_sums(keyed(words, sums.amounts))


def _texts(words: Words, columns: tuple[int, int], text: Any) -> NDArray[Any]:
    first, second = (words[column].tolist() for column in columns)
    out = np.empty(len(first), object)
    out[:] = [text(*pair) for pair in zip(first, second, strict=True)]
    return out


@lru_cache(_TEXTS)
def host_text(first: int, second: int) -> str:
    """An address of two words as people write it."""
    if not first and second & int(LOW_WORD) == int(MAPPED):
        return socket.inet_ntoa((second >> _IPV4_BIT).to_bytes(_IPV4_BYTES, "little"))
    raw = first.to_bytes(_WORD_BYTES, "little") + second.to_bytes(_WORD_BYTES, "little")
    # The C library writes ::192.0.2.1 where ours, and whoever compares with it, have ::c000:201.
    return socket.inet_ntop(socket.AF_INET6, raw) if first else str(ip_address(raw))


@lru_cache(_TEXTS)
def network_text(first: int, second: int) -> str:
    """The same of a network's words, with its length."""
    host = host_text(first, second)
    return f"{host}/{_LENGTH6 if ':' in host else _LENGTH4}"
