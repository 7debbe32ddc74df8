"""Whether flows are told twice, as they come in and as they leave: counted blocks in, a sentence out.

Records may say which of the two they are (element 61). Where both kinds are about as many and as large, an exporter
monitors both ends of one path; on a line to the ISP alone, what comes in and what leaves differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.decode import fields as f

_INGRESS, _EGRESS = 0, 1
# Of a handful of flows anything may be as large as anything.
_LEAST_RECORDS = 10
# The last flows of a capture may be told of one end alone.
_ALIKE = 0.02


@dataclass
class DirectionSums:
    """Records and bytes (before sampling) of all exporters by their direction."""

    records: dict[int, int] = field(default_factory=lambda: {_INGRESS: 0, _EGRESS: 0})
    bytes: dict[int, int] = field(default_factory=lambda: {_INGRESS: 0, _EGRESS: 0})

    def add(self, block: CountedBlock) -> None:
        """A block as it was counted."""
        rated = block.owned.rated
        direction = rated.records.numbers(f.DIRECTION)
        if direction is None:
            return
        for way in (_INGRESS, _EGRESS):
            which = direction == way
            self.records[way] += int(np.count_nonzero(which))
            self.bytes[way] += int(rated.reported.bytes[which].sum())

    def problems(self, settings: Mapping[str, ExporterSettings]) -> Iterator[str]:
        """A sentence where both are alike and no exporter is declared to monitor both."""
        declared = any(exporter.direction == "both" for exporter in settings.values())
        if (
            not declared
            and min(self.records.values()) >= _LEAST_RECORDS
            and _alike(self.records)
            and _alike(self.bytes)
        ):
            yield (
                f"records tell of {self.bytes[_INGRESS]} bytes that come in and of {self.bytes[_EGRESS]} that leave: "
                "where both are of one path, declare direction: both"
            )


def _alike(sums: Mapping[int, int]) -> bool:
    return max(sums.values()) - min(sums.values()) <= _ALIKE * max(sums.values())
