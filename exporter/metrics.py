"""How a metric of this room is declared and written: catalogue entries in, a page in Prometheus' text format out.

Each part declares its own in ``exporter/<part>/metrics.py`` as a tuple ``CATALOGUE`` of Metric. A metric that is not
declared there does not exist. This module knows no part and keeps no values.
"""

from collections.abc import Iterable

from runtime.metrics import PREFIX, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})


Sample = tuple[tuple[str, ...], float]


def head(metric: Metric) -> str:
    """The two comment lines that stand before the samples."""
    # A help text knows two escapes only (exposition format 0.0.4): quotation marks stand as they are.
    text = metric.help.replace("\\", "\\\\").replace("\n", "\\n")
    return f"# HELP {metric.name} {text}\n# TYPE {metric.name} {metric.kind}\n"


def label_value(text: str) -> str:
    """The text as it stands between the quotes of a label; lone surrogates become question marks."""
    # Lone surrogates come from file names and broken UTF-8; Prometheus would refuse the whole page for one of them.
    return text.encode("utf-8", "replace").decode().translate(_ESCAPES)


def label_pairs(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    """The labels of one sample in their braces, '' for none. Raises ValueError on a wrong number of values."""
    labels = ",".join(f'{name}="{label_value(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{labels}}}" if labels else ""


def series(metric: Metric, values: tuple[str, ...]) -> str:
    """Name and labels of one sample, everything before the blank. Raises ValueError on a wrong number of labels."""
    return metric.name + label_pairs(metric.labels, values)


def page(families: Iterable[tuple[Metric, Iterable[Sample]]]) -> bytes:
    """Write a whole page of metrics with their samples (label values, value); empty families are left out."""
    blocks = []
    for metric, samples in families:
        lines = [f"{series(metric, values)} {number(value)}\n" for values, value in samples]
        if lines:
            blocks.append(head(metric) + "".join(lines))
    return "".join(blocks).encode()


def number(value: float) -> str:
    """A value as Prometheus reads it: whole numbers without a point, others with every digit."""
    if isinstance(value, int):
        return str(value)
    # Up to 2**53 a double holds every integer (a counter without its ".0" is shorter); beyond it repr is exact.
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


__all__ = [
    "CONTENT_TYPE",
    "PREFIX",
    "Metric",
    "Sample",
    "head",
    "label_pairs",
    "label_value",
    "number",
    "page",
    "series",
]
