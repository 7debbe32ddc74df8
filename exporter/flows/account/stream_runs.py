"""Sequence numbers of a batch by domain: columns in, of each domain where its datagrams stand out. Pure.

A city's batch has hundreds of domains with a few datagrams each: all are compared at once.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.loss import MODULO
from exporter.flows.decode.batches import Integers


class StreamColumns(NamedTuple):
    """Columns over the datagrams of a batch, ordered by their stream: ``owner`` is its domain's place in a list."""

    rows: Integers
    owner: Integers
    stamp: Integers
    sequence: Integers
    units: Integers


class StreamRun(NamedTuple):
    """A domain's datagrams of a batch, from ``begin`` to ``end`` of the ordered rows; of the last one what it says.

    ``unbroken``: each has the sequence number that was expected.
    """

    domain: ObservationDomain
    begin: int
    end: int
    stamp: int
    sequence: int
    units: int
    unbroken: bool


def stream_runs(domains: list[ObservationDomain], streams: StreamColumns) -> Iterator[StreamRun]:
    """All domains are compared at once."""
    rows, owner, stamp, sequence, units = streams
    if not len(rows):
        return iter(())
    begins = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    those = [domains[number] for number in owner[begins].tolist()]
    due = np.concatenate(([0], (sequence[:-1] + units[:-1]) % MODULO))
    # None, before the first datagram, is no number that a datagram can have.
    due[begins] = [-1 if domain.sequence.expected is None else domain.sequence.expected for domain in those]
    ends = np.append(begins[1:], len(rows))
    columns = (begins, ends, *(column[ends - 1] for column in (stamp, sequence, units)))
    unbroken = np.logical_and.reduceat(sequence == due, begins)
    return map(StreamRun, those, *(column.tolist() for column in (*columns, unbroken)))
