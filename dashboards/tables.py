"""Tables: columns with a name, a unit and thresholds of their own in, a Panel out. None is called after its query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dashboards.palette import COUNT, Steps
from dashboards.panels import Heading, Json, Panel, Query, no_cells, words

# Rows beyond these are not read; the worst stand first.
ROW_LIMIT = 100
# Pixels of the narrowest column: Grafana's own, 150, leaves no room for eight of them.
_NARROWEST = 70
_LETTERS = "ABCDEFGH"
_HIDDEN = ("Time", "__name__", "instance", "job")


@dataclass(frozen=True)
class Column:
    """A figure of each row: its query, heading and unit; with steps the cell is coloured. ``words`` for its values."""

    title: str
    expr: str
    unit: str = COUNT
    steps: Steps = ()
    words: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """A label as a column: its heading, the words for its codes, and (title, address) pairs of its links.

    ``shown`` is False for a label that only a link needs.
    """

    title: str
    words: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    shown: bool = True


def table(
    heading: Heading,
    columns: Sequence[Column],
    labels: Mapping[str, Label],
    *,
    width: int = 24,
    height: int = 8,
) -> Panel:
    """Rows of labels with their figures now, merged by the labels they share, sorted by the first figure."""
    values = _values(columns)
    renamed = {name: label.title for name, label in labels.items() if label.shown} | values
    order = {name: place for place, name in enumerate((*labels, *values))}
    organize: Json = {
        "excludeByName": dict.fromkeys(_HIDDEN, True),
        "renameByName": renamed,
        "indexByName": order,
    }
    return Panel(
        heading=heading,
        kind="table",
        queries=tuple(Query(column.expr) for column in columns),
        width=width,
        height=height,
        custom={"minWidth": _NARROWEST},
        options={"showHeader": True, "cellHeight": "sm", "sortBy": [{"displayName": columns[0].title, "desc": True}]},
        transformations=({"id": "merge", "options": {}}, {"id": "organize", "options": organize}),
        overrides=(*map(_of_column, columns), *(_of_label(name, label) for name, label in labels.items())),
    )


def plain_words(texts: Mapping[str, str]) -> dict[str, tuple[str, str | None]]:
    """Words for the codes of a label, in no colour of their own."""
    return {code: (text, None) for code, text in texts.items()}


def unsorted(panel: Panel) -> Panel:
    """The same in the order of its rows: for dates, of which the nearest is not the largest."""
    return replace(panel, options={name: value for name, value in panel.options.items() if name != "sortBy"})


def _values(columns: Sequence[Column]) -> dict[str, str]:
    """What Grafana calls the figures, and what people do."""
    if len(columns) == 1:
        return {"Value": columns[0].title}
    return {f"Value #{letter}": column.title for letter, column in zip(_LETTERS, columns, strict=False)}


def _of_column(column: Column) -> Json:
    properties: list[Json] = [{"id": "unit", "value": column.unit}]
    if column.steps:
        steps = [{"value": value, "color": colour} for value, colour in column.steps]
        properties.append({"id": "thresholds", "value": {"mode": "absolute", "steps": steps}})
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}})
    if column.words:
        properties.append({"id": "mappings", "value": [words(column.words), *no_cells()]})
    return {"matcher": {"id": "byName", "options": column.title}, "properties": properties}


def _of_label(name: str, label: Label) -> Json:
    if not label.shown:
        return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "custom.hidden", "value": True}]}
    properties: list[Json] = []
    if label.words:
        properties.append({"id": "mappings", "value": [words(label.words), *no_cells()]})
        # A word without a colour of its own would take that of the lowest step, which is green.
        if all(colour for _, colour in label.words.values()):
            properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
    if label.links:
        properties.append({"id": "links", "value": [{"title": title, "url": url} for title, url in label.links]})
    return {"matcher": {"id": "byName", "options": label.title}, "properties": properties}
