"""How a metric is declared: name, kind, help and labels in; the reference page and each room's writer read them.

A metric that stands in no room's ``CATALOGUE`` does not exist. Keeps no values.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

PREFIX = "lebarpita_"
LabelValues = tuple[str, ...]
Samples = Iterable[tuple[LabelValues, float]]


@dataclass(frozen=True)
class Metric:
    """One metric: ``name`` is whole (with the prefix, ``_total`` and unit); ``labels`` are in the order of values.

    A ``histogram`` is written by its room as ``_bucket``, ``_sum`` and ``_count`` of that name.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: LabelValues = ()
