"""What the streams of the express lane got, told to what Python keeps of them: columns in, the same at nought out.

A pass adds to its streams and says nothing: 500 exporters would cost more to tell after every batch than their records
do. It is told before anybody looks (a page, a file, a datagram that Python takes itself), of those that are looked at.
"""

import binascii
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.beginnings import StreamHead
from exporter.flows.account.copies import RecentDatagrams
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.express_tables import (
    DATAGRAMS,
    EXPECTED,
    LAST,
    LONGEST,
    MOVED,
    RECORDS,
    ExpressTables,
)

_V5 = 5

# What is written of a stream that was not told yet: these columns, in this order, as words of 64 bits.
_KEPT = (EXPECTED, MOVED, DATAGRAMS, RECORDS, LONGEST)
_WORD = np.dtype("<i8")


def settle_streams(tables: ExpressTables, streams: NDArray[np.int64], recent: RecentDatagrams | None) -> None:
    """Settle what those streams got; ``recent`` follows them."""
    streams = streams[tables.streams[streams, DATAGRAMS] > 0]
    if not len(streams):
        return
    those = [tables.owners[stream] for stream in streams.tolist()]
    rows = tables.streams[streams]
    for (exporter, domain, _), row, when in zip(those, rows.tolist(), tables.whens[streams].tolist(), strict=True):
        version, _, _, expected, stamp, sequence, _, _, _, moved, datagrams, records, absurd, longest = row
        if version != _V5:
            domain.head = StreamHead(stamp, sequence, when)
        if moved:
            tracker = domain.sequence
            tracker.expected, tracker.behind = expected, None
        exporter.moves += 1
        exporter.datagrams += datagrams
        exporter.records += records
        exporter.absurd += absurd
        # In milliseconds: hardly a flow is longer than all before it.
        if longest > 1000 * exporter.longest_seconds:
            exporter.longest_seconds = max(exporter.longest_seconds, longest / 1000.0)
    if recent is not None:
        names = (owner.name for owner in those)
        recent.follow(zip(names, rows[:, LAST].tolist(), strict=True))
    tables.streams[streams, MOVED:] = 0


def unsettled_text(tables: ExpressTables) -> str:
    """What no stream's exporter was told yet, for a file; empty where that is nothing."""
    rows = tables.streams[: len(tables.owners)]
    if not rows[:, DATAGRAMS].any():
        return ""
    return binascii.b2a_base64(rows[:, _KEPT].astype(_WORD).tobytes(), newline=False).decode()


def unsettled_rows(names: Sequence[Sequence[Any]], text: str) -> list[tuple[str, tuple[int, int], list[int]]]:
    """Back from a file: an address, (version, domain) and the words. Raises ValueError where they do not fit."""
    rows = np.frombuffer(binascii.a2b_base64(text), _WORD).reshape(len(names), len(_KEPT))
    return [
        (str(source), (int(version), int(number)), row)
        for (source, version, number), row in zip(names, rows.tolist(), strict=True)
        if row[_KEPT.index(DATAGRAMS)]
    ]


def add_unsettled(exporter: FlowExporter, name: tuple[int, int], row: Sequence[int], *, anew: bool) -> None:
    """Add what a killed collector had not told; ``anew``: only where the stream stood is still of use."""
    expected, moved, datagrams, records, longest = row
    domain = exporter.domains.get(name)
    if moved and domain is not None:
        domain.sequence.expected = expected
    if not anew:
        exporter.datagrams += datagrams
        exporter.records += records
        exporter.longest_seconds = max(exporter.longest_seconds, longest / 1000.0)
