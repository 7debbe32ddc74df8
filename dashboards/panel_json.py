"""A panel at a place on the grid in, Grafana's JSON of it out. Pure."""

from dashboards.panels import DATASOURCE, UNKNOWN, Json, Panel, Query, no_cells, nothing

# What is asked for one moment; the others are asked for the whole time of the board.
MOMENTARY = ("stat", "bargauge", "table", "nodeGraph", "geomap")
# Kinds that give a missing figure the colour of the lowest step.
_FIGURES = ("stat", "bargauge")
# Of the field between two lines: to be seen beside the fields of the limits, and through them.
_BAND_OPACITY = 30
_TABULAR = ("table", "nodeGraph", "geomap")


def to_json(panel: Panel, x: int, y: int) -> Json:
    """Grafana's JSON of a panel at a place on the grid."""
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
        "fieldConfig": {
            "defaults": _defaults(panel),
            "overrides": [*(_override(q, r) for q, r in _special(panel)), *panel.overrides],
        },
        "transformations": list(panel.transformations),
    }


def _defaults(panel: Panel) -> Json:
    limited = panel.kind == "timeseries" and len(panel.steps) > 1
    custom = panel.custom | (_limits(panel) if limited else {})
    defaults: Json = {
        "unit": panel.heading.unit,
        "custom": custom,
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": colour} for value, colour in panel.steps],
        },
        "links": [{"title": title, "url": url} for title, url in panel.links],
        "mappings": [*panel.mappings, *_missing(panel)],
    }
    # A graph whose limit is nought or less has something to show below nought.
    # Degrees south and west are below it as well.
    below = limited and any(value is not None and value <= 0 for value, _ in panel.steps)
    if not (below or panel.kind == "geomap"):
        defaults["min"] = 0
    # A picture of nodes takes each colour from its label; a scheme here would overrule it.
    if panel.kind != "nodeGraph":
        defaults["color"] = {"mode": "thresholds" if panel.kind in MOMENTARY else "palette-classic"}
    if panel.maximum is not None:
        defaults["max"] = panel.maximum
    if panel.empty is not None:
        defaults["noValue"] = panel.empty
    return defaults


def _missing(panel: Panel) -> list[Json]:
    """What stands for a figure that is missing."""
    if panel.kind in _FIGURES:
        return [nothing(panel.empty or UNKNOWN)]
    return no_cells() if panel.kind == "table" else []


def _limits(panel: Panel) -> Json:
    """Dashed limits, and an axis that reaches the first of them: else a line of noughts lies in a field all red."""
    bounds = [value for value, _ in panel.steps if value is not None and value > 0]
    return {"thresholdsStyle": {"mode": "dashed+area"}} | ({"axisSoftMax": bounds[0]} if bounds else {})


def _target(query: Query, letter: str, kind: str) -> Json:
    momentary = kind in MOMENTARY
    return {
        "refId": letter,
        "datasource": DATASOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
        "instant": momentary,
        "range": not momentary,
        "format": "table" if kind in _TABULAR else "time_series",
    }


def _special(panel: Panel) -> list[tuple[Query, str]]:
    pairs = zip(panel.queries, "ABCDEFGH", strict=False)
    return [(query, letter) for query, letter in pairs if query.line or query.colour or query.down_to]


def _override(query: Query, letter: str) -> Json:
    properties: list[Json] = []
    if query.colour:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": query.colour}})
    if query.line:
        properties.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 6]}})
        properties.append({"id": "custom.fillOpacity", "value": 0})
    if query.down_to:
        properties.append({"id": "custom.fillBelowTo", "value": query.down_to})
        properties.append({"id": "custom.fillOpacity", "value": _BAND_OPACITY})
    return {"matcher": {"id": "byFrameRefID", "options": letter}, "properties": properties}
