"""A month of the made-up office as its Prometheus holds it: a city and a moment in, OpenMetrics text out.

Working days with a morning and an afternoon, each office with a height of its own; an outage that began an hour ago.
"""

import math
from collections.abc import Iterator, Set
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inventory.model import City
from inventory.topology import Kind, branches

DAY, STEP, FINE, RECENT = 86_400, 300, 15, 1_800
DAYS = 31
MBIT = 125_000
WIB = ZoneInfo("Asia/Jakarta")
Samples = Iterator[tuple[str, str, str, int, float]]


def past_of(city: City, moment: datetime, silent: Set[str], since: timedelta) -> str:
    """The text; the branches of ``silent`` have not answered for so long."""
    end = int(moment.timestamp())
    samples = sorted([*_traffic(city, end), *_watch(city, end, silent, end - since.total_seconds())])
    families: dict[str, list[str]] = {}
    for name, kind, labels, at, value in samples:
        head = f"# TYPE {name.removesuffix('_total')} {kind}"
        families.setdefault(head, []).append(f"{name}{{{labels}}} {value:.10g} {at}")
    return "\n".join((*(line for head, lines in families.items() for line in (head, *lines)), "# EOF", ""))


def _busy(at: int, place: int) -> float:
    """How much of its height an office uses, 0 to 1."""
    local = datetime.fromtimestamp(at, WIB)
    hour = local.hour + local.minute / 60
    works = local.weekday() < 5 and 7 < hour < 17
    waves = 0.12 * math.sin(at / 1700 + place) + 0.08 * math.sin(at / 431 + 3 * place)
    return max(0.02, (0.75 - 0.02 * (hour - 12) ** 2 if works else 0.06) + waves)


def _times(end: int) -> list[int]:
    return [*range(end - DAYS * DAY, end - RECENT, STEP), *range(end - RECENT, end + 1, FINE)]


def _traffic(city: City, end: int) -> Samples:
    totals: dict[tuple[str, int], float] = {}
    for place, opd in enumerate(city.opds):
        source = "flow" if opd.measured == "flow" else "interface"
        for way, height in (("receive", 6 + 1.2 * place), ("transmit", 2 + 0.3 * place)):
            count, before = 0.0, end - DAYS * DAY
            for at in _times(end):
                rate = height * MBIT * _busy(at, place)
                count += (at - before) * rate
                before = at
                totals[way, at] = totals.get((way, at), 0.0) + count
                yield f"lebarpita_opd_{way}_bytes_total", "counter", f'opd="{opd.code}",source="{source}"', at, count
                if at % STEP == 0:
                    for average in ("rate5m", "mean5m"):
                        yield f"opd:{way}:{average}", "gauge", f'opd="{opd.code}"', at, rate
    for uplink in city.uplinks:
        for way, capacity in (("receive", uplink.receive_capacity), ("transmit", uplink.transmit_capacity)):
            for at in _times(end):
                labels = f'link="{uplink.name}",device="{uplink.device}"'
                yield f"lebarpita_link_{way}_bytes_total", "counter", labels, at, totals[way, at]
                labels = f'link="{uplink.name}",direction="{way}"'
                yield "lebarpita_uplink_capacity_bytes_per_second", "gauge", labels, at, float(capacity)


def _watch(city: City, end: int, silent: Set[str], since: float) -> Samples:
    for at in range(end - RECENT, end + 1, FINE):
        yield "lebarpita_watch_round_timestamp_seconds", "gauge", "", at, at - 0.5
        yield "lebarpita_watch_isolated", "gauge", "", at, 0.0
        yield "lebarpita_flow_records_total", "counter", 'exporter="10.255.0.1"', at, 10.0 * (at - end + DAY)
    for branch in branches(city):
        labels = f'link="{branch.name}",opd="{branch.far if branch.kind is Kind.OPD else ""}"'
        for at in _times(end):
            yield "lebarpita_reachable", "gauge", labels, at, float(branch.name not in silent or at < since)
