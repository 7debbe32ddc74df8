"""A module of ``snmp.yml``: what a device answered in, the samples that snmp_exporter gives with the same module out.

Deliberately otherwise: a number's object that sends text gives no sample (snmp_exporter shows 0), and a series that
comes twice stands once (snmp_exporter gives no page at all).
"""

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, NamedTuple

from exporter.snmp.device.reading import EXACT
from exporter.snmp.device.requests import objects
from exporter.snmp.drop_in.index_text import index_text, value_text
from exporter.snmp.drop_in.snmp_yml import YmlExtract, YmlMetric, YmlModule
from exporter.snmp.engines.interface import Session
from exporter.snmp.wire.ber import Value

Answers = Mapping[str, Value]
_PLACE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


class LabelledSample(NamedTuple):
    """One sample with what it is called; label names differ from sample to sample."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    labels: tuple[tuple[str, str], ...]
    value: float


async def walk_module(session: Session, module: YmlModule) -> dict[str, Value]:
    """Every object that the module names, in the order of its walks. Raises SnmpFailure."""
    values: dict[str, Value] = {}
    if module.get:
        values |= await objects(session, [bare_oid(oid) for oid in module.get])
    for oid in map(bare_oid, module.walk):
        rows = dict(await session.walk(oid))
        # A walk may name one object, whose subtree is empty.
        values |= rows or await objects(session, [oid])
    return values


def bare_oid(oid: str) -> str:
    """Without the point that some files begin it with."""
    return oid.removeprefix(".")


def samples_of(metrics: Sequence[YmlMetric], values: Answers) -> Iterable[tuple[str, YmlMetric, LabelledSample]]:
    """Every sample with the object and the metric that it is of."""
    by_oid = {bare_oid(metric.oid): metric for metric in metrics}
    for oid, value in values.items():
        metric, index = _metric_of(oid, by_oid)
        if metric is not None:
            for sample in _of(metric, index, value, values):
                yield oid, metric, sample


def plain_number(metric: YmlMetric, value: Value | None) -> float | None:
    """The number of a metric that is one; None where the agent sent none."""
    number = None if value is None else _number(value)
    return None if number is None else _scaled(metric, number)


def _metric_of(oid: str, by_oid: Mapping[str, YmlMetric]) -> tuple[YmlMetric | None, list[int]]:
    """The metric with the shortest OID that this one is under, and the rest of it."""
    arcs = oid.split(".")
    for length in range(2, len(arcs) + 1):
        metric = by_oid.get(".".join(arcs[:length]))
        if metric is not None:
            return metric, list(map(int, arcs[length:]))
    return None, []


def _of(metric: YmlMetric, index: Sequence[int], value: Value, values: Answers) -> Iterable[LabelledSample]:
    labels = _labels(metric, index, values)
    if metric.type == "Bits":
        yield from _bits(metric, labels, value)
    elif metric.type in ("EnumAsInfo", "EnumAsStateSet"):
        yield from _enum(metric, labels, value)
    elif metric.type in ("gauge", "counter", "Float", "Double", "DateAndTime"):
        number = _when(value) if metric.type == "DateAndTime" else _number(value)
        if number is not None:
            kind: Literal["counter", "gauge"] = "counter" if metric.type == "counter" else "gauge"
            yield LabelledSample(metric.name, kind, metric.help, tuple(labels.items()), _scaled(metric, number))
    elif metric.regex_extracts:
        yield from _extracts(metric, labels, value_text(value, metric.type))
    else:
        labels.setdefault(metric.name, value_text(value, metric.type))
        yield LabelledSample(metric.name, "gauge", metric.help, tuple(labels.items()), 1)


def _labels(metric: YmlMetric, index: Sequence[int], values: Answers) -> dict[str, str]:
    labels: dict[str, str] = {}
    arcs: dict[str, Sequence[int]] = {}
    rest: Sequence[int] = index
    for part in metric.indexes:
        labels[part.labelname], arcs[part.labelname], rest = index_text(
            rest, part.type, part.fixed_size, part.implied, part.enum_values
        )
    for lookup in metric.lookups:
        if not lookup.labels:
            labels.pop(lookup.labelname, None)
            continue
        oid = ".".join([bare_oid(lookup.oid), *(str(arc) for label in lookup.labels for arc in arcs.get(label, ()))])
        value = values.get(oid)
        labels[lookup.labelname] = "" if value is None else value_text(value, lookup.type)
        if value is not None:
            # A later lookup may go on from here: what was found is an index of another table.
            arcs[lookup.labelname] = [value] if isinstance(value, int) else [0]
    return labels


def _number(value: Value) -> float | None:
    if isinstance(value, int):
        # As snmp_exporter: a Counter64 wraps at 2^53, where a double would begin to leave out numbers.
        return value % EXACT if value >= 0 else value
    return value if isinstance(value, float) else None


def _scaled(metric: YmlMetric, number: float) -> float:
    return number * metric.scale + metric.offset if metric.scale else number + metric.offset


def _enum(metric: YmlMetric, labels: Mapping[str, str], value: Value) -> Iterable[LabelledSample]:
    if not isinstance(value, int):
        return
    state = metric.enum_values.get(value, str(int(value)))
    if metric.type == "EnumAsInfo":
        pairs = (*labels.items(), (metric.name, state))
        yield LabelledSample(f"{metric.name}_info", "gauge", f"{metric.help} (EnumAsInfo)", pairs, 1)
        return
    for word in dict.fromkeys((state, *metric.enum_values.values())):
        pairs = (*labels.items(), (metric.name, word))
        yield LabelledSample(metric.name, "gauge", f"{metric.help} (EnumAsStateSet)", pairs, int(word == state))


def _bits(metric: YmlMetric, labels: Mapping[str, str], value: Value) -> Iterable[LabelledSample]:
    if not isinstance(value, bytes):
        return
    for bit, word in metric.enum_values.items():
        # RFC 2578, 7.1.4: bit 0 is the highest of the first byte.
        on = 0 <= bit < len(value) * 8 and value[bit // 8] & (128 >> bit % 8) != 0
        pairs = (*labels.items(), (metric.name, word))
        yield LabelledSample(metric.name, "gauge", f"{metric.help} (Bits)", pairs, int(on))


def _extracts(metric: YmlMetric, labels: Mapping[str, str], text: str) -> Iterable[LabelledSample]:
    for suffix, extracts in metric.regex_extracts.items():
        number = next((n for extract in extracts if (n := _extracted(extract, text)) is not None), None)
        if number is not None:
            name, words = f"{metric.name}{suffix}", f"{metric.help} (regex extracted)"
            yield LabelledSample(name, "gauge", words, tuple(labels.items()), _scaled(metric, number))


def _extracted(extract: YmlExtract, text: str) -> float | None:
    match = re.fullmatch(extract.regex, text)
    if match is None:
        return None

    def part(place: re.Match[str]) -> str:
        name = place[1] or place[2]
        if name is None:
            return "$"
        key: int | str = int(name) if name.isdigit() else name
        is_group = match.re.groups >= key if isinstance(key, int) else key in match.re.groupindex
        return (match[key] or "") if is_group else ""

    number = _PLACE.sub(part, extract.value)
    try:
        # Python takes blanks and underscores in a number, Go does not.
        return None if number.strip() != number or "_" in number else float(number)
    except ValueError:
        return None


def _when(value: Value) -> float | None:
    """DateAndTime (RFC 2579): eight bytes in UTC, eleven with their zone."""
    if not isinstance(value, bytes) or len(value) not in (8, 11):
        return None
    year, month, day, hour, minute, second, tenth = struct.unpack(">H6B", value[:8])
    zone = UTC
    if len(value) == 11:
        away = timedelta(hours=value[9], minutes=value[10])
        zone = timezone(-away if value[8:9] == b"-" else away)
    try:
        moment = datetime(year, month, day, hour, minute, second, tenth * 100_000, zone)
    except ValueError:
        return None
    return float(int(moment.timestamp()))
