"""Sampling rates: what the options told and what a block of flow records says, in the order of rule 4. Pure.

In the record (34, 50), by sampler id (302, 48), by name (335, 84) or sequence (301), by the interface (10; 14 of what
leaves), the domain's default from options, a fraction (``intervals``), the v5 header, the inventory, 1.
A rate of 0 is none. A rate is a fraction of whole numbers: a packet stands for ``rate / divisor``.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.intervals import Fraction, interval_of, valid
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Numbers, Records

# Names of rates that are no sampler's, in the same mapping: sampler ids are unsigned, so that these stand below all of
# them. Interface n has the name -16 - n; what lies between is free for further sources of a rate.
DEFAULT_SAMPLER, INTERVAL, V5_HEADER = -1, -2, -3
_INTERFACES = -16

# Samplers that are known by a text: above all numbers of 64 bits. Names are compared by their first 64 bytes, more than
# any router allows (Cisco: 32 characters).
_TEXTS, _TEXT_BYTES = 1 << 64, 64

# A sequence of selectors is known by its number; above all names.
_SEQUENCES = 1 << 520

# A bound against hostile options, which may name any sampler; a router has one for each sampled interface.
MAX_SAMPLERS = 1024

# In their order: of two names of a sampler IPFIX's (302) goes before v9's (48), of two rates in a record 34 before 50.
_NAMES, _IN_RECORD = (f.SELECTOR_ID, f.SAMPLER_ID), (f.SAMPLING, f.SAMPLER_RATE)
_TEXT_NAMES = (f.SELECTOR_NAME, f.SAMPLER_NAME)
_UNIT = np.array(1, np.uint64)

# flowDirection (IANA IPFIX element 61): 1 is egress.
_EGRESS = np.uint64(1)


class SamplingRate(NamedTuple):
    """A packet stands for ``packets / sampled`` packets."""

    packets: int
    sampled: int = 1


Samplers = Mapping[int, SamplingRate]
Places = NDArray[np.intp]


def by_interface(number: int) -> int:
    """The name of an interface's rate: below those of all that name none. 0 is no interface."""
    return _INTERFACES - number if number else DEFAULT_SAMPLER


def by_sequence(number: int) -> int:
    """The name of the rate of a sequence of selectors; 0 is none."""
    return _SEQUENCES + number if number else 0


