"""The page of a module written once for the objects that a device has: samples in, a text with places for numbers out.

What names a series (an index, a looked-up name, a text, a state) is part of the text, and holds as long as those
objects say the same. Only numbers are filled in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exporter.metrics import Metric, head, number, series
from exporter.snmp.device.reading import EXACT
from exporter.snmp.drop_in.module_page import LabelledSample, bare_oid, plain_number, samples_of
from exporter.snmp.drop_in.snmp_yml import YmlMetric, YmlModule
from exporter.snmp.wire.ber import Value

# What changes from scrape to scrape; everything else is a name, a state or a time, and is written with its value.
_NUMBERS = ("gauge", "counter")
_Place = tuple[str, YmlMetric | None]


@dataclass(frozen=True)
class ModuleForm:
    """``text`` has a place for each of ``numbers`` (objects); ``steady`` is what it was written for; ``oids`` are both.

    A number of a metric that is ``scaled`` is made by its scale and offset.
    """

    text: str
    numbers: tuple[str, ...]
    scaled: Mapping[int, YmlMetric]
    steady: Mapping[str, Value]
    oids: tuple[str, ...]

    def written(self, values: Mapping[str, Value]) -> str | None:
        """The page of other values; None where they are not what the text was written for."""
        if any(values.get(oid) != value for oid, value in self.steady.items()):
            return None
        raw = [values.get(oid) for oid in self.numbers]
        # Counter64 as in ``plain_number``, of which calling it for each value would cost more than all the rest.
        filled: list[object] = [
            (value % EXACT if value >= 0 else int(value)) if isinstance(value, int) else None for value in raw
        ]
        for place, metric in self.scaled.items():
            value = plain_number(metric, raw[place])
            filled[place] = None if value is None else number(value)
        return None if None in filled else self.text % tuple(filled)


def module_form(module: YmlModule, values: Mapping[str, Value]) -> ModuleForm:
    """The form for a device that has these objects."""
    named = tuple(f"{bare_oid(lookup.oid)}." for metric in module.metrics for lookup in metric.lookups if lookup.labels)
    blocks: dict[Metric, dict[tuple[str, ...], tuple[LabelledSample, _Place]]] = {}
    for oid, metric, sample in samples_of(module.metrics, values):
        family = Metric(sample.name, sample.kind, sample.help, tuple(name for name, _ in sample.labels))
        is_number = metric.type in _NUMBERS and isinstance(values[oid], int) and not oid.startswith(named)
        place = (oid, metric if is_number else None)
        # A series that comes twice stands once.
        blocks.setdefault(family, {}).setdefault(tuple(text for _, text in sample.labels), (sample, place))
    places = [place for rows in blocks.values() for _, place in rows.values() if place[1] is not None]
    numbers = tuple(oid for oid, _ in places)
    filled = set(numbers)
    steady = {oid: value for oid, value in values.items() if oid not in filled and _means(oid, module, named)}
    return ModuleForm(
        text="".join(_block(family, rows) for family, rows in blocks.items()),
        numbers=numbers,
        scaled={n: metric for n, (_, metric) in enumerate(places) if metric and (metric.scale or metric.offset)},
        steady=steady,
        oids=tuple(oid for oid in values if oid in filled or oid in steady),
    )


def _means(oid: str, module: YmlModule, named: Sequence[str]) -> bool:
    """Whether the page says anything of an object: a walk of a whole table has others."""
    return oid.startswith(tuple(named)) or any(
        f"{oid}.".startswith(f"{bare_oid(metric.oid)}.") for metric in module.metrics
    )


def _block(family: Metric, rows: Mapping[tuple[str, ...], tuple[LabelledSample, _Place]]) -> str:
    lines = [
        f"{_quoted(series(family, labels))} {'%s' if metric is not None else number(sample.value)}\n"
        for labels, (sample, (_, metric)) in rows.items()
    ]
    return _quoted(head(family)) + "".join(lines)


def _quoted(text: str) -> str:
    """The text becomes a format: a per cent sign in it must not be taken for a place."""
    return text.replace("%", "%%")
