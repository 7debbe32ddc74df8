"""A month that never was: a city and its allocations in, what its parts would have counted and recorded out. Pure.

Every series carries the label ``made_up="yes"``: an invented figure must never pass for one that was measured. It is
the office day of the demo's live traffic on working days, a fifth of it at weekends, a little more each week, and two
outages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from inventory.admission import capacity_of
from inventory.model import City
from inventory.topology import path_to, uplink_of
from lab.day import MEAN_SECONDS, TRANSMIT_SHARE, busy, peak
from request_tracker.bench.made_up_use import CountedHour, CounterSeries

MARK = ("made_up", "yes")
# Thirty whole days of the office before the one that has begun, as availability counts them.
DAYS = 31
WAYS = ("receive", "transmit")
HOUR_SECONDS, SCRAPE_SECONDS = 3600, 60
# Five-minute means of an hour, samples of a counter in each of them.
_MEANS, _SAMPLES = HOUR_SECONDS // MEAN_SECONDS, MEAN_SECONDS // SCRAPE_SECONDS
# Scrapes come some seconds past the minute, as real ones do.
_PHASE_SECONDS = 17
# Of so steady a rate the mean of five minutes is what ``rate`` says of them, too.
_AVERAGES, _SHARES = ("rate5m", "mean5m"), ("utilisation:ratio", "mean5m:ratio")
# Flows count layer 3, ports layer 2 with 18 bytes more a frame: of datagrams of 1,200 bytes 98 in 100.
_FLOW_SHARE = 0.98
_WEEKEND, _GROWTH = 0.2, 0.2
# The line with all behind it, how many days before the end, the hour of that day, how long.
_OUTAGES = ((9, 10, 92), (17, 13, 26))


@dataclass(frozen=True)
class MadeUpOutage:
    """A line that was cut in the made-up month: Unix seconds, the OPDs behind it, the lines of the tree that fell."""

    begin: float
    end: float
    opds: frozenset[str]
    lines: frozenset[str]


@dataclass(frozen=True)
class MadeUpPast:
    """The month before ``end`` (Unix seconds, a full five minutes) of a city with these rates towards its OPDs."""

    city: City
    allocations: Mapping[str, int]
    end: float
    days: int = DAYS

    @property
    def begin(self) -> float:
        """The first moment of it; an hour more than the days, so that the first mean has two ends."""
        return begin_of_past(self.end, self.days)


def begin_of_past(end: float, days: int = DAYS) -> float:
    """Where so many made-up days that end there begin (Unix seconds), the hour more included."""
    return end - days * 24 * HOUR_SECONDS - HOUR_SECONDS


def counters(city: City) -> tuple[CounterSeries, ...]:
    """What is scraped each minute: ports and flows of every OPD, every line, and what the watch reached."""
    opds = [opd.code for opd in city.opds]
    rows = [_series(f"lebarpita_opd_{way}_bytes_total", opd=opd, source="interface") for way in WAYS for opd in opds]
    rows += [
        _series(f"lebarpita_opd_{way}_bytes_total", opd=opd, source="flow", scope="internet")
        for way in WAYS
        for opd in opds
    ]
    rows += [_series(f"lebarpita_link_{way}_bytes_total", link=line) for way in WAYS for line in _lines(city)]
    behind = {link.name: link.opd or "" for link in city.links}
    rows += [_series("lebarpita_reachable", link=line, opd=behind.get(line, "")) for line in _lines(city)]
    uplinks, name = [uplink.name for uplink in city.uplinks], "lebarpita_uplink_capacity_bytes_per_second"
    return (*rows, *(_series(name, link=uplink, direction=way) for way in WAYS for uplink in uplinks))


def recorded(city: City) -> tuple[CounterSeries, ...]:
    """What the rules would have recorded of them, which is what boards read."""
    opds, uplinks = [opd.code for opd in city.opds], [uplink.name for uplink in city.uplinks]
    rows = [_series(f"opd:{way}:{average}", opd=opd) for average in _AVERAGES for way in WAYS for opd in opds]
    rows += [_series(f"opd:{share}", opd=opd, direction=way) for share in _SHARES for way in WAYS for opd in opds]
    rows += [_series(f"link:{way}:rate5m", link=line) for way in WAYS for line in _lines(city)]
    rows += [_series(f"uplink:{way}:{average}", link=line) for average in _AVERAGES for way in WAYS for line in uplinks]
    shares = ((share, way, line) for share in _SHARES for way in WAYS for line in uplinks)
    return (*rows, *(_series(f"uplink:{share}", link=line, direction=way) for share, way, line in shares))


def hours(past: MadeUpPast) -> Iterator[tuple[CountedHour, CountedHour]]:
    """Hour by hour the values of ``counters`` and of ``recorded``, each row in its series' order."""
    city, chance = past.city, np.random.default_rng(1)
    opds, lines, zone = [opd.code for opd in city.opds], _lines(city), ZoneInfo(city.city.timezone)
    carried, outages = _carried(city, opds, lines), _outages(city, past.end, zone)
    ceilings = np.array([[float(past.allocations[opd])] for opd in opds])
    names = {uplink.name for uplink in city.uplinks}
    uplinks = [place for place, line in enumerate(lines) if line in names]
    room = np.array([[[float(capacity_of(uplink, way))] for uplink in city.uplinks] for way in WAYS])
    contract = np.repeat(room.reshape(-1, 1), _MEANS * _SAMPLES, axis=1)
    totals = np.zeros((len(WAYS), 2 * len(opds) + len(lines), 1))
    for begin in np.arange(past.begin, past.end, HOUR_SECONDS):
        at = [float(begin) + MEAN_SECONDS * number for number in range(_MEANS)]
        towards = np.minimum(ceilings * _shares(past, at, zone, chance), 0.95 * ceilings) * _connected(
            outages, opds, at
        )
        rates = np.stack([towards, towards * TRANSMIT_SHARE])
        of_lines = carried @ rates
        counted = np.concatenate([rates, rates * _FLOW_SHARE, of_lines], axis=1)
        values = totals + np.cumsum(np.repeat(np.rint(counted * SCRAPE_SECONDS), _SAMPLES, axis=2), axis=2)
        totals = values[:, :, -1:]
        answered = np.array([[_line_up(outages, line, moment) for moment in at] for line in lines], dtype=float)
        moments = ((begin + _PHASE_SECONDS + SCRAPE_SECONDS * np.arange(_MEANS * _SAMPLES)) * 1000).astype(np.int64)
        # Both ways of the ports, of the flows, of the lines: a series each, in this order.
        scraped = [part.reshape(-1, _MEANS * _SAMPLES) for part in np.split(values, [len(opds), 2 * len(opds)], axis=1)]
        of_uplinks = of_lines[:, uplinks]
        of_opds, of_lease = rates / ceilings, of_uplinks / room
        means = [rates, rates, of_opds, of_opds, of_lines, of_uplinks, of_uplinks, of_lease, of_lease]
        yield (
            CountedHour(moments, np.concatenate([*scraped, np.repeat(answered, _SAMPLES, axis=1), contract])),
            CountedHour(moments[::_SAMPLES], np.concatenate([part.reshape(-1, _MEANS) for part in means])),
        )


