"""What a pass of the express lane summed, added to the totals; the sums begin anew."""

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.totals import Totals
from exporter.flows.native.library import ExpressCall

# Of an OPD: bytes and packets of two directions of two scopes (``totals``). Nobody's words come first.
_AMOUNTS = 2
OPD_WORDS = 4 * _AMOUNTS


def add_sums(totals: Totals, call: ExpressCall, words: NDArray[np.uint64]) -> None:
    """``words``: the sums of each OPD."""
    cells = words[OPD_WORDS:].reshape(*totals.bytes.shape, _AMOUNTS)
    totals.bytes += cells[..., 0]
    totals.packets += cells[..., 1]
    words[:] = 0
    totals.events += call.events
    totals.unassigned += call.unassigned.take()
    totals.through += call.through.take()
    totals.through_packets += call.through_packets.take()
    totals.sampled += call.reported.take()
    totals.sampled_packets += call.reported_packets.take()
    # A reason is named as soon as there are records that it may concern.
    if call.aside_internal:
        totals.aside["internal"] += call.internal.take()
    if call.aside_uplink:
        totals.aside["not_uplink"] += call.not_uplink.take()
    call.events = call.counted = call.aside_internal = call.aside_uplink = 0
