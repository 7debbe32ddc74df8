"""Options records in, the sampling rates that they tell out: of whom, and for which domains of the exporter. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from exporter.flows.account.intervals import Fraction, interval_of, valid
from exporter.flows.account.sampling import (
    DEFAULT_SAMPLER,
    INTERVAL,
    MAX_SAMPLERS,
    Samplers,
    SamplingRate,
    by_interface,
    by_sequence,
    reduced,
    sampler_ids,
    sampler_texts,
)
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records
from exporter.flows.decode.templates import MOST_SELECTORS, FlowTemplate

# Scopes that mean the whole exporter: of v9 type 1, System (RFC 3954 6.1), of IPFIX its process or its address.
_V9_SYSTEM = 1
_WHOLE_EXPORTER = frozenset({f.EXPORTING_PROCESS, f.EXPORTER_ADDRESS4, f.EXPORTER_ADDRESS6})


# selectorAlgorithm (IANA IPFIX element 304) that samples nothing.
_PROPERTY_MATCH = 5

# Bytes to which sets are filled up (RFC 3954 5.3, RFC 7011 3.3.1).
_WORD = 4


class OptionRates(NamedTuple):
    """Rates by sampler, and the numbers and names of one sampler each (``aliases``: name to numbers).

    ``chains``: the selectors of each sequence, by its name.
    """

    rates: Mapping[int, SamplingRate]
    aliases: Mapping[int, frozenset[int]]
    chains: Mapping[int, tuple[int, ...]]


def option_rates(records: Records, alone: bool) -> OptionRates:
    """What a block of options records tells; a rate of 0 is 1. ``alone``: see ``interval_of``."""
    records = _without_padding(records)
    rate, fractions = _rates_of(records, alone)
    texts, ids = sampler_texts(records), sampler_ids(records)
    names = [texts[0][place] for place in texts[1].tolist()] if texts else [0] * records.count
    aliases: dict[int, frozenset[int]] = {}
    for name, number in zip(names, ids[0].tolist(), strict=True) if texts and ids else ():
        if name and len(aliases) < MAX_SAMPLERS:
            aliases[name] = aliases.get(name, frozenset()) | {number}
    sequences, chains = _chains(records, ids)
    if fractions is None:
        return OptionRates({}, aliases, chains)
    rates: dict[int, SamplingRate] = {}
    unnamed = DEFAULT_SAMPLER if rate else INTERVAL
    numbers = ids[0].tolist() if ids else names if texts else sequences or _interfaces(records, unnamed)
    for name, number, packets, sampled in zip(names, numbers, *(part.tolist() for part in fractions), strict=True):
        rates[number] = reduced(packets, max(1, sampled)) if packets else SamplingRate(1)
        if name:
            rates[name] = rates[number]
    return OptionRates(rates, aliases, chains)


def _chains(records: Records, ids: list[Numbers]) -> tuple[list[int], dict[int, tuple[int, ...]]]:
    """The sequences that the records are about, and the selectors of each (RFC 5476 6.5.1)."""
    column = records.numbers(f.SEQUENCE_ID)
    if column is None:
        return [], {}
    sequences = [by_sequence(number) for number in column.tolist()]
    if not ids or not records.has(f.SELECTOR_ID):
        return sequences, {}
    more = (records.numbers(f.SELECTOR_ID, -number) for number in range(1, MOST_SELECTORS))
    rows = np.stack([ids[0], *(selectors for selectors in more if selectors is not None)], axis=1).tolist()
    return sequences, {name: tuple(filter(None, row)) for name, row in zip(sequences, rows, strict=True) if name}


def _rates_of(records: Records, alone: bool) -> tuple[bool, Fraction | None]:
    """What is told of each sampler, the first that is not 0; True where that is a plain rate (50, 34)."""
    columns = [column for e in (f.SAMPLER_RATE, f.SAMPLING) if (column := records.numbers(e)) is not None]
    interval = interval_of(records, alone)
    if interval is None:
        interval = _filters(records)
    if not columns:
        return False, interval
    rate, whole = columns[0], np.ones(records.count, np.uint64)
    for column in columns[1:]:
        rate = np.where(rate > 0, rate, column)
    if interval is None or not bool((valid(interval) & (rate == 0)).any()):
        return True, (rate, whole)
    plain = rate > 0
    return bool(plain.any()), (np.where(plain, rate, interval[0]), np.where(plain, whole, interval[1]))


def _filters(records: Records) -> Fraction | None:
    """A selector that takes packets by what they are (RFC 5477: 5, property match) takes all of its kind: 1 in 1."""
    algorithm = records.numbers(f.ALGORITHM)
    if algorithm is None or not records.has(f.SELECTOR_ID) or not bool((algorithm == _PROPERTY_MATCH).all()):
        return None
    return np.ones(records.count, np.uint64), np.ones(records.count, np.uint64)


def _without_padding(records: Records) -> Records:
    """A set is filled up with noughts to words of 4 bytes: shorter records of noughts are none."""
    rows = records.block.any(axis=1)
    if records.block.shape[1] >= _WORD or bool(rows.all()) or not bool(rows.any()):
        return records
    return Records(int(np.count_nonzero(rows)), records.block[rows], records.places)


def fresh_rates(samplers: Samplers, rates: Mapping[int, SamplingRate]) -> dict[int, SamplingRate]:
    """Those that are new or have changed; at most MAX_SAMPLERS in all."""
    fresh: dict[int, SamplingRate] = {}
    for name, rate in rates.items():
        fits = name in samplers or len(samplers) + len(fresh) < MAX_SAMPLERS
        if fits and samplers.get(name) != rate:
            fresh[name] = rate
    return fresh


def for_all_domains(template: FlowTemplate) -> bool:
    """True where options are about the whole exporter, by their scope."""
    scopes = {spec.element for spec in template.fields[: template.scope] if not spec.enterprise}
    return bool(scopes & _WHOLE_EXPORTER) if template.key.version == 10 else _V9_SYSTEM in scopes


def named(rates: Iterable[int]) -> set[int]:
    """Those of samplers and interfaces: not the rates of all that name none."""
    return set(rates) - {DEFAULT_SAMPLER, INTERVAL}


def _interfaces(records: Records, unnamed: int) -> list[int]:
    """The input interface that each options record is about; ``unnamed`` where it is none."""
    interfaces = records.numbers(f.INPUT)
    if interfaces is None:
        return [unnamed] * records.count
    return [by_interface(number) if number else unnamed for number in interfaces.tolist()]