def _series(name: str, **labels: str) -> CounterSeries:
    named = {"__name__": name, MARK[0]: MARK[1], **{key: value for key, value in labels.items() if value}}
    return CounterSeries(tuple(sorted(named.items())))


def _lines(city: City) -> tuple[str, ...]:
    return (*(link.name for link in city.links), *(uplink.name for uplink in city.uplinks))


def _carried(city: City, opds: Sequence[str], lines: Sequence[str]) -> NDArray[np.float64]:
    """A row for each line with 1 for each OPD that it carries."""
    ways = {opd: {*path_to(city, opd), uplink_of(city, opd)} for opd in opds}
    return np.array([[float(line in ways[opd]) for opd in opds] for line in lines])


def _outages(city: City, end: float, zone: ZoneInfo) -> tuple[MadeUpOutage, ...]:
    """The first line to a device that has OPDs behind it, and one OPD's own line."""
    paths = {opd.code: path_to(city, opd.code) for opd in city.opds}
    first, last = city.opds[0].code, city.opds[-1].code
    roots = [(paths[first] or ("",))[-2:][0], (paths[last] or ("",))[-1]]
    today = datetime.fromtimestamp(end, zone).replace(minute=0, second=0, microsecond=0)
    outages = []
    for root, (days, hour, minutes) in zip(roots, _OUTAGES, strict=True):
        begin = (today.replace(hour=hour) - timedelta(days=days)).timestamp()
        behind = frozenset(opd for opd, path in paths.items() if root in path)
        fallen = {line for opd in behind for line in paths[opd][paths[opd].index(root) :]}
        outages.append(MadeUpOutage(begin, begin + minutes * 60, behind, frozenset(fallen)))
    return tuple(outages)


def _connected(outages: Sequence[MadeUpOutage], opds: Sequence[str], at: Sequence[float]) -> NDArray[np.bool_]:
    """A row for each OPD: False where one of the outages has it."""
    return np.array([[not any(_cut(out, opd, moment) for out in outages) for moment in at] for opd in opds])


def _cut(outage: MadeUpOutage, opd: str, moment: float) -> bool:
    return opd in outage.opds and outage.begin <= moment < outage.end


def _line_up(outages: Sequence[MadeUpOutage], line: str, moment: float) -> bool:
    return not any(line in outage.lines and outage.begin <= moment < outage.end for outage in outages)


def _shares(past: MadeUpPast, at: Sequence[float], zone: ZoneInfo, chance: np.random.Generator) -> NDArray[np.float64]:
    """How much of its allocation each OPD uses at these moments: its day, a little chance, a little growth."""
    opds = [opd.code for opd in past.city.opds]
    usual = np.array([[_share(opd, opds[0], moment, zone) for moment in at] for opd in opds])
    grown = 1 + _GROWTH * (at[0] - past.begin) / (past.end - past.begin)
    return usual * grown * chance.uniform(0.85, 1.15, usual.shape)


def _share(opd: str, busiest: str, moment: float, zone: ZoneInfo) -> float:
    """How much of its allocation an OPD uses: the office day, a fifth of it at the weekend."""
    local = datetime.fromtimestamp(moment, zone)
    weekend = _WEEKEND if local.weekday() >= 5 else 1.0
    return peak(opd, busiest) * busy(local.hour + local.minute / 60) * weekend
