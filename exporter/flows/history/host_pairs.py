"""Pairs of hosts at a service: a minute's sums in, both ways of each pair in one row out. Pure.

What signs of attacks are looked for in (``attack_signs``, ``beacons``): applications and AS, which each way may tell
otherwise, are left out.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.totals import RECEIVE, TRANSMIT
from exporter.flows.history.key_sums import (
    LOW_WORD,
    PARTY,
    PORT_BIT,
    PORT_MASK,
    PROTOCOL_BIT,
    PROTOCOL_MASK,
    SERVICE,
    WAY_BIT,
    KeySums,
    keyed,
)

Rows = NDArray[Any]


class HostPairs(NamedTuple):
    """Each pair once; bytes that the office's host ``sent`` and that it ``received``.

    ``words``: (4, rows), host and remote side as two words each; ``service``: port and protocol by their bits.
    """

    words: Rows
    opd: Rows
    service: Rows
    sent: Rows
    received: Rows

    def at(self, places: Rows) -> "HostPairs":
        """Those rows."""
        return HostPairs(self.words[:, places], *(column[places] for column in self[1:]))


def host_pairs(sums: KeySums) -> HostPairs:
    """The pairs of a minute, from sums that were settled."""
    words = sums.words
    opd, way = words[PARTY] & LOW_WORD, words[SERVICE] >> WAY_BIT
    service = words[SERVICE] & (PORT_MASK << PORT_BIT | PROTOCOL_MASK << PROTOCOL_BIT)
    hashes = keyed(np.vstack((words[:PARTY], opd, service)), sums.amounts).hashes
    _, first, pair = np.unique(hashes, return_index=True, return_inverse=True)
    amounts = sums.amounts.astype(float)
    sent, received = (np.bincount(pair, amounts * (way == wanted), len(first)) for wanted in (TRANSMIT, RECEIVE))
    return HostPairs(words[:PARTY, first], opd[first].astype(np.intp), service[first], sent, received)
