"""Sampling rates: what options records tell and what a block of flow records says, in the order of rule 4. Pure.

In the record (34, 50), by sampler id (302, 48), by the input interface (10), the domain's default from options,
(interval + space) / interval (305, 306; 310 / 309), the v5 header, the inventory, 1. A rate of 0 is none. A rate is a
fraction of whole numbers: a packet stands for ``rate / divisor``.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records

DEFAULT_SAMPLER, SPACED, V5_HEADER = -1, -2, -3
_INTERFACES = -16
MAX_SAMPLERS = 1024
_NAMES, _IN_RECORD = (f.SELECTOR_ID, f.SAMPLER_ID), (f.SAMPLING, f.SAMPLER_RATE)
_ONE = np.array(1, np.uint64)


class Rate(NamedTuple):
    """A packet stands for ``of / sampled`` packets."""

    of: int
    sampled: int = 1


Samplers = Mapping[int, Rate]


def by_interface(number: int) -> int:
    """The name of an interface's rate: below those of all that name none. 0 is no interface."""
    return _INTERFACES - number if number else DEFAULT_SAMPLER


class Rates(NamedTuple):
    """The rate of every record, or one number (no dimension) where all have the same; ``divisor`` None is 1."""

    rate: Numbers
    divisor: Numbers | None = None

    @property
    def one(self) -> bool:
        """True where nothing is sampled."""
        return self.divisor is None and not self.rate.ndim and bool(self.rate == 1)

    def scaled(self, amounts: Numbers) -> Numbers:
        """Amounts multiplied by their rates, rounded down."""
        product = amounts * self.rate
        return product if self.divisor is None else product // self.divisor


def rates(samplers: Samplers, records: Records, told: int | None) -> Rates:
    """The rates of a block. ``told`` is the inventory's."""
    of, sampled = _fallback(samplers, records, told)
    interface = records.numbers(f.INPUT) if min(samplers, default=0) < _INTERFACES else None
    if interface is not None:
        of, sampled = _named(samplers, interface, of, sampled, by_interface)
    ids = [column for element in _NAMES if (column := records.numbers(element)) is not None]
    for column in reversed(ids):
        of, sampled = _named(samplers, column, of, sampled)
    for element in reversed(_IN_RECORD):
        own = records.numbers(element)
        if own is not None:
            of, sampled = np.where(own > 0, own, of), np.where(own > 0, _ONE, sampled)
    return Rates(of, None if bool(np.all(sampled == _ONE)) else sampled)


def _fallback(samplers: Samplers, records: Records, told: int | None) -> tuple[Numbers, Numbers]:
    """Of records that neither tell a rate nor name a known sampler."""
    usual = samplers.get(DEFAULT_SAMPLER)
    if usual is None:
        usual = samplers.get(SPACED) or samplers.get(V5_HEADER) or Rate(told or 1)
        spaced = _spaced(records)
        if spaced is not None:
            of, sampled = spaced
            known = (of > 0) & (sampled > 0)
            return np.where(known, of, np.uint64(usual.of)), np.where(known, sampled, np.uint64(usual.sampled))
    return np.array(usual.of, np.uint64), np.array(usual.sampled, np.uint64)


def _named(
    samplers: Samplers, ids: Numbers, of: Numbers, sampled: Numbers, name: Callable[[int], int] = int
) -> tuple[Numbers, Numbers]:
    names, place = np.unique(ids, return_inverse=True)
    found = [samplers.get(name(one)) for one in names.tolist()]
    known: NDArray[np.bool_] = np.array([one is not None for one in found])[place]
    own = np.array([one or Rate(1) for one in found], np.uint64)[place]
    return np.where(known, own[:, 0], of), np.where(known, own[:, 1], sampled)


def unknown(samplers: Samplers, records: Records) -> set[int]:
    """The samplers that the records name and nobody has told of yet; 0 names none."""
    if any(records.has(element) for element in _IN_RECORD):
        return set()
    ids = [column for element in _NAMES if (column := records.numbers(element)) is not None]
    named = set().union(*(np.unique(column).tolist() for column in ids)) if ids else set()
    return named - {0} - samplers.keys()


def learned(samplers: Samplers, records: Records) -> dict[int, Rate]:
    """What a block of options records says of samplers that is new; at most MAX_SAMPLERS of a domain are kept."""
    rate = next((n for e in (f.SAMPLER_RATE, f.SAMPLING) if (n := records.numbers(e)) is not None), None)
    spaced = _spaced(records) if rate is None else (rate, np.ones(records.count, np.uint64))
    if spaced is None:
        return {}
    names = _names_of(records, DEFAULT_SAMPLER if rate is not None else SPACED)
    fresh: dict[int, Rate] = {}
    for name, of, sampled in zip(names, spaced[0].tolist(), spaced[1].tolist(), strict=True):
        fits = name in samplers or len(samplers) + len(fresh) < MAX_SAMPLERS
        value = Rate(max(1, of), max(1, sampled))
        if fits and samplers.get(name) != value:
            fresh[name] = value
    return fresh


def _names_of(records: Records, unnamed: int) -> list[int]:
    """Whose rate each options record tells: a sampler's, an interface's, or that of all that name none."""
    ids = next((n for e in _NAMES if (n := records.numbers(e)) is not None), None)
    if ids is not None:
        return list(ids.tolist())
    interfaces = records.numbers(f.INPUT)
    if interfaces is None:
        return [unnamed] * records.count
    return [by_interface(one) if one else unnamed for one in interfaces.tolist()]


def _spaced(records: Records) -> tuple[Numbers, Numbers] | None:
    """(interval + space) / interval, or population / size."""
    interval, space = records.numbers(f.SAMPLED_PACKETS), records.numbers(f.SPACE_INTERVAL)
    if interval is not None and space is not None:
        return np.where(interval > 0, interval + space, np.uint64(0)), interval
    size, population = records.numbers(f.SAMPLE_SIZE), records.numbers(f.SAMPLE_POPULATION)
    return None if size is None or population is None else (population, size)
