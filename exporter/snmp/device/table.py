"""A sample beside the ports' own: which metric, its label values, the value. And how many become families of a page."""

from collections.abc import Iterable

from exporter.metrics import Metric, Sample

Extra = tuple[Metric, tuple[str, ...], float]


def families(extras: Iterable[Extra]) -> list[tuple[Metric, list[Sample]]]:
    """The same samples, grouped by metric in the order in which each metric first came."""
    grouped: dict[Metric, list[Sample]] = {}
    for metric, labels, value in extras:
        grouped.setdefault(metric, []).append((labels, value))
    return list(grouped.items())
