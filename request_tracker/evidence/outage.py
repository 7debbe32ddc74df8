"""Laporan monitoring jaringan (PKL-G-05): an outage's ticket in, what the monitoring saw of it out, to be frozen.

Every figure carries the query and the moment it was asked for, so that asking again gives the same report and the same
hash. What was not measured stands as None and is said. Rates are bytes per second, times Unix seconds.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from inventory.model import City
from inventory.topology import Kind, branches
from request_tracker.advice_settings import EvidencePart
from request_tracker.cases import Desk
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.uptime import Query, asked_of_opd, month_before, of_line, of_opd, read_uptime
from request_tracker.store.chain import canonical
from request_tracker.store.database import Row, Store

KIND = "laporan_monitoring_jaringan"
BEFORE_SECONDS = AFTER_SECONDS = 3600  # The hour around an outage shows what went before it and whether it stays over.
STEP_SECONDS = 15  # The scrape interval of the shipped prometheus.yml: a finer step shows nothing more.
MAX_POINTS = 10_000  # Prometheus refuses a range query of more than 11,000 points a series.
MAX_TURNS = 200  # A line that flaps more often is told as such; nobody reads on.


@dataclass(frozen=True)
class StateChange:
    """From this moment on the line was ``up``, ``down`` or ``unmeasured``."""

    at: float
    state: str


@dataclass(frozen=True)
class RootPlace:
    """Where an outage's root stands: the nodes that show whether traffic passes, and the devices at both ends."""

    watched: tuple[str, ...]
    devices: tuple[str, ...]


@dataclass(frozen=True)
class AlertEntry:
    """One alert that Alertmanager told while the outage lasted or in the hour before."""

    name: str
    status: str
    text: str
    at: float


@dataclass(frozen=True)
class OutageReport:
    """The report as of ``at``; ``ended_at`` is None while the outage lasts. Pairs are (before, during)."""

    number: str
    root: str
    cause: str
    provider: str
    circuit: str
    offices: tuple[str, ...]
    started_at: float
    ended_at: float | None
    at: float
    minutes: float
    measured_minutes: float | None
    unmeasured_minutes: float | None
    turns: tuple[StateChange, ...]
    receive: tuple[float | None, float | None]
    transmit: tuple[float | None, float | None]
    round_trip: tuple[float | None, float | None]
    lost_rounds: float | None
    availability: float | None
    availability_measured: float | None
    booted: tuple[tuple[str, float], ...]
    alerts: tuple[AlertEntry, ...]
    queries: tuple[Query, ...]
    problem: str | None = None
    availability_least: float | None = None

    def data(self) -> dict[str, Any]:
        """Plain data with its own hash, to be frozen into the case."""
        body = {"kind": KIND, **asdict(self)}
        return {**body, "sha256": hashlib.sha256(canonical(body).encode()).hexdigest()}


def report(prometheus: Prometheus, desk: Desk, ticket: Row, at: float, rule: EvidencePart = USUAL) -> OutageReport:
    """The outage as the monitoring knows it at ``at``, at most an hour after its end.

    Availability is that of the days before. A silent Prometheus is said in ``problem``.
    """
    store, city = desk.store, desk.city
    if ticket["ended_at"] is not None:
        at = min(at, ticket["ended_at"] + AFTER_SECONDS)
    ended = ticket["ended_at"] if ticket["ended_at"] is not None and ticket["ended_at"] <= at else None
    span = (float(ticket["started_at"]), float(ended if ended is not None else at))
    queries: list[Query] = []
    measured, problem = _NOTHING, None
    place = place_of(city, ticket["root"])
    if place is None:
        problem = f"{ticket['root']} tidak ada dalam inventaris; tidak ada yang dapat ditanyakan"
    else:
        try:
            figures = _measure(prometheus, ticket["root"], place, (*span, at), queries)
            measured = figures | _availability(prometheus, desk, (ticket["root"], place), at, queries)
        except NoData as error:
            problem = str(error)
    uplink = next((uplink for uplink in city.uplinks if uplink.name == ticket["root"]), None)
    return OutageReport(
        number=ticket["number"],
        root=ticket["root"],
        cause=ticket["cause"],
        provider=uplink.provider if uplink else "",
        circuit=uplink.circuit if uplink else "",
        offices=tuple(json.loads(ticket["offices"])),
        started_at=span[0],
        ended_at=ended,
        at=at,
        minutes=round((span[1] - span[0]) / 60, 2),
        alerts=_alerts(store, span[0] - BEFORE_SECONDS, at),
        queries=tuple(queries),
        problem=problem,
        availability_least=rule.least_measured_percent / 100,
        **measured,
    )


def place_of(city: City, root: str) -> RootPlace | None:
    """What to ask about a root; None where the inventory does not know it."""
    tree = branches(city)
    if root == city.city.watch_from:
        return RootPlace(tuple(branch.name for branch in tree), (root,))
    mine = next((branch for branch in tree if branch.name == root), None)
    if mine is None:
        return None
    below = {root}
    for branch in tree:
        if branch.parent in below:
            below.add(branch.name)
    device_names = {device.name for device in city.devices}
    return RootPlace(tuple(sorted(below)), tuple(sorted({mine.device, mine.far} & device_names)))


