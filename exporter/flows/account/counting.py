"""Stage 4 of 4: an owned block in, what it adds to the totals out. Pure; ``totals`` adds it.

Receive is towards the OPD. OPD to OPD is ``internal`` and counted for both, and only from an exporter declared
``internal``; everything else is ``internet``, and where the exporter's uplinks are declared, only what goes through one
of them. What is left out is told apart by its reason.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.odd_amounts import absurd
from exporter.flows.account.owning import OwnedBlock
from exporter.flows.account.rating import FlowAmounts, exact_sum
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records

# flowDirection (IANA IPFIX element 61): 0 ingress, 1 egress.
_EGRESS = np.uint64(1)

Flags = NDArray[np.bool_]


class FlowVolume(NamedTuple):
    """A sum of flows."""

    bytes: int
    packets: int


class CountedBlock(NamedTuple):
    """What a block of flows adds to the totals.

    ``amounts``: after sampling, zero for egress copies. ``skipped``: flows of OPDs that count elsewhere (None: none).
    ``records`` and ``events``: how many there were, and how many of those carry no bytes. ``aside``: bytes of OPDs that
    another exporter or interface counts, by reason. ``reported`` and ``through``: all flows before and after sampling.
    ``absurd``: records that no network can have counted, and that count nothing.
    """

    owned: OwnedBlock
    amounts: FlowAmounts
    skipped: Flags | None
    records: int
    events: int
    reported: FlowVolume
    through: FlowVolume
    unassigned: int
    aside: Mapping[str, int]
    absurd: int = 0


def count_block(owned: OwnedBlock, settings: ExporterSettings) -> CountedBlock:
    """What is zero all over is the filled-up tail of a set, no record."""
    (records, rates, reported, amounts), source, target = owned.rated, owned.source, owned.target
    aside: dict[str, int] = {}
    sampled = amounts is not reported
    copies = _egress_copies(records, settings)
    # Before copies: what no network can have counted is not set aside with them, nor fits into a sum.
    nonsense = absurd(reported, amounts, rates)
    if nonsense is not None:
        reported = reported.without(nonsense)
        amounts = amounts.without(nonsense) if sampled else reported
    left_out = nonsense
    if copies is not None:
        # Both ways are scaled as one sum, so that only one rounding down is set aside.
        aside["egress_copy"] = exact_sum(rates.scaled(reported.both_bytes)[copies])
        reported = reported.without(copies)
        amounts = amounts.without(copies) if sampled else reported
        left_out = copies if nonsense is None else nonsense | copies
    # Padding is told from events (records without bytes) by its fields: all of them are zero.
    size = reported.both_bytes
    empty = size == 0
    padding = int(np.count_nonzero(~records.block[empty].any(axis=1))) if empty.any() else 0
    events = int(np.count_nonzero(empty)) - padding - (0 if left_out is None else int(np.count_nonzero(left_out)))
    before = through = FlowVolume(exact_sum(size), reported.packet_sum())
    if sampled:
        size = amounts.both_bytes
        through = FlowVolume(exact_sum(size), amounts.packet_sum())
    # Both ends are nobody's: -1 & -1 is the only pair whose sign stays.
    unassigned = exact_sum(size[(source & target) < 0])
    skipped = _skip_flows(owned, size, settings, aside)
    number = 0 if nonsense is None else int(np.count_nonzero(nonsense))
    return CountedBlock(
        owned=owned,
        amounts=amounts,
        skipped=skipped,
        records=records.count - padding,
        events=events,
        reported=before,
        through=through,
        unassigned=unassigned,
        aside=aside,
        absurd=number,
    )


def _egress_copies(records: Records, settings: ExporterSettings) -> Flags | None:
    """An exporter with monitors both ways sees a forwarded flow twice: its egress copies are left out (None: none)."""
    direction = records.numbers(f.DIRECTION) if settings.direction == "both" else None
    return None if direction is None else np.asarray(direction == _EGRESS, np.bool_)


def _skip_flows(owned: OwnedBlock, size: Numbers, settings: ExporterSettings, aside: dict[str, int]) -> Flags | None:
    """The flows of OPDs that are not counted here (None: all are); their bytes by reason go to ``aside``."""
    uplink = _through_uplink(owned.rated.records, settings)
    if settings.internal and uplink is None:
        return None
    # A number is -1 or not negative: with ``|`` the sign tells that an end is nobody's, with ``&`` that both are.
    inside = (owned.source | owned.target) >= 0
    skipped = np.zeros(len(size), np.bool_) if settings.internal else inside
    aside["internal"] = exact_sum(size[skipped])
    if uplink is not None:
        past = ~inside & ~uplink & ((owned.source & owned.target) >= 0)
        aside["not_uplink"] = exact_sum(size[past])
        skipped = skipped | past
    return skipped


def _through_uplink(records: Records, settings: ExporterSettings) -> Flags | None:
    """True where a flow enters or leaves by a declared uplink; None where none is declared or no interface is named."""
    if not settings.uplinks:
        return None
    interfaces = [column for element in (f.INPUT, f.OUTPUT) if (column := records.numbers(element)) is not None]
    if not interfaces:
        return None
    # unsigned, as the records' columns are: isin over two kinds of integers would go by way of floats.
    uplinks = np.array(sorted(settings.uplinks), np.uint64)
    return np.asarray(np.logical_or.reduce([np.isin(column, uplinks) for column in interfaces]), np.bool_)
