"""Stage 3 of 4: a rated block in, the same with the OPDs of its sources and targets out. Pure."""

from typing import NamedTuple

import numpy as np

from exporter.flows.account.prefix_lookup import OpdNumbers, PrefixLookup
from exporter.flows.account.rating import RatedBlock
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Records

# By address, else by the address after NAT: MikroTik and FortiOS put the office's host on different sides (rule 3).
SOURCES = ((f.SOURCE4, 4), (f.SOURCE6, 16), (f.POST_SOURCE4, 4), (f.POST_SOURCE6, 16))
TARGETS = ((f.TARGET4, 4), (f.TARGET6, 16), (f.POST_TARGET4, 4), (f.POST_TARGET6, 16))


class OwnedBlock(NamedTuple):
    """A rated block, and whose each flow's ends are (-1: nobody's)."""

    rated: RatedBlock
    source: OpdNumbers
    target: OpdNumbers


def find_owners(lookup: PrefixLookup, rated: RatedBlock) -> OwnedBlock:
    """The OPDs of both ends of every flow."""
    return OwnedBlock(rated, _opds(lookup, rated.records, SOURCES), _opds(lookup, rated.records, TARGETS))


def _opds(lookup: PrefixLookup, records: Records, fields: tuple[tuple[int, int], ...]) -> OpdNumbers:
    opds: OpdNumbers | None = None
    for element, length in fields:
        addresses = records.raw(element, length)
        if addresses is not None:
            more = lookup.of4(addresses) if length == 4 else lookup.of6(addresses)
            opds = more if opds is None else np.where(opds < 0, more, opds)
    return np.full(records.count, -1, np.int32) if opds is None else opds