def reduced(packets: int, sampled: int) -> SamplingRate:
    """The rate in its lowest terms."""
    common = math.gcd(packets, sampled)
    return SamplingRate(packets // common, sampled // common)


class SamplingRates(NamedTuple):
    """The rate of every record, or one number (no dimension) where all have the same; ``divisor`` None is 1."""

    rate: Numbers
    divisor: Numbers | None = None

    @property
    def unsampled(self) -> bool:
        """True where nothing is sampled."""
        return self.divisor is None and not self.rate.ndim and bool(self.rate == 1)

    def scaled(self, amounts: Numbers) -> Numbers:
        """Amounts multiplied by their rates, rounded down."""
        product = amounts * self.rate
        return product if self.divisor is None else product // self.divisor


def rates_of(samplers: Samplers, records: Records, sampling: int | None, alone: bool = True) -> SamplingRates:
    """The rates of a block. ``sampling`` and ``alone`` (see ``interval_of``) are the inventory's."""
    rate, divisor = _fallback(samplers, records, sampling, alone)
    interface = _sampled_at(records) if min(samplers, default=0) < _INTERFACES else None
    if interface is not None:
        rate, divisor = _by_name(samplers, interface, (rate, divisor), by_interface)
    sequences = _sequences(records)
    if sequences is not None:
        rate, divisor = _by_name(samplers, sequences, (rate, divisor), by_sequence)
    texts = sampler_texts(records)
    if texts is not None:
        names, place = texts
        rate, divisor = _by_rate([samplers.get(name) for name in names], place, (rate, divisor))
    ids = sampler_ids(records)
    # From the weakest source of a rate to the strongest: each overrides where it has one.
    for column in reversed(ids):
        rate, divisor = _by_name(samplers, column, (rate, divisor))
    for element in reversed(_IN_RECORD):
        own = records.numbers(element)
        if own is not None:
            rate, divisor = np.where(own > 0, own, rate), np.where(own > 0, _UNIT, divisor)
    return SamplingRates(rate, None if bool(np.all(divisor == _UNIT)) else divisor)


def _sampled_at(records: Records) -> Numbers | None:
    """The interface whose sampler took each flow: it came in there, or leaves there where it says that it leaves."""
    incoming, outgoing = records.numbers(f.INPUT), records.numbers(f.OUTPUT)
    direction = records.numbers(f.DIRECTION)
    if incoming is None or outgoing is None or direction is None:
        return incoming
    return np.where((direction == _EGRESS) & (outgoing > 0), outgoing, incoming)


def _fallback(samplers: Samplers, records: Records, sampling: int | None, alone: bool) -> Fraction:
    """Of records that neither hold a rate nor name a sampler whose rate came."""
    usual = samplers.get(DEFAULT_SAMPLER)
    if usual is None:
        usual = samplers.get(INTERVAL) or samplers.get(V5_HEADER) or SamplingRate(sampling or 1)
        interval = interval_of(records, alone)
        if interval is not None:
            (rate, divisor), there = interval, valid(interval)
            return np.where(there, rate, np.uint64(usual.packets)), np.where(there, divisor, np.uint64(usual.sampled))
    return np.array(usual.packets, np.uint64), np.array(usual.sampled, np.uint64)


def _by_name(samplers: Samplers, ids: Numbers, other: Fraction, name: Callable[[int], int] = int) -> Fraction:
    """The rates by the samplers (or interfaces) that the records name; ``other`` where none has come."""
    numbers, place = np.unique(ids, return_inverse=True)
    return _by_rate([samplers.get(name(number)) for number in numbers.tolist()], place, other)


def _by_rate(rates: list[SamplingRate | None], place: Places, other: Fraction) -> Fraction:
    """The rate at each record's place; ``other`` where there is none."""
    present: NDArray[np.bool_] = np.array([rate is not None for rate in rates])[place]
    own = np.array([rate or SamplingRate(1) for rate in rates], np.uint64)[place]
    return np.where(present, own[:, 0], other[0]), np.where(present, own[:, 1], other[1])


def missing_samplers(samplers: Samplers, records: Records) -> set[int]:
    """The samplers that the records name and whose rate has not come; 0 names none."""
    if any(records.has(element) for element in _IN_RECORD):
        return set()
    names = set().union(*(np.unique(column).tolist() for column in sampler_ids(records)))
    texts = sampler_texts(records)
    sequences = _sequences(records)
    names |= set() if sequences is None else {by_sequence(number) for number in np.unique(sequences).tolist()}
    return (names | set(texts[0] if texts else ())) - {0} - samplers.keys()


def sampler_ids(records: Records) -> list[Numbers]:
    """The samplers that records name by number, the stronger element first."""
    return [column for element in _NAMES if (column := records.numbers(element)) is not None]


def _sequences(records: Records) -> Numbers | None:
    """The sequence of selectors of each record; None where they name a sampler itself."""
    return None if any(records.has(element) for element in _NAMES) else records.numbers(f.SEQUENCE_ID)


def sampler_texts(records: Records) -> tuple[list[int], Places] | None:
    """The samplers that records name by a text, as numbers beyond all ids, and which of them each record names."""
    place = next((records.places[IANA, e] for e in _TEXT_NAMES if records.has(e)), None)
    if place is None or not place[1]:
        return None
    texts = np.ascontiguousarray(records.block[:, place[0] : place[0] + min(place[1], _TEXT_BYTES)])
    names, places = np.unique(texts.view(f"V{texts.shape[1]}")[:, 0], return_inverse=True)
    return [_text_name(name.tobytes()) for name in names], places


def _text_name(raw: bytes) -> int:
    text = raw.rstrip(b"\0 ")
    return _TEXTS + int.from_bytes(text, "big") if text else 0
