"""Records of many exporters that mean the same: groups of a batch in, one block for all of them out, and its parts.

A city has hundreds of exporters that send two to four records each in a datagram: a block for each of them would cost
more than all that is done with its records.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from exporter.flows.account.blocks import DecodedBlock
from exporter.flows.account.template_groups import TemplateGroup
from exporter.flows.decode.batches import Integers
from exporter.flows.decode.columns import Records
from exporter.flows.decode.durations import longest_each


class SharedBlock(NamedTuple):
    """Flow records of ``groups``, one after the other; ``sizes``: how many each has."""

    groups: Sequence[TemplateGroup]
    sizes: Integers
    records: Records

    def parts(self) -> Iterator[DecodedBlock]:
        """The same, a block for each group."""
        end = 0
        for group, size in zip(self.groups, self.sizes.tolist(), strict=True):
            start, end = end, end + size
            yield block_of(group, Records(size, self.records.block[start:end], self.records.places))

    def note(self) -> None:
        """Count the records with their exporters, once the block was counted."""
        lasted = longest_each(self.records, np.cumsum(self.sizes) - self.sizes)
        seconds = [0.0] * len(self.groups) if lasted is None else lasted.tolist()
        for group, size, most in zip(self.groups, self.sizes.tolist(), seconds, strict=True):
            exporter = group.exporter
            exporter.records += size
            exporter.moves += 1
            if most > exporter.longest_seconds:
                exporter.longest_seconds = most


def block_of(group: TemplateGroup, records: Records) -> DecodedBlock:
    """Records of one group."""
    return DecodedBlock(group.exporter, group.domain, group.samplers, records)


def joint_block(groups: Sequence[TemplateGroup], group: Integers, count: int, records: Records) -> SharedBlock:
    """``group``: the place in ``groups`` of each datagram, in ascending order; each has ``count`` of the records."""
    begins = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    sizes = np.diff(np.append(begins, len(group))) * count
    return SharedBlock([groups[number] for number in group[begins].tolist()], sizes, records)


def meanings(groups: Sequence[TemplateGroup]) -> Integers:
    """A number for each group; groups of one number have one layout, settings and rates, and may share a block."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(_meaning(group), len(numbers)) for group in groups], np.int64)


def _meaning(group: TemplateGroup) -> Hashable:
    template = group.template
    if not template.shareable:
        return id(group)
    # Equal layouts are one object (``templates.make_template``), equal settings too (``exporter_settings``): comparing
    # them by value costs more. The version says where in a datagram the records begin.
    rates = tuple(group.samplers.items()) if group.samplers else ()
    return id(template.fields), group.domain.version, id(group.exporter.settings), rates
