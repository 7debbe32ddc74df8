"""Records that tell how many packets were sampled in, that as fractions out (RFC 5477 8.2). Pure.

One in so many packets is told as a distance between them (305, 306), in time (307, 308), as so many of so many (309,
310) or as a probability (311). Templates may name several of these and fill the one that holds: the others are 0.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records

# A packet stands for the first divided by the second; 0 where nothing is told.
Fraction = tuple[Numbers, Numbers]

_UNIT, _ZERO = np.array(1, np.uint64), np.uint64(0)

# 16 bits behind the point of a probability's inverse: one in 100 is exact, and amounts times it stay within 64 bits.
_PARTS = 1 << 16

# Places of a rate told by ranges of a hash, of which 64 bits are more than amounts can be multiplied by.
_LARGEST, _PLACES = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(24)

# A probability is a float of 4 or 8 bytes (RFC 7011 6.1.3); below one in 2^32 packets it is none that anybody set.
_FLOATS, _LEAST = {4: ">f4", 8: ">f8"}, 1 / (1 << 32)


def interval_of(records: Records, alone: bool) -> Fraction | None:
    """What is told of each record, the first that is not 0; None where no such field is named.

    ``alone``: an interval without a space is 1 in so many, as IOS-XR means it; else all packets, as RFC 5477 8.2.2.
    """
    first: Fraction | None = None
    for rate, divisor in _fractions(records, alone):
        if first is None:
            first = rate, divisor
        else:
            there = valid(first)
            first = np.where(there, first[0], rate), np.where(there, first[1], divisor)
    return first


def valid(fraction: Fraction) -> NDArray[np.bool_]:
    """True where it tells something."""
    return np.asarray((fraction[0] > 0) & (fraction[1] > 0))


def _fractions(records: Records, alone: bool) -> Iterator[Fraction]:
    pairs = ((f.SAMPLED_PACKETS, f.SPACE_INTERVAL), (f.SAMPLED_TIME, f.SPACE_TIME))
    for interval, space in ((records.numbers(element), records.numbers(other)) for element, other in pairs):
        if interval is not None and space is not None:
            yield np.where(interval > 0, interval + space, _ZERO), interval
    interval = records.numbers(f.SAMPLED_PACKETS)
    if interval is not None and not records.has(f.SPACE_INTERVAL):
        yield (interval, np.minimum(interval, _UNIT)) if alone else (interval, interval)
    size, population = records.numbers(f.SAMPLE_SIZE), records.numbers(f.SAMPLE_POPULATION)
    if size is not None and population is not None:
        yield population, size
    yield from _probabilities(records)
    yield from _hashes(records)


def _hashes(records: Records) -> Iterator[Fraction]:
    """A hash of each packet is taken where it lies in a range: so many of all values."""
    ends = (f.HASH_FROM, f.HASH_TO, f.TAKEN_FROM, f.TAKEN_TO)
    columns = [column for element in ends if (column := records.numbers(element)) is not None]
    if len(columns) < len(ends):
        return
    first, last, low, high = columns
    real = (first <= low) & (low <= high) & (high <= last) & (last > first)
    # Halved before 1 is added, which a range of all 64 bits has no room for; then to what amounts can be multiplied by.
    rate, amount = ((last - first) >> _UNIT) + _UNIT, ((high - low) >> _UNIT) + _UNIT
    exact = last - first < _LARGEST
    rate, amount = np.where(exact, last - first + _UNIT, rate), np.where(exact, high - low + _UNIT, amount)
    common = np.gcd(rate, amount)
    rate, amount = rate // common, amount // common
    while bool((rate >> _PLACES).any()):
        large = (rate >> _PLACES > 0).astype(np.uint64)
        rate, amount = rate >> large, np.maximum(amount >> large, _UNIT)
    yield np.where(real, rate, _ZERO), amount


def _probabilities(records: Records) -> Iterator[Fraction]:
    for size, kind in _FLOATS.items():
        raw = records.raw(f.SAMPLE_PROBABILITY, size)
        if raw is None:
            continue
        chance = np.ascontiguousarray(raw).view(kind)[:, 0].astype(np.float64)
        # A float that is no number compares as False.
        real = (chance >= _LEAST) & (chance <= 1)
        rate = np.rint(_PARTS / np.where(real, chance, 1.0)).astype(np.uint64)
        common = np.gcd(rate, np.uint64(_PARTS))
        yield np.where(real, rate // common, _ZERO), np.uint64(_PARTS) // common