def passing(place: RootPlace) -> str:
    """The query that is 1 while anything at or behind the root answers: the watch's own idea of a line that passes."""
    return f'max(lebarpita_reachable{{link=~"{"|".join(place.watched)}"}})'


def turns_of(points: list[tuple[float, float]], begin: float, end: float, step: float) -> list[StateChange]:
    """The moments at which the state changed; a missing point is ``unmeasured``."""
    # Prometheus answers on the grid from ``begin``; rounding takes away what is left of the floats.
    values = {round((at - begin) / step): value for at, value in points}
    turns: list[StateChange] = []
    # The end itself is a point of the grid, as in a range query.
    for index in range(math.floor((end - begin) / step) + 1):
        value = values.get(index)
        state = "unmeasured" if value is None else "up" if value else "down"
        if not turns or turns[-1].state != state:
            turns.append(StateChange(begin + index * step, state))
    return turns


_NOTHING: dict[str, Any] = {
    "measured_minutes": None,
    "unmeasured_minutes": None,
    "turns": (),
    "receive": (None, None),
    "transmit": (None, None),
    "round_trip": (None, None),
    "lost_rounds": None,
    "availability": None,
    "availability_measured": None,
    "booted": (),
}


def _measure(
    prometheus: Prometheus, root: str, place: RootPlace, when: tuple[float, float, float], queries: list[Query]
) -> dict[str, Any]:
    """Every figure of the monitoring; ``when`` is the outage's start, its end so far, and the report's moment."""
    started, until, at = when

    def value_at(expression: str, moment: float) -> float | None:
        queries.append((expression, moment))
        return prometheus.first_value(expression, moment)

    state = passing(place)
    begin, step = started - BEFORE_SECONDS, _step(at - started + BEFORE_SECONDS)
    queries.append((f"{state} [{step:g}s]", begin))
    points = prometheus.series(state, begin, at, step)
    down = sum(step for moment, value in points if not value and started <= moment < until)
    measured = sum(step for moment, _ in points if started <= moment < until)
    window = f"{max(1, round(until - started))}s"
    # Two instants and a difference: increase() would extrapolate to the window's ends, and lost rounds are counted.
    before, after = (
        value_at(f'max(lebarpita_probe_lost_total{{link="{root}"}})', moment) for moment in (started, until)
    )
    figures: dict[str, Any] = {
        "measured_minutes": round(down / 60, 2) if points else None,
        "unmeasured_minutes": round(max(0.0, until - started - measured) / 60, 2),
        "turns": tuple(turns_of(points, begin, at, step)[:MAX_TURNS]),
        "lost_rounds": _counted(before, after),
        "booted": _booted(prometheus, place, at, queries),
    }
    for way in ("receive", "transmit"):
        counter = f'lebarpita_link_{way}_bytes_total{{link="{root}"}}'
        hour = value_at(f"max(rate({counter}[{BEFORE_SECONDS}s]))", started)
        figures[way] = (hour, value_at(f"max(rate({counter}[{window}]))", until))
    echo = f'max(lebarpita_round_trip_seconds{{link="{root}"}})'
    figures["round_trip"] = (value_at(f"avg_over_time({echo}[{BEFORE_SECONDS}s:15s])", started), value_at(echo, at))
    return figures


def _availability(
    prometheus: Prometheus, desk: Desk, of: tuple[str, RootPlace], at: float, queries: list[Query]
) -> dict[str, Any]:
    """The line's availability in the thirty days before; of an office's own line it is the office's."""
    root, place = of
    branch = next((branch for branch in branches(desk.city) if branch.name == root), None)
    opd = branch.far if branch is not None and branch.kind == Kind.OPD else None
    line = (of_opd(opd), asked_of_opd(opd)) if opd else (of_line(root), passing(place))
    days = month_before(desk, datetime.fromtimestamp(at, UTC))
    uptime = read_uptime(prometheus, desk, line, days, queries)
    return {"availability": uptime.share, "availability_measured": uptime.measured_share}


def _booted(prometheus: Prometheus, place: RootPlace, at: float, queries: list[Query]) -> tuple[tuple[str, float], ...]:
    """Since when the devices at both ends run."""
    if not place.devices:
        return ()
    names = "|".join(place.devices)
    queries.append((f'max by (device) (lebarpita_device_boot_timestamp_seconds{{device=~"{names}"}})', at))
    return tuple(sorted((sample.labels["device"], sample.value) for sample in prometheus.query(*queries[-1])))


def _counted(before: float | None, after: float | None) -> float | None:
    """What a counter rose by; None where it was set back (the watch was restarted) or not measured."""
    return after - before if before is not None and after is not None and after >= before else None


def _step(seconds: float) -> float:
    # Whole seconds, so that the query that stands in the report can be typed.
    return max(STEP_SECONDS, math.ceil(seconds / MAX_POINTS))


def _alerts(store: Store, begin: float, end: float) -> tuple[AlertEntry, ...]:
    """What Alertmanager delivered in that time, oldest first; deliveries are never changed, so it stays the same."""
    rows = store.rows(
        "SELECT * FROM deliveries WHERE received_at BETWEEN ? AND ? AND alertname <> 'LebarpitaWatchdog'"
        " ORDER BY id LIMIT 200",
        [begin, end],
    )
    return tuple(
        AlertEntry(
            row["alertname"], row["status"], json.loads(row["annotations"]).get("summary", ""), row["received_at"]
        )
        for row in rows
    )
