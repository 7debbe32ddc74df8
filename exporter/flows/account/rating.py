"""Stage 2 of 4: a block of flow records in, its bytes and packets before and after sampling out. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.sampling import SamplingRate, SamplingRates, rates_of
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records

_ZERO = np.uint64(0)

# Of numbers below this 2^20 (``batch_groups.MAX_BLOCK_RECORDS``) fit into 64 bits; larger ones are summed in halves.
_SUMMABLE, _HALF, _LOW = 1 << 44, np.uint64(32), np.uint64(0xFFFFFFFF)


class FlowAmounts(NamedTuple):
    """Bytes and packets of every flow, to its target; ``reverse_*``: back to its source (None: records have none)."""

    bytes: Numbers
    reverse_bytes: Numbers | None
    packets: Numbers
    reverse_packets: Numbers | None

    @property
    def both_bytes(self) -> Numbers:
        """Bytes of both ways."""
        return self.bytes if self.reverse_bytes is None else self.bytes + self.reverse_bytes

    def packet_sum(self) -> int:
        """Packets of both ways of all flows."""
        return exact_sum(self.packets) + (0 if self.reverse_packets is None else exact_sum(self.reverse_packets))

    def scaled(self, rates: SamplingRates) -> "FlowAmounts":
        """After sampling; rounded down flow by flow."""
        return self._each(rates.scaled)

    def without(self, flows: NDArray[np.bool_]) -> "FlowAmounts":
        """The same with zero for those flows."""
        return self._each(lambda amounts: np.where(flows, _ZERO, amounts))

    def _each(self, change: Callable[[Numbers], Numbers]) -> "FlowAmounts":
        reverse = None if self.reverse_bytes is None else change(self.reverse_bytes)
        reverse_packets = None if self.reverse_packets is None else change(self.reverse_packets)
        return FlowAmounts(change(self.bytes), reverse, change(self.packets), reverse_packets)


class RatedBlock(NamedTuple):
    """Flow records with their amounts. ``amounts`` is ``reported`` itself where nothing is sampled."""

    records: Records
    rates: SamplingRates
    reported: FlowAmounts
    amounts: FlowAmounts


def rate_block(records: Records, samplers: Mapping[int, SamplingRate], settings: ExporterSettings) -> RatedBlock:
    """``samplers``: the rates of the exporter's domain."""
    rates = rates_of(samplers, records, settings.sampling, settings.packet_interval == "one_in")
    reported = amounts_of(records, settings.out_bytes == "reverse")
    return RatedBlock(records, rates, reported, reported if rates.unsampled else reported.scaled(rates))


def amounts_of(records: Records, both_ways: bool = False) -> FlowAmounts:
    """As the records report them. Initiator and responder, where there are any, go before a sum of both ways.

    ``both_ways``: OUT_BYTES beside IN_BYTES are those of the other direction.
    """
    octets = f.IN_BYTES if records.has(f.IN_BYTES) or not records.has(f.LAYER2_BYTES) else f.LAYER2_BYTES
    reverse = records.numbers(octets, f.REVERSE_ENTERPRISE)
    reverse_packets = records.numbers(f.IN_PACKETS, f.REVERSE_ENTERPRISE)
    # A field of no length is none, though the template names it.
    incoming, outgoing = (records.numbers(element) if both_ways else None for element in (f.IN_BYTES, f.OUT_BYTES))
    if reverse is None and incoming is not None and outgoing is not None:
        forward, reverse = incoming, outgoing
        packets, reverse_packets = _first(records, f.IN_PACKETS), _first(records, f.OUT_PACKETS)
    else:
        forward = _first(records, f.IN_BYTES, f.OUT_BYTES, f.LAYER2_BYTES)
        packets = _first(records, f.IN_PACKETS, f.OUT_PACKETS)
    if records.has(f.INITIATOR_BYTES) or records.has(f.RESPONDER_BYTES):
        initiator, responder = _first(records, f.INITIATOR_BYTES), _first(records, f.RESPONDER_BYTES)
        apart = (initiator > 0) | (responder > 0)
        initiator = initiator if records.has(f.INITIATOR_BYTES) else forward
        forward, reverse = np.where(apart, initiator, forward), np.where(apart, responder, _or_zero(reverse))
        packets = np.where(apart, _first(records, f.INITIATOR_PACKETS, f.IN_PACKETS, f.OUT_PACKETS), packets)
        reverse_packets = np.where(apart, _first(records, f.RESPONDER_PACKETS), _or_zero(reverse_packets))
    # Some exporters send both kinds in one template and leave one of them at zero, record by record: hence ``apart``.
    return FlowAmounts(forward, reverse, packets, reverse_packets)


def exact_sum(amounts: Numbers) -> int:
    """The sum of at most 2^20 numbers, whatever their size (hostile ones make more than 64 bits of it)."""
    if not amounts.size or int(amounts.max()) < _SUMMABLE:
        return int(amounts.sum())
    return (int((amounts >> _HALF).sum()) << int(_HALF)) + int((amounts & _LOW).sum())


def _or_zero(amounts: Numbers | None) -> Numbers:
    return np.array(0, np.uint64) if amounts is None else amounts


def _first(records: Records, *elements: int) -> Numbers:
    """The first element that is not zero, record by record."""
    first: Numbers | None = None
    for element in elements:
        more = records.numbers(element)
        if more is not None:
            first = more if first is None else np.where(first == 0, more, first)
    return np.zeros(records.count, np.uint64) if first is None else first
