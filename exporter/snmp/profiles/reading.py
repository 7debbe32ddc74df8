"""What a profile makes of an answer: columns by OID in, samples out. Pure.

What is not there, is declared invalid, is no number or is not plausible gives no sample: unknown is grey, never zero.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from exporter.snmp.device.table import Extra
from exporter.snmp.profiles.items import Columns, head, item_names, link_of
from exporter.snmp.profiles.model import Profile, ProfileReading, RowFilter
from exporter.snmp.profiles.quantities import UNITS
from exporter.snmp.wire.ber import Value

# An OLT of sixteen PON ports with 64 ONUs each; beyond that a device is a city of series.
MOST_ITEMS = 1024
# EntitySensorDataScale units(9): each step is a factor of a thousand (RFC 3433).
_UNITS_SCALE = 9
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_COMBINE: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": fmean,
    "most": max,
    "least": min,
    "sum": math.fsum,
}


@dataclass(frozen=True)
class ProfileSamples:
    """The samples of one profile, and how many rows were too many."""

    extras: tuple[Extra, ...]
    left_out: int


def read_values(profile: Profile, device: str, columns: Columns, ends: Iterable[tuple[str, str]]) -> ProfileSamples:
    """Every sample of one turn."""
    extras: list[Extra] = []
    left, ends = 0, tuple(ends)
    for reading in profile.readings:
        rows = [index for index in columns.get(reading.oid, {}) if _counts(reading, index, columns)]
        left += max(0, len(rows) - MOST_ITEMS)
        extras += _samples(reading, device, rows[:MOST_ITEMS], columns, ends)
    return ProfileSamples(tuple(_once(extras)), left)


def _once(extras: Iterable[Extra]) -> Iterable[Extra]:
    """Each series once, the first wins: a device's own threshold is written before its profile's."""
    series: dict[tuple[str, tuple[str, ...]], Extra] = {}
    for extra in extras:
        series.setdefault((extra[0].name, extra[1]), extra)
    return series.values()


def _samples(
    reading: ProfileReading, device: str, indexes: Sequence[str], columns: Columns, ends: Sequence[tuple[str, str]]
) -> Iterable[Extra]:
    quantity = reading.quantity
    values = {index: value for index in indexes if (value := _plausible(reading, index, columns)) is not None}
    if not quantity.has_item:
        if values:
            yield quantity.metric, (device,), _rounded(_COMBINE[quantity.combine](list(values.values())))
        return
    # Of all rows, also of those without a value: a dark port takes no other's number.
    for index, item in item_names(indexes, reading.item, columns).items():
        if index not in values:
            continue
        labels = (device, link_of(item, ends), reading.medium or "", item) if quantity.has_medium else (device, item)
        yield quantity.metric, labels, _rounded(values[index])
        for value, metric in ((reading.low, quantity.low), (reading.high, quantity.high)):
            if value is not None and metric is not None:
                yield metric, labels, value


def _counts(reading: ProfileReading, index: str, columns: Columns) -> bool:
    return all(_passes(row, index, columns) for row in reading.where)


def _plausible(reading: ProfileReading, index: str, columns: Columns) -> float | None:
    low, high = reading.quantity.plausible
    value = _value(reading, columns[reading.oid][index], index, columns)
    return value if value is not None and low <= value <= high else None


def _passes(row: RowFilter, index: str, columns: Columns) -> bool:
    return columns.get(row.oid, {}).get(head(index, row.arcs)) in row.among


def _value(reading: ProfileReading, raw: Value, index: str, columns: Columns) -> float | None:
    number = _number(raw, reading.pattern)
    if number is None or number in reading.invalid:
        return None
    if reading.values:
        mapped = reading.values.get(int(number), reading.otherwise)
        if mapped is None:
            return None
        number = mapped
    if reading.signed_bits and number >= 2 ** (reading.signed_bits - 1):
        number -= 2**reading.signed_bits
    if reading.whole:
        parts = [_number(columns.get(oid, {}).get(index), None) for oid in reading.whole]
        whole = math.fsum(part for part in parts if part is not None)
        if None in parts or whole <= 0:
            return None
        number /= whole
    factor = _entity_factor(reading, index, columns)
    return (
        None
        if factor is None
        else UNITS[reading.quantity.base][reading.unit](number * reading.scale * factor + reading.offset)
    )


def _number(raw: Value | None, pattern: str | None) -> float | None:
    if isinstance(raw, int | float) and pattern is None:
        return float(raw)
    if raw is None:
        return None
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    match = re.search(pattern or rf"^\s*{_NUMBER}", text)
    try:
        return float(match[1]) if match else None
    except (TypeError, ValueError):
        # The office's own pattern may catch what is no number.
        return None


def _entity_factor(reading: ProfileReading, index: str, columns: Columns) -> float | None:
    if reading.entity is None:
        return 1.0
    index = head(index, reading.entity.arcs)
    scale, precision = (columns.get(oid, {}).get(index) for oid in (reading.entity.scale, reading.entity.precision))
    if not isinstance(scale, int) or not isinstance(precision, int):
        return None
    return float(10.0 ** ((scale - _UNITS_SCALE) * 3 - precision))


def _rounded(value: float) -> float:
    # What devices measure has no more digits; without it a factor of 0.1 leaves a tail of them in each sample.
    return float(f"{value:.6g}")
