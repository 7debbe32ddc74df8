"""What every board promises: a board's JSON in, its broken promises as sentences out.

Structure is checked without a server; ``unanswered`` runs every query against a Prometheus and names those without
data. A panel that says in ``noValue`` what emptiness means may be empty; any other may not.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from dashboards.answers import columns
from dashboards.board import WIDTH
from dashboards.panels import Json

KINDS = {"stat", "timeseries", "bargauge", "table", "state-timeline", "nodeGraph", "geomap"}
# One question on one screen: more than these are a second board.
MOST_GRAPHS = 5
# Our own names (lebarpita_...) and recorded ones (opd:..., link:..., uplink:...); not inside quotation marks, where
# they are label values.
_METRIC = re.compile(r"(?<![\w:\"])(?:lebarpita_\w+|(?:opd|link|uplink):[a-z0-9_]+(?::[a-z0-9_]+)*)")
_BUILT_IN = {"__rate_interval": "1m", "__interval": "15s", "__range": "1h", "__range_s": "3600"}


class PrometheusError(Exception):
    """Prometheus could not be asked or refused the question."""


@dataclass(frozen=True)
class BoardQuery:
    """One expression as it stands in a board, variables still in it."""

    board: str
    panel: str
    expr: str
    may_be_empty: bool = False

    def filled(self, values: Mapping[str, str]) -> str:
        """The expression with Grafana's variables replaced, as Prometheus must understand it."""
        text = self.expr
        # Longest first: $__range would otherwise be replaced inside $__range_s.
        for name, value in sorted({**_BUILT_IN, **values}.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(f"${{{name}}}", value).replace(f"${name}", value)
        return text


def queries(board: Json) -> tuple[BoardQuery, ...]:
    """Every expression of a board: its panels', then its annotations' (which may be empty)."""
    of_panels = (
        BoardQuery(board["uid"], panel["title"], target["expr"], "noValue" in panel["fieldConfig"]["defaults"])
        for panel in board["panels"]
        for target in panel["targets"]
    )
    notes = (
        BoardQuery(board["uid"], note["name"], note["expr"], True)
        for note in board["annotations"]["list"]
        if "expr" in note
    )
    return (*of_panels, *notes)


def metric_names(expr: str) -> frozenset[str]:
    """Our metrics and recorded series that an expression reads."""
    return frozenset(_METRIC.findall(expr))


def problems(board: Json) -> tuple[str, ...]:
    """Every broken promise of one board; empty is good."""
    return tuple(f"{board.get('uid', '?')}: {fault}" for fault in _faults(board))


def _faults(board: Json) -> Iterator[str]:
    panels = board["panels"]
    if not re.fullmatch(r"lebarpita-[a-z-]+", board["uid"]):
        yield "the uid must be lebarpita- and a word"
    if not board["description"]:
        yield "the board has no description"
    ids = [panel["id"] for panel in panels]
    if len(set(ids)) != len(ids):
        yield f"panel ids repeat: {ids}"
    if sum(panel["type"] == "timeseries" for panel in panels) > MOST_GRAPHS:
        yield f"more than {MOST_GRAPHS} graphs; one question per board"
    for panel in panels:
        yield from (f"panel {panel['id']}: {fault}" for fault in _panel_faults(panel))
    yield from _overlaps(panels)


def _panel_faults(panel: Json) -> Iterator[str]:
    if panel["type"] not in KINDS:
        yield f"kind {panel['type']} is not one of ours"
    yield from (f"has no {part}" for part in ("title", "description") if not panel.get(part))
    unit = panel["fieldConfig"]["defaults"].get("unit")
    if not unit:
        yield "has no unit"
    if not panel["targets"]:
        yield "has no query"
    for target in panel["targets"]:
        # Metrics are bytes (Prometheus' convention), people read bits: the factor belongs into the query, where it is
        # seen.
        if unit == "bps" and "8 *" not in target["expr"]:
            yield f"shows bit/s but does not multiply bytes by 8: {target['expr']}"
    yield from _column_faults(panel)
    place = panel["gridPos"]
    if place["x"] < 0 or place["w"] < 1 or place["x"] + place["w"] > WIDTH:
        yield f"does not fit a grid {WIDTH} wide"


def _column_faults(panel: Json) -> Iterator[str]:
    """The same of a table's columns, whose units are their own."""
    if panel["type"] != "table":
        return
    units = {o["matcher"]["options"]: p["value"] for o in _by_name(panel) for p in o["properties"] if p["id"] == "unit"}
    for target in panel["targets"]:
        title = columns(panel)[target["refId"]]
        if units.get(title) == "bps" and "8 *" not in target["expr"]:
            yield f"column {title} shows bit/s but does not multiply bytes by 8: {target['expr']}"


def _by_name(panel: Json) -> list[Json]:
    return [o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["id"] == "byName"]


def _overlaps(panels: Iterable[Json]) -> Iterator[str]:
    occupied: dict[tuple[int, int], int] = {}
    for panel in panels:
        place = panel["gridPos"]
        cells = [
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        other = next((occupied[cell] for cell in cells if cell in occupied), None)
        if other is not None:
            yield f"panels {other} and {panel['id']} overlap"
        occupied |= dict.fromkeys(cells, int(panel["id"]))


def unanswered(prometheus: str, boards: Iterable[Json]) -> tuple[str, ...]:
    """Queries that fail or return nothing where data is promised. Raises PrometheusError when it cannot be reached."""
    failures: list[str] = []
    for board in boards:
        values = _variables(prometheus, board)
        for query in queries(board):
            expr = query.filled(values)
            try:
                rows = _ask(prometheus, "query", {"query": expr})["result"]
            except PrometheusError as error:
                failures.append(f"{query.board}: {query.panel}: {expr}: {error}")
                continue
            if not rows and not query.may_be_empty:
                failures.append(f"{query.board}: {query.panel}: no data: {expr}")
    return tuple(failures)


def _variables(prometheus: str, board: Json) -> dict[str, str]:
    """The first value of every variable, as Grafana would find it; .* where there is none."""
    values = {}
    for variable in board["templating"]["list"]:
        definition = re.fullmatch(r"query_result\((.+)\)", variable.get("definition", ""))
        if definition:
            rows = _ask(prometheus, "query", {"query": definition[1]})["result"]
            values[variable["name"]] = min((row["metric"][variable["name"]] for row in rows), default=".*")
    return values


def _ask(prometheus: str, page: str, arguments: Mapping[str, str]) -> Any:
    address = f"{prometheus.rstrip('/')}/api/v1/{page}?{urlencode(arguments)}"
    if urlsplit(address).scheme not in ("http", "https"):
        raise PrometheusError(f"{prometheus}: not an http address; write for example http://127.0.0.1:9090")
    try:
        with urlopen(address, timeout=30) as answer:
            content = json.load(answer)
    except URLError as error:
        body = error.read().decode(errors="replace") if hasattr(error, "read") else str(error.reason)
        raise PrometheusError(body) from error
    return content["data"]
