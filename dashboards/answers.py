"""What a board would show: a panel's JSON and the answers to its queries in, the colours a person sees out. Pure.

Grafana is not at hand in tests, so its rule is written down here: a mapping before a threshold, the lowest step for
what is below all others, and for a figure that is missing the mapping of nothing, else the colour of the lowest step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dashboards.palette import GREY, RED
from dashboards.panels import Json


@dataclass(frozen=True)
class SeriesValue:
    """A series and its value now."""

    labels: Mapping[str, str]
    value: float


# Answers by the letter of their query.
Answers = Mapping[str, Sequence[SeriesValue]]
# A line without a limit of its own, and rows without a colour of their own.
NEUTRAL = "neutral"


def colours(panel: Json, answers: Answers) -> frozenset[str]:
    """Every colour that the panel shows; GREY where it shows that nobody knows."""
    if not any(answers.values()):
        return frozenset({_without_data(panel)})
    return frozenset(_KINDS[panel["type"]](panel, answers))


def columns(panel: Json) -> dict[str, str]:
    """The heading of each query's column in a table, by the letter of the query."""
    (renamed,) = (step["options"]["renameByName"] for step in panel["transformations"] if step["id"] == "organize")
    letters = [target["refId"] for target in panel["targets"]]
    return {letter: renamed["Value" if len(letters) == 1 else f"Value #{letter}"] for letter in letters}


def _without_data(panel: Json) -> str:
    defaults = panel["fieldConfig"]["defaults"]
    if panel["type"] not in ("stat", "bargauge"):
        return GREY
    special = (m["options"] for m in defaults["mappings"] if m["type"] == "special")
    of_nothing = [str(m["result"]["color"]) for m in special if m["match"] == "null+nan"]
    return of_nothing[0] if of_nothing else str(defaults["thresholds"]["steps"][0]["color"])


def _figures(panel: Json, answers: Answers) -> Iterator[str]:
    for sample in _all(answers):
        yield _colour(panel["fieldConfig"]["defaults"], sample.value)


def _graph(panel: Json, answers: Answers) -> Iterator[str]:
    """A line over a limit is red, whether the limit is a step or another line in red."""
    defaults = panel["fieldConfig"]["defaults"]
    dashed = {o["matcher"]["options"]: o["properties"] for o in panel["fieldConfig"]["overrides"] if _is_dashed(o)}
    limits = [letter for letter, properties in dashed.items() if properties[0]["value"].get("fixedColor") == RED]
    drawn = [sample.value for letter, samples in answers.items() if letter not in dashed for sample in samples]
    lines = [sample.value for letter in limits for sample in answers.get(letter, ())]
    if len(defaults["thresholds"]["steps"]) > 1:
        yield from (_colour(defaults, value) for value in drawn)
    elif lines and any(value >= min(lines) for value in drawn):
        yield RED
    else:
        yield NEUTRAL


def _is_dashed(override: Json) -> bool:
    return any(setting["id"] == "custom.lineStyle" for setting in override["properties"])


def _table(panel: Json, answers: Answers) -> Iterator[str]:
    """Of each cell that has a colour; of rows of which none has one, that they are there."""
    of_column = {o["matcher"]["options"]: {p["id"]: p["value"] for p in o["properties"]} for o in _overrides(panel)}
    yield NEUTRAL
    for letter, title in columns(panel).items():
        if "thresholds" in of_column[title]:
            yield from (_colour(of_column[title], sample.value) for sample in answers.get(letter, ()))


def _nodes(panel: Json, answers: Answers) -> Iterator[str]:
    yield from (sample.labels["color"] for sample in answers["A"])


def _places(panel: Json, answers: Answers) -> Iterator[str]:
    """Of each dot, by its state, which is the third question; without one Grafana draws the layer's own colour."""
    (layer,) = panel["options"]["layers"]
    state = layer["config"]["style"]["color"]["field"]
    (settings,) = (o["properties"] for o in _overrides(panel) if o["matcher"]["options"] == state)
    config = {setting["id"]: setting["value"] for setting in settings}
    yield from (_colour(config, sample.value) for sample in answers["C"])
    if len(answers["C"]) < len(answers["A"]):
        yield str(layer["config"]["style"]["color"]["fixed"])


def _overrides(panel: Json) -> list[Json]:
    return [o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["id"] == "byName"]


def _all(answers: Answers) -> Iterator[SeriesValue]:
    for samples in answers.values():
        yield from samples


def _colour(config: Json, value: float) -> str:
    for mapping in config.get("mappings", ()):
        mapped = mapping["options"].get(f"{value:g}", {}) if mapping["type"] == "value" else {}
        if "color" in mapped:
            return str(mapped["color"])
    steps = config["thresholds"]["steps"]
    return str([step["color"] for step in steps if step["value"] is None or value >= step["value"]][-1])


_KINDS = {
    "stat": _figures,
    "bargauge": _figures,
    "state-timeline": _figures,
    "timeseries": _graph,
    "table": _table,
    "nodeGraph": _nodes,
    "geomap": _places,
}
