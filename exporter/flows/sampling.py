"""Sampling rates: what options records tell and what a block of flow records says, in the order of rule 4. Pure.

In the record (34, 50), by sampler id (302, 48), the domain's default, the inventory, 1. A rate of 0 means 1.
"""

import numpy as np

from exporter.flows import fields as f
from exporter.flows.columns import Numbers, Records
from exporter.flows.exporters import DEFAULT_SAMPLER, Domain

MAX_SAMPLERS = 1024
_ONE = np.uint64(1)


def rates(domain: Domain, records: Records, told: int | None) -> Numbers:
    """The rate of every record; one number (no dimension) where all have the same. ``told``: the inventory's."""
    fallback = domain.samplers.get(DEFAULT_SAMPLER) or told or 1
    found = np.array(fallback, np.uint64)
    for element in (f.SELECTOR_ID, f.SAMPLER_ID):
        ids = records.numbers(element)
        if ids is not None:
            found = _named(domain, ids, fallback)
    for element in (f.SAMPLER_RATE, f.SAMPLING):
        own = records.numbers(element)
        if own is not None:
            found = np.where(own > 0, own, found)
    return np.maximum(found, _ONE)


def learned(domain: Domain, records: Records) -> dict[int, int]:
    """What a block of options records says of samplers that is new; at most MAX_SAMPLERS of a domain are kept."""
    rate = _told(records)
    if rate is None:
        return {}
    ids = next((n for e in (f.SELECTOR_ID, f.SAMPLER_ID) if (n := records.numbers(e)) is not None), None)
    names = ids.tolist() if ids is not None else [DEFAULT_SAMPLER] * records.count
    fresh: dict[int, int] = {}
    for name, value in zip(names, rate.tolist(), strict=True):
        known = name in domain.samplers or len(domain.samplers) + len(fresh) < MAX_SAMPLERS
        if known and domain.samplers.get(name) != max(1, value):
            fresh[name] = max(1, value)
    return fresh


def _named(domain: Domain, ids: Numbers, fallback: int) -> Numbers:
    names, place = np.unique(ids, return_inverse=True)
    values = [domain.samplers.get(name) or fallback for name in names.tolist()]
    found: Numbers = np.array(values, np.uint64)[place]
    return found


def _told(records: Records) -> Numbers | None:
    """The sampling rate an options record tells (34, 50), or IPFIX' (interval + space) / interval."""
    for element in (f.SAMPLER_RATE, f.SAMPLING):
        told = records.numbers(element)
        if told is not None:
            return told
    packets, space = records.numbers(f.SAMPLED_PACKETS), records.numbers(f.SPACE_INTERVAL)
    if packets is None or space is None:
        return None
    return (packets + space) // np.maximum(packets, _ONE)
