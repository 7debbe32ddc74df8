"""What a plan says of addresses that no OPD has: their use in, lines for the person who applies it out.

The first apply on a line changes their lot: servers, tunnels and links between routers had the whole line before it.
"""

import time
from collections.abc import Mapping

from inventory.admission import DIRECTIONS, LOWEST_BYTES_PER_SECOND, capacity_of
from inventory.rates import format_rate
from shaping.drivers.base import Site
from shaping.drivers.linux.classes import UNMAPPED_SHARE
from shaping.errors import ShapingError
from shaping.prometheus import vector

# A week holds every kind of day that an office has.
_WINDOW = "7d:5m"
# The class's own counter tells each direction; before the first apply there is only the flows' sum of both.
_CLASS = "rate(lebarpita_shaping_unmapped_bytes_total[5m])"
_FLOWS = "rate(lebarpita_flow_unassigned_bytes_total[5m])"


def lines(site: Site) -> tuple[str, ...]:
    """What they may use after this plan, and what they used in the last week; in bits, for people."""
    return (*(f"addresses of nobody, {way}: {_allowed(site, way)}" for way in DIRECTIONS), _use(site, time.time()))


def _allowed(site: Site, way: str) -> str:
    capacity = capacity_of(site.city.uplink(site.uplink), way)
    guaranteed = max(LOWEST_BYTES_PER_SECOND, int(capacity * UNMAPPED_SHARE))
    if site.unmapped is None:
        open_ = "and what the OPDs leave; unmapped: in the agent's configuration decides how much at most"
        return f"{format_rate(guaranteed)} {open_}"
    return f"{format_rate(guaranteed)}, at most {format_rate(min(capacity, max(guaranteed, site.unmapped)))}"


def _use(site: Site, at: float) -> str:
    if site.prometheus is None:
        return "addresses of nobody: their use is not known here; name prometheus: to see it"
    try:
        by_way = _week(site.prometheus, f"sum by (direction) ({_CLASS})", at, "direction")
        by_flows = {} if by_way else _week(site.prometheus, f"sum({_FLOWS})", at, "")
    except ShapingError as error:
        return f"addresses of nobody: their use is not known: {error}"
    if by_way:
        by_direction = "; ".join(f"{way} {_figures(by_way[way])}" for way in DIRECTIONS if way in by_way)
        return f"addresses of nobody used in the last 7 days (their class): {by_direction}"
    if by_flows:
        return f"addresses of nobody used in the last 7 days (flows, both directions): {_figures(by_flows[''])}"
    return "addresses of nobody: nobody measured their use in the last 7 days (no flows, no class yet)"


def _week(prometheus: str, rate: str, at: float, label: str) -> Mapping[str, tuple[float, float]]:
    """The 95th percentile and the peak of 5-minute averages."""
    p95 = vector(prometheus, f"quantile_over_time(0.95, ({rate})[{_WINDOW}])", at, label)
    peak = vector(prometheus, f"max_over_time(({rate})[{_WINDOW}])", at, label)
    return {name: (p95[name], peak[name]) for name in p95 if name in peak}


def _figures(use: tuple[float, float]) -> str:
    p95, peak = (format_rate(int(figure)) for figure in use)
    return f"p95 {p95}, peak {peak}"
