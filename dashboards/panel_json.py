"""A panel at a place on the grid in, Grafana's JSON of it out. Pure."""

from dashboards.panels import DATASOURCE, UNKNOWN, Json, Panel, Query, nothing

# What is asked for one moment; the others are asked for the whole time of the board.
MOMENTARY = ("stat", "bargauge", "table", "nodeGraph")
# Kinds that give a missing figure the colour of the lowest step.
_FIGURES = ("stat", "bargauge")
_TABULAR = ("table", "nodeGraph")


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
    custom = panel.custom | ({"thresholdsStyle": {"mode": "dashed+area"}} if limited else {})
    unknown = [nothing(panel.empty or UNKNOWN)] if panel.kind in _FIGURES else []
    defaults: Json = {
        "unit": panel.heading.unit,
        "custom": custom,
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": colour} for value, colour in panel.steps],
        },
        "links": [{"title": title, "url": url} for title, url in panel.links],
        "mappings": [*panel.mappings, *unknown],
        "min": 0,
    }
    # A picture of nodes takes each colour from its label; a scheme here would overrule it.
    if panel.kind != "nodeGraph":
        defaults["color"] = {"mode": "thresholds" if panel.kind in MOMENTARY else "palette-classic"}
    if panel.maximum is not None:
        defaults["max"] = panel.maximum
    if panel.empty is not None:
        defaults["noValue"] = panel.empty
    return defaults


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
    return [(query, letter) for query, letter in pairs if query.line or query.colour]


def _override(query: Query, letter: str) -> Json:
    properties: list[Json] = []
    if query.colour:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": query.colour}})
    if query.line:
        properties.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 6]}})
        properties.append({"id": "custom.fillOpacity", "value": 0})
    return {"matcher": {"id": "byFrameRefID", "options": letter}, "properties": properties}
