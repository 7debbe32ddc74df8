"""Made-up use of every OPD and uplink as an exporter counts it: a city in, counters at each scrape out.

The same city has the same use. It is made an hour at a time, so that ninety days of a thousand counters need no more
memory than one hour of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inventory.model import City
from inventory.topology import uplink_of
from request_tracker.evidence.use import WAYS

SCRAPE_SECONDS = 60
HOUR_SECONDS = 3600
_IN_AN_HOUR = HOUR_SECONDS // SCRAPE_SECONDS
# Scrapes come some seconds past the minute, so that no sample lies on the grid of the means.
_PHASE_SECONDS = 17
# From an office of a few people to a hospital: 1 to 20 Mbit/s where it works, bytes a second.
_LEAST, _MOST = 125_000, 2_500_000
# At night and on Sundays a fifth of it; a third more by the end, as lines of a city grow in a quarter that is busy.
_QUIET, _GROWTH = 0.2, 1 / 3


@dataclass(frozen=True)
class CounterSeries:
    """One counter: its labels with its name, in the order of the alphabet as remote write demands."""

    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CountedHour:
    """One hour: the moments of its scrapes (milliseconds), and at each every counter's value, a row for each."""

    moments: NDArray[np.int64]
    values: NDArray[np.float64]


def series_of(city: City) -> tuple[CounterSeries, ...]:
    """Every OPD both ways, then every uplink both ways."""
    ports = [("opd", opd.code, way) for way in WAYS for opd in city.opds]
    lines = [("link", uplink.name, way) for way in WAYS for uplink in city.uplinks]
    return tuple(CounterSeries(_labels(kind, name, way)) for kind, name, way in (*ports, *lines))


def hours(city: City, end: float, days: int) -> Iterator[CountedHour]:
    """The days before ``end`` (Unix seconds, a full hour), and an hour before them: the first mean has two ends."""
    chance = np.random.default_rng(1)
    uplinks = [uplink.name for uplink in city.uplinks]
    place = np.array([uplinks.index(uplink_of(city, opd.code)) for opd in city.opds])
    busy = chance.uniform(_LEAST, _MOST, size=(len(WAYS), len(place)))
    total = np.zeros((len(WAYS), len(place)))
    first = int(end) - days * 24 * HOUR_SECONDS - HOUR_SECONDS
    for begin in range(first, int(end), HOUR_SECONDS):
        grown = 1 + _GROWTH * (begin - first) / max(1.0, end - first)
        drawn = chance.uniform(0.6, 1.2, size=(*busy.shape, _IN_AN_HOUR))
        rates = busy[..., None] * drawn * grown * (1.0 if _at_work(begin) else _QUIET)
        counts = total[..., None] + np.cumsum(np.rint(rates * SCRAPE_SECONDS), axis=2)
        total = counts[..., -1]
        lines = np.stack(
            [[counts[way][place == number].sum(axis=0) for number in range(len(uplinks))] for way in (0, 1)]
        )
        moments = (begin + _PHASE_SECONDS + SCRAPE_SECONDS * np.arange(_IN_AN_HOUR)) * 1000
        flat = [values.reshape(-1, _IN_AN_HOUR) for values in (counts, lines)]
        yield CountedHour(moments.astype(np.int64), np.concatenate(flat))


def _labels(kind: str, name: str, way: str) -> tuple[tuple[str, str], ...]:
    labels = {"__name__": f"lebarpita_{kind}_{way}_bytes_total", kind: name, "instance": "exporter"}
    return tuple(sorted((labels | ({"source": "interface"} if kind == "opd" else {})).items()))


def _at_work(begin: int) -> bool:
    """Monday to Friday, 08.00 to 16.00 in the west of the country, where it is seven hours later than UTC."""
    local = begin // HOUR_SECONDS + 7
    # The first of January 1970 was a Thursday, the fourth day of the week.
    return 8 <= local % 24 < 16 and (local // 24 + 3) % 7 < 5


def remote_write(series: Sequence[CounterSeries], hour: CountedHour) -> bytes:
    """The body of a remote write request: Prometheus' protobuf, version 1, in snappy's block format."""
    samples = np.zeros(hour.values.shape, _SAMPLE)
    samples["head"], samples["value_key"], samples["moment_key"] = (
        (_SAMPLES_KEY, _SAMPLE_BYTES),
        _VALUE_KEY,
        _MOMENT_KEY,
    )
    samples["value"], samples["moment"] = hour.values, _varints(hour.moments)
    parts = []
    for counter, row in zip(series, samples, strict=True):
        body = _labels_bytes(counter) + row.tobytes()
        parts += [b"\x0a", _varint(len(body)), body]
    message = b"".join(parts)
    # One literal of four length bytes: tag 63 of snappy's format. Compressing would cost more than loopback.
    return _varint(len(message)) + b"\xfc" + (len(message) - 1).to_bytes(4, "little") + message


# Milliseconds since 1970 are six bytes of seven bits until the year 2109.
_MOMENT_BYTES = 6
_SAMPLE = np.dtype(
    [("head", "u1", 2), ("value_key", "u1"), ("value", "<f8"), ("moment_key", "u1"), ("moment", "u1", _MOMENT_BYTES)]
)
# Field 2 (samples) of TimeSeries; fields 1 (double) and 2 (varint) of Sample; what a sample weighs after its head.
_SAMPLES_KEY, _VALUE_KEY, _MOMENT_KEY, _SAMPLE_BYTES = 0x12, 0x09, 0x10, 1 + 8 + 1 + _MOMENT_BYTES


def _varints(moments: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Each moment as protobuf writes it: seven bits a byte, the lowest first, a mark on all but the last."""
    bits = (moments[:, None] >> (7 * np.arange(_MOMENT_BYTES))) & 0x7F
    bits[:, :-1] |= 0x80
    return bits.astype(np.uint8)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def _labels_bytes(counter: CounterSeries) -> bytes:
    return b"".join(b"\x0a" + _varint(len(pair)) + pair for pair in (_pair(*label) for label in counter.labels))


def _pair(name: str, value: str) -> bytes:
    texts = ((b"\x0a", name.encode()), (b"\x12", value.encode()))
    return b"".join(key + _varint(len(text)) + text for key, text in texts)
