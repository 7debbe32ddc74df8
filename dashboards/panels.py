"""The kinds of panel: a question with its queries in, a Panel out. Pure; knows no board (``tables`` has the tables).

A panel always has a title, a description, a unit and an id of its own that never changes. ``empty`` says in words what
it means when a query returns nothing, and is grey; a panel without it must always have data. The contract test holds
it to that, and to turning red.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.palette import COUNT, EMPTY, GREEN, GREY, RED, Steps

Json = dict[str, Any]
DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
UNKNOWN = "Tidak diketahui"


@dataclass(frozen=True)
class Query:
    """One PromQL expression and what its series are called. ``line`` draws it as a dashed limit instead of traffic.

    ``down_to`` is the name of another series of the graph: the field between the two is filled, as a band.
    """

    expr: str
    legend: str = "__auto"
    line: bool = False
    colour: str | None = None
    down_to: str | None = None


@dataclass(frozen=True)
class Heading:
    """What every panel has: an id that never changes, a title, a sentence that explains it, and its unit."""

    id: int
    title: str
    description: str
    unit: str = COUNT


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel of any kind, with its size on a grid 24 wide. ``links`` are (title, address) pairs of a data link.

    ``plain`` says why a graph has no limit to cross and so no red of its own.
    """

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
    overrides: tuple[Json, ...] = ()
    maximum: float | None = None
    plain: str = ""


def stat(heading: Heading, query: Query, *, width: int = 4, height: int = 4) -> Panel:
    """One big figure; grey with words where there is none."""
    options = {
        "colorMode": "background",
        "graphMode": "none",
        # Its title says what it is; the name of its series beside it makes the figure small.
        "textMode": "value",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return Panel(heading=heading, kind="stat", queries=(query,), width=width, height=height, options=options)


def graph(heading: Heading, queries: Sequence[Query], *, width: int = 12, height: int = 9) -> Panel:
    """Lines over time; a query with ``line`` is a limit (an allocation, a capacity), and so are steps."""
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
        # Of two bars on a high panel Grafana would make posters with cut names.
        "sizing": "manual",
        "minVizHeight": 16,
        "maxVizHeight": 36,
        "namePlacement": "left",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return Panel(heading=heading, kind="bargauge", queries=(query,), width=width, height=height, options=options)


def states(heading: Heading, query: Query, *, width: int = 24, height: int = 9) -> Panel:
    """A band per series over time: connected or cut off. The query bounds how many; from forty on none can be read."""
    options = {"mergeValues": True, "showValue": "never", "rowHeight": 0.8, "legend": {"showLegend": False}}
    return Panel(
        heading=heading,
        kind="state-timeline",
        queries=(query,),
        width=width,
        height=height,
        options=options,
        custom={"fillOpacity": 80},
        mappings=(words({"0": ("terputus", RED), "1": ("tersambung", GREEN)}),),
    )


def nodes(heading: Heading, place: Query, ways: Query, *, width: int = 24, height: int = 22) -> Panel:
    """A picture of nodes and the ways between them.

    ``place``: a series a node with the labels id, title, mainstat, secondarystat and color; ``ways``: id, source and
    target.
    """
    bare = {"Time": True, "Value #A": True, "Value #B": True}
    return Panel(
        heading=heading,
        kind="nodeGraph",
        queries=(place, ways),
        width=width,
        height=height,
        options={"zoomMode": "cooperative", "nodes": {}, "edges": {}},
        transformations=({"id": "organize", "options": {"excludeByName": bare}},),
    )


def words(texts: Mapping[str, tuple[str, str | None]]) -> Json:
    """A mapping of values to words, and to a colour where there is one."""
    return {
        "type": "value",
        "options": {
            value: {"text": text, "index": number} | ({"color": colour} if colour else {})
            for number, (value, (text, colour)) in enumerate(texts.items())
        },
    }


def no_cells() -> list[Json]:
    """What a cell shows where its row has no such thing: a stroke, not the sentence that an empty table says."""
    result = {"text": "–", "color": EMPTY, "index": 99}
    return [{"type": "special", "options": {"match": match, "result": result}} for match in ("null+nan", "empty")]


def nothing(text: str) -> Json:
    """What a figure shows when there is none: Grafana would give it the colour of the lowest step, which is green."""
    return {"type": "special", "options": {"match": "null+nan", "result": {"text": text, "color": GREY, "index": 99}}}
