"""The five kinds of panel: a question with its queries in, Grafana's JSON out. Pure; knows no board.

A panel always has a title, a description, a unit and an id of its own that never changes. ``empty`` says in words what
it means when a query returns nothing; a panel without it must always have data, and the contract test holds it to that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
BITS, RATIO, SECONDS, COUNT = "bps", "percentunit", "s", "short"

# Distinct in lightness too, so that a wall photograph and a colour-blind operator can tell them apart.
GREEN, AMBER, RED, BLUE, PURPLE = "#2e8b57", "#c77700", "#c4162a", "#1f60c4", "#7b4fa3"


Steps = tuple[tuple[float | None, str], ...]
# Red where the alert fires (alert_rules/rules/capacity.yml: utilisation above 0.9), amber while there is time to act.
UTILISATION_STEPS: Steps = ((None, GREEN), (0.8, AMBER), (0.9, RED))
# The same of what is promised: LebarpitaUplinkOvercommitted fires above 0.95.
COMMITTED_STEPS: Steps = ((None, GREEN), (0.85, AMBER), (0.95, RED))
# Flow bytes over interface bytes, layer 3 over layer 2: below 0.93 something is not counted
# (alert_rules/rules/measuring.yml), above 1.03 something is counted twice.
COVERAGE_STEPS: Steps = ((None, RED), (0.93, GREEN), (1.03, RED))
# Seconds until a ticket is acknowledged: the technician is called again after five minutes, the head of section after
# fifteen; one minute shows on the wall that somebody waits.
WALL_WAITING_STEPS: Steps = ((None, GREEN), (60, AMBER), (300, RED))
WAITING_STEPS: Steps = ((None, GREEN), (300, AMBER), (900, RED))


@dataclass(frozen=True)
class Query:
    """One PromQL expression and what its series are called. ``line`` draws it as a dashed limit instead of traffic."""

    expr: str
    legend: str = "__auto"
    line: bool = False
    colour: str | None = None


@dataclass(frozen=True)
class Heading:
    """What every panel has: an id that never changes, a title, a sentence that explains it, and its unit."""

    id: int
    title: str
    description: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel of any kind, with its size on a grid 24 wide. ``links`` are (title, address) pairs of a data link."""

    heading: Heading
    kind: str
    queries: tuple[Query, ...]
    width: int
    height: int
    options: Json
    custom: Json = field(default_factory=dict)
    steps: Steps = ((None, GREEN),)
    links: tuple[tuple[str, str], ...] = ()
    empty: str | None = None
    mappings: tuple[Json, ...] = ()
    transformations: tuple[Json, ...] = ()
    maximum: float | None = None


def stat(heading: Heading, query: Query, *, width: int = 4, height: int = 4) -> Panel:
    """One big figure."""
    options = {
        "colorMode": "background",
        "graphMode": "none",
        "textMode": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return Panel(heading=heading, kind="stat", queries=(query,), width=width, height=height, options=options)


def graph(heading: Heading, queries: Sequence[Query], *, width: int = 12, height: int = 9) -> Panel:
    """Lines over time; a query with ``line`` is a limit (an allocation, a capacity)."""
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 12, "showPoints": "never", "spanNulls": 60000}
    return Panel(
        heading=heading,
        kind="timeseries",
        queries=tuple(queries),
        width=width,
        height=height,
        options=options,
        custom=custom,
    )


def bars(heading: Heading, query: Query, *, width: int = 12, height: int = 9) -> Panel:
    """One horizontal bar per series, the worst at the top (the query sorts)."""
    options = {
        "orientation": "horizontal",
        "displayMode": "basic",
        "valueMode": "color",
        "showUnfilled": True,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return Panel(heading=heading, kind="bargauge", queries=(query,), width=width, height=height, options=options)


def table(heading: Heading, queries: Sequence[Query], *, width: int = 24, height: int = 8) -> Panel:
    """Rows of labels with their value now; several queries are merged by their labels."""
    hidden = {"Time": True, "__name__": True, "instance": True, "job": True}
    steps = ({"id": "merge", "options": {}}, {"id": "organize", "options": {"excludeByName": hidden}})
    return Panel(
        heading=heading,
        kind="table",
        queries=tuple(queries),
        width=width,
        height=height,
        options={"showHeader": True},
        transformations=steps,
    )


def states(heading: Heading, query: Query, *, width: int = 24, height: int = 9) -> Panel:
    """A band per series over time: connected or cut off."""
    options = {"mergeValues": True, "showValue": "never", "rowHeight": 0.8, "legend": {"showLegend": False}}
    mapping = {
        "type": "value",
        "options": {
            "0": {"text": "terputus", "color": RED, "index": 0},
            "1": {"text": "tersambung", "color": GREEN, "index": 1},
        },
    }
    return Panel(
        heading=heading,
        kind="state-timeline",
        queries=(query,),
        width=width,
        height=height,
        options=options,
        custom={"fillOpacity": 80},
        mappings=(mapping,),
    )


def to_json(panel: Panel, x: int, y: int) -> Json:
    """Grafana's JSON of a panel at a place on the grid."""
    instant = panel.kind in ("stat", "bargauge", "table")
    defaults: Json = {
        "unit": panel.heading.unit,
        "custom": panel.custom,
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": colour} for value, colour in panel.steps],
        },
        "color": {"mode": "thresholds" if instant else "palette-classic"},
        "links": [{"title": title, "url": url} for title, url in panel.links],
        "mappings": list(panel.mappings),
        "min": 0,
    }
    if panel.maximum is not None:
        defaults["max"] = panel.maximum
    if panel.empty is not None:
        defaults["noValue"] = panel.empty
    return {
        "id": panel.heading.id,
        "type": panel.kind,
        "title": panel.heading.title,
        "description": panel.heading.description,
        "datasource": DATASOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "targets": [
            _target(query, letter, panel.kind) for query, letter in zip(panel.queries, "ABCDEFGH", strict=False)
        ],
        "options": panel.options,
        "fieldConfig": {"defaults": defaults, "overrides": [_override(q, r) for q, r in _special(panel)]},
        "transformations": list(panel.transformations),
    }


def _target(query: Query, letter: str, kind: str) -> Json:
    instant = kind in ("stat", "bargauge", "table")
    return {
        "refId": letter,
        "datasource": DATASOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
        "instant": instant,
        "range": not instant,
        "format": "table" if kind == "table" else "time_series",
    }


def _special(panel: Panel) -> list[tuple[Query, str]]:
    pairs = zip(panel.queries, "ABCDEFGH", strict=False)
    return [(query, letter) for query, letter in pairs if query.line or query.colour]


def _override(query: Query, letter: str) -> Json:
    properties: list[Json] = []
    if query.colour:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": query.colour}})
    if query.line:
        properties.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 6]}})
        properties.append({"id": "custom.fillOpacity", "value": 0})
    return {"matcher": {"id": "byFrameRefID", "options": letter}, "properties": properties}
